import ChatAPI

/// Texts, ratings and times of chats. Pure.
enum ChatRules {
    /// How long an ended chat stays among its people's channels before it is in the archive only.
    static let settleMilliseconds: Int64 = 3_600_000
    static let ratingMilliseconds = Int64(Limits.ratingDays) * 24 * 3_600_000
    /// An organizer who is gone this long loses claims.
    static let goneMilliseconds: Int64 = 120_000
    /// An organizer who is gone this long leaves chats unattended.
    static let unattendedMilliseconds: Int64 = 300_000

    /// What the two sides read in the chat. The rest is the staff's: a promise that was broken, who looks at it.
    static func isShown(_ action: String) -> Bool {
        action != "breach" && action != "idle" && action != "unattended" && action != "note"
    }

    static func check(note: String) throws(APIError) {
        try TextRules.check(note, named: "text", limit: Limits.noteBytes)
        if TextRules.isBlank(note) { throw .invalid("text", "is empty") }
    }

    /// What a call may say besides: nil if it says nothing.
    static func optional(_ text: String?, named member: String, limit: Int) throws(APIError) -> String? {
        guard let text, !TextRules.isBlank(text) else { return nil }
        try TextRules.check(text, named: member, limit: limit)
        return text
    }

    static func check(_ draft: RatingDraft) throws(APIError) {
        guard (1...5).contains(draft.stars) else {
            throw .invalid("stars", "is \(draft.stars); a rating has 1 to 5")
        }
    }

    static func check(_ chat: ChatRow, isRatedAt now: Milliseconds) throws(APIError) {
        guard let endedAt = chat.endedAt, now - endedAt > ratingMilliseconds else { return }
        throw APIError(.conflict, "this chat ended more than \(Limits.ratingDays) days ago: it is not rated any more")
    }
}
