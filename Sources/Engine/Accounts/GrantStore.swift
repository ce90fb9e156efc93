import ChatAPI
import Storage

/// Table `role_grant`: which account has which role in which scope.
enum GrantStore {
    private static let select = SQL(
        "SELECT account, role, scope, granted_by, granted_at FROM role_grant WHERE account = :account ORDER BY granted_at"
    )
    private static let insert = SQL(
        """
        INSERT INTO role_grant (account, role, scope, granted_by, granted_at)
        VALUES (:account, :role, :scope, :grantedBy, :grantedAt)
        """
    )
    private static let delete = SQL(
        "DELETE FROM role_grant WHERE account = :account AND role = :role AND scope = :scope"
    )
    private static let deleteAll = SQL("DELETE FROM role_grant WHERE account = :account")
    private static let selectHolders = SQL("SELECT DISTINCT account FROM role_grant WHERE scope = :scope")
    private static let deleteScope = SQL("DELETE FROM role_grant WHERE scope = :scope")
    private static let otherSuperAdmin = SQL(
        """
        SELECT 1 FROM role_grant JOIN account ON account.id = role_grant.account
        WHERE role_grant.role = 'superAdmin' AND role_grant.scope = 'platform' AND role_grant.account <> :account
            AND account.kind = 'person' AND account.deleted_at IS NULL AND account.disabled_at IS NULL
        LIMIT 1
        """
    )

    private static let otherOwner = SQL(
        """
        SELECT 1 FROM role_grant JOIN account ON account.id = role_grant.account
        WHERE role_grant.role = 'owner' AND role_grant.scope = :scope AND role_grant.account <> :account
            AND account.kind = 'person' AND account.deleted_at IS NULL AND account.disabled_at IS NULL
        LIMIT 1
        """
    )

    static func grants(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> [Grant] {
        // A role or a scope that this release does not know gives nothing.
        try tx.all(select) {
            $0.bind("account", account)
        } row: { row in
            guard let role = Role(rawValue: row.string(1)), let scope = Scope(row.string(2)) else { return Grant?.none }
            return Grant(
                account: row.id(0),
                role: role,
                scope: scope,
                grantedBy: row.optionalID(3),
                grantedAt: row.int64(4)
            )
        }.compactMap { $0 }
    }

    /// The roles it holds in just this scope.
    static func roles(
        of account: AccountID,
        in scope: Scope = .platform,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Role] {
        try grants(of: account, tx).filter { $0.scope == scope }.map(\.role)
    }

    /// Whether its password has to be a long one.
    static func isStaff(_ account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> Bool {
        try grants(of: account, tx).contains(where: \.role.isStaff)
    }

    /// Who holds any role in just this scope.
    static func holders(in scope: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> [AccountID] {
        try tx.all(selectHolders) {
            $0.bind("scope", scope.description)
        } row: {
            $0.id(0)
        }
    }

    static func insert(_ grant: Grant, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            $0.bind("account", grant.account)
            $0.bind("role", grant.role.rawValue)
            $0.bind("scope", grant.scope.description)
            $0.bind("grantedBy", grant.grantedBy)
            $0.bind("grantedAt", grant.grantedAt)
        }
    }

    static func delete(_ role: Role, in scope: Scope, of account: AccountID, _ tx: borrowing Transaction) throws {
        try tx.run(delete) {
            $0.bind("account", account)
            $0.bind("role", role.rawValue)
            $0.bind("scope", scope.description)
        }
    }

    /// Ends every grant in a scope that is gone.
    static func deleteAll(in scope: Scope, _ tx: borrowing Transaction) throws {
        try tx.run(deleteScope) { $0.bind("scope", scope.description) }
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

extension GrantStore {
    /// Refuses what would leave an agency without an owner who can sign in.
    static func requireAnotherOwner(than account: AccountID, in scope: Scope, _ tx: borrowing Transaction) throws {
        guard try roles(of: account, in: scope, tx).contains(.owner) else { return }
        let hasAnother =
            try tx.first(otherOwner) {
                $0.bind("scope", scope.description)
                $0.bind("account", account)
            } row: { _ in
                true
            } ?? false
        guard hasAnother else {
            throw APIError(.lastAdmin, "this is the agency's last owner; make another one first, or delete the agency")
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
            grants: try GrantStore.grants(of: id, tx).map { ($0.role, $0.scope) },
            hasLongPassword: hasLongPassword,
            everyoneCreatesChannels: settings.everyoneCreatesChannels
        )
    }

    /// The rank of its roles, whether they are in effect or not: who manages the account must stand above it.
    func heldRank(_ tx: borrowing some Reading & ~Copyable) throws -> Int {
        if kind == .system { return Standing.localRank }
        return try GrantStore.roles(of: id, tx).map(\.rank).max() ?? Role.member.rank
    }

    /// The rank of its roles that reach a place.
    func heldRank(in place: Place, _ tx: borrowing some Reading & ~Copyable) throws -> Int {
        if kind == .system { return Standing.localRank }
        let grants = try GrantStore.grants(of: id, tx).filter { place.isReached(from: $0.scope) }
        return grants.map(\.role.rank).max() ?? Role.member.rank
    }
}
