import ChatAPI
import Storage

/// Table `session`: one row for each signed-in device. A session that ended has no row.
enum SessionStore {
    /// 90 days since the last refresh: a device that is used once a quarter stays signed in.
    static let lifetimeMilliseconds: Int64 = 90 * 86_400_000

    /// Devices of one account. A script that signs in for each run pushes out its own oldest session, not the disk.
    static let perAccount = 100

    struct Stored: Sendable {
        let id: SessionID
        let account: AccountID
        let device: String
        let address: String
        let createdAt: Milliseconds
        let lastUsedAt: Milliseconds
        let expiresAt: Milliseconds
        let refreshHash: [UInt8]
        /// Set until a call shows that the newest token arrived.
        let previousHash: [UInt8]?
        /// An access token that ends then or later was given with the newest refresh token.
        let confirmingExpiry: Milliseconds
    }

    private static let columns = """
        id, account, device, address, created_at, last_used_at, expires_at, refresh_hash, previous_hash, confirming_expiry
        """
    private static let select = SQL("SELECT \(columns) FROM session WHERE id = :id")
    private static let selectOf = SQL("SELECT \(columns) FROM session WHERE account = :account ORDER BY id")
    private static let insert = SQL(
        """
        INSERT INTO session
            (id, account, device, address, created_at, last_used_at, expires_at, refresh_hash, confirming_expiry)
        VALUES (:id, :account, :device, :address, :now, :now2, :expiresAt, :refreshHash, :confirmingExpiry)
        """
    )
    private static let rotate = SQL(
        """
        UPDATE session SET refresh_hash = :refreshHash, previous_hash = :previousHash,
            confirming_expiry = :confirmingExpiry, last_used_at = :now, expires_at = :expiresAt, address = :address
        WHERE id = :id
        """
    )
    private static let confirm = SQL(
        "UPDATE session SET previous_hash = NULL WHERE id = :id AND confirming_expiry = :confirmingExpiry"
    )
    private static let use = SQL(
        "UPDATE session SET last_used_at = :at, address = :address WHERE id = :id AND last_used_at < :at2"
    )
    private static let delete = SQL("DELETE FROM session WHERE id = :id")
    private static let selectExpired = SQL("SELECT id FROM session WHERE expires_at <= :now LIMIT 100")

    private static func stored(_ row: Row) -> Stored {
        Stored(
            id: row.id(0),
            account: row.id(1),
            device: row.string(2),
            address: row.string(3),
            createdAt: row.int64(4),
            lastUsedAt: row.int64(5),
            expiresAt: row.int64(6),
            refreshHash: row.bytes(7),
            previousHash: row.optionalBytes(8),
            confirmingExpiry: row.int64(9)
        )
    }

    static func find(_ id: SessionID, _ tx: borrowing some Reading & ~Copyable) throws -> Stored? {
        try tx.first(select) {
            $0.bind("id", id)
        } row: {
            stored($0)
        }
    }

    static func sessions(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> [Stored] {
        try tx.all(selectOf) {
            $0.bind("account", account)
        } row: {
            stored($0)
        }
    }

    static func insert(
        _ token: RefreshToken,
        of account: AccountID,
        device: String,
        address: String,
        accessExpiresAt: Milliseconds,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(insert) {
            $0.bind("id", token.session)
            $0.bind("account", account)
            $0.bind("device", device)
            $0.bind("address", address)
            $0.bind("now", now)
            $0.bind("now2", now)
            $0.bind("expiresAt", now + lifetimeMilliseconds)
            $0.bind("refreshHash", token.hash)
            $0.bind("confirmingExpiry", accessExpiresAt)
        }
        for expired in try tx.all(selectExpired, { $0.bind("now", now) }, row: { $0.id(0, of: Session.self) }) {
            try end(expired, .signedOut, tx)
        }
    }

    static func rotate(
        _ session: SessionID,
        to next: [UInt8],
        from previous: [UInt8],
        confirmedBy accessExpiresAt: Milliseconds,
        address: String,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(rotate) {
            $0.bind("refreshHash", next)
            $0.bind("previousHash", previous)
            $0.bind("confirmingExpiry", accessExpiresAt)
            $0.bind("now", now)
            $0.bind("expiresAt", now + lifetimeMilliseconds)
            $0.bind("address", address)
            $0.bind("id", session)
        }
    }

    static func confirm(_ session: SessionID, _ expiry: Milliseconds, _ tx: borrowing Transaction) throws {
        try tx.run(confirm) {
            $0.bind("id", session)
            $0.bind("confirmingExpiry", expiry)
        }
    }

    static func use(_ session: SessionID, at: Milliseconds, address: String, _ tx: borrowing Transaction) throws {
        try tx.run(use) {
            $0.bind("at", at)
            $0.bind("address", address)
            $0.bind("id", session)
            $0.bind("at2", at)
        }
    }

    /// The one way a session ends: its row goes, and its connections close once that is durable.
    static func end(_ session: SessionID, _ code: CloseCode, _ tx: borrowing Transaction) throws {
        try tx.run(delete) { $0.bind("id", session) }
        tx.facts.tell(.sessionEnded(session, code))
    }

    /// Ends the sessions that were unused for longest, so that one more is within the limit.
    static func makeRoom(for account: AccountID, _ tx: borrowing Transaction) throws {
        let open = try sessions(of: account, tx)
        guard open.count >= perAccount else { return }
        let oldest = open.sorted { $0.lastUsedAt < $1.lastUsedAt }.prefix(open.count - perAccount + 1)
        for session in oldest { try end(session.id, .signedOut, tx) }
    }

    /// Ends every session of the account but one, and answers with how many.
    @discardableResult
    static func endAll(
        of account: AccountID,
        but kept: SessionID? = nil,
        _ code: CloseCode,
        _ tx: borrowing Transaction
    ) throws -> Int {
        let ended = try sessions(of: account, tx).filter { $0.id != kept }
        for session in ended { try end(session.id, code, tx) }
        return ended.count
    }
}
