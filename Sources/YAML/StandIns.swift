/// Keeps characters above U+FFFF, emoji among them, readable: libyaml takes them for unprintable and would write
/// `\U0001F44B`.
///
/// While libyaml works, each stands as a private-use character (U+E000–U+F8FF) that the document does not use itself.
/// Should a document use more than 6,400 different ones, the rest is escaped, which reads back just the same.
struct StandIns {
    private var forward: [Unicode.Scalar: Unicode.Scalar] = [:]
    private var backward: [Unicode.Scalar: Unicode.Scalar] = [:]

    init(for value: YAMLValue) {
        var high: Set<Unicode.Scalar> = []
        var taken: Set<Unicode.Scalar> = []
        Self.visit(value) { text in
            // Only characters of three and four bytes matter.
            guard text.utf8.contains(where: { $0 >= 0xEE }) else { return }
            for scalar in text.unicodeScalars {
                if scalar.value > 0xFFFF { high.insert(scalar) }
                if Self.privateUse.contains(scalar.value) { taken.insert(scalar) }
            }
        }
        guard !high.isEmpty else { return }
        let free = Self.privateUse.lazy.compactMap(Unicode.Scalar.init).filter { !taken.contains($0) }
        for (scalar, standIn) in zip(high, free) {
            forward[scalar] = standIn
            backward[standIn] = scalar
        }
    }

    func apply(_ text: String) -> String { Self.replace(text, forward) }

    func undo(_ text: String) -> String { Self.replace(text, backward) }

    private static let privateUse: ClosedRange<UInt32> = 0xE000...0xF8FF

    private static func replace(_ text: String, _ table: [Unicode.Scalar: Unicode.Scalar]) -> String {
        guard !table.isEmpty else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(table[scalar] ?? scalar) }
        return String(result)
    }

    private static func visit(_ value: YAMLValue, _ body: (String) -> Void) {
        switch value.content {
        case .string(let text): body(text)
        case .sequence(let values): for value in values { visit(value, body) }
        case .mapping(let entries):
            for entry in entries {
                body(entry.key)
                visit(entry.value, body)
            }
        case .null, .bool, .int, .double: break
        }
    }
}
