import ChatAPI
import Flags

/// Complete lists: pages are followed to the end, and what a limit leaves out is said.
extension Run {
    /// Prints every item of a paged list.
    func list<Item: Codable & Sendable>(
        _ shape: Shape,
        node: (Item) async -> Node = { Node($0) },
        where isWanted: (Item) -> Bool = { _ in true },
        _ page: (_ limit: Int, _ cursor: String?) async throws -> Page<Item>
    ) async throws {
        let limit = values.declares("limit") ? values.int("limit") : nil
        let list = try output.list(shape)
        var cursor: String?
        var isCut = false
        repeat {
            // One more than wanted tells whether there is more.
            let left = limit.map { $0 - list.count + 1 } ?? Limits.pageItems
            let page = try await page(min(max(left, 1), Limits.pageItems), cursor)
            for item in page.items where isWanted(item) {
                if let limit, list.count == limit {
                    isCut = true
                    break
                }
                list.add(await node(item))
            }
            cursor = isCut ? nil : page.nextCursor
        } while cursor != nil
        list.end()
        if isCut, let limit { warn("only the first \(limit) are shown; there are more, without --limit all of them") }
    }

    // MARK: - Many at once

    /// What a bulk command is to work on: the words of the line, then the lines of `--file`.
    func inputs(_ argument: String) throws -> [String] {
        var inputs = values.strings(argument)
        var sources: [String] = []
        if inputs == ["-"] { (inputs, sources) = ([], ["-"]) }
        if values.declares("file"), let file = values.string("file") { sources.append(file) }
        for source in sources {
            let lines = source == "-" ? try standardInputLines() : try SecretSource.lines(of: source)
            inputs += lines
        }
        guard !inputs.isEmpty else {
            guard let source = sources.first else { throw Failure.usage("\(argument) is missing") }
            throw Failure.usage("there is nothing in \(source == "-" ? "standard input" : source)")
        }
        return inputs
    }

    func standardInputLines() throws(Failure) -> [String] {
        var lines: [String] = []
        while let line = console.readLine() {
            let text = SecretSource.trimmed(line)
            if text.isEmpty { continue }
            lines.append(text)
            guard lines.count <= 1_000_000 else { throw .usage("standard input has more than 1000000 lines") }
        }
        return lines
    }

    /// Works on one thing as a plain command does, on several with a result for each, and exit code 7 if some failed.
    ///
    /// - Parameters:
    ///   - repeated: Says of an answer that nothing was done, because it had been done before.
    ///   - body: Returns what to print; nil if the operation answers with nothing.
    func each(
        _ inputs: [String],
        _ shape: Shape,
        verb: String,
        repeated: (_ answer: Node, _ run: Run) -> Repeated? = { _, _ in nil },
        _ body: (_ input: String, _ part: String?) async throws -> Node?
    ) async throws {
        if inputs.count == 1, !(values.declares("file") && values.string("file") != nil) {
            guard let node = try await body(inputs[0], nil) else { return try done(verb, inputs[0]) }
            if let repeated = repeated(node, self) {
                say(repeated.sentence)
                return try output.one(node, shape)
            }
            // By what was typed, not by `shape.name`: of a code or a token that is the secret itself.
            return try changed(node, shape, "\(verb) \(VisibleText.line(inputs[0]))")
        }
        let bulk = shape.forBulk
        let list = try output.list(bulk)
        let progress = Progress(verb, total: inputs.count, sharesOutput: true, console)
        var failed = 0
        var last: Failure?
        for (index, input) in inputs.enumerated() {
            // The daemon is away or the session is over: the others would only fail in the same way.
            if let last, last.exit == .unavailable || last.exit == .notSignedIn {
                failed += 1
                list.add(Self.row(.object([]), input, "not_tried", nil))
                continue
            }
            do {
                let node = try await body(input, String(index)) ?? .object([])
                let before = repeated(node, self)
                if let before, !output.format.isForPrograms {
                    progress.clear()
                    console.say("chatctl: \(before.sentence)")
                }
                list.add(Self.row(node, input, before?.status ?? (isDryRun ? "would_be_\(verb)" : verb), nil))
            } catch {
                let failure = Failure(thrown: error)
                failed += 1
                last = failure
                progress.clear()
                if !output.format.isForPrograms {
                    console.say("chatctl: \(VisibleText.line(input)): \(VisibleText.line(failure.problem.detail))")
                }
                list.add(Self.row(.object([]), input, failure.problem.code.rawValue, failure.problem))
            }
            progress.advance()
        }
        progress.clear()
        list.end()
        guard failed > 0 else { return say("\(isDryRun ? "would have " : "")\(verb) \(inputs.count)") }
        let sentence = "\(inputs.count - failed) of \(inputs.count) \(verb), \(failed) failed"
        console.say("chatctl: \(sentence)")
        var failure = Failure(last?.problem ?? APIError(.internal, sentence), exit: .partly)
        failure.isTold = true
        throw failure
    }

    /// What is said of something that had been done before.
    struct Repeated {
        let status: String
        let sentence: String
    }

    private static func row(_ node: Node, _ input: String, _ status: String, _ error: APIError?) -> Node {
        guard case .object(let members) = node else { return node }
        var all: [Node.Member] = [.init("input", .text(input)), .init("status", .text(status))]
        all += members
        if let error { all.append(.init("error", Node(error))) }
        return .object(all)
    }
}

extension Shape {
    /// With what was asked for and what became of it.
    var forBulk: Shape {
        Shape(
            self,
            columns: [Column("input"), Column("status")] + columns + [Column("error.detail", "ERROR", wide: true)]
        )
    }

    init(_ other: Shape, columns: [Column]) {
        noun = other.noun
        self.columns = columns
        let name = other.name
        self.name = { node in
            let text = name(node)
            return text.isEmpty ? node.at("input").text ?? "" : text
        }
        schema = other.schema
    }
}
