import ChatAPI
import Storage
import Synchronization

/// The reading side of `search.db`: candidates for an answer, newest first.
final class SearchReader: @unchecked Sendable {
    private let path: String
    private struct State {
        /// Connections that nobody uses now; there are never more than readers of the database.
        var idle: [Box] = []
        /// False until the follower has found that the file is this database's, or made it so.
        var isReady = false
        /// Raised when the file becomes another one: connections of an older one are closed when they come back.
        var generation = 0
    }

    /// Lock tier 3.
    private let state = Mutex(State())

    private struct Box: @unchecked Sendable {
        let connection: Connection
        let generation: Int
    }

    init(path: String) { self.path = path }

    /// A message that the index found. Whether the caller may see it is not known here.
    struct Candidate {
        let id: Int64
        let channel: ChannelID
        let seq: Int64
        /// With marks around the words that were found.
        let marked: String
    }

    struct Filter {
        var expression: SearchExpression
        var channel: ChannelID?
        var author: AccountID?
        /// Ids of documents, both included.
        var from: Int64
        var through: Int64
    }

    private static let select: SQL = """
        SELECT i.rowid, s.channel, d.seq, highlight(message_index, 0, char(1), char(2))
        FROM message_index i JOIN document d ON d.id = i.rowid JOIN source s ON s.number = d.source
        WHERE message_index MATCH :match AND i.rowid >= :from AND i.rowid <= :through
        ORDER BY i.rowid DESC
        """
    private static let selectSource: SQL = "SELECT number FROM source WHERE channel = :channel"
    private static let selectAuthor: SQL = "SELECT number FROM author WHERE account = :account"

    /// Candidates one by one until the closure answers false; at most for `limit`.
    ///
    /// - Throws: `StorageError.readTooLong` when the time is over: what was found before has been handed out.
    func each(_ filter: Filter, for limit: Duration, _ body: (Candidate) throws -> Bool) throws {
        let box = try take()
        do {
            try box.connection.reading(for: limit) {
                guard let match = try Self.match(filter, box.connection) else { return }
                try box.connection.each(Self.select) {
                    $0.bind("match", match)
                    $0.bind("from", filter.from)
                    $0.bind("through", filter.through)
                } row: { row in
                    try body(Candidate(id: row.int64(0), channel: row.id(1), seq: row.int64(2), marked: row.string(3)))
                }
            }
        } catch {
            if case StorageError.readTooLong = error { putBack(box) } else { box.connection.close() }
            throw error
        }
        putBack(box)
    }

    /// Nil if the channel or the author has nothing in the index.
    private static func match(_ filter: Filter, _ connection: Connection) throws -> String? {
        var match = "text : (\(filter.expression.match))"
        if let channel = filter.channel {
            let number = try connection.first(selectSource) {
                $0.bind("channel", channel)
            } row: {
                $0.int64(0)
            }
            guard let number else { return nil }
            match += " AND tags : \"c\(number)\""
        }
        if let author = filter.author {
            let number = try connection.first(selectAuthor) {
                $0.bind("account", author)
            } row: {
                $0.int64(0)
            }
            guard let number else { return nil }
            match += " AND tags : \"a\(number)\""
        }
        return match
    }

    private func take() throws -> Box {
        let (box, generation) = try state.withLock { state in
            guard state.isReady else { throw StorageError.cannotOpen(path: path, reason: "it is being made") }
            return (state.idle.popLast(), state.generation)
        }
        if let box { return box }
        let connection = try Connection(path: path, mode: .readOnly, options: .init(cacheKiB: 2 << 10))
        return Box(connection: connection, generation: generation)
    }

    private func putBack(_ box: Box) {
        let isKept = state.withLock { state in
            guard box.generation == state.generation else { return false }
            state.idle.append(box)
            return true
        }
        if !isKept { box.connection.close() }
    }

    /// From now on the file may be read.
    func open() { state.withLock { $0.isReady = true } }

    /// The file is another one from now on, or is going away.
    func closeAll() {
        let boxes = state.withLock { state in
            defer { state.idle.removeAll() }
            state.isReady = false
            state.generation += 1
            return state.idle
        }
        for box in boxes { box.connection.close() }
    }
}
