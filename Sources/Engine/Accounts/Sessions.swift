package import ChatAPI
import Storage

/// Signing in and out, renewing tokens, and the devices one is signed in on.
package struct Sessions: Sendable {
    let services: AccountServices

    package init(_ services: AccountServices) { self.services = services }

    /// Signs in with name and password. A wrong name and a wrong password take the same time and give the same answer.
    package func signIn(_ input: SignIn, _ call: Call) async throws -> SignedIn {
        try await services.answers.once(call) { call in
            try await signIn(once: input, call)
        }
    }

    private func signIn(once input: SignIn, _ call: Call) async throws -> SignedIn {
        let device = try services.device(input.device)
        guard input.password.utf8.count <= Limits.passwordBytes else {
            throw APIError.invalid("password", "is longer than \(Limits.passwordBytes) bytes")
        }
        let typed = input.name.hasPrefix("@") ? input.name.dropFirst() : input.name[...]
        guard typed.utf8.count <= 640 else {
            throw APIError.invalid("name", "is longer than any name")
        }
        let name = Names.fold(typed)
        let (clock, address) = (services.clock, call.caller.address)
        try services.throttle.begin(account: name, address: address, now: clock.now)
        let found: (row: AccountRow, password: String?)? = try await services.database.read { tx in
            guard let row = try AccountStore.find(named: typed, tx) else { return nil }
            return (row, try AccountStore.password(of: row.id, tx))
        }
        guard try await services.passwords.verify(input.password, found?.password), let found,
            let stored = found.password
        else { throw Self.wrong }
        if found.row.disabledAt != nil {
            let (id, now) = (found.row.id, clock.now)
            let ban = try await services.database.read { tx in try SanctionStore.platformBan(of: id, tx) }
            throw ban.map { PostingRules.refusal($0, "this server", now: now) }
                ?? APIError(.forbidden, "this account is disabled; an administrator can enable it")
        }
        services.throttle.succeeded(account: name, address: address)
        let renewed = services.passwords.isOutdated(stored) ? try await services.passwords.hash(input.password) : nil
        let services = services
        return try await services.database.perform(call, touching: [.account(found.row.id)]) { tx in
            // It may have been changed, disabled or deleted while the hash was computed.
            guard let row = try AccountStore.find(found.row.id, tx), row.isActive,
                try AccountStore.password(of: row.id, tx) == stored
            else { throw Self.wrong }
            try SignInRules.check(row, tx)
            if let renewed {
                try AccountStore.setPassword(renewed, isLong: PasswordRules.isLong(input.password), of: row.id, tx)
            }
            let signedIn = try services.openSession(of: row, device: device, call, tx)
            try tx.audit(
                call.by(row, session: signedIn.session),
                on: "session/\(signedIn.session)",
                after: ["device": .string(device)]
            )
            return signedIn
        }
    }

    private static let wrong = APIError(.wrongPassword, "the name or the password is wrong")

    /// Renews the tokens of a session.
    ///
    /// The presented token stays good until a call shows that the new one arrived, and a repeat gets the same new one: a
    /// lost answer logs nobody out. A token that was replaced and confirmed is somebody's copy: the session ends.
    package func refresh(_ input: Refresh, _ call: Call) async throws -> Tokens {
        let services = services
        let key = services.authenticator.key
        guard let token = RefreshToken(input.refreshToken, key: key) else {
            throw APIError(.notSignedIn, "this is not a refresh token of this server; sign in")
        }
        let epoch = services.database.epoch
        let outcome: RefreshOutcome = try await services.database.write(touching: []) { tx in
            let outcome = try Self.decide(token, key: key, epoch: epoch, call, now: services.clock.now, tx)
            // A dry run rolls back what was written by throwing its answer.
            if call.options.dryRun {
                if case .renewed(let tokens) = outcome { throw ReadyAnswer(json: Coding.encode(tokens)) }
                throw Self.reused
            }
            return outcome
        } committed: { _ in
            services.authenticator.cache.forget(.session(token.session))
        }
        switch outcome {
        case .renewed(let tokens): return tokens
        case .reused: throw Self.reused
        }
    }

    private enum RefreshOutcome: Sendable {
        case renewed(Tokens)
        case reused
    }

    private static let reused = APIError(
        .notSignedIn,
        "this refresh token was used before: the session has ended for safety; sign in again"
    )

    private static func decide(
        _ token: RefreshToken,
        key: SigningKey,
        epoch: String,
        _ call: Call,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> RefreshOutcome {
        guard let session = try SessionStore.find(token.session, tx), session.expiresAt > now,
            let row = try AccountStore.find(session.account, tx), row.isActive
        else { throw APIError(.notSignedIn, "the session has ended; sign in again") }
        try SignInRules.check(row, tx)
        let verdict = RefreshRules.verdict(
            on: token.hash,
            current: session.refreshHash,
            previous: session.previousHash
        )
        // Access tokens of the new pair end later than any of the old one: that is how their use confirms it.
        let expiresAt = max(now + AccessToken.lifetimeMilliseconds, session.confirmingExpiry + 1)
        let next = token.next(key: key)
        switch verdict {
        case .rotate:
            try SessionStore.rotate(
                session.id,
                to: next.hash,
                from: token.hash,
                confirmedBy: expiresAt,
                address: call.caller.address,
                now: now,
                tx
            )
        case .repeat: break
        case .reuse:
            try SessionStore.end(session.id, .signedOut, tx)
            try tx.tellMe(row.id, .sessionEnded, by: row.id, session: session.id, now: now)
            try tx.audit(
                call.by(row, session: session.id),
                on: "session/\(session.id)",
                before: ["device": .string(session.device)],
                after: ["ended": true, "reason": "a refresh token was used again after it had been replaced"],
                severity: .critical,
                action: "session.refreshReused"
            )
            return .reused
        }
        let access = AccessToken(session: session.id, expiresAt: expiresAt)
        return .renewed(
            Tokens(
                accessToken: access.text(key: key, audience: epoch),
                accessExpiresAt: expiresAt,
                refreshToken: next.text
            )
        )
    }
}
