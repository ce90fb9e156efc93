package import ChatAPI
import Storage

/// Getting an account, and what administrators do with other people's.
package struct Accounts: Sendable {
    let services: AccountServices

    package init(_ services: AccountServices) { self.services = services }

    // MARK: - Registering

    /// Makes an account and signs it in. While registration is closed it takes an invitation.
    package func register(_ input: Registration, _ call: Call) async throws -> SignedIn {
        try await services.answers.once(call) { call in
            try await register(once: input, call)
        }
    }

    private func register(once input: Registration, _ call: Call) async throws -> SignedIn {
        let (settings, clock) = (services.settings, services.clock)
        try Names.check(input.name)
        if let reservation = Names.reservation(input.name, byAdministrator: false) {
            throw APIError.invalid("name", "cannot be '\(input.name)': \(reservation)")
        }
        try ProfileRules.check(displayName: input.displayName)
        let device = try services.device(input.device)
        try PasswordRules.check(input.password, isStaff: false, names: [input.name, input.displayName ?? ""])
        if input.code != nil {
            try services.throttle.begin(account: nil, address: call.caller.address, now: clock.now)
        } else if !settings.isRegistrationOpen {
            throw APIError(.registrationClosed, "registration is closed: it takes an invitation from an administrator")
        }
        // Looked at before the hash is paid for, and again in the write.
        try await services.database.read { tx in
            if let code = input.code { _ = try CodeStore.require(code, .invitation, now: clock.now, tx) }
            if let alike = try AccountStore.nameAlike(input.name, tx) { throw AccountStore.taken(input.name, alike) }
        }
        if input.code != nil { services.throttle.succeeded(account: nil, address: call.caller.address) }
        let hash = try await services.passwords.hash(input.password)
        let isLong = PasswordRules.isLong(input.password)
        let services = services
        return try await services.database.perform(call, touching: [.names]) { tx in
            let now = clock.now
            var invitedBy: AccountID?
            if let code = input.code {
                invitedBy = try CodeStore.use(code, .invitation, now: now, tx).createdBy
            }
            let row = AccountRow(
                id: .fresh(at: now),
                kind: .person,
                name: input.name,
                displayName: ProfileRules.kept(input.displayName),
                createdAt: now,
                hasLongPassword: isLong
            )
            try AccountStore.insert(row, password: hash, tx)
            try Self.joinFirstChannel(row, settings, now: now, tx)
            let signedIn = try services.openSession(of: row, device: device, call, tx)
            var after: [String: JSON] = ["name": .string(row.name), "kind": "person", "device": .string(device)]
            if let invitedBy { after["invitedBy"] = .string(invitedBy.description) }
            try tx.audit(call.by(row, session: signedIn.session), on: row.object, after: .object(after))
            return signedIn
        }
    }

    /// Where everybody is. An administrator may have deleted it; then one starts in no channel.
    static func joinFirstChannel(
        _ row: AccountRow,
        _ settings: EngineSettings,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        guard let id = try ChannelStore.id(named: settings.firstChannel, tx) else { return }
        let channel = try tx.facts.channel(id, in: tx)
        try tx.join(row.id, channel, role: .member, by: row.id, now: now)
    }

    // MARK: - For administrators

    /// Makes an account for someone. A person without a password gets a code that sets one.
    package func create(_ input: AccountCreation, _ call: Call) async throws -> CreatedAccount {
        try await services.answers.once(call) { call in
            try await create(once: input, call)
        }
    }

    private func create(once input: AccountCreation, _ call: Call) async throws -> CreatedAccount {
        let kind = input.kind ?? .person
        let isSuper = input.superAdmin == true
        try Names.check(input.name)
        if let reservation = Names.reservation(input.name, byAdministrator: true) {
            throw APIError.invalid("name", "cannot be '\(input.name)': \(reservation)")
        }
        try ProfileRules.check(displayName: input.displayName)
        if kind == .system { throw APIError.invalid("kind", "cannot be system: those accounts are the daemon's own") }
        if kind == .bot && input.password != nil {
            throw APIError.invalid("password", "is for people; a bot signs its calls with a token")
        }
        if isSuper {
            try call.caller.require(.manageGrants)
            try call.caller.requireSenior(to: Role.superAdmin.rank, "make a super admin")
            if kind != .person { throw APIError.invalid("superAdmin", "is for people; a bot gets a token with scopes") }
        }
        var hash: String?
        if let password = input.password {
            try PasswordRules.check(password, isStaff: isSuper, names: [input.name, input.displayName ?? ""])
            hash = try await services.passwords.hash(password)
        }
        let (settings, clock) = (services.settings, services.clock)
        let (hashed, isLong) = (hash, input.password.map(PasswordRules.isLong) ?? false)
        return try await services.database.perform(call, touching: [.names]) { tx in
            let now = clock.now
            if isSuper {
                try call.callerNow(tx).requireSenior(to: Role.superAdmin.rank, "make a super admin")
            }
            let row = AccountRow(
                id: .fresh(at: now),
                kind: kind,
                name: input.name,
                displayName: ProfileRules.kept(input.displayName),
                createdAt: now,
                hasLongPassword: isLong
            )
            try AccountStore.insert(row, password: hashed, tx)
            if kind == .person { try Self.joinFirstChannel(row, settings, now: now, tx) }
            var after: JSON = ["name": .string(row.name), "kind": .string(kind.rawValue)]
            if isSuper {
                let grant = Grant(
                    account: row.id,
                    role: .superAdmin,
                    scope: .platform,
                    grantedBy: call.caller.account,
                    grantedAt: now
                )
                try GrantStore.insert(grant, tx)
                after = ["name": .string(row.name), "kind": .string(kind.rawValue), "superAdmin": true]
            }
            var code: Code?
            if kind == .person && hashed == nil {
                code = try Self.makeCode(.reset, for: row.id, hours: Self.firstPasswordHours, call, now: now, tx)
            }
            try tx.audit(call, on: row.object, after: after, severity: isSuper ? .warning : .notice)
            return CreatedAccount(account: row.account, code: code)
        }
    }

    /// A week to set the first password: whoever gets the code may be away over a weekend.
    static let firstPasswordHours = 168
    static let resetHours = 24

    static func makeCode(
        _ kind: CodeKind,
        for account: AccountID?,
        hours: Int,
        _ call: Call,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> Code {
        let code = Code(code: SecretText.makeCode(kind), expiresAt: now + Int64(hours) * 3_600_000)
        try CodeStore.insert(
            code.code,
            kind,
            for: account,
            by: call.caller.account,
            now: now,
            expiresAt: code.expiresAt,
            tx
        )
        return code
    }

    /// A single-use code that registers even while registration is closed.
    package func invite(_ input: InvitationDraft, _ call: Call) async throws -> Code {
        let hours = input.hours ?? 168
        guard (1...720).contains(hours) else { throw APIError.invalid("hours", "is \(hours); it takes 1 to 720") }
        let clock = services.clock
        return try await services.answers.once(call) { call in
            try await services.database.perform(call, touching: []) { tx in
                let code = try Self.makeCode(.invitation, for: nil, hours: hours, call, now: clock.now, tx)
                try tx.audit(call, on: "invitation", after: ["expiresAt": .integer(code.expiresAt)], severity: .notice)
                return code
            }
        }
    }

    /// A single-use code that sets a new password. An older one stops working.
    package func reset(_ ref: AccountRef, _ call: Call) async throws -> Code {
        let clock = services.clock
        return try await services.answers.once(call) { call in
            try await services.database.perform(call, touching: []) { tx in
                let row = try AccountStore.resolve(ref.account, tx)
                try row.requireOrdinary("reset")
                if row.kind == .bot { throw APIError(.conflict, "\(row.name) is a bot and has no password") }
                try call.callerNow(tx).requireSenior(to: try row.heldRank(tx), "reset \(row.name)'s password")
                try CodeStore.deleteAll(for: row.id, tx)
                let code = try Self.makeCode(.reset, for: row.id, hours: Self.resetHours, call, now: clock.now, tx)
                try tx.audit(
                    call,
                    on: row.object,
                    after: ["expiresAt": .integer(code.expiresAt)],
                    severity: .warning
                )
                return code
            }
        }
    }

    /// Sets a new password with a code, and ends every session.
    package func redeem(_ input: PasswordReset, _ call: Call) async throws -> Empty {
        try await services.answers.once(call) { call in
            try await redeem(once: input, call)
        }
    }

    private func redeem(once input: PasswordReset, _ call: Call) async throws -> Empty {
        let clock = services.clock
        try services.throttle.begin(account: nil, address: call.caller.address, now: clock.now)
        let (names, isStaff) = try await services.database.read { tx in
            let found = try CodeStore.require(input.code, .reset, now: clock.now, tx).stored
            guard let account = found.account, let row = try AccountStore.find(account, tx) else {
                throw APIError(.codeInvalid, "the account of this code is gone")
            }
            let isStaff = try GrantStore.isStaff(account, tx)
            return ([row.name, row.displayName ?? ""], isStaff)
        }
        services.throttle.succeeded(account: nil, address: call.caller.address)
        try PasswordRules.check(input.password, isStaff: isStaff, names: names)
        let hash = try await services.passwords.hash(input.password)
        let isLong = PasswordRules.isLong(input.password)
        return try await services.database.perform(call, touching: []) { tx in
            let now = clock.now
            guard let account = try CodeStore.use(input.code, .reset, now: now, tx).account,
                let row = try AccountStore.find(account, tx), row.deletedAt == nil
            else { throw APIError(.codeInvalid, "the account of this code is gone") }
            try AccountStore.setPassword(hash, isLong: isLong, of: account, tx)
            try CodeStore.deleteAll(for: account, tx)
            let ended = try SessionStore.endAll(of: account, .signedOut, tx)
            tx.facts.tell(.capabilitiesChanged(account))
            try tx.audit(
                call.by(row),
                on: row.object,
                after: ["endedSessions": .integer(Int64(ended))],
                severity: .notice
            )
            return Empty()
        }
    }
}
