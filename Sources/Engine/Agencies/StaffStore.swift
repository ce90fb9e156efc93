import ChatAPI
import Storage

/// Who works for an agency, out of the grants in its scope.
enum StaffStore {
    private static let select: SQL = """
        SELECT g.account, n.name, n.display_name, g.role, g.granted_at, n.disabled_at, n.has_long_password, n.kind
        FROM role_grant g CROSS JOIN account n
        WHERE g.scope = :scope AND (CAST(:account AS BLOB) IS NULL OR g.account = :account) AND n.id = g.account
            AND n.deleted_at IS NULL
        ORDER BY n.folded
        """

    /// In the order of the names, each with the most senior role.
    static func staff(
        of agency: AgencyID,
        only account: AccountID? = nil,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [StaffMember] {
        let rows: [StaffMember?] = try tx.all(select) {
            $0.bind("scope", Scope.agency(agency).description)
            $0.bind("account", account)
        } row: { row in
            guard let role = Role(rawValue: row.string(3)) else { return nil }
            return StaffMember(
                account: row.id(0),
                name: row.string(1),
                displayName: row.optionalString(2),
                role: role,
                since: row.int64(4),
                disabledAt: row.optionalInt64(5),
                needsLongerPassword: role.isStaff && !row.bool(6) && row.string(7) == "person" ? true : nil
            )
        }
        var staff: [StaffMember] = []
        for member in rows.compactMap(\.self) {
            if let last = staff.last, last.account == member.account {
                if member.role.rank > last.role.rank { staff[staff.count - 1] = member }
            } else {
                staff.append(member)
            }
        }
        return staff
    }

    static func member(
        _ account: AccountID,
        of agency: AgencyID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> StaffMember {
        guard let member = try staff(of: agency, only: account, tx).first else {
            throw APIError(.notFound, "there is nobody like that in the agency")
        }
        return member
    }
}
