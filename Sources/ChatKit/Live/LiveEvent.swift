package import ChatAPI

/// What the live connection tells its owner, in the order in which it happened; delivered in batches.
package enum LiveEvent: Sendable, Equatable {
    /// Connected or not, and why.
    case state(LiveState)
    /// The daemon's greeting: who one is, and where every joined channel stands. What was missed follows.
    case welcome(Welcome)
    /// The daemon has another database than before: everything cached is void, the outbox stays. Comes before `welcome`.
    case epochChanged(from: String, to: String)
    /// Entries of one log, ascending and each once, continuing from the position before. Logs are channel ids and `@me`.
    case entries(log: String, [Entry])
    /// The next entries of a sketch's log that is followed, ascending and each once.
    case sketch(SketchID, [SketchEntry])
    /// The same for the audit log.
    case audit([AuditEntry])
    /// Where some logs stand, after a `sync` or the loss of a right: `denied` ones are not followed any more.
    case logs([LogState])
    /// Entries that were not sent: page from `from` through `head`. What comes after `head` arrives all the same.
    ///
    /// For `@me` the cure is `GET /v1/me` (`.me`).
    case gap(Gap)
    /// Typing, presence, counts: the newest value of each sender.
    case ephemeral(Ephemeral)
    /// The daemon is about to close; the connection comes back by itself.
    case bye(Bye)
    /// Entries of the outbox that changed: queued, sent, failed, discarded.
    case outbox([OutboxItem])
    /// The access token was renewed.
    case refreshed
}

/// Whether the connection stands.
package enum LiveState: Sendable, Equatable {
    case connecting
    case live
    /// Not connected; the next attempt is in so many milliseconds.
    case offline(reason: String, retryMilliseconds: Int64)
    /// Not connected and not going to be without the user: signed out, banned, or this program is too old.
    case stopped(APIError)
}

extension Entry {
    /// The log it is numbered in. In `@me` the kind decides: such an entry may name a channel.
    package var log: String {
        kind.isOfMe ? LogName.me : queue.map(LogName.queue) ?? channel?.description ?? LogName.me
    }
}

/// Names of logs on the wire, besides the ids of channels.
package enum LogName {
    package static let me = "@me"
    package static let audit = "@audit"

    /// The log of a sketch.
    package static func sketch(_ id: SketchID) -> String { "sketch/\(id)" }
    package static func isSketch(_ log: String) -> Bool { log.hasPrefix("sketch/") }

    private static let queuePrefix = "@queue/"

    /// `@queue/<id>`: what happens in a queue, for those who take from it.
    package static func queue(_ id: QueueID) -> String { queuePrefix + id.description }

    /// The queue whose log it is.
    package static func queue(of log: String) -> QueueID? {
        log.hasPrefix(queuePrefix) ? QueueID(String(log.dropFirst(queuePrefix.count))) : nil
    }
}

extension [LiveEvent] {
    /// Joins neighbours that continue each other, so that a batch has one event per run of a log.
    package func merged() -> [LiveEvent] {
        var result: [LiveEvent] = []
        result.reserveCapacity(count)
        for event in self {
            switch (result.last, event) {
            case (.entries(let log, let first), .entries(let next, let more)) where log == next:
                result[result.count - 1] = .entries(log: log, first + more)
            case (.sketch(let sketch, let first), .sketch(let next, let more)) where sketch == next:
                result[result.count - 1] = .sketch(sketch, first + more)
            case (.audit(let first), .audit(let more)):
                result[result.count - 1] = .audit(first + more)
            case (.outbox(let first), .outbox(let more)):
                result[result.count - 1] = .outbox(first + more)
            default: result.append(event)
            }
        }
        return result
    }
}
