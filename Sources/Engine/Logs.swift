package import ChatAPI
import Storage

/// A durable log: a channel's, an account's `@me`, a sketch's, or the audit log. The daemon numbers its entries without gaps.
package enum LogID: Hashable, Comparable, Sendable {
    case channel(ChannelID)
    case me(AccountID)
    case audit
    case sketch(SketchID)
    /// What happens to a queue's requests and chats.
    case queue(QueueID)

    /// What it is sorted by.
    private var order: (kind: Int, high: UInt64, low: UInt64) {
        switch self {
        case .channel(let id): (0, id.high, id.low)
        case .me(let id): (1, id.high, id.low)
        case .audit: (2, 0, 0)
        case .sketch(let id): (3, id.high, id.low)
        case .queue(let id): (4, id.high, id.low)
        }
    }

    package static func < (left: LogID, right: LogID) -> Bool { left.order < right.order }

    /// As clients write it in `resume`: the channel's id, `@me`, `@audit`, `@queue/<id>`, `sketch/<id>`.
    package var wireName: String {
        switch self {
        case .channel(let id): id.description
        case .me: "@me"
        case .audit: "@audit"
        case .sketch(let id): SketchID.logPrefix + id.description
        case .queue(let id): "@queue/\(id)"
        }
    }

    /// The log that a client means, as its account.
    init?(wireName: String, of account: AccountID) {
        switch wireName {
        case "@me": self = .me(account)
        case "@audit": self = .audit
        default:
            if let queue = LogID.watched(wireName) {
                self = queue
            } else if let id = SketchID(logName: wireName) {
                self = .sketch(id)
            } else if let id = ChannelID(wireName) {
                self = .channel(id)
            } else {
                return nil
            }
        }
    }

    /// The key in table `entry`. The audit log and the sketches have tables of their own.
    var key: DatabaseValue {
        switch self {
        case .channel(let id): id.databaseValue
        case .me(let id): id.databaseValue
        case .queue(let id): id.databaseValue
        case .audit, .sketch: preconditionFailure("the log \(wireName) is not in table entry")
        }
    }
}

extension LogID {
    /// A log by capability, as a client names it; nil for any other.
    static func watched(_ wireName: String) -> LogID? {
        if wireName == "@audit" { return .audit }
        guard wireName.hasPrefix("@queue/") else { return nil }
        return QueueID(String(wireName.dropFirst("@queue/".count))).map(LogID.queue)
    }
}

/// Where a log stands: what the next entry continues from.
package struct LogHead: Sendable, Equatable {
    package var seq: Int64 = 0
    /// Messages so far, and mentions of everybody: unread counts are differences of these.
    package var messages: Int64 = 0
    package var broadcasts: Int64 = 0
    /// Time of the newest entry; the next one is never earlier.
    package var at: Milliseconds = 0
}

extension Transaction {
    /// Appends to a log: gives the entry its number and time, stores it, and queues its push for after the commit.
    ///
    /// What is in a log has been published, by construction: there is no other way to either.
    package func append(_ draft: Entry, to log: LogID, now: Milliseconds) throws -> Entry {
        guard let entry = try appendUnlessKnown(draft, to: log, now: now) else {
            preconditionFailure("only messages have a cid, and they are appended with appendUnlessKnown")
        }
        return entry
    }

    /// The same for a message: nil, and nothing happened, if its author has used its cid before.
    func appendUnlessKnown(_ draft: Entry, to log: LogID, now: Milliseconds) throws -> Entry? {
        var head = try facts.head(of: log, in: self)
        head.seq += 1
        head.at = max(head.at, now)
        if draft.kind == .message {
            head.messages += 1
            if draft.mentionsAll == true { head.broadcasts += 1 }
        }
        var entry = draft
        entry.seq = head.seq
        entry.at = head.at
        entry.messagesSoFar = head.messages
        entry.broadcastsSoFar = head.broadcasts
        guard try EntryStore.insert(entry, in: log, self) else { return nil }
        facts.advance(log, to: head)
        let push = PushCoding.encode(entry)
        var hidden: Set<AccountID> = []
        if case .channel(let id) = log {
            let channel = try facts.channel(id, in: self)
            hidden = try hide(entry, in: channel)
            try unveil(channel, for: entry, hiddenFrom: hidden, now: now)
        }
        if !hidden.isEmpty {
            let mask = PushCoding.encode(BlockRules.mask(entry))
            facts.tell(.maskedEntry(log, entry.seq, push, mask: mask, for: hidden))
        } else {
            facts.tell(.entry(log, entry.seq, push))
        }
        return entry
    }
}
