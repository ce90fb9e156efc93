package import ChatAPI
import Storage

/// Guests: into one event with its code and a name to be shown, without a password, until it is over.
package struct Guests: Sendable {
    let services: AccountServices
    var database: EngineDatabase { services.database }

    package init(_ services: AccountServices) { self.services = services }

    package func enter(_ input: GuestEntry, _ call: Call) async throws -> SignedIn {
        try await services.answers.once(call) { call in
            try await enter(once: input, call)
        }
    }

    private func enter(once input: GuestEntry, _ call: Call) async throws -> SignedIn {
        try ProfileRules.check(displayName: input.displayName)
        guard let displayName = ProfileRules.kept(input.displayName) else {
            throw APIError.invalid("displayName", "is empty; it is what the others see")
        }
        let device = try services.device(input.device)
        let services = services
        try services.throttle.begin(account: nil, address: call.caller.address, now: services.clock.now)
        return try await database.perform(call, touching: [.names]) { tx in
            let now = services.clock.now
            let (code, event) = try JoinCodeStore.open(input.code, for: nil, now: now, tx)
            services.throttle.succeeded(account: nil, address: call.caller.address)
            guard event.guests else {
                throw APIError(.forbidden, "this event takes no guests: make an account and join with the code")
            }
            guard now < event.endsAt else { throw APIError(.conflict, "the event is over") }
            let row = AccountRow(
                id: .fresh(at: now),
                kind: .guest,
                name: Names.guestPrefix + SecretText.makeJoinCode().prefix(8),
                displayName: displayName,
                createdAt: now,
                hasLongPassword: false,
                guestOf: event.id
            )
            try AccountStore.insert(row, password: nil, tx)
            let entering = call.by(row)
            let attendee = try tx.register(row.id, for: event, isInvited: true, entering)
            // Somebody without an account cannot be called back when a place is free.
            guard attendee.state == .registered else {
                throw APIError(.conflict, "every place is taken: make an account to wait for one")
            }
            try JoinCodeStore.use(code, tx)
            let signedIn = try services.openSession(of: row, device: device, call, tx)
            try tx.audit(
                call.by(row, session: signedIn.session),
                on: row.object,
                after: ["name": .string(row.name), "kind": "guest", "event": .string(event.slug)],
                in: event.scope
            )
            return signedIn
        }
    }

    /// Turns a guest into an account: the same one, with a name and a password of its own, in everything it is in.
    package func become(_ input: GuestUpgrade, _ call: Call) async throws -> Account {
        try await services.answers.once(call) { call in
            try await become(once: input, call)
        }
    }

    private func become(once input: GuestUpgrade, _ call: Call) async throws -> Account {
        let account = try call.caller.signedIn()
        guard call.caller.isGuest else { throw APIError(.conflict, "\(call.caller.name) is a member already") }
        guard services.settings.isRegistrationOpen else {
            throw APIError(.registrationClosed, "registration is closed: it takes an invitation from an administrator")
        }
        try Names.check(input.name)
        if let reservation = Names.reservation(input.name, byAdministrator: false) {
            throw APIError.invalid("name", "cannot be '\(input.name)': \(reservation)")
        }
        try PasswordRules.check(input.password, isStaff: false, names: [input.name])
        let hash = try await services.passwords.hash(input.password)
        let isLong = PasswordRules.isLong(input.password)
        let services = services
        return try await database.perform(call, touching: [.names, .account(account)]) { tx in
            guard var row = try AccountStore.find(account, tx), row.isActive, row.kind == .guest else {
                throw APIError(.conflict, "the guest is gone, or a member already")
            }
            let before = row.name
            (row.name, row.kind, row.guestOf, row.hasLongPassword) = (input.name, .person, nil, isLong)
            try AccountStore.becomeMember(row, password: hash, tx)
            try Accounts.joinFirstChannel(row, services.settings, now: call.now, tx)
            tx.facts.tell(.capabilitiesChanged(account))
            try tx.tellMe(account, .profileChanged, by: account, now: call.now)
            try tx.audit(
                call,
                on: row.object,
                before: ["name": .string(before), "kind": "guest"],
                after: ["name": .string(row.name), "kind": "person"],
                severity: .notice
            )
            return row.account
        }
    }
}
