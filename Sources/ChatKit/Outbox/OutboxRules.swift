package import ChatAPI

/// What may enter the outbox, what an answer means for an entry, and when one is too old. Pure decisions.
package enum OutboxRules {
    /// Entries that wait or failed: above it nothing more is taken, so that a program gone wild cannot fill the disk.
    package static let itemLimit = 1_000
    /// On their way at a time: one per lane, and a quarter of what the daemon allows, so that reading is not held up.
    package static let sendingLimit = 16
    /// The daemon remembers keys for a day. A repeat after that could be a second call, so it is not sent.
    package static let keyLifeMilliseconds: Int64 = 24 * 60 * 60 * 1_000
    /// Answers that say "inside" are repeated so often: a defect that an entry provokes must not loop.
    static let internalAttempts = 5
    static let longestWaitMilliseconds: Int64 = 60_000

    /// Refuses what the daemon would refuse, before it is queued: a poisoned entry would be found only after a reconnect.
    package static func check(_ call: OutboxCall) throws(APIError) {
        switch call {
        case .message(let message): try check(text: message.text)
        case .edit(let edit): try check(text: edit.text)
        case .react(let reaction), .unreact(let reaction):
            let count = reaction.emoji.utf8.count
            guard (1...Limits.emojiBytes).contains(count) else {
                throw .invalid("emoji", "is \(count) bytes; an emoji has 1 to \(Limits.emojiBytes)")
            }
        case .draft(let draft):
            let count = draft.text.utf8.count
            guard count <= Limits.draftBytes else {
                throw APIError(.tooLarge, "the draft is \(count) bytes; at most \(Limits.draftBytes) are kept")
            }
        case .register(let register):
            let count = register.key.utf8.count
            guard (1...Limits.registerKeyBytes).contains(count) else {
                throw .invalid("key", "is \(count) bytes; a key has 1 to \(Limits.registerKeyBytes)")
            }
            let size = register.value.map { Coding.encode($0).count } ?? 0
            guard size <= Limits.registerValueBytes else {
                throw APIError(.tooLarge, "the value is \(size) bytes; at most \(Limits.registerValueBytes) are kept")
            }
        case .delete, .pin, .unpin, .marker: break
        }
        let size = call.input.count
        // What surrounds the input in its frame takes less than 512 bytes.
        guard size + 512 <= Limits.frameBytes else {
            throw APIError(.tooLarge, "the call is \(size) bytes; a frame takes \(Limits.frameBytes)")
        }
    }

    /// A message's text: not empty, not too long, no control characters but tab and newline.
    package static func check(text: String) throws(APIError) {
        try TextRules.check(text, named: "text", limit: Limits.messageBytes)
        guard !TextRules.isBlank(text) else { throw .invalid("text", "is empty") }
    }

    package enum Verdict: Sendable, Equatable {
        /// Try again, not before so many milliseconds.
        case again(milliseconds: Int64)
        case failed
    }

    /// What an error means for an entry that got it.
    package static func verdict(
        on error: APIError,
        attempts: Int,
        using random: inout Randomness
    ) -> Verdict {
        switch error.code {
        case .rateLimited, .overloaded, .storageFull, .draining, .unavailable, .timedOut, .outcomeUnknown, .keyRunning,
            .notSignedIn, .tokenExpired:
            return .again(milliseconds: wait(error, attempts: attempts, using: &random))
        case .internal:
            guard attempts + 1 < internalAttempts else { return .failed }
            return .again(milliseconds: wait(error, attempts: attempts, using: &random))
        default: return .failed
        }
    }

    private static func wait(_ error: APIError, attempts: Int, using random: inout Randomness) -> Int64 {
        let bound = min(longestWaitMilliseconds, 500 << Int64(min(attempts, 7)))
        return max(error.retryAfterMilliseconds ?? 0, Int64.random(in: bound / 2...bound, using: &random))
    }

    /// Whether an entry waited longer than the daemon remembers its key. A message's cid is remembered for good.
    package static func isTooOld(_ item: OutboxItem, at now: Milliseconds) -> Bool {
        if case .message = item.call { return false }
        return now - item.queuedAt >= keyLifeMilliseconds
    }

    static let tooOld = APIError(
        .timedOut,
        "this waited longer than 24 hours, and the daemon could not tell a repeat any more: it is not sent"
    )
}
