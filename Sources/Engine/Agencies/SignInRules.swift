import ChatAPI
import Storage

/// Who cannot sign in because the agency behind the account is not approved.
enum SignInRules {
    private static let selectOther: SQL = """
        SELECT 1 FROM membership m CROSS JOIN channel c
        LEFT JOIN event e ON e.id = c.space
        LEFT JOIN agency a ON a.id = coalesce(e.agency, c.space)
        WHERE m.account = :account AND c.id = m.channel AND c.deleted_at IS NULL
            AND (c.space = :platform AND c.created_by IS NOT NULL OR a.state = 'approved')
        LIMIT 1
        """

    static func check(_ row: AccountRow, _ tx: borrowing Transaction) throws {
        guard try isLockedOut(row, tx) else { return }
        throw APIError(
            .forbidden,
            "the agency that \(row.name) works for is not approved: signing in is possible once it is"
        )
    }

    /// True for an account that works for agencies of which none is approved, and that has nothing else: no other grant,
    /// and no channel outside them but the one that everybody is in.
    static func isLockedOut(_ row: AccountRow, _ tx: borrowing Transaction) throws -> Bool {
        // Whoever speaks somewhere or minds a door does not work for an agency.
        let grants = try GrantStore.grants(of: row.id, tx).filter(\.role.isStaff)
        guard !grants.isEmpty else {
            // Made for an agency that is there and sleeps; one that is gone locks nobody out.
            return row.home.flatMap(tx.facts.places.state).map { $0 != .approved } ?? false
        }
        for grant in grants {
            guard let place = try? tx.place(grant.scope) else { continue }
            if place.isOpen { return false }
        }
        let hasOther =
            try tx.first(selectOther) {
                $0.bind("account", row.id)
                $0.bind("platform", ChannelStore.platform)
            } row: { _ in
                true
            } ?? false
        return !hasOther
    }
}
