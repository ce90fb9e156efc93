import ChatAPI
import Storage

/// Table `pin`: the pinned messages of a channel, by the `seq` at which they were pinned.
enum PinStore {
    static let schema = """
        CREATE TABLE pin (
            channel BLOB NOT NULL,
            message INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            PRIMARY KEY (channel, message)
        ) STRICT, WITHOUT ROWID;
        """

    private static let insert: SQL = "INSERT INTO pin (channel, message, seq) VALUES (:channel, :message, :seq)"
    private static let delete: SQL = "DELETE FROM pin WHERE channel = :channel AND message = :message"
    private static let selectCount: SQL = "SELECT COUNT(*) FROM pin WHERE channel = :channel"
    private static let selectOne: SQL = "SELECT seq FROM pin WHERE channel = :channel AND message = :message"
    private static let selectRange: SQL = """
        SELECT message FROM pin WHERE channel = :channel AND message >= :from AND message <= :through
        """
    /// A channel has at most `Limits.pinsPerChannel`, so the list is sorted in memory.
    private static let selectNewestFirst: SQL = "SELECT message FROM pin WHERE channel = :channel ORDER BY seq DESC"

    static func insert(_ message: Int64, in channel: ChannelID, seq: Int64, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            $0.bind("channel", channel)
            $0.bind("message", message)
            $0.bind("seq", seq)
        }
    }

    /// False if it was not pinned.
    @discardableResult
    static func delete(_ message: Int64, in channel: ChannelID, _ tx: borrowing Transaction) throws -> Bool {
        try tx.run(delete) {
            $0.bind("channel", channel)
            $0.bind("message", message)
        } > 0
    }

    static func count(in channel: ChannelID, _ tx: borrowing some Reading & ~Copyable) throws -> Int {
        try tx.first(selectCount) {
            $0.bind("channel", channel)
        } row: {
            $0.int(0)
        } ?? 0
    }

    static func isPinned(
        _ message: Int64,
        in channel: ChannelID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        try tx.first(selectOne) {
            $0.bind("channel", channel)
            $0.bind("message", message)
        } row: { _ in
            true
        } ?? false
    }

    static func pinned(
        in channel: ChannelID,
        from: Int64,
        through: Int64,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Set<Int64> {
        Set(
            try tx.all(selectRange) {
                $0.bind("channel", channel)
                $0.bind("from", from)
                $0.bind("through", through)
            } row: {
                $0.int64(0)
            }
        )
    }

    static func newestFirst(in channel: ChannelID, _ tx: borrowing some Reading & ~Copyable) throws -> [Int64] {
        try tx.all(selectNewestFirst) {
            $0.bind("channel", channel)
        } row: {
            $0.int64(0)
        }
    }
}
