import ChatAPI
import Storage

/// Table `role_grant`: which account has which role in which scope.
enum GrantStore {
    /// The one scope there is until agencies and events exist.
    static let platform = "platform"

    private static let select = SQL(
        "SELECT account, role, scope, granted_by, granted_at FROM role_grant WHERE account = :account ORDER BY granted_at"
    )
    private static let insert = SQL(
        """
        INSERT INTO role_grant (account, role, scope, granted_by, granted_at)
        VALUES (:account, :role, 'platform', :grantedBy, :grantedAt)
        """
    )
    private static let delete = SQL(
        "DELETE FROM role_grant WHERE account = :account AND role = :role AND scope = 'platform'"
    )
    private static let deleteAll = SQL("DELETE FROM role_grant WHERE account = :account")
    private static let otherSuperAdmin = SQL(
        """
        SELECT 1 FROM role_grant JOIN account ON account.id = role_grant.account
        WHERE role_grant.role = 'superAdmin' AND role_grant.scope = 'platform' AND role_grant.account <> :account
            AND account.kind = 'person' AND account.deleted_at IS NULL AND account.disabled_at IS NULL
        LIMIT 1
        """
    )

    static func grants(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> [Grant] {
        // A role that this release does not know gives nothing.
        try tx.all(select) {
            $0.bind("account", account)
        } row: { row in
            Role(rawValue: row.string(1)).map { role in
                Grant(
                    account: row.id(0),
                    role: role,
                    scope: row.string(2),
                    grantedBy: row.optionalID(3),
                    grantedAt: row.int64(4)
                )
            }
        }.compactMap { $0 }
    }

    static func roles(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> [Role] {
        try grants(of: account, tx).filter { $0.scope == platform }.map(\.role)
    }

    static func insert(_ grant: Grant, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            $0.bind("account", grant.account)
            $0.bind("role", grant.role.rawValue)
            $0.bind("grantedBy", grant.grantedBy)
            $0.bind("grantedAt", grant.grantedAt)
        }
    }

    static func delete(_ role: Role, of account: AccountID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) {
            $0.bind("account", account)
            $0.bind("role", role.rawValue)
        }
    }

    static func deleteAll(of account: AccountID, _ tx: borrowing Transaction) throws {
        try tx.run(deleteAll) { $0.bind("account", account) }
    }

    /// Refuses what would leave the platform without a super admin who can sign in.
    static func requireAnotherSuperAdmin(than account: AccountID, _ tx: borrowing Transaction) throws {
        guard try roles(of: account, tx).contains(.superAdmin) else { return }
        let hasAnother =
            try tx.first(otherSuperAdmin) {
                $0.bind("account", account)
            } row: { _ in
                true
            } ?? false
        guard hasAnother else {
            throw APIError(.lastAdmin, "this is the last super admin; make another one first")
        }
    }
}

extension AccountRow {
    func standing(
        _ settings: EngineSettings,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Standing {
        Standing(
            kind: kind,
            roles: try GrantStore.roles(of: id, tx),
            hasLongPassword: hasLongPassword,
            everyoneCreatesChannels: settings.everyoneCreatesChannels
        )
    }

    /// The rank of its roles, whether they are in effect or not: who manages the account must stand above it.
    func heldRank(_ tx: borrowing some Reading & ~Copyable) throws -> Int {
        if kind == .system { return Standing.localRank }
        return try GrantStore.roles(of: id, tx).map(\.rank).max() ?? Role.member.rank
    }
}
