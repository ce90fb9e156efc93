import ChatAPI

/// What one may react with: one emoji, in one spelling. Pure.
///
/// Short names (`:tada:`) are not taken: clients turn them into emoji, so that a reaction looks the same to everyone and
/// one picture is not counted under two names.
enum EmojiRules {
    /// The emoji as it is stored: terminals and phones write some of them with and some without VS16 (U+FE0F), which
    /// means the same picture. Those that are text by default get it, those that are pictures by default lose it.
    static func canonical(_ text: String) throws(APIError) -> String {
        guard text.utf8.count <= Limits.emojiBytes else {
            throw .invalid("emoji", "is \(text.utf8.count) bytes long; the limit is \(Limits.emojiBytes)")
        }
        guard GraphemeText(text) != nil, let base = text.unicodeScalars.first else { throw notOne }
        let scalars = text.unicodeScalars
        let hasSelector = scalars.count == 2 && scalars.last?.value == variationSelector
        if scalars.count == 1 || hasSelector, CellWidth.isEmoji(base) {
            let isPicture = CellWidth.of(base) == 2
            return isPicture ? String(base) : String(base) + "\u{FE0F}"
        }
        guard CellGraphemes(text).first(where: { _ in true })?.isSequence == true else { throw notOne }
        return text
    }

    private static let variationSelector: UInt32 = 0xFE0F

    private static var notOne: APIError { .invalid("emoji", "is not one emoji") }
}
