/// A bot's token: opaque, stored hashed, with the capabilities it is limited to.
package struct Token: Codable, Sendable, Equatable {
    package var id: TokenID
    package var account: AccountID
    package var label: String
    package var scopes: [Capability]
    package var createdAt: Milliseconds
    package var lastUsedAt: Milliseconds?
    package var expiresAt: Milliseconds?

    package init(
        id: TokenID,
        account: AccountID,
        label: String,
        scopes: [Capability],
        createdAt: Milliseconds,
        lastUsedAt: Milliseconds? = nil,
        expiresAt: Milliseconds? = nil
    ) {
        self.id = id
        self.account = account
        self.label = label
        self.scopes = scopes
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }
}

package struct TokenDraft: Codable, Sendable {
    /// The account that acts: one's own if absent; another's (a bot's) takes `manageAccounts`.
    package var account: String?
    package var label: String
    /// What the token may do at most. Never more than its account may.
    package var scopes: [Capability]
    /// Days until it ends. Never if absent.
    package var days: Int?

    package init(account: String? = nil, label: String, scopes: [Capability], days: Int? = nil) {
        self.account = account
        self.label = label
        self.scopes = scopes
        self.days = days
    }
}

package struct CreatedToken: Codable, Sendable, Equatable {
    package var token: Token
    /// Shown once.
    package var secret: String

    package init(token: Token, secret: String) {
        self.token = token
        self.secret = secret
    }
}

package struct TokenRef: Codable, Sendable {
    package var token: TokenID

    package init(_ token: TokenID) { self.token = token }
}

extension Endpoint where Input == TokenDraft, Output == CreatedToken {
    package static var createToken: Self {
        Self("tokens.create", .post, "/v1/tokens", needs: .own, "make a token for scripts and bots")
    }
}

extension Endpoint where Input == SessionQuery, Output == Page<Token> {
    package static var listTokens: Self {
        Self("tokens.list", .get, "/v1/tokens", needs: .own, "list tokens")
    }
}

extension Endpoint where Input == TokenRef, Output == Empty {
    package static var revokeToken: Self {
        Self("tokens.revoke", .delete, "/v1/tokens/{token}", needs: .own, "end a token at once")
    }
}
