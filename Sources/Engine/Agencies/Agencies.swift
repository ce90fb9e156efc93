package import ChatAPI
import Storage

/// Agencies: registering, showing, editing and deleting them. Approval is in `AgencyApproval`, people in `Staff`.
package struct Agencies: Sendable {
    let services: AccountServices
    var database: EngineDatabase { services.database }

    package init(_ services: AccountServices) { self.services = services }

    // MARK: - Registering

    /// Makes an agency with its owner: the account that is signed in, or a new one in the same call.
    ///
    /// It waits for approval; until then nothing of it is shown, and an owner who has nothing else cannot sign in.
    package func register(_ input: AgencyRegistration, _ call: Call) async throws -> RegisteredAgency {
        try await services.answers.once(call) { call in
            try await register(once: input, call)
        }
    }

    private func register(once input: AgencyRegistration, _ call: Call) async throws -> RegisteredAgency {
        try SlugRules.check(input.slug)
        try AgencyRules.check(name: input.name, address: input.address, website: input.website)
        let owner = try await owner(input.owner, call)
        let services = services
        return try await database.perform(call, touching: [.names]) { tx in
            let now = services.clock.now
            let id = AgencyID.fresh(at: now)
            let row: AccountRow
            switch owner {
            case .caller(let account):
                guard let known = try AccountStore.find(account, tx) else {
                    throw APIError(.notSignedIn, "the account is gone")
                }
                row = known
            case .new(let draft, let hash):
                if let code = draft.code { _ = try CodeStore.use(code, .invitation, now: now, tx) }
                row = AccountRow(
                    id: .fresh(at: now),
                    kind: .person,
                    name: draft.name,
                    displayName: ProfileRules.kept(draft.displayName),
                    createdAt: now,
                    hasLongPassword: true,
                    home: id
                )
                try AccountStore.insert(row, password: hash, tx)
            }
            let agency = Agency(
                id: id,
                slug: input.slug,
                name: AgencyRules.kept(input.name) ?? input.slug,
                address: AgencyRules.kept(input.address),
                website: AgencyRules.kept(input.website),
                state: .pending,
                createdAt: now,
                version: 1,
                role: .owner
            )
            try SpaceStore.insert(.agency(id), slug: input.slug, tx)
            try AgencyStore.insert(agency, tx)
            tx.facts.place(.agency(id, .pending))
            let registering = call.by(row, session: call.caller.session)
            _ = try tx.give(.owner, in: .agency(id), to: row, registering)
            try tx.audit(registering, on: agency.auditObject, after: agency.auditState, severity: .notice)
            return RegisteredAgency(agency: agency, owner: row.account)
        }
    }

    private enum Owner: Sendable {
        case caller(AccountID)
        case new(OwnerDraft, hash: String)
    }

    /// Whoever is signed in owns what they register; everybody else names an account that is made with it.
    private func owner(_ draft: OwnerDraft?, _ call: Call) async throws -> Owner {
        guard let draft else {
            guard let account = call.caller.account else {
                throw APIError.invalid(
                    "owner",
                    "is missing: sign in first, or name the account to be made for the owner"
                )
            }
            if call.caller.isGuest || call.caller.isLocal {
                throw APIError.invalid("owner", "is missing: \(call.caller.name) cannot own an agency")
            }
            return .caller(account)
        }
        try Names.check(draft.name, named: "owner/name")
        if let reservation = Names.reservation(draft.name, byAdministrator: false) {
            throw APIError.invalid("owner/name", "cannot be '\(draft.name)': \(reservation)")
        }
        try ProfileRules.check(displayName: draft.displayName)
        try PasswordRules.check(
            draft.password,
            named: "owner/password",
            isStaff: true,
            names: [draft.name, draft.displayName ?? ""]
        )
        let mayOpen = services.settings.isRegistrationOpen || call.caller.may(.manageAccounts, in: .platform)
        let now = services.clock.now
        if draft.code != nil {
            try services.throttle.begin(account: nil, address: call.caller.address, now: now)
        } else if !mayOpen {
            throw APIError(.registrationClosed, "registration is closed: it takes an invitation from an administrator")
        }
        try await database.read { tx in
            if let code = draft.code { _ = try CodeStore.require(code, .invitation, now: now, tx) }
            if let alike = try AccountStore.nameAlike(draft.name, tx) { throw AccountStore.taken(draft.name, alike) }
        }
        if draft.code != nil { services.throttle.succeeded(account: nil, address: call.caller.address) }
        return .new(draft, hash: try await services.passwords.hash(draft.password))
    }

    // MARK: - Showing

    package func get(_ ref: AgencyRef, _ call: Call) async throws -> Agency {
        try await database.read { tx in
            let agency = try AgencyStore.resolve(ref.agency, tx)
            return try agency.shown(to: call.caller, named: ref.agency, tx)
        }
    }

    /// In the order of the slugs. The cursor is the last one that was shown.
    package func list(_ query: AgencyQuery, _ call: Call) async throws -> Page<Agency> {
        let limit = try PageRules.limit(query.limit)
        let words = try PageRules.words(query.query)
        let after = try PageRules.name(after: query.cursor)
        let listed = AgencyStore.Listed(
            query: words?.lowercased,
            state: query.state,
            seesAll: call.caller.may(.manageAgencies, in: .platform),
            own: call.caller.reach.scopes(with: .read).filter { $0.kind == .agency }.map { $0.id.retyped() }
        )
        return try await database.read { tx in
            let found = try AgencyStore.page(after: after, listed, limit: limit + 1, tx)
            let items = try found.prefix(limit).map { try $0.agency.shown(to: call.caller, named: $0.agency.slug, tx) }
            return Page(items, nextCursor: found.count > limit ? "n:" + found[limit - 1].folded : nil)
        }
    }

    // MARK: - Changing

    package func update(_ change: AgencyChange, _ call: Call) async throws -> Agency {
        if let slug = change.slug { try SlugRules.check(slug) }
        try AgencyRules.check(name: change.name, address: change.address, website: change.website)
        return try await database.perform(call, touching: [.names]) { tx in
            let before = try Self.managed(change.agency, .manageAgency, call, tx)
            try Versions.check(call.options.ifMatch, before.version, "the agency \(before.slug)")
            var agency = before
            if let slug = change.slug { agency.slug = slug }
            if let name = change.name { agency.name = name }
            if let address = change.address { agency.address = AgencyRules.kept(address) }
            if let website = change.website { agency.website = AgencyRules.kept(website) }
            guard agency != before else { return try agency.shown(to: call.caller, named: change.agency, tx) }
            agency.version += 1
            if agency.slug != before.slug { try SpaceStore.rename(.agency(agency.id), to: agency.slug, tx) }
            try AgencyStore.update(agency, tx)
            try tx.audit(call, on: agency.auditObject, before: before.auditState, after: agency.auditState)
            return try agency.shown(to: call.caller, named: change.agency, tx)
        }
    }

    /// Deletes an agency with its events, its channels and the accounts that were made for it and have nothing else.
    package func delete(_ ref: AgencyRef, _ call: Call) async throws -> Empty {
        let services = services
        return try await database.perform(call, touching: [.names]) { tx in
            let agency = try Self.managed(ref.agency, .manageAgency, call, tx)
            try Versions.check(call.options.ifMatch, agency.version, "the agency \(agency.slug)")
            let by = try call.caller.signedIn()
            try tx.audit(call, on: agency.auditObject, before: agency.auditState, severity: .warning)
            for event in try EventStore.events(of: agency.id, tx) { try tx.delete(event, by: by, call) }
            try tx.endGrants(in: .agency(agency.id), call)
            for account in try AccountStore.made(for: agency.id, tx)
            where try GrantStore.grants(of: account.id, tx).isEmpty && account.id != by {
                try Accounts.delete(account, call, now: services.clock.now, tx)
            }
            try AgencyStore.delete(agency.id, tx)
            try SpaceStore.delete(.agency(agency.id), by: by, now: call.now, tx)
            tx.facts.place(.agency(agency.id, nil))
            return Empty()
        }
    }

    /// An agency in which the caller may do that: whoever may not even see it does not find it.
    static func managed(
        _ text: String,
        _ capability: Capability,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws -> Agency {
        let agency = try AgencyStore.resolve(text, tx)
        _ = try agency.shown(to: call.caller, named: text, tx)
        _ = try call.authorized(capability, in: tx.facts.places.place(.agency(agency.id)), tx)
        return agency
    }
}

extension Agency {
    var auditObject: String { "agency/\(id)" }

    var auditState: JSON {
        var members: [String: JSON] = ["slug": .string(slug), "name": .string(name), "state": .string(state.rawValue)]
        if let address { members["address"] = .string(address) }
        if let website { members["website"] = .string(website) }
        if let reason { members["reason"] = .string(reason) }
        return .object(members)
    }

    /// As the caller sees it: with its role, without reasons that are not for it. What is not approved is found by its own
    /// people and by administrators only.
    func shown(to caller: Caller, named text: String, _ tx: borrowing some Reading & ~Copyable) throws -> Agency {
        var agency = self
        let roles = try caller.account.map { try GrantStore.roles(of: $0, in: .agency(id), tx) } ?? []
        agency.role = roles.max { $0.rank < $1.rank }
        let isAdministrator = caller.may(.manageAgencies, in: .platform)
        guard state == .approved || agency.role != nil || isAdministrator else { throw AgencyStore.unknown(text) }
        if agency.role != .owner && !isAdministrator { agency.reason = nil }
        return agency
    }
}
