/// A configuration file to begin with, `dist/chatd.yaml.example`: every key with its default, all of them commented out.
extension Setting {
    static var example: String {
        let head = """
            # Configuration of chatd; see chatd.yaml(5). Every key is shown with its default.
            # Copy it to /etc/chatd/chatd.yaml, take the # away from what you change, and try it with
            # "chatd check-config". Flags and CHATD_… variables win over this file.

            """
        return head + all.map(\.exampleText).joined()
    }

    private var exampleText: String {
        var notes: [String] = []
        if case .choice(let words) = kind { notes.append("one of \(words.joined(separator: ", "))") }
        if case .integer(let range) = kind { notes.append("\(range.lowerBound) to \(range.upperBound)") }
        if isReloadable { notes.append("a reload takes a new value") }
        let text =
            "\n"
            + ([sentence] + notes.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }).map { "# \($0)\n" }.joined()
        return text + "#\(key): \(exampleValue)\n"
    }

    /// Quoted where YAML would read something else.
    private var exampleValue: String {
        switch kind {
        case .texts: return fallback.isEmpty ? "[]" : "[\(fallback)]"
        case .flag, .integer: return fallback
        case .choice: return fallback.first?.isNumber == true ? "\"\(fallback)\"" : fallback
        case .text: return fallback.isEmpty ? "\"\"" : fallback
        }
    }
}
