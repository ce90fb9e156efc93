import ChatAPI
import Storage

/// Table `chat_note`: what organizers tell each other about a chat.
enum ChatNoteStore {
    private static let insert: SQL = """
        INSERT INTO chat_note (chat, seq, author, at, text)
        VALUES (:chat, (SELECT COALESCE(MAX(seq), 0) + 1 FROM chat_note WHERE chat = :chat), :author, :at, :text)
        RETURNING seq
        """
    private static let select: SQL = """
        SELECT n.seq, n.author, COALESCE(a.name, 'deleted'), n.at, n.text
        FROM chat_note n LEFT JOIN account a ON a.id = n.author WHERE n.chat = :chat ORDER BY n.seq LIMIT :limit
        """
    private static let move: SQL = "UPDATE chat_note SET chat = :chat WHERE chat = :request"
    private static let count: SQL = "SELECT COUNT(*) FROM chat_note WHERE chat = :chat"

    /// Notes of one chat: more would not be read by the next organizer either.
    static let limit = 500

    static func insert(
        _ text: String,
        by author: AccountID,
        on chat: ChatID,
        at time: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> Int64 {
        guard try count(of: chat, tx) < limit else {
            throw APIError(.conflict, "there are \(limit) notes on this chat, the most there can be")
        }
        return try tx.first(insert) {
            $0.bind("chat", chat)
            $0.bind("author", author)
            $0.bind("at", time)
            $0.bind("text", text)
        } row: {
            $0.int64(0)
        } ?? 0
    }

    /// What was noted on a request before it had a chat.
    static func move(from request: RequestID, to chat: ChatID, _ tx: borrowing Transaction) throws {
        // Almost always none, and to look for them is cheaper than to move them.
        guard try count(of: request.retyped(), tx) > 0 else { return }
        try tx.run(move) {
            $0.bind("request", request)
            $0.bind("chat", chat)
        }
    }

    static func notes(of chat: ChatID, _ tx: borrowing some Reading & ~Copyable) throws -> [ChatNote] {
        try tx.all(select) {
            $0.bind("chat", chat)
            $0.bind("limit", limit)
        } row: {
            ChatNote(seq: $0.int64(0), by: $0.id(1), name: $0.string(2), at: $0.int64(3), text: $0.string(4))
        }
    }

    static func count(of chat: ChatID, _ tx: borrowing some Reading & ~Copyable) throws -> Int {
        try tx.first(count) {
            $0.bind("chat", chat)
        } row: {
            $0.int(0)
        } ?? 0
    }
}
