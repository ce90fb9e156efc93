/// Spreadsheets: RFC 4180, UTF-8, times in ISO 8601, and no cell that a spreadsheet would run as a formula.
struct CSVText {
    func header(_ columns: [Column]) -> String { line(columns.map(\.path)) }

    func row(_ node: Node, _ columns: [Column]) -> String {
        line(columns.map { Self.text(node.at($0.path), $0.kind) })
    }

    private func line(_ cells: [String]) -> String { cells.map(Self.quoted).joined(separator: ",") + "\r\n" }

    private static func text(_ node: Node, _ kind: Column.Kind) -> String {
        switch node {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): kind == .time ? TimeText.utc(value) : String(value)
        case .number(let value): String(value)
        case .text(let value): harmless(value)
        case .list(let items):
            harmless(
                items.map { item in
                    if case .text(let text) = item { text } else { JSONText.line(item) }
                }
                .joined(separator: " ")
            )
        case .object: harmless(JSONText.line(node))
        }
    }

    /// `=1+1`, `+`, `-`, `@`, and what a program might strip before one of these (OWASP, "CSV Injection").
    private static func harmless(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return text }
        switch first {
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": return "'" + text
        default: return text
        }
    }

    private static func quoted(_ cell: String) -> String {
        guard cell.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else { return cell }
        return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
