package import ChatAPI
import Storage

/// An agency's people: made, given roles and taken out, only by who is strictly senior to them, before and after.
package struct Staff: Sendable {
    let services: AccountServices
    var database: EngineDatabase { services.database }

    package init(_ services: AccountServices) { self.services = services }

    package func list(_ ref: AgencyRef, _ call: Call) async throws -> Page<StaffMember> {
        try await database.read { tx in
            let agency = try AgencyStore.resolve(ref.agency, tx)
            let shown = try agency.shown(to: call.caller, named: ref.agency, tx)
            guard shown.role != nil || call.caller.may(.manageAgencies, in: .platform) else {
                throw APIError(.forbidden, "only the agency's own people see who works for it")
            }
            var staff = try StaffStore.staff(of: agency.id, tx)
            for offer in try RoleOfferStore.open(from: agency.id, now: call.now, tx) where offer.scope.kind == .agency {
                guard let row = try AccountStore.find(offer.account, tx) else { continue }
                staff.append(row.offered(offer.role, since: offer.at, until: offer.until))
            }
            return Page(staff)
        }
    }

    /// Makes an account for the agency. Without a password the answer holds a code that sets one.
    package func create(_ input: StaffCreation, _ call: Call) async throws -> CreatedStaff {
        try await services.answers.once(call) { call in
            try await create(once: input, call)
        }
    }

    private func create(once input: StaffCreation, _ call: Call) async throws -> CreatedStaff {
        try Self.check(input.role)
        try Names.check(input.name)
        if let reservation = Names.reservation(input.name, byAdministrator: false) {
            throw APIError.invalid("name", "cannot be '\(input.name)': \(reservation)")
        }
        try ProfileRules.check(displayName: input.displayName)
        var hash: String?
        if let password = input.password {
            try PasswordRules.check(password, isStaff: true, names: [input.name, input.displayName ?? ""])
            hash = try await services.passwords.hash(password)
        }
        let (services, hashed) = (services, hash)
        return try await database.perform(call, touching: [.names]) { tx in
            let now = services.clock.now
            let agency = try Agencies.managed(input.agency, .manageStaff, call, tx)
            let place = tx.facts.places.place(.agency(agency.id))
            let giver = try call.callerNow(tx)
            try giver.requireSenior(to: input.role.rank, in: place, "make \(Article.before(input.role.rawValue))")
            let row = AccountRow(
                id: .fresh(at: now),
                kind: .person,
                name: input.name,
                displayName: ProfileRules.kept(input.displayName),
                createdAt: now,
                hasLongPassword: hashed != nil,
                home: agency.id
            )
            try AccountStore.insert(row, password: hashed, tx)
            try Accounts.joinFirstChannel(row, services.settings, now: now, tx)
            _ = try tx.give(input.role, in: .agency(agency.id), to: row, call)
            try tx.joinStaffChannel(row.id, of: agency.id, now: now)
            var code: Code?
            if hashed == nil {
                code = try Accounts.makeCode(
                    .reset,
                    for: row.id,
                    hours: Accounts.firstPasswordHours,
                    call,
                    now: now,
                    tx
                )
            }
            try tx.audit(
                call,
                on: row.object,
                after: ["name": .string(row.name), "kind": "person", "agency": .string(agency.slug)],
                severity: .notice,
                in: .agency(agency.id)
            )
            return CreatedStaff(staff: try StaffStore.member(row.id, of: agency.id, tx), code: code)
        }
    }

    /// Gives someone a role in the agency, or another one than they have; to who is not of it, offers it.
    package func set(_ change: StaffChange, _ call: Call) async throws -> StaffMember {
        try Self.check(change.role)
        return try await database.perform(call, touching: []) { tx in
            let agency = try Agencies.managed(change.agency, .manageStaff, call, tx)
            let scope = Scope.agency(agency.id)
            let place = tx.facts.places.place(scope)
            let row = try AccountStore.resolve(change.account, tx)
            try row.requireOrdinary("give a role to")
            if row.kind == .guest {
                throw APIError(.conflict, "\(row.name) is a guest: only members work for an agency")
            }
            let giver = try call.callerNow(tx)
            // The role they have and the one they get: system 000 looked at the first only.
            try giver.requireSenior(to: try row.heldRank(in: place, tx), in: place, "change a role of \(row.name)")
            try giver.requireSenior(to: change.role.rank, in: place, "make somebody \(change.role.rawValue)")
            if let offer = try tx.offer(change.role, in: scope, to: row, by: giver, call) {
                return row.offered(offer.role, since: offer.grantedAt, until: offer.offeredUntil)
            }
            for role in try GrantStore.roles(of: row.id, in: scope, tx)
            where Role.agencyStaff.contains(role) && role != change.role {
                if role == .owner { try GrantStore.requireAnotherOwner(than: row.id, in: scope, tx) }
                try tx.take(role, in: scope, from: row, call)
            }
            _ = try tx.give(change.role, in: scope, to: row, call)
            try tx.joinStaffChannel(row.id, of: agency.id, now: call.now)
            return try StaffStore.member(row.id, of: agency.id, tx)
        }
    }

    /// Takes someone out of the agency, with every role there and in its events. Everybody may leave; the last owner stays.
    package func remove(_ ref: StaffRef, _ call: Call) async throws -> Empty {
        try await database.perform(call, touching: []) { tx in
            let agency = try AgencyStore.resolve(ref.agency, tx)
            _ = try agency.shown(to: call.caller, named: ref.agency, tx)
            let scope = Scope.agency(agency.id)
            let place = tx.facts.places.place(scope)
            let row = try AccountStore.resolve(ref.account, tx)
            if row.id != call.caller.account {
                let giver = try call.authorized(.manageStaff, in: place, tx)
                try giver.requireSenior(to: try row.heldRank(in: place, tx), in: place, "take \(row.name) out")
            }
            let held = try GrantStore.roles(of: row.id, in: scope, tx)
            if held.isEmpty, row.id != call.caller.account, try tx.takeBackAll(from: row, of: agency.id, call) {
                return Empty()
            }
            guard !held.isEmpty else { throw APIError(.notFound, "\(row.name) does not work for \(agency.name)") }
            try GrantStore.requireAnotherOwner(than: row.id, in: scope, tx)
            for role in held { try tx.take(role, in: scope, from: row, call) }
            try tx.leaveStaffChannels(row.id, of: agency.id, now: call.now)
            return Empty()
        }
    }

    private static func check(_ role: Role) throws(APIError) {
        guard Role.agencyStaff.contains(role) else {
            let words = Role.agencyStaff.map(\.rawValue).joined(separator: ", ")
            throw .invalid("role", "is '\(role.rawValue)'; an agency's people are one of \(words)")
        }
    }
}

extension Transaction {
    /// The agency's own staff channel takes in whoever works for it, unless they are in as many channels as one can be.
    func joinStaffChannel(_ account: AccountID, of agency: AgencyID, now: Milliseconds) throws {
        guard let id = try ChannelStore.id(named: "staff", in: .agency(agency), self),
            try MembershipStore.count(of: account, self) < Limits.channelsPerAccount
        else { return }
        try join(account, try facts.channel(id, in: self), role: .member, by: account, now: now)
    }

    /// Whoever does not work there any more is in no staff channel of the agency or of its events.
    func leaveStaffChannels(_ account: AccountID, of agency: AgencyID, now: Milliseconds) throws {
        let spaces = [Scope.agency(agency)] + (try EventStore.ids(of: agency, self)).map(Scope.event)
        for id in try ChannelStore.memberships(of: account, self) {
            let channel = try facts.channel(id, in: self)
            guard channel.kind == .staff, spaces.contains(channel.space) else { continue }
            try leave(account, channel, by: account, now: now)
        }
    }
}
