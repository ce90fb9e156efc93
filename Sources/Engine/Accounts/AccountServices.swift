import ChatAPI
import Storage

/// What the use cases of accounts, sessions, tokens and grants share.
package struct AccountServices: Sendable {
    let database: EngineDatabase
    let settings: EngineSettings
    let clock: any Clock
    let authenticator: Authenticator
    let authority: Authority
    let passwords: Passwords
    let throttle = SignInThrottle()
    let answers = SecretAnswers()

    package init(
        database: EngineDatabase,
        settings: EngineSettings,
        clock: any Clock,
        authenticator: Authenticator,
        authority: Authority
    ) throws {
        self.database = database
        self.settings = settings
        self.clock = clock
        self.authenticator = authenticator
        self.authority = authority
        passwords = try Passwords(cost: settings.passwordCost)
    }

    /// Wrong passwords and codes since the start: for metrics.
    package var signInFailures: Int { throttle.failures }
    /// Passwords hashed since the start: for metrics.
    package var passwordHashes: Int { passwords.done }

    // MARK: - Passwords

    /// Refuses unless this is the caller's own password. Counted like a sign-in.
    func requirePassword(_ password: String, of account: AccountID, _ call: Call) async throws {
        let (row, stored) = try await database.read { tx in
            (try AccountStore.find(account, tx), try AccountStore.password(of: account, tx))
        }
        guard let row, let stored else {
            throw APIError(.forbidden, "this account has no password; an administrator manages it")
        }
        guard password.utf8.count <= Limits.passwordBytes else {
            throw APIError.invalid("password", "is longer than \(Limits.passwordBytes) bytes")
        }
        let name = Names.fold(row.name)
        try throttle.begin(account: name, address: call.caller.address, now: clock.now)
        guard try await passwords.verify(password, stored) else {
            throw APIError(.wrongPassword, "the password is wrong")
        }
        throttle.succeeded(account: name, address: call.caller.address)
    }

    // MARK: - Sessions

    /// Makes a session and its first tokens.
    func openSession(of row: AccountRow, device: String, _ call: Call, _ tx: borrowing Transaction) throws -> SignedIn {
        let now = clock.now
        let key = authenticator.key
        let refresh = RefreshToken(session: .fresh(at: now), key: key)
        try SessionStore.makeRoom(for: row.id, tx)
        let access = AccessToken(session: refresh.session, expiresAt: now + AccessToken.lifetimeMilliseconds)
        try SessionStore.insert(
            refresh,
            of: row.id,
            device: device,
            address: call.caller.address,
            accessExpiresAt: access.expiresAt,
            now: now,
            tx
        )
        var entry = Entry(kind: .sessionStarted, channel: nil, seq: 0, by: row.id, at: 0)
        entry.session = refresh.session
        entry.text = device
        _ = try tx.appendToMe(entry, of: row.id, now: now)
        let standing = try row.standing(settings, tx)
        return SignedIn(
            account: row.account,
            session: refresh.session,
            tokens: Tokens(
                accessToken: access.text(key: key, audience: database.epoch),
                accessExpiresAt: access.expiresAt,
                refreshToken: refresh.text
            ),
            needsLongerPassword: standing.needsLongerPassword ? true : nil
        )
    }

    /// One line that names a device; what a client leaves out is called `unnamed device`.
    func device(_ text: String?) throws(APIError) -> String {
        guard let text, !TextRules.isBlank(text) else { return "unnamed device" }
        try TextRules.checkLine(text, named: "device", limit: Limits.deviceBytes)
        return text
    }
}

extension Call {
    /// The same call, as the account that it made or proved to be: for the audit log.
    func by(_ row: AccountRow, session: SessionID? = nil) -> Call {
        var caller = caller
        caller.account = row.id
        caller.name = row.name
        caller.session = session
        return Call(caller: caller, operation: operation, options: options, now: now, inputHash: inputHash)
    }
}

extension AccountRow {
    /// What the audit log calls it.
    var object: String { "account/\(id)" }

    /// A refusal for accounts that are the daemon's own.
    func requireOrdinary(_ what: String) throws(APIError) {
        if kind == .system { throw APIError(.forbidden, "\(name) is the daemon's own account; nobody may \(what) it") }
    }
}

extension Transaction {
    /// Tells an account's devices that something about it changed.
    func tellMe(
        _ account: AccountID,
        _ kind: EntryKind,
        by: AccountID,
        session: SessionID? = nil,
        now: Milliseconds
    ) throws {
        var entry = Entry(kind: kind, channel: nil, seq: 0, by: by, at: 0)
        entry.session = session
        _ = try appendToMe(entry, of: account, now: now)
    }
}
