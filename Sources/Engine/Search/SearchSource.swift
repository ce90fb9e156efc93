import ChatAPI
import Storage

/// What the follower reads of the database: heads, and what happened to messages.
enum SearchSource {
    private static let selectHeads: SQL = """
        SELECT c.id, (SELECT MAX(seq) FROM entry WHERE log = c.id) FROM channel c WHERE c.deleted_at IS NULL
        """
    private static let selectEntries: SQL = """
        SELECT e.seq, e.kind, e.at, e.author, e.text, t.seq, t.at, t.author, t.text
        FROM entry e
        LEFT JOIN entry t ON t.log = e.log AND t.seq = e.target AND e.kind IN ('edit', 'redaction')
        WHERE e.log = :log AND e.seq > :after ORDER BY e.seq LIMIT :limit
        """

    static func heads(_ database: Connection) throws -> [ChannelID: Int64] {
        var heads: [ChannelID: Int64] = [:]
        try database.each(selectHeads) { row in
            heads[row.id(0)] = row.int64(1)
            return true
        }
        return heads
    }

    /// The messages that the next entries are or are about, each once and in its current form.
    static func changes(
        of channel: ChannelID,
        after position: Int64,
        limit: Int64,
        _ database: Connection
    ) throws -> (changes: [SearchIndex.Change], last: Int64?, count: Int64) {
        var changes: [SearchIndex.Change] = []
        var edited: Set<Int64> = []
        var last: Int64?
        var count: Int64 = 0
        try database.each(selectEntries) {
            $0.bind("log", channel)
            $0.bind("after", position)
            $0.bind("limit", limit)
        } row: { row in
            let seq = row.int64(0)
            last = seq
            count += 1
            if row.string(1) == EntryKind.message.rawValue {
                // The row is the current form already; edits of it that follow in the log change nothing.
                guard let text = row.optionalString(4) else { return true }
                changes.append(
                    .init(channel: channel, seq: seq, at: row.int64(2), author: row.id(3), text: text, isNew: true)
                )
            } else if let target = row.optionalInt64(5), target <= position, edited.insert(target).inserted {
                changes.append(
                    .init(
                        channel: channel,
                        seq: target,
                        at: row.int64(6),
                        author: row.id(7),
                        text: row.optionalString(8),
                        isNew: false
                    )
                )
            }
            return true
        }
        return (changes, last, count)
    }
}
