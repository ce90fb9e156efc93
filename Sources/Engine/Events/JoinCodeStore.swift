import ChatAPI
import Storage

/// Table `join_code`: the codes that let people into events. They are shown on doors and slides, so they are kept as they
/// are; what they open is one event, and guessing is slowed.
enum JoinCodeStore {
    static let schema = """
        CREATE TABLE join_code (
            code TEXT NOT NULL PRIMARY KEY,
            event BLOB NOT NULL REFERENCES event (id),
            label TEXT,
            created_by BLOB,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            uses INTEGER,
            used INTEGER NOT NULL DEFAULT 0,
            CHECK (uses IS NULL OR used <= uses)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX join_code_event ON join_code (event, created_at);
        """

    /// More codes than doors: beyond this somebody forgets to end them.
    static let perEvent = 200
    private static let columns = "code, event, label, created_at, expires_at, uses, used"
    private static let selectOne = SQL("SELECT \(columns) FROM join_code WHERE code = :code")
    private static let selectOf = SQL("SELECT \(columns) FROM join_code WHERE event = :event ORDER BY created_at, code")
    private static let insert: SQL = """
        INSERT INTO join_code (code, event, label, created_by, created_at, expires_at, uses)
        VALUES (:code, :event, :label, :by, :at, :expiresAt, :uses)
        """
    private static let use: SQL = "UPDATE join_code SET used = used + 1 WHERE code = :code"
    private static let delete: SQL = "DELETE FROM join_code WHERE code = :code"
    private static let deleteAll: SQL = "DELETE FROM join_code WHERE event = :event"

    private static func read(_ row: Row) -> JoinCode {
        JoinCode(
            code: shown(row.string(0)),
            event: row.id(1),
            label: row.optionalString(2),
            createdAt: row.int64(3),
            expiresAt: row.optionalInt64(4),
            uses: row.optionalInt(5),
            used: row.int(6)
        )
    }

    static func codes(of event: EventID, _ tx: borrowing some Reading & ~Copyable) throws -> [JoinCode] {
        try tx.all(selectOf) {
            $0.bind("event", event)
        } row: {
            read($0)
        }
    }

    static func find(_ text: String, _ tx: borrowing some Reading & ~Copyable) throws -> JoinCode? {
        guard let code = typed(text) else { return nil }
        return try tx.first(selectOne) {
            $0.bind("code", code)
        } row: {
            read($0)
        }
    }

    /// The event that a code opens now. Whatever is wrong with it, the answer is the same: nobody learns which codes exist.
    ///
    /// Whoever has a place already comes in again without using it up.
    static func open(
        _ text: String,
        for account: AccountID?,
        now: Milliseconds,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> (code: JoinCode, event: EventRow) {
        guard let code = try find(text, tx), code.expiresAt.map({ $0 > now }) ?? true,
            let event = try EventStore.find(code.event, tx), event.state == .published,
            try AgencyStore.find(event.agency, tx)?.state == .approved
        else { throw APIError(.codeInvalid, "this code opens no event, or not any more") }
        if let uses = code.uses, code.used >= uses,
            try EventListing.attendance(of: account, in: event.id, tx) != .registered
        {
            let often = code.used == 1 ? "once" : "\(code.used) times"
            throw APIError(.codeInvalid, "this code was used \(often), as often as it may be")
        }
        return (code, event)
    }

    static func make(
        for event: EventID,
        label: String?,
        by account: AccountID?,
        uses: Int?,
        expiresAt: Milliseconds?,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> JoinCode {
        let count = try codes(of: event, tx).count
        guard count < perEvent else { throw APIError(.conflict, "the event has \(count) codes, the most there can be") }
        let code = SecretText.makeJoinCode()
        try tx.run(insert) {
            $0.bind("code", code)
            $0.bind("event", event)
            $0.bind("label", label)
            $0.bind("by", account)
            $0.bind("at", now)
            $0.bind("expiresAt", expiresAt)
            $0.bind("uses", uses)
        }
        return JoinCode(
            code: shown(code),
            event: event,
            label: label,
            createdAt: now,
            expiresAt: expiresAt,
            uses: uses,
            used: 0
        )
    }

    static func use(_ code: JoinCode, _ tx: borrowing Transaction) throws {
        try tx.run(use) { $0.bind("code", typed(code.code)) }
    }

    static func delete(_ code: JoinCode, _ tx: borrowing Transaction) throws {
        try tx.run(delete) { $0.bind("code", typed(code.code)) }
    }

    static func deleteAll(of event: EventID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteAll) { $0.bind("event", event) }
    }

    /// Ten characters in two groups: `k7m2q-x9d4f`.
    private static func shown(_ code: String) -> String { "\(code.prefix(5))-\(code.dropFirst(5))" }

    /// As it is stored: without dashes and spaces, in lower case, look-alikes as digits. Nil for what cannot be one.
    static func typed(_ text: String) -> String? {
        guard text.utf8.count <= 32 else { return nil }
        let code = String(
            text.lowercased().filter { $0 != "-" && $0 != " " }.map { character -> Character in
                switch character {
                case "o": "0"
                case "i", "l": "1"
                default: character
                }
            }
        )
        return code.utf8.count == 10 ? code : nil
    }
}

extension SecretText {
    /// 50 random bits in Crockford's alphabet: enough against guessing that is slowed to a few tries a minute.
    static func makeJoinCode() -> String { String(RandomBytes.make(10).map { alphabet[Int($0 & 31)] }) }
}
