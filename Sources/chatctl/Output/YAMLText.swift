import YAML

/// Nodes as YAML.
enum YAMLText {
    /// - Parameter isShown: On a terminal, what reorders or hides text is written as `<U+202E>`.
    static func text(_ node: Node, isShown: Bool) -> String { value(node, isShown).yaml() }

    private static func value(_ node: Node, _ isShown: Bool) -> YAMLValue {
        switch node {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .int(value)
        case .number(let value): .double(value)
        case .text(let text): .string(isShown ? shown(text) : text)
        case .list(let items): .sequence(items.map { value($0, isShown) })
        case .object(let members):
            .mapping(members.map { YAMLEntry(isShown ? shown($0.name) : $0.name, value($0.value, isShown)) })
        }
    }

    /// Lines stay lines: the emitter indents them.
    private static func shown(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { VisibleText.line(String($0)) }
            .joined(separator: "\n")
    }
}
