import ChatAPI
import Glibc
import Storage

/// The writing side of `search.db`. Belongs to the follower's thread.
final class SearchIndex {
    let connection: Connection
    private let path: String
    /// Known numbers: a busy community has some thousand of each.
    private var sources: [ChannelID: Int64] = [:]
    private var authors: [AccountID: Int64] = [:]

    /// A message as the index should have it; nil text if it is gone.
    struct Change {
        let channel: ChannelID
        let seq: Int64
        let at: Milliseconds
        let author: AccountID
        let text: String?
        /// It lies above the position: the index has nothing of it yet.
        let isNew: Bool
    }

    /// Opens the index of this epoch; a missing, damaged or foreign one is made new and reads everything again.
    init(path: String, epoch: String) throws {
        self.path = path
        if let connection = try Self.openExisting(path, epoch: epoch) {
            self.connection = connection
            return
        }
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
        connection = try Self.open(path)
        try connection.transaction {
            try connection.execute(SearchSchema.text)
            try SearchSchema.setMark("epoch", epoch, connection)
            try SearchSchema.setMark("format", String(SearchSchema.format), connection)
        }
    }

    /// NORMAL: a power loss may take the last batches, which are read again; the file stays whole.
    private static func open(_ path: String) throws(StorageError) -> Connection {
        let connection = try Connection(path: path, options: .init(durability: .normal, cacheKiB: 8 << 10))
        // Erased text does not stay behind in free pages.
        try connection.execute("PRAGMA secure_delete = ON")
        connection.watchLog()
        return connection
    }

    /// Nil for one that is missing, damaged or another's. Whatever else keeps it from being opened (a full disk, too many open
    /// files) is no reason to throw it away.
    private static func openExisting(_ path: String, epoch: String) throws -> Connection? {
        guard access(path, F_OK) == 0 else { return nil }
        do {
            let connection = try open(path)
            let isOurs =
                try SearchSchema.mark("epoch", connection) == epoch
                && SearchSchema.mark("format", connection) == String(SearchSchema.format)
            if isOurs { return connection }
            connection.close()
            return nil
        } catch StorageError.corrupt, StorageError.statement {
            return nil
        }
    }

    // MARK: - Positions

    private static let selectSources: SQL = "SELECT channel, number, position FROM source"
    private static let insertSource: SQL = "INSERT INTO source (channel, position) VALUES (:channel, 0)"
    private static let updatePosition: SQL = "UPDATE source SET position = :position WHERE number = :number"
    private static let selectAuthor: SQL = "SELECT number FROM author WHERE account = :account"
    private static let insertAuthor: SQL = "INSERT INTO author (account) VALUES (:account)"

    func positions() throws -> [ChannelID: Int64] {
        var positions: [ChannelID: Int64] = [:]
        try connection.each(Self.selectSources) { row in
            let channel: ChannelID = row.id(0)
            sources[channel] = row.int64(1)
            positions[channel] = row.int64(2)
            return true
        }
        return positions
    }

    private func number(of channel: ChannelID) throws -> Int64 {
        if let known = sources[channel] { return known }
        try connection.run(Self.insertSource) { $0.bind("channel", channel) }
        let number = connection.lastInsertedRow
        sources[channel] = number
        return number
    }

    private func number(of account: AccountID) throws -> Int64 {
        if let known = authors[account] { return known }
        let found = try connection.first(Self.selectAuthor) {
            $0.bind("account", account)
        } row: {
            $0.int64(0)
        }
        if let found {
            authors[account] = found
            return found
        }
        try connection.run(Self.insertAuthor) { $0.bind("account", account) }
        authors[account] = connection.lastInsertedRow
        return connection.lastInsertedRow
    }

    // MARK: - Indexing

    private static let insertDocument: SQL = """
        INSERT INTO document (id, source, author, seq, text) VALUES (:id, :source, :author, :seq, :text)
        ON CONFLICT (id) DO NOTHING
        """
    private static let insertWords: SQL = "INSERT INTO message_index (rowid, text, tags) VALUES (:id, :text, :tags)"
    private static let deleteWords: SQL = """
        INSERT INTO message_index (message_index, rowid, text, tags) VALUES ('delete', :id, :text, :tags)
        """
    private static let selectDocument: SQL = "SELECT source, seq, author, text FROM document WHERE id = :id"
    private static let deleteDocument: SQL = "DELETE FROM document WHERE id = :id"

    /// One batch in one transaction, with the positions that it reaches.
    func apply(_ changes: [Change], positions: [ChannelID: Int64]) throws {
        do {
            try connection.transaction {
                // FTS5 writes its buffer out whenever a row id is below the one before it.
                for change in changes.sorted(by: { Self.place($0) < Self.place($1) }) {
                    let source = try number(of: change.channel)
                    if !change.isNew { try delete(change, source) }
                    if let text = change.text { try insert(change, text, source) }
                }
                for (channel, position) in positions {
                    let source = try number(of: channel)
                    try connection.run(Self.updatePosition) {
                        $0.bind("position", position)
                        $0.bind("number", source)
                    }
                }
            }
        } catch {
            // Numbers that were given in this transaction are gone with it.
            sources.removeAll()
            authors.removeAll()
            _ = try? self.positions()
            throw error
        }
    }

    private static func place(_ change: Change) -> Int64 { change.at << 20 | change.seq & 0xF_FFFF }

    /// Two messages meet in one id only if they were sent in the same millisecond with equal low digits of their numbers.
    private static let placesTried: Int64 = 64

    private func insert(_ change: Change, _ text: String, _ source: Int64) throws {
        let author = try number(of: change.author)
        let segmented = SearchText.segmented(text)
        for offset in 0..<Self.placesTried {
            let id = Self.place(change) + offset
            let inserted = try connection.run(Self.insertDocument) {
                $0.bind("id", id)
                $0.bind("source", source)
                $0.bind("author", author)
                $0.bind("seq", change.seq)
                $0.bind("text", segmented)
            }
            guard inserted > 0 else { continue }
            try connection.run(Self.insertWords) {
                $0.bind("id", id)
                $0.bind("text", segmented)
                $0.bind("tags", Self.tags(source: source, author: author))
            }
            return
        }
    }

    private func delete(_ change: Change, _ source: Int64) throws {
        for offset in 0..<Self.placesTried {
            let id = Self.place(change) + offset
            let found = try connection.first(Self.selectDocument) {
                $0.bind("id", id)
            } row: { row in
                (source: row.int64(0), seq: row.int64(1), author: row.int64(2), text: row.string(3))
            }
            guard let found, found.source == source, found.seq == change.seq else { continue }
            try delete(id, text: found.text, tags: Self.tags(source: source, author: found.author))
            return
        }
    }

    /// FTS5 takes the old words as an argument: the index holds no texts of its own.
    private func delete(_ id: Int64, text: String, tags: String) throws {
        try connection.run(Self.deleteWords) {
            $0.bind("id", id)
            $0.bind("text", text)
            $0.bind("tags", tags)
        }
        try connection.run(Self.deleteDocument) { $0.bind("id", id) }
        try SearchSchema.setMark("merge", "due", connection)
    }

    private static func tags(source: Int64, author: Int64) -> String { "c\(source) a\(author)" }

    // MARK: - Deleted channels

    private static let selectOfSource: SQL = """
        SELECT d.id, d.author, d.text FROM message_index i JOIN document d ON d.id = i.rowid
        WHERE message_index MATCH :match LIMIT :limit
        """
    private static let deleteSource: SQL = "DELETE FROM source WHERE number = :number"

    /// Takes one batch of a deleted channel out of the index.
    ///
    /// - Returns: whether there is more of it.
    func forget(_ channel: ChannelID) throws -> Bool {
        guard let source = sources[channel] else { return false }
        let batch = 1_000
        let hasMore = try connection.transaction {
            let rows = try connection.all(Self.selectOfSource) {
                $0.bind("match", "tags : \"c\(source)\"")
                $0.bind("limit", batch)
            } row: {
                (id: $0.int64(0), author: $0.int64(1), text: $0.string(2))
            }
            for row in rows.sorted(by: { $0.id < $1.id }) {
                try delete(row.id, text: row.text, tags: Self.tags(source: source, author: row.author))
            }
            if rows.count < batch { try connection.run(Self.deleteSource) { $0.bind("number", source) } }
            return rows.count == batch
        }
        if !hasMore { sources[channel] = nil }
        return hasMore
    }

    // MARK: - Merging

    private static let merge: SQL = "INSERT INTO message_index (message_index, rank) VALUES ('merge', :pages)"
    private static let selectSegments: SQL = "SELECT COUNT(DISTINCT segid) FROM message_index_idx"

    var isMergeDue: Bool { (try? SearchSchema.mark("merge", connection)) == "due" }

    /// Erased words stay in the index's segments, marked as gone, until those are merged into one. Afterwards neither the
    /// file nor its log holds them.
    ///
    /// - Parameter goesOn: asked between the steps; if it answers false the merge stays due.
    func mergeErased(_ goesOn: () -> Bool = { true }) throws {
        // A negative number starts a merge of everything there is, as `optimize` does at once.
        var pages: Int64 = -Self.pagesPerStep
        repeat {
            try connection.run(Self.merge) { $0.bind("pages", pages) }
            pages = Self.pagesPerStep
            if try connection.first(Self.selectSegments, row: { $0.int64(0) }) ?? 0 <= 1 {
                try SearchSchema.setMark("merge", "done", connection)
                try connection.checkpoint(truncating: true)
                return
            }
        } while goesOn()
    }

    /// Some 20 ms each, so that neither closing nor new messages wait for a large index.
    private static let pagesPerStep: Int64 = 500

    /// Pages of the log from which it is moved into the file, 4 MiB: three syncs, which the disk would rather give to commits.
    static let longLog = 1_024

    /// Moves the log into the file, without waiting for anyone, once it is long. What is in the log is as safe as what is in the
    /// file: a crash leaves both, a power loss may take the end of either, and the positions with it.
    func checkpointIfLong() {
        // An error here is met again by the next one; until then the log only grows.
        if connection.logPages >= Self.longLog { _ = try? connection.checkpoint() }
    }

    func close() { connection.close() }
}
