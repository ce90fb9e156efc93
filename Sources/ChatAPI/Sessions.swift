/// A signed-in device.
package struct Session: Codable, Sendable, Equatable {
    package var id: SessionID
    package var account: AccountID
    package var device: String
    package var createdAt: Milliseconds
    package var lastUsedAt: Milliseconds
    package var expiresAt: Milliseconds
    /// Where it was last seen from: an address, or `unix`.
    package var address: String?
    /// True for the session that asks.
    package var isCurrent: Bool
    /// Whether a live connection is open now.
    package var isLive: Bool

    package init(
        id: SessionID,
        account: AccountID,
        device: String,
        createdAt: Milliseconds,
        lastUsedAt: Milliseconds,
        expiresAt: Milliseconds,
        address: String?,
        isCurrent: Bool,
        isLive: Bool
    ) {
        self.id = id
        self.account = account
        self.device = device
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.address = address
        self.isCurrent = isCurrent
        self.isLive = isLive
    }
}

package struct SignIn: Codable, Sendable {
    package var name: String
    package var password: String
    package var device: String?

    package init(name: String, password: String, device: String? = nil) {
        self.name = name
        self.password = password
        self.device = device
    }
}

/// What signing in gives.
package struct SignedIn: Codable, Sendable, Equatable {
    package var account: Account
    package var session: SessionID
    package var tokens: Tokens
    /// True while a staff role of this account gives nothing, because the password has fewer characters than staff needs
    /// (`Limits.staffPasswordCharacters`): ask for a longer one, `me.password`.
    package var needsLongerPassword: Bool?

    package init(account: Account, session: SessionID, tokens: Tokens, needsLongerPassword: Bool? = nil) {
        self.account = account
        self.session = session
        self.tokens = tokens
        self.needsLongerPassword = needsLongerPassword
    }
}

/// An access token of ten minutes and the refresh token that renews it.
package struct Tokens: Codable, Sendable, Equatable {
    package var accessToken: String
    package var accessExpiresAt: Milliseconds
    /// Rotates at each refresh; the previous one works until the next call confirms this one.
    package var refreshToken: String

    package init(accessToken: String, accessExpiresAt: Milliseconds, refreshToken: String) {
        self.accessToken = accessToken
        self.accessExpiresAt = accessExpiresAt
        self.refreshToken = refreshToken
    }
}

package struct Refresh: Codable, Sendable {
    package var refreshToken: String

    package init(refreshToken: String) { self.refreshToken = refreshToken }
}

package struct SessionRef: Codable, Sendable {
    package var session: SessionID

    package init(_ session: SessionID) { self.session = session }
}

/// Whose sessions: one's own if absent; another's takes `manageAccounts`, or `manageStaff` in the agency it was made
/// for.
package struct SessionQuery: Codable, Sendable {
    package var account: String?

    package init(account: String? = nil) { self.account = account }
}

extension Endpoint where Input == SignIn, Output == SignedIn {
    package static var signIn: Self {
        Self("sessions.signIn", .post, "/v1/sessions", needs: .anyone, "sign in with name and password")
    }
}

extension Endpoint where Input == Refresh, Output == Tokens {
    package static var refresh: Self {
        Self("session.refresh", .post, "/v1/sessions/refresh", needs: .anyone, "renew the tokens of a session")
    }
}

extension Endpoint where Input == Empty, Output == Empty {
    package static var signOut: Self {
        Self("sessions.signOut", .delete, "/v1/sessions/current", needs: .own, "sign out here")
    }
    package static var signOutEverywhere: Self {
        Self("sessions.signOutEverywhere", .delete, "/v1/sessions", needs: .own, "sign out on every device")
    }
}

extension Endpoint where Input == SessionQuery, Output == Page<Session> {
    package static var listSessions: Self {
        Self("sessions.list", .get, "/v1/sessions", needs: .own, "list signed-in devices")
    }
}

extension Endpoint where Input == SessionRef, Output == Session {
    package static var session: Self {
        Self("sessions.get", .get, "/v1/sessions/{session}", needs: .own, "show a signed-in device")
    }
}

extension Endpoint where Input == SessionRef, Output == Empty {
    package static var revokeSession: Self {
        Self(
            "sessions.revoke",
            .delete,
            "/v1/sessions/{session}",
            needs: .own,
            "end a session and close its connections at once"
        )
    }
}
