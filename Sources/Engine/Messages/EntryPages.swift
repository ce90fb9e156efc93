package import ChatAPI
package import Storage

/// Pieces of a log in their current form: what history, catch-up and pins are made of, in three queries a page.
extension EntryStore {
    private static let columns = """
        seq, kind, author, at, messages, broadcasts, cid, text, reply_to, target, rev, edited_at, redacted_at, detail
        """
    private static let selectAscending = SQL(
        """
        SELECT \(columns) FROM entry
        WHERE log = :log AND seq > :after AND seq <= :through ORDER BY seq LIMIT :limit
        """
    )
    private static let selectDescending = SQL(
        """
        SELECT \(columns) FROM entry
        WHERE log = :log AND seq > :after AND seq <= :through ORDER BY seq DESC LIMIT :limit
        """
    )
    private static let selectOne = SQL("SELECT \(columns) FROM entry WHERE log = :log AND seq = :seq")
    private static let selectKind: SQL = "SELECT kind FROM entry WHERE log = :log AND seq = :seq"

    /// Which entries of a log.
    package enum Range: Sendable, Equatable {
        case newest
        case after(Int64)
        case before(Int64)
        /// The entry, as many before it as after it.
        case around(Int64)
        /// Both included.
        case between(Int64, Int64)
    }

    /// Entries of a log, ascending, at most `limit`, none at or below `visibleFrom`, in their current form.
    package static func page(
        of log: LogID,
        _ range: Range,
        limit: Int,
        visibleFrom: Int64 = 0,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Entry] {
        var entries: [Entry]
        switch range {
        case .newest:
            entries = try read(log, after: visibleFrom, through: .max, limit, descending: true, tx)
        case .after(let seq):
            entries = try read(log, after: max(seq, visibleFrom), through: .max, limit, descending: false, tx)
        case .before(let seq):
            entries = try read(log, after: visibleFrom, through: seq - 1, limit, descending: true, tx)
        case .around(let seq):
            // Near an end of the log the other side fills the page.
            let earlier = try read(log, after: visibleFrom, through: seq - 1, limit, descending: true, tx)
            let later = try read(log, after: max(seq - 1, visibleFrom), through: .max, limit, descending: false, tx)
            let laterCount = min(later.count, max(limit - limit / 2, limit - earlier.count))
            entries = earlier.suffix(limit - laterCount) + later.prefix(laterCount)
        case .between(let first, let last):
            entries = try read(log, after: max(first - 1, visibleFrom), through: last, limit, descending: false, tx)
        }
        try fillCurrentForm(&entries, in: log, tx)
        return entries
    }

    /// The entries `after + 1` through `through` as their pushes: what catch-up sends.
    package static func pushes(
        of log: LogID,
        after: Int64,
        through: Int64,
        for account: AccountID?,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [[UInt8]] {
        var entries = try page(of: log, .between(after + 1, through), limit: Int(max(through - after, 0)), tx)
        if case .channel(let channel) = log { try mask(&entries, for: account, in: channel, tx) }
        return entries.map { PushCoding.encode($0) }
    }

    /// One entry in its current form.
    package static func entry(
        _ seq: Int64,
        of log: LogID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Entry? {
        let found = try tx.first(selectOne) {
            $0.bind("log", log.key)
            $0.bind("seq", seq)
        } row: {
            try entry($0, of: log)
        }
        guard let found else { return nil }
        var entries = [found]
        try fillCurrentForm(&entries, in: log, tx)
        return entries[0]
    }

    /// Whether the channel has a message of that number, redacted or not: what a reply may answer.
    package static func isMessage(
        _ seq: Int64,
        in channel: ChannelID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        let kind = try tx.first(selectKind) {
            $0.bind("log", channel)
            $0.bind("seq", seq)
        } row: {
            $0.string(0)
        }
        return kind == EntryKind.message.rawValue
    }

    // MARK: - Rows

    private static func read(
        _ log: LogID,
        after: Int64,
        through: Int64,
        _ limit: Int,
        descending: Bool,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Entry] {
        guard limit > 0, through > after else { return [] }
        var entries = try tx.all(descending ? selectDescending : selectAscending) {
            $0.bind("log", log.key)
            $0.bind("after", after)
            $0.bind("through", through)
            $0.bind("limit", limit)
        } row: {
            try entry($0, of: log)
        }
        if descending { entries.reverse() }
        return entries
    }

    private static func entry(_ row: Row, of log: LogID) throws -> Entry {
        var channel: ChannelID?
        if case .channel(let id) = log { channel = id }
        var entry = Entry(
            kind: EntryKind(rawValue: row.string(1)) ?? .unknown,
            channel: channel,
            seq: row.int64(0),
            by: row.id(2),
            at: row.int64(3),
            messagesSoFar: row.int64(4),
            broadcastsSoFar: row.int64(5)
        )
        entry.cid = row.optionalID(6)
        entry.text = row.optionalString(7)
        entry.replyTo = row.optionalInt64(8)
        entry.target = row.optionalInt64(9)
        entry.rev = row.optionalInt64(10)
        entry.editedAt = row.optionalInt64(11)
        entry.redactedAt = row.optionalInt64(12)
        if let detail = row.optionalBytes(13) {
            try Coding.decode(EntryDetail.self, from: detail).fill(&entry)
        }
        return entry
    }

    /// Adds reactions and pins to the messages among the entries.
    private static func fillCurrentForm(
        _ entries: inout [Entry],
        in log: LogID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws {
        guard case .channel(let channel) = log, let first = entries.first?.seq, let last = entries.last?.seq else {
            return
        }
        // Nothing was ever applied to a message without `rev`: most pages end here.
        guard entries.contains(where: { $0.kind == .message && $0.rev != nil }) else { return }
        let reactions = try ReactionStore.reactions(in: channel, from: first, through: last, tx)
        let pinned = try PinStore.pinned(in: channel, from: first, through: last, tx)
        guard !reactions.isEmpty || !pinned.isEmpty else { return }
        for index in entries.indices where entries[index].kind == .message {
            let seq = entries[index].seq
            if let list = reactions[seq] { entries[index].reactions = list }
            if pinned.contains(seq) { entries[index].pinned = true }
        }
    }
}
