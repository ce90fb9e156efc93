package import ChatAPI
import Storage

/// Giving and taking roles, on the platform and below it. Only what is strictly junior to the giver, before and after.
package struct Grants: Sendable {
    let services: AccountServices

    package init(_ services: AccountServices) { self.services = services }

    /// One's own grants; another's as far as one manages where they reach, with what is offered them there.
    package func list(_ ref: AccountRef, _ call: Call) async throws -> Page<Grant> {
        let authority = services.authority
        return try await services.database.read { tx in
            let row = try AccountStore.resolve(ref.account, tx)
            var grants = try GrantStore.grants(of: row.id, tx)
            for index in grants.indices where grants[index].scope != .platform {
                grants[index].scopeName = try SpaceNames.words(for: grants[index].scope, tx)
            }
            if row.id == call.caller.account { return Page(grants) }
            grants += try RoleOfferStore.offers(to: row.id, now: call.now, tx).filter { !$0.isDeclined }.map {
                try $0.grant(tx)
            }
            let managed = grants.filter { call.caller.manages(authority.place($0.scope)) }
            guard call.caller.manages(.platform) || !managed.isEmpty else {
                let name = call.caller.name
                throw APIError(
                    .forbidden,
                    call.caller.capabilities.contains(.manageStaff)
                        ? "\(row.name) has no role in anything that \(name) manages"
                        : "\(name) may not see the grants of others"
                )
            }
            return Page(managed)
        }
    }

    /// Gives a role; what is given already stays as it is.
    ///
    /// It takes effect at once, or, where the account's password is too short for a staff role, with a longer password:
    /// the next sign-in says so. A staff role of an agency is offered to who is not of it (`RoleOffers`).
    package func give(_ draft: GrantDraft, _ call: Call) async throws -> Grant {
        try await services.database.perform(call, touching: []) { tx in
            let row = try Self.manageable(draft, "give", call, tx)
            if row.disabledAt != nil { throw APIError(.conflict, "\(row.name) is disabled; enable the account first") }
            let scope = draft.scope ?? .platform
            let giver = try call.callerNow(tx)
            var grant =
                try tx.offer(draft.role, in: scope, to: row, by: giver, call)
                ?? tx.give(draft.role, in: scope, to: row, call)
            grant.scopeName = try SpaceNames.words(for: scope, tx)
            return grant
        }
    }

    /// Takes a role away, at once. The last super admin stays, and so does an agency's last owner.
    package func take(_ draft: GrantDraft, _ call: Call) async throws -> Empty {
        try await services.database.perform(call, touching: []) { tx in
            let row = try Self.manageable(draft, "take", call, tx)
            let scope = draft.scope ?? .platform
            guard try GrantStore.roles(of: row.id, in: scope, tx).contains(draft.role) else {
                if try tx.takeBack(draft.role, in: scope, from: row, call) { return Empty() }
                throw APIError(.notFound, "\(row.name) does not have the role \(draft.role.rawValue)")
            }
            if draft.role == .superAdmin { try GrantStore.requireAnotherSuperAdmin(than: row.id, tx) }
            if draft.role == .owner { try GrantStore.requireAnotherOwner(than: row.id, in: scope, tx) }
            try tx.take(draft.role, in: scope, from: row, call)
            return Empty()
        }
    }

    private static func manageable(
        _ draft: GrantDraft,
        _ verb: String,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws -> AccountRow {
        let (role, scope) = (draft.role, draft.scope ?? .platform)
        guard !role.scopes.isEmpty else {
            let why =
                role == .member ? "every account is one already, and stays one" : "it comes with a place in an event"
            throw APIError.invalid("role", "is '\(role.rawValue)': \(why)")
        }
        guard role.scopes.contains(scope.kind) else {
            let kinds = Scope.Kind.allCases.filter(role.scopes.contains).map(\.rawValue).joined(separator: ", ")
            throw APIError.invalid(
                "scope",
                "is \(Article.before(scope.kind.rawValue)): the role \(role.rawValue) is held in \(kinds)"
            )
        }
        let place = try tx.place(scope)
        let row = try AccountStore.resolve(draft.account, tx)
        try row.requireOrdinary("give a role to")
        // Laying down one's own role is nobody's permission to give.
        if verb == "take" && row.id == call.caller.account { return row }
        let giver = try call.callerNow(tx)
        guard giver.manages(place) else {
            throw APIError(
                .forbidden,
                "\(giver.name) may not \(verb) roles there: it takes 'manageGrants' or 'manageStaff'"
            )
        }
        try giver.requireSenior(to: role.rank, in: place, "\(verb) the role \(role.rawValue)")
        try giver.requireSenior(to: try row.heldRank(in: place, tx), in: place, "\(verb) a role of \(row.name)")
        return row
    }
}

extension Caller {
    /// Whether it gives and takes roles there at all.
    func manages(_ place: Place) -> Bool { may(.manageGrants, in: place) || may(.manageStaff, in: place) }
}

/// Giving and taking a role inside a write, once it is decided: the row, the facts, what is told and audited.
extension Transaction {
    ///
    /// - Parameter giver: whoever decided it, if not the caller: an offer is accepted by somebody else.
    package func give(
        _ role: Role,
        in scope: Scope,
        to row: AccountRow,
        by giver: AccountID? = nil,
        _ call: Call
    ) throws -> Grant {
        let held = try GrantStore.grants(of: row.id, self)
        if let known = held.first(where: { $0.role == role && $0.scope == scope }) { return known }
        let grant = Grant(
            account: row.id,
            role: role,
            scope: scope,
            grantedBy: giver ?? call.caller.account,
            grantedAt: call.now
        )
        try GrantStore.insert(grant, self)
        let roles = held.filter { $0.scope == scope }.map(\.role)
        try tellGrants(of: row, in: scope, before: roles, after: roles + [role], call)
        return grant
    }

    package func take(_ role: Role, in scope: Scope, from row: AccountRow, _ call: Call) throws {
        let held = try GrantStore.roles(of: row.id, in: scope, self)
        try GrantStore.delete(role, in: scope, of: row.id, self)
        try tellGrants(of: row, in: scope, before: held, after: held.filter { $0 != role }, call)
    }

    private func tellGrants(
        of row: AccountRow,
        in scope: Scope,
        before: [Role],
        after: [Role],
        _ call: Call
    ) throws {
        facts.tell(.capabilitiesChanged(row.id))
        try tellMe(row.id, .grantsChanged, by: call.caller.account ?? row.id, now: call.now)
        func state(_ roles: [Role]) -> JSON {
            var members: [String: JSON] = ["roles": .array(roles.map { .string($0.rawValue) })]
            if scope != .platform { members["scope"] = .string(scope.description) }
            return .object(members)
        }
        try audit(call, on: row.object, before: state(before), after: state(after), severity: .warning, in: scope)
    }

    /// The place of any scope that there is, with the row of a queue or channel where it takes that.
    package func place(_ scope: Scope) throws -> Place {
        switch scope.kind {
        case .platform: return .platform
        case .agency:
            guard facts.places.state(of: scope.id.retyped()) != nil else { throw Self.nowhere(scope) }
            return facts.places.place(scope)
        case .event:
            guard facts.places.event(scope.id.retyped()) != nil else { throw Self.nowhere(scope) }
            return facts.places.place(scope)
        case .channel: return place(of: try facts.channel(scope.id.retyped(), in: self))
        case .queue:
            guard let space = try QueueSpaces.space(of: scope, self) else { throw Self.nowhere(scope) }
            return facts.places.place(space).inside(scope)
        case .unknown: throw Self.nowhere(scope)
        }
    }

    package func place(of channel: ChannelFacts) -> Place {
        facts.places.place(channel.space).inside(.channel(channel.id))
    }

    private static func nowhere(_ scope: Scope) -> APIError { APIError(.notFound, "there is no \(scope)") }
}
