/// Nodes as JSON. What a terminal would obey or hide is written as `\uXXXX`: the same data, and nothing to fear.
enum JSONText {
    /// One line, for `jsonl` and for streams.
    static func line(_ node: Node) -> String {
        var text = ""
        write(node, into: &text, indent: nil)
        return text
    }

    /// Over several lines, two blanks a level.
    static func pretty(_ node: Node, indent: Int = 0) -> String {
        var text = ""
        write(node, into: &text, indent: indent)
        return text
    }

    private static func write(_ node: Node, into text: inout String, indent: Int?) {
        switch node {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        // JSON has no infinities; none of our values is one.
        case .number(let value): text += value.isFinite ? String(value) : "null"
        case .text(let value): quote(value, into: &text)
        case .list(let items):
            if items.isEmpty { return text += "[]" }
            text += "["
            for (index, item) in items.enumerated() {
                separate(index, into: &text, indent)
                write(item, into: &text, indent: indent.map { $0 + 1 })
            }
            end("]", into: &text, indent)
        case .object(let members):
            if members.isEmpty { return text += "{}" }
            text += "{"
            for (index, member) in members.enumerated() {
                separate(index, into: &text, indent)
                quote(member.name, into: &text)
                text += indent == nil ? ":" : ": "
                write(member.value, into: &text, indent: indent.map { $0 + 1 })
            }
            end("}", into: &text, indent)
        }
    }

    private static func separate(_ index: Int, into text: inout String, _ indent: Int?) {
        if index > 0 { text += "," }
        if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
    }

    private static func end(_ bracket: String, into text: inout String, _ indent: Int?) {
        if let indent { text += "\n" + String(repeating: "  ", count: indent) }
        text += bracket
    }

    private static func quote(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            default:
                if VisibleText.isHostile(scalar) {
                    escape(scalar, into: &text)
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }

    private static func escape(_ scalar: Unicode.Scalar, into text: inout String) {
        for unit in UTF16.encode(scalar)! {
            let digits = String(unit, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}
