import ChatAPI
import Storage

/// The log `@queue/<id>`: everything that happens to a queue's requests and chats, for those who take from it.
enum QueueLog {
    static let keptEntries: Int64 = 50_000
    /// Shortened once in so many entries.
    static let trimmedEvery: Int64 = 256

    private static let deleteThrough: SQL = "DELETE FROM entry WHERE log = :log AND seq <= :through"
    private static let selectFirst: SQL = "SELECT MIN(seq) FROM entry WHERE log = :log"

    static func deleteThrough(_ seq: Int64, of queue: QueueID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteThrough) {
            $0.bind("log", LogID.queue(queue).key)
            $0.bind("through", seq)
        }
    }

    /// The number of the oldest entry that is kept; 1 if there is none yet.
    static func first(of queue: QueueID, _ tx: borrowing some Reading & ~Copyable) throws -> Int64 {
        let first = try tx.first(selectFirst) {
            $0.bind("log", LogID.queue(queue).key)
        } row: {
            $0.optionalInt64(0)
        }
        return first.flatMap(\.self) ?? 1
    }
}
