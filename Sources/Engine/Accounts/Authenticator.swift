package import ChatAPI
import Storage

/// Who a call comes from: access tokens of people, tokens of bots, and local administrators.
///
/// The usual answer comes from memory without a database read (`CallerCache`). What it gives is what the account may do at
/// most: every handler still asks facts what that reaches, so a super admin reads no private channel by its role.
package final class Authenticator: Sendable {
    let database: EngineDatabase
    private let settings: EngineSettings
    let clock: any Clock
    let key: SigningKey
    let cache: CallerCache
    let lastUse: LastUse
    package let live = LiveTally()
    package let taps = FrameTaps()

    package init(
        database: EngineDatabase,
        settings: EngineSettings,
        clock: any Clock,
        key: SigningKey,
        cache: CallerCache
    ) {
        self.database = database
        self.settings = settings
        self.clock = clock
        self.key = key
        self.cache = cache
        lastUse = LastUse(database: database)
    }

    /// The caller behind a bearer token.
    ///
    /// - Parameter address: an IP address, or `unix`.
    /// - Throws: `token_expired` for an access token that should be refreshed, `not_signed_in` for what signs nothing here.
    package func caller(token: String, address: String) async throws(APIError) -> Caller {
        if token.hasPrefix(AccessToken.prefix) {
            return try await caller(access: token, address: address)
        }
        if token.hasPrefix(SecretText.botPrefix) {
            guard let hash = SecretText.hash(botToken: token) else { throw Self.notOurs }
            return try await caller(.token(hash), accessExpiresAt: nil, address: address)
        }
        if token.hasPrefix(RefreshToken.prefix) {
            throw APIError(.notSignedIn, "a refresh token signs no calls; renew the session with it")
        }
        throw Self.notOurs
    }

    /// When an access token ends; nil if it is not one of ours. A live connection that was not refreshed by then closes
    /// with 4401.
    package func expiry(ofAccessToken token: String) -> Milliseconds? {
        AccessToken(token, key: key, audience: database.epoch)?.expiresAt
    }

    /// Whose access token that is; nil if it is not one of ours.
    package func session(ofAccessToken token: String) -> SessionID? {
        AccessToken(token, key: key, audience: database.epoch)?.session
    }

    /// The same caller as things are now: asked by live connections when grants changed.
    package func again(_ caller: Caller) async throws(APIError) -> Caller {
        if let session = caller.session {
            return try await self.caller(.session(session), accessExpiresAt: nil, address: caller.address)
        }
        let standing: Standing?
        do {
            standing = try await database.read { [settings] tx in
                guard let account = caller.account, let row = try AccountStore.find(account, tx), row.isActive else {
                    return nil
                }
                var standing = try row.standing(settings, tx)
                if let id = caller.token {
                    guard let token = try TokenStore.find(id, tx) else { return nil }
                    standing.limit(to: token.scopes)
                }
                return standing
            }
        } catch { throw APIError(refusal: error) }
        guard let standing else { throw Self.ended }
        var again = caller
        again.capabilities = standing.capabilities
        again.reach = standing.reach
        again.rank = standing.rank
        return again
    }

    /// Writes what is noted of last uses. Called before the database is closed.
    package func flush() {
        lastUse.flush(now: clock.now)
    }

    // MARK: - Tokens

    private func caller(access text: String, address: String) async throws(APIError) -> Caller {
        guard let token = AccessToken(text, key: key, audience: database.epoch) else { throw Self.notOurs }
        guard token.expiresAt > clock.now else {
            throw APIError(.tokenExpired, "the access token has expired; refresh the session")
        }
        return try await caller(.session(token.session), accessExpiresAt: token.expiresAt, address: address)
    }

    private func caller(
        _ key: CallerCache.Key,
        accessExpiresAt: Milliseconds?,
        address: String
    ) async throws(APIError) -> Caller {
        if let known = try use(key, accessExpiresAt, address) { return known }
        let generation = cache.generation
        let entry: CallerCache.Entry?
        do {
            entry = try await database.read { [settings] tx in try Self.entry(key, settings, tx) }
        } catch { throw APIError(refusal: error) }
        guard let entry else { throw Self.ended }
        cache.insert(entry, for: key, readAt: generation)
        if let known = try use(key, accessExpiresAt, address) { return known }
        // Something changed between the read and now; the answer was right when it was read.
        var caller = entry.caller
        caller.address = address
        return caller
    }

    private func use(
        _ key: CallerCache.Key,
        _ accessExpiresAt: Milliseconds?,
        _ address: String
    ) throws(APIError) -> Caller? {
        let now = clock.now
        let found = cache.use(key) {
            entry -> (caller: Caller, hasEnded: Bool, isNoted: Bool, confirms: Milliseconds?) in
            var caller = entry.caller
            caller.address = address
            if let endsAt = entry.endsAt, endsAt <= now { return (caller, true, false, nil) }
            let isNoted = now - entry.usedAt >= LastUse.intervalMilliseconds
            if isNoted { entry.usedAt = now }
            var confirms: Milliseconds?
            if let expiry = entry.confirmingExpiry, let accessExpiresAt, accessExpiresAt >= expiry {
                confirms = expiry
                entry.confirmingExpiry = nil
            }
            return (caller, false, isNoted, confirms)
        }
        guard let found else { return nil }
        if found.hasEnded { throw Self.ended }
        if found.isNoted { lastUse.note(found.caller, at: now) }
        if let expiry = found.confirms, let session = found.caller.session { confirm(session, expiry) }
        return found.caller
    }

    /// The newest refresh token arrived: the one before it dies. Nobody waits for this write; if it is lost, the next
    /// refresh confirms instead.
    private func confirm(_ session: SessionID, _ expiry: Milliseconds) {
        database.enqueue(touching: []) { tx in
            try SessionStore.confirm(session, expiry, tx)
        } completion: { _ in
        }
    }

    private static func entry(
        _ key: CallerCache.Key,
        _ settings: EngineSettings,
        _ tx: borrowing ReadTransaction
    ) throws -> CallerCache.Entry? {
        switch key {
        case .session(let id):
            guard let session = try SessionStore.find(id, tx),
                let row = try AccountStore.find(session.account, tx), row.isActive
            else { return nil }
            let caller = Caller(row, try row.standing(settings, tx), session: id)
            return CallerCache.Entry(
                caller: caller,
                endsAt: session.expiresAt,
                confirmingExpiry: session.previousHash == nil ? nil : session.confirmingExpiry,
                usedAt: session.lastUsedAt
            )
        case .token(let hash):
            guard let token = try TokenStore.find(hash: hash, tx),
                let row = try AccountStore.find(token.account, tx), row.isActive
            else { return nil }
            var standing = try row.standing(settings, tx)
            standing.limit(to: token.scopes)
            let caller = Caller(row, standing, token: token.id)
            return CallerCache.Entry(
                caller: caller,
                endsAt: token.expiresAt,
                confirmingExpiry: nil,
                usedAt: token.lastUsedAt ?? 0
            )
        }
    }

    private static let notOurs = APIError(.notSignedIn, "the token is not one of this server; sign in")
    private static let ended = APIError(.notSignedIn, "the session or token has ended; sign in again")
}

extension Standing {
    /// A token may do what both it and its account may.
    mutating func limit(to scopes: [Capability]) {
        reach.limit(to: CapabilitySet(scopes + [.anyone]))
    }
}

extension AccountRow {
    var isActive: Bool { deletedAt == nil && disabledAt == nil }
}

extension Caller {
    init(_ row: AccountRow, _ standing: Standing, session: SessionID? = nil, token: TokenID? = nil) {
        self.init(
            account: row.id,
            name: row.name,
            session: session,
            token: token,
            capabilities: standing.capabilities,
            address: "",
            isLocal: row.kind == .system,
            isGuest: row.kind == .guest,
            rank: standing.rank,
            reach: standing.reach
        )
    }
}
