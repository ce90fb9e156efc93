import ChatAPI
import Storage

/// What a deleted account asked and how it rated is erased; that there was a request and a chat stays, under its pseudonym, so that
/// queues, clocks and archives of the other side add up.
enum HelpErasure {
    private static let eraseRequests: SQL = """
        UPDATE chat_request SET texts = '[]', location = NULL WHERE participant = :account
        """
    private static let eraseRatings: SQL = """
        UPDATE chat SET comment = NULL
        WHERE id IN (SELECT chat FROM chat_side WHERE account = :account) AND participant = :account
        """
    private static let deleteAvailability: SQL = "DELETE FROM organizer WHERE account = :account"

    static func run(_ account: AccountID, _ tx: borrowing Transaction) throws {
        for statement in [eraseRequests, eraseRatings, deleteAvailability] {
            try tx.run(statement) { $0.bind("account", account) }
        }
    }
}
