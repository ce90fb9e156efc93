import ChatAPI

/// Whose a canned reply is, and what it becomes in a chat. Pure.
enum CannedReplyRules {
    /// What a text may leave open.
    static let blanks = ["participant", "organizer", "event", "queue"]

    static func check(_ draft: ReplyDraft) throws(APIError) {
        try QueueRules.check(word: draft.key, named: "key", of: "a canned reply's key")
        try TextRules.check(draft.text, named: "text", limit: Limits.messageBytes)
        if TextRules.isBlank(draft.text) { throw .invalid("text", "is empty") }
        for blank in names(in: draft.text) where !blanks.contains(blank) {
            var refusal = APIError.invalid("text", "leaves '{{\(blank.prefix(40))}}' open, which nothing fills in")
            refusal.allowed = blanks
            throw refusal
        }
        // Sent as it is written, `{participant}` would be read by the participant.
        let texts = parts(of: draft.text).compactMap { if case .text(let text) = $0 { text } else { nil } }
        if let blank = blanks.first(where: { blank in texts.contains { $0.contains("{\(blank)}") } }) {
            throw .invalid("text", "has '{\(blank)}', which nothing fills in; two braces do: '{{\(blank)}}'")
        }
    }

    /// The scope as it is stored: one's own replies under one's account.
    static func stored(_ scope: String?, of account: AccountID) throws(APIError) -> (text: String, place: Scope?) {
        guard let scope, scope != own else { return (ownScope(of: account), nil) }
        guard let place = Scope(scope), place.kind == .agency || place.kind == .event else {
            throw .invalid("scope", "is '\(scope.prefix(60))'; it is own, or agency or event, '/' and an id")
        }
        return (place.description, place)
    }

    static let own = "own"
    static func ownScope(of account: AccountID) -> String { "account/\(account)" }

    /// As it is shown: nobody sees another one's own.
    static func shown(_ reply: CannedReply) -> CannedReply {
        var reply = reply
        if reply.scope.hasPrefix("account/") { reply.scope = own }
        return reply
    }

    /// What somebody is called in a sentence.
    static func name(_ account: AccountRow?) -> String { account.map { $0.displayName ?? $0.name } ?? "deleted" }

    /// With the blanks filled in. A value that looks like a blank stays as it is.
    static func filled(_ text: String, _ values: [String: String]) -> String {
        var filled = ""
        for part in parts(of: text) {
            switch part {
            case .text(let text): filled += text
            case .blank(let name, let written): filled += values[name] ?? String(written)
            }
        }
        return filled
    }

    private static func names(in text: String) -> [String] {
        parts(of: text).compactMap { if case .blank(let name, _) = $0 { name } else { nil } }
    }

    private enum Part {
        case text(Substring)
        case blank(name: String, written: Substring)
    }

    /// Text and blanks in turn; braces that nothing closes are text.
    private static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let open = place(of: "{{", in: rest), let close = place(of: "}}", in: rest[open.upperBound...]) {
            parts.append(.text(rest[..<open.lowerBound]))
            let name = rest[open.upperBound..<close.lowerBound]
            let trimmed = String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            parts.append(.blank(name: trimmed, written: rest[open.lowerBound..<close.upperBound]))
            rest = rest[close.upperBound...]
        }
        return parts + [.text(rest)]
    }

    private static func place(of pair: String, in text: Substring) -> Range<String.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            let rest = text[index...]
            if rest.hasPrefix(pair) { return index..<text.index(index, offsetBy: 2) }
            index = text.index(after: index)
        }
        return nil
    }
}
