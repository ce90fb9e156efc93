import ChatAPI
import Flags

/// How results are printed. The choice changes the form, never what is there; a terminal changes nothing but bold.
package enum Format: String, Sendable, CaseIterable {
    case table
    case wide
    case json
    case jsonl
    case yaml
    case csv
    case name

    /// Read off a line that could not be understood, so that even its complaint comes in the right form.
    static func guess(_ line: [String], _ environment: (String) -> String?) -> Format {
        var found: Format?
        for (index, word) in line.enumerated() {
            if word == "--" { break }
            if word == "-o" || word == "--output", index + 1 < line.count {
                found = Format(rawValue: line[index + 1]) ?? found
            } else if word.hasPrefix("--output=") {
                found = Format(rawValue: String(word.dropFirst(9))) ?? found
            } else if word.hasPrefix("-o") {
                found = Format(rawValue: String(word.dropFirst(word.hasPrefix("-o=") ? 3 : 2))) ?? found
            }
        }
        return found ?? environment("PLAZA_OUTPUT").flatMap(Format.init(rawValue:)) ?? .table
    }

    /// Whether a program reads it: then nothing but data and failures is said.
    var isForPrograms: Bool { self != .table && self != .wide }
}

/// The one switch of formats: single things, lists, and lists without end.
package final class Output {
    package let format: Format
    private let fields: [String]
    private let console: any Console

    init(_ values: Values, _ console: any Console) {
        format = Format(rawValue: values.string("output") ?? "") ?? .table
        fields = values.list("fields")
        self.console = console
    }

    /// Refuses a field that the kind of thing does not have, before anything is done.
    func check(_ shape: Shape) throws(Failure) {
        guard !fields.isEmpty else { return }
        let known = shape.fields
        for field in fields where !known.contains(field) {
            let near = Suggestion.nearest(to: field, among: known)
            throw .usage(
                "a \(shape.noun) has no field \"\(VisibleText.line(field))\""
                    + (near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"),
                hint: "there are: \(known.joined(separator: ", "))"
            )
        }
    }

    /// One thing: in a table as lines of name and value.
    func one(_ node: Node, _ shape: Shape) throws(Failure) {
        try check(shape)
        switch format {
        case .table, .wide: console.print(TableText.single(node, columns(shape, ofOne: true), cells))
        case .json: console.print(JSONText.pretty(picked(node)) + "\n")
        case .jsonl: console.print(JSONText.line(picked(node)) + "\n")
        case .yaml: console.print(yaml(picked(node)))
        case .csv: console.print(csv.header(columns(shape)) + csv.row(node, columns(shape)))
        case .name: console.print(VisibleText.line(shape.name(node)) + "\n")
        }
    }

    /// What a change did that answers with nothing: a sentence in a table, an object for programs.
    func done(_ what: String, _ object: String, isDryRun: Bool, sentence: String) throws(Failure) {
        guard format.isForPrograms else { return console.say((isDryRun ? "would have " : "") + sentence) }
        let node = Node.object([
            .init("result", .text(what)), .init("object", .text(object)), .init("dryRun", .bool(isDryRun)),
        ])
        try one(node, Self.doneShape)
    }

    private static let doneShape = Shape(
        "result",
        Done.self,
        name: { $0.at("object").text ?? "" },
        [
            Column("result"), Column("object"), Column("dryRun"),
        ]
    )

    private struct Done: Codable {
        var result: String
        var object: String
        var dryRun: Bool
    }

    func list(_ shape: Shape, isEndless: Bool = false) throws(Failure) -> ListOutput {
        try check(shape)
        return ListOutput(self, shape, isEndless: isEndless)
    }

    // MARK: - Parts

    func print(_ text: String) { console.print(text) }

    func columns(_ shape: Shape, ofOne: Bool = false) -> [Column] {
        if !fields.isEmpty { return shape.columns(of: fields) }
        return format == .table ? shape.columns.filter { !$0.isWide || ofOne && $0.isOfOne } : shape.columns
    }

    func picked(_ node: Node) -> Node { fields.isEmpty ? node : node.picking(fields) }

    var cells: TableText.Cells { TableText.Cells(console) }

    var csv: CSVText { CSVText() }

    /// On a terminal nothing may reorder or hide; a program reads the text as it is.
    func yaml(_ node: Node) -> String { YAMLText.text(node, isShown: console.isTerminal(.output)) }
}

/// A list on its way out, item by item: what has come is printed at once, or as soon as the columns are known.
final class ListOutput {
    private let output: Output
    private let shape: Shape
    /// A stream that nobody ends: each item stands for itself, and at once.
    private let isEndless: Bool
    private var table: TableText
    private(set) var count = 0

    init(_ output: Output, _ shape: Shape, isEndless: Bool) {
        self.output = output
        self.shape = shape
        self.isEndless = isEndless
        table = TableText(output.columns(shape), output.cells, isEndless: isEndless)
    }

    func add(_ node: Node) { add([node]) }

    /// Items that came together: in a stream, columns are as wide as the widest of them.
    func add(_ nodes: [Node]) {
        for node in nodes { take(node) }
        if isEndless, output.format == .table || output.format == .wide { output.print(table.flush()) }
    }

    private func take(_ node: Node) {
        count += 1
        switch output.format {
        case .table, .wide: output.print(table.add(node))
        case .json where !isEndless:
            let text = JSONText.pretty(output.picked(node), indent: 1)
            output.print((count == 1 ? "[\n  " : ",\n  ") + text)
        case .json, .jsonl: output.print(JSONText.line(output.picked(node)) + "\n")
        case .yaml where isEndless: output.print("---\n" + output.yaml(output.picked(node)))
        case .yaml: output.print(output.yaml(.list([output.picked(node)])))
        case .csv:
            if count == 1 { output.print(output.csv.header(output.columns(shape))) }
            output.print(output.csv.row(node, output.columns(shape)))
        case .name: output.print(VisibleText.line(shape.name(node)) + "\n")
        }
    }

    func end() {
        switch output.format {
        case .table, .wide: output.print(table.flush())
        case .json where !isEndless: output.print(count == 0 ? "[]\n" : "\n]\n")
        case .yaml where count == 0 && !isEndless: output.print("[]\n")
        case .csv where count == 0: output.print(output.csv.header(output.columns(shape)))
        default: break
        }
    }
}
