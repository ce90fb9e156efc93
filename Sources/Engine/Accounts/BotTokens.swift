package import ChatAPI
import Storage

/// Tokens for scripts and bots: made, listed, ended.
package struct BotTokens: Sendable {
    let services: AccountServices

    package init(_ services: AccountServices) { self.services = services }

    /// More tokens than scripts: beyond this somebody forgets to end them.
    static let perAccount = 50
    static let labelBytes = 64

    /// Makes a token. Its secret is shown once.
    ///
    /// For one's own account it may do at most what the caller may do now; for another account, which must be a bot, at
    /// most what that bot may do. People's tokens are made by themselves: an administrator does not act in their name.
    package func create(_ draft: TokenDraft, _ call: Call) async throws -> CreatedToken {
        try TextRules.checkLine(draft.label, named: "label", limit: Self.labelBytes)
        if TextRules.isBlank(draft.label) { throw APIError.invalid("label", "is empty; it says what the token is for") }
        if draft.scopes.isEmpty { throw APIError.invalid("scopes", "is empty; a token without a scope can do nothing") }
        if let days = draft.days, !(1...3_650).contains(days) {
            throw APIError.invalid("days", "is \(days); it takes 1 to 3650, or none for a token that does not end")
        }
        return try await services.answers.once(call) { call in
            try await create(once: draft, call)
        }
    }

    private func create(once draft: TokenDraft, _ call: Call) async throws -> CreatedToken {
        let services = services
        return try await services.database.perform(call, touching: []) { tx in
            let account = try services.managed(draft.account, "make a token for", call, tx)
            guard let row = try AccountStore.find(account, tx), row.isActive else {
                throw APIError(.conflict, "the account is disabled")
            }
            try row.requireOrdinary("make a token for")
            let isOwn = account == call.caller.account
            if !isOwn && row.kind != .bot {
                throw APIError(.forbidden, "\(row.name) is a person; only they make tokens that act as them")
            }
            let most = isOwn ? call.caller.capabilities : try row.standing(services.settings, tx).capabilities
            if let excess = draft.scopes.first(where: { !most.contains($0) }) {
                throw APIError.invalid(
                    "scopes",
                    "names '\(excess.rawValue)', which \(isOwn ? "this caller" : row.name) may not do"
                )
            }
            let count = try TokenStore.count(of: account, tx)
            guard count < Self.perAccount else {
                throw APIError(.conflict, "\(row.name) has \(count) tokens, the most there can be: end one first")
            }
            let now = services.clock.now
            let secret = SecretText.makeBotToken()
            guard let hash = SecretText.hash(botToken: secret) else {
                preconditionFailure("a bot token was made in another form")
            }
            let token = Token(
                id: .fresh(at: now),
                account: account,
                label: draft.label,
                scopes: Capability.words.filter(draft.scopes.contains),
                createdAt: now,
                expiresAt: draft.days.map { now + Int64($0) * 86_400_000 }
            )
            try TokenStore.insert(token, hash: hash, tx)
            try tx.audit(call, on: "token/\(token.id)", after: Self.json(token), severity: .notice)
            return CreatedToken(token: token, secret: secret)
        }
    }

    /// One's own tokens; another's takes `manageAccounts` and a role above that account's.
    package func list(_ query: SessionQuery, _ call: Call) async throws -> Page<Token> {
        let (services, notes) = (services, services.authenticator.lastUse.notes)
        return try await services.database.read { tx in
            let account = try services.managed(query.account, "see the tokens of", call, tx)
            return Page(
                try TokenStore.tokens(of: account, tx).map { token in
                    var token = token
                    if let latest = notes.tokens[token.id], latest.at > token.lastUsedAt ?? 0 {
                        token.lastUsedAt = latest.at
                    }
                    return token
                }
            )
        }
    }

    /// Ends a token and closes its connections at once.
    package func revoke(_ ref: TokenRef, _ call: Call) async throws -> Empty {
        let services = services
        return try await services.database.perform(call, touching: []) { tx in
            let token = try TokenStore.find(ref.token, tx)
            let isVisible =
                token.map { $0.account == call.caller.account || call.caller.capabilities.contains(.manageAccounts) }
                ?? false
            guard let token, isVisible else { throw APIError(.notFound, "there is no token \(ref.token)") }
            _ = try services.managed(token.account.description, "end the tokens of", call, tx)
            try TokenStore.end(token.id, tx)
            try tx.audit(
                call,
                on: "token/\(token.id)",
                before: Self.json(token),
                after: ["ended": true],
                severity: token.account == call.caller.account ? .info : .warning
            )
            return Empty()
        }
    }

    private static func json(_ token: Token) -> JSON {
        [
            "account": .string(token.account.description),
            "label": .string(token.label),
            "scopes": .array(token.scopes.map { .string($0.rawValue) }),
            "expiresAt": token.expiresAt.map(JSON.integer) ?? .null,
        ]
    }
}
