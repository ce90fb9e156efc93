package import ChatAPI
import Storage

/// Approving, suspending and revoking agencies, and what that does to their people.
extension Agencies {
    package func approve(_ input: AgencyDecision, _ call: Call) async throws -> Agency {
        try await decide(.approve, input, call)
    }

    package func suspend(_ input: AgencyDecision, _ call: Call) async throws -> Agency {
        try await decide(.suspend, input, call)
    }

    package func revoke(_ input: AgencyDecision, _ call: Call) async throws -> Agency {
        try await decide(.revoke, input, call)
    }

    private func decide(_ action: AgencyRules.Action, _ input: AgencyDecision, _ call: Call) async throws -> Agency {
        let reason = try AgencyRules.reason(input.reason)
        let settings = services.settings
        return try await database.perform(call, touching: []) { tx in
            _ = try call.authorized(.manageAgencies, in: .platform, tx)
            let before = try AgencyStore.resolve(input.agency, tx)
            try Versions.check(call.options.ifMatch, before.version, "the agency \(before.slug)")
            let step = try AgencyRules.machine.step(from: before.state, action, ())
            var agency = before
            agency.state = step.to
            agency.reason = action == .approve ? nil : reason
            agency.version += 1
            try AgencyStore.update(agency, tx)
            tx.facts.place(.agency(agency.id, agency.state))
            let people = try tx.peopleOf(agency.id)
            for effect in step.effects {
                switch effect {
                case .wake: try Self.wake(agency, people, settings, call, tx)
                case .rest: try tx.signOutInert(people, call)
                }
            }
            // What they may do changed, there and on their live connections.
            for account in people { try tx.tellGrantsChanged(of: account, call) }
            try tx.audit(
                call,
                on: agency.auditObject,
                before: before.auditState,
                after: agency.auditState,
                severity: .warning
            )
            return try agency.shown(to: call.caller, named: input.agency, tx)
        }
    }

    /// The first approval makes the agency's own staff channel, and lets its people in where everybody is.
    private static func wake(
        _ agency: Agency,
        _ people: [AccountID],
        _ settings: EngineSettings,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws {
        let space = Scope.agency(agency.id)
        let staff: ChannelFacts
        if let known = try ChannelStore.id(named: "staff", in: space, tx) {
            staff = try tx.facts.channel(known, in: tx)
        } else {
            staff = try tx.make(.staff, in: space, name: "staff", isDefault: true, by: nil, now: call.now)
            try tx.appendCreated(staff, by: try call.caller.signedIn(), now: call.now)
        }
        let first = try ChannelStore.id(named: settings.firstChannel[...], in: .platform, tx)
        for account in people where try MembershipStore.count(of: account, tx) + 2 < Limits.channelsPerAccount {
            try tx.join(account, staff, role: .member, by: account, now: call.now)
            if let first {
                try tx.join(account, try tx.facts.channel(first, in: tx), role: .member, by: account, now: call.now)
            }
        }
    }
}

extension Transaction {
    /// Whoever holds a role in an agency, in one of its events, or in one of its queues.
    func peopleOf(_ agency: AgencyID) throws -> [AccountID] {
        var people = try GrantStore.holders(in: .agency(agency), self)
        for event in try EventStore.ids(of: agency, self) {
            people += try GrantStore.holders(in: .event(event), self)
        }
        for queue in try QueueStore.queues(ofAgency: agency, self) {
            people += try GrantStore.holders(in: queue.scope, self)
        }
        var seen: Set<AccountID> = []
        return people.filter { seen.insert($0).inserted }
    }

    /// Ends the sessions of those who could not sign in any more.
    func signOutInert(_ people: [AccountID], _ call: Call) throws {
        for account in people {
            guard let row = try AccountStore.find(account, self), try SignInRules.isLockedOut(row, self) else {
                continue
            }
            try SessionStore.endAll(of: account, .banned, self)
        }
    }

    func tellGrantsChanged(of account: AccountID, _ call: Call) throws {
        facts.tell(.capabilitiesChanged(account))
        try tellMe(account, .grantsChanged, by: call.caller.account ?? account, now: call.now)
    }

    /// Takes every role in a scope that goes, at once.
    func endGrants(in scope: Scope, _ call: Call) throws {
        for account in try GrantStore.holders(in: scope, self) { try tellGrantsChanged(of: account, call) }
        try GrantStore.deleteAll(in: scope, self)
        try RoleOfferStore.deleteAll(in: scope, self)
        if scope.kind == .agency { try RoleOfferStore.deleteAll(of: scope.id.retyped(), self) }
    }
}
