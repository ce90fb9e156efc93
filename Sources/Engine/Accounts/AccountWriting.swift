import ChatAPI
import Storage

// The statements that change `account`.
extension AccountStore {
    private static let insert = SQL(
        """
        INSERT INTO account
            (id, kind, name, folded, look, display_name, created_at, password, has_long_password, uid, home, guest_of)
        VALUES
            (:id, :kind, :name, :folded, :look, :displayName, :createdAt, :password, :hasLongPassword, :uid, :home,
            :guestOf)
        """
    )
    private static let becomeMember = SQL(
        """
        UPDATE account SET name = :name, folded = :folded, look = :look, password = :password,
            has_long_password = :hasLongPassword, guest_of = NULL
        WHERE id = :id
        """
    )
    private static let selectPassword = SQL("SELECT password FROM account WHERE id = :id")
    private static let updatePassword = SQL(
        "UPDATE account SET password = :password, has_long_password = :isLong WHERE id = :id"
    )
    private static let updateProfile = SQL(
        "UPDATE account SET display_name = :displayName, about = :about, status_text = :statusText WHERE id = :id"
    )
    private static let updateDisabled = SQL("UPDATE account SET disabled_at = :disabledAt WHERE id = :id")
    private static let erase = SQL(
        """
        UPDATE account SET name = 'deleted', folded = NULL, look = NULL, display_name = NULL, about = NULL,
            status_text = NULL, password = NULL, has_long_password = 0, disabled_at = NULL, deleted_at = :now
        WHERE id = :id
        """
    )
    private static let eraseLog = SQL("DELETE FROM entry WHERE log = :id")
    private static let eraseMentions = SQL("DELETE FROM mention WHERE account = :id")
    private static let eraseAnswers = SQL("DELETE FROM idempotency_key WHERE account = :id")
    private static let eraseJoins = SQL(
        "UPDATE entry SET text = 'deleted' WHERE kind IN ('join', 'leave') AND text = :name"
    )

    /// Makes the row; refuses a name that is taken, or too like one that is.
    static func insert(_ row: AccountRow, password: String?, _ tx: borrowing Transaction) throws {
        if let alike = try nameAlike(row.name, tx) { throw taken(row.name, alike) }
        try tx.run(insert) {
            $0.bind("id", row.id)
            $0.bind("kind", (row.kind == .guest ? AccountKind.person : row.kind).rawValue)
            $0.bind("name", row.name)
            $0.bind("folded", Names.fold(row.name))
            $0.bind("look", Names.look(row.name))
            $0.bind("displayName", row.displayName)
            $0.bind("createdAt", row.createdAt)
            $0.bind("password", password)
            $0.bind("hasLongPassword", row.hasLongPassword)
            $0.bind("uid", row.uid.map(Int64.init))
            $0.bind("home", row.home)
            $0.bind("guestOf", row.guestOf)
        }
    }

    /// Gives a guest a name and a password of its own.
    static func becomeMember(_ row: AccountRow, password: String, _ tx: borrowing Transaction) throws {
        if let alike = try nameAlike(row.name, tx) { throw taken(row.name, alike) }
        try tx.run(becomeMember) {
            $0.bind("id", row.id)
            $0.bind("name", row.name)
            $0.bind("folded", Names.fold(row.name))
            $0.bind("look", Names.look(row.name))
            $0.bind("password", password)
            $0.bind("hasLongPassword", row.hasLongPassword)
        }
    }

    static func taken(_ name: String, _ alike: String) -> APIError {
        let why = Names.fold(name) == Names.fold(alike) ? "is taken" : "looks like '\(alike)', which is taken"
        return APIError(
            .nameTaken,
            "the name '\(name)' \(why)",
            errors: [FieldError(pointer: "/name", message: why)]
        )
    }

    /// The stored argon2id string; nil for who has no password.
    static func password(of id: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> String? {
        try tx.first(selectPassword) {
            $0.bind("id", id)
        } row: {
            $0.optionalString(0)
        } ?? nil
    }

    static func setPassword(_ hash: String, isLong: Bool, of id: AccountID, _ tx: borrowing Transaction) throws {
        try tx.run(updatePassword) {
            $0.bind("password", hash)
            $0.bind("isLong", isLong)
            $0.bind("id", id)
        }
    }

    static func updateProfile(_ row: AccountRow, _ tx: borrowing Transaction) throws {
        try tx.run(updateProfile) {
            $0.bind("displayName", row.displayName)
            $0.bind("about", row.about)
            $0.bind("statusText", row.statusText)
            $0.bind("id", row.id)
        }
    }

    static func setDisabled(_ time: Milliseconds?, of id: AccountID, _ tx: borrowing Transaction) throws {
        try tx.run(updateDisabled) {
            $0.bind("disabledAt", time)
            $0.bind("id", id)
        }
    }

    /// Takes everything personal out of the row and out of what else is kept for the account alone.
    static func erase(_ row: AccountRow, now: Milliseconds, _ tx: borrowing Transaction) throws {
        try tx.run(erase) {
            $0.bind("now", now)
            $0.bind("id", row.id)
        }
        try tx.run(eraseLog) { $0.bind("id", row.id) }
        try tx.run(eraseMentions) { $0.bind("id", row.id) }
        try tx.run(eraseAnswers) { $0.bind("id", row.id) }
        try tx.run(eraseJoins) { $0.bind("name", row.name) }
    }
}
