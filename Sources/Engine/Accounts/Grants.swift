package import ChatAPI
import Storage

/// Giving and taking roles. Only what is strictly junior to the giver, before and after.
package struct Grants: Sendable {
    let services: AccountServices

    package init(_ services: AccountServices) { self.services = services }

    package func list(_ ref: AccountRef, _ call: Call) async throws -> Page<Grant> {
        try await services.database.read { tx in
            Page(try GrantStore.grants(of: try AccountStore.resolve(ref.account, tx).id, tx))
        }
    }

    /// Gives a role on the platform; what is given already stays as it is.
    ///
    /// It takes effect at once, or, where the account's password is too short for a staff role, with a longer password:
    /// the next sign-in says so.
    package func give(_ draft: GrantDraft, _ call: Call) async throws -> Grant {
        let services = services
        let clock = services.clock
        return try await services.database.perform(call, touching: []) { tx in
            let row = try Self.manageable(draft, "give", call, services, tx)
            if row.disabledAt != nil { throw APIError(.conflict, "\(row.name) is disabled; enable the account first") }
            let held = try GrantStore.grants(of: row.id, tx)
            let known = held.first { $0.role == draft.role && $0.scope == GrantStore.platform }
            if let known { return known }
            let grant = Grant(
                account: row.id,
                role: draft.role,
                scope: GrantStore.platform,
                grantedBy: call.caller.account,
                grantedAt: clock.now
            )
            try GrantStore.insert(grant, tx)
            try Self.tell(row, held.map(\.role), held.map(\.role) + [draft.role], call, now: clock.now, tx)
            return grant
        }
    }

    /// Takes a role away, at once. The last super admin stays.
    package func take(_ draft: GrantDraft, _ call: Call) async throws -> Empty {
        let services = services
        let clock = services.clock
        return try await services.database.perform(call, touching: []) { tx in
            let row = try Self.manageable(draft, "take", call, services, tx)
            let held = try GrantStore.roles(of: row.id, tx)
            guard held.contains(draft.role) else {
                throw APIError(.notFound, "\(row.name) does not have the role \(draft.role.rawValue)")
            }
            if draft.role == .superAdmin { try GrantStore.requireAnotherSuperAdmin(than: row.id, tx) }
            try GrantStore.delete(draft.role, of: row.id, tx)
            try Self.tell(row, held, held.filter { $0 != draft.role }, call, now: clock.now, tx)
            return Empty()
        }
    }

    private static func manageable(
        _ draft: GrantDraft,
        _ verb: String,
        _ call: Call,
        _ services: AccountServices,
        _ tx: borrowing Transaction
    ) throws -> AccountRow {
        guard draft.role.isStaff else {
            throw APIError.invalid("role", "is 'member': every account is one already, and stays one")
        }
        let row = try AccountStore.resolve(draft.account, tx)
        try row.requireOrdinary("give a role to")
        // Laying down one's own role is nobody's permission to give.
        if verb == "take" && row.id == call.caller.account { return row }
        let giver = try call.callerNow(services.settings, tx)
        try giver.requireSenior(to: draft.role.rank, "\(verb) the role \(draft.role.rawValue)")
        try giver.requireSenior(to: try row.heldRank(tx), "\(verb) a role of \(row.name)")
        return row
    }

    private static func tell(
        _ row: AccountRow,
        _ before: [Role],
        _ after: [Role],
        _ call: Call,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        tx.facts.tell(.capabilitiesChanged(row.id))
        try tx.tellMe(row.id, .grantsChanged, by: call.caller.account ?? row.id, now: now)
        try tx.audit(
            call,
            on: row.object,
            before: ["roles": .array(before.map { .string($0.rawValue) })],
            after: ["roles": .array(after.map { .string($0.rawValue) })],
            severity: .warning
        )
    }
}
