import ChatAPI
import Flags

/// Tables for people: columns as wide as what is in them, nothing ever cut off.
struct TableText {
    /// What turns a value into the text of a cell.
    struct Cells {
        private let console: any Console
        let isBold: Bool

        init(_ console: any Console) {
            self.console = console
            isBold = console.isColorful(.output)
        }

        func text(_ node: Node, _ kind: Column.Kind) -> String {
            switch (node, kind) {
            case (.null, _): ""
            case (.integer(let time), .time): TimeText.local(time, offset: console.zoneOffset(at: time))
            case (.integer(let count), .bytes): Self.bytes(count)
            case (.integer(let milliseconds), .duration): Duration.milliseconds(milliseconds).text
            case (.integer(let value), _): String(value)
            case (.number(let value), _): String(value)
            case (.bool(let value), _): value ? "yes" : "no"
            case (.text(let value), _): VisibleText.line(value)
            case (.list(let items), .sentences): items.map { text($0, kind) }.joined(separator: " / ")
            case (.list(let items), _): items.map { text($0, kind) }.joined(separator: ",")
            case (.object, _): VisibleText.line(JSONText.line(node))
            }
        }

        func bold(_ text: String) -> String { isBold ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

        private static func bytes(_ count: Int64) -> String {
            var amount = Double(count)
            for unit in ["B", "KiB", "MiB", "GiB"] {
                if amount < 1_024 || unit == "GiB" {
                    let rounded = (amount * 10).rounded() / 10
                    return unit == "B" ? "\(count) B" : "\(rounded) \(unit)"
                }
                amount /= 1_024
            }
            return "\(count) B"
        }
    }

    /// Rows that are measured before the first of them is printed; later ones may widen a column from there on.
    private static let measured = 500

    private let columns: [Column]
    private let cells: Cells
    private var rows: [[String]] = []
    private var widths: [Int]
    private var hasHeader = false

    init(_ columns: [Column], _ cells: Cells, isEndless: Bool = false) {
        self.columns = columns
        self.cells = cells
        widths = columns.map { max(CellWidth.of($0.title), isEndless ? $0.usual : 0) }
    }

    /// Takes a row; returns what can be printed now.
    mutating func add(_ node: Node) -> String {
        rows.append(columns.map { cells.text(node.at($0.path), $0.kind) })
        return rows.count >= Self.measured ? flush() : ""
    }

    mutating func flush() -> String {
        guard !rows.isEmpty else { return "" }
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], CellWidth.of(cell)) }
        }
        var text = ""
        if !hasHeader {
            hasHeader = true
            text += cells.bold(line(columns.map(\.title))) + "\n"
        }
        for row in rows { text += line(row) + "\n" }
        rows.removeAll(keepingCapacity: true)
        return text
    }

    private func line(_ row: [String]) -> String {
        var text = ""
        for (index, cell) in row.enumerated() {
            let space = String(repeating: " ", count: max(0, widths[index] - CellWidth.of(cell)))
            let isRight = columns[index].kind == .number || columns[index].kind == .bytes
            text += (index > 0 ? "  " : "") + (isRight ? space + cell : cell + space)
        }
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    /// One thing as lines of title and value; what it does not have is left out.
    static func single(_ node: Node, _ columns: [Column], _ cells: Cells) -> String {
        let rows = columns.map { ($0.title, cells.text(node.at($0.path), $0.kind)) }.filter { !$0.1.isEmpty }
        let width = rows.map { CellWidth.of($0.0) }.max() ?? 0
        return rows.map { title, text in
            cells.bold(title) + String(repeating: " ", count: width - CellWidth.of(title) + 2) + text + "\n"
        }
        .joined()
    }
}
