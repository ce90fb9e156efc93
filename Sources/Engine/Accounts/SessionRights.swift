import ChatAPI
import Storage

/// Whose sessions a caller may see and end: its own, those of accounts that it manages, and those of its agency's
/// people.
///
/// An agency's people are the accounts that were made for it. Whoever brought an account of their own can be given a
/// role by any agency without being asked, so that a role opens nobody's list of devices: they are taken out of the
/// staff instead. And whoever has a role elsewhere too, on the platform or in another agency, is not strictly junior
/// there.
enum SessionRights {
    /// The account that a text names, if its sessions are the caller's to manage. `what` completes "may not … ana".
    static func account(
        _ text: String?,
        _ what: String,
        _ call: Call,
        _ services: AccountServices,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> AccountID {
        guard let text, !call.caller.capabilities.contains(.manageAccounts),
            let row = try? AccountStore.resolve(text, tx), row.id != call.caller.account,
            managesHome(of: row, call.caller, services)
        else { return try services.managed(text, what, call, tx) }
        let caller = try call.callerNow(services.settings, tx)
        for grant in try GrantStore.grants(of: row.id, tx) {
            let place = try place(of: grant.scope, services, tx)
            try caller.requireSenior(to: grant.role.rank, in: place, "\(what) \(row.name)")
        }
        return row.id
    }

    /// Whether a refusal may show that there is such a session.
    static func mayKnow(
        of account: AccountID,
        _ caller: Caller,
        _ services: AccountServices,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        if account == caller.account || caller.capabilities.contains(.manageAccounts) { return true }
        guard let row = try AccountStore.find(account, tx) else { return false }
        return managesHome(of: row, caller, services)
    }

    private static func managesHome(of row: AccountRow, _ caller: Caller, _ services: AccountServices) -> Bool {
        guard caller.capabilities.contains(.manageStaff), let home = row.home else { return false }
        return caller.may(.manageStaff, in: services.authority.place(.agency(home)))
    }

    private static let selectSpace: SQL = """
        SELECT s.kind, c.space FROM channel c LEFT JOIN space s ON s.id = c.space WHERE c.id = :id
        """

    /// What is gone counts as the platform's: nobody of an agency stands above anything there.
    private static func place(
        of scope: Scope,
        _ services: AccountServices,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Place {
        let space: Scope?
        switch scope.kind {
        case .platform, .agency, .event, .unknown: return services.authority.place(scope)
        case .queue: space = try QueueSpaces.space(of: scope, tx)
        case .channel:
            space = try tx.first(selectSpace) {
                $0.bind("id", scope.id)
            } row: {
                $0.space(0)
            }
        }
        return services.authority.place(scope, in: space ?? .platform)
    }
}
