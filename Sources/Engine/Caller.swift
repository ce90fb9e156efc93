package import ChatAPI

/// Who asks, and what they may do at most. What that reaches is decided by facts.
package struct Caller: Sendable, Equatable {
    /// Nil for someone who has not signed in.
    package var account: AccountID?
    package var name: String
    package var session: SessionID?
    package var token: TokenID?
    /// What it may do at most, anywhere.
    package var capabilities: CapabilitySet
    /// What it may do, and where.
    package var reach: Reach
    /// An IP address, or `unix`.
    package var address: String
    /// A local administrator: root or the daemon's user on the Unix socket.
    package var isLocal: Bool
    /// Came into one event with a code and a name: sees nothing outside it.
    package var isGuest: Bool
    /// On the platform.
    package var rank: Int

    package init(
        account: AccountID?,
        name: String,
        session: SessionID? = nil,
        token: TokenID? = nil,
        capabilities: CapabilitySet,
        address: String,
        isLocal: Bool = false,
        isGuest: Bool = false,
        rank: Int = 0,
        reach: Reach? = nil
    ) {
        self.account = account
        self.name = name
        self.session = session
        self.token = token
        self.capabilities = capabilities
        self.address = address
        self.isLocal = isLocal
        self.isGuest = isGuest
        self.rank = rank
        self.reach = reach ?? Reach(platform: capabilities, rank: rank)
    }

    package static func anonymous(address: String) -> Caller {
        Caller(account: nil, name: "anonymous", capabilities: [.anyone], address: address)
    }

    /// The account, or the refusal that says to sign in.
    package func signedIn() throws(APIError) -> AccountID {
        guard let account else { throw APIError(.notSignedIn, "sign in first") }
        return account
    }

    package func require(_ capability: Capability) throws(APIError) {
        if capabilities.contains(capability) { return }
        if account == nil && !isLocal { throw APIError(.notSignedIn, "sign in first") }
        // A token does at most what its scopes say, whatever its account may.
        let who = token == nil ? name : "\(name)'s token"
        throw APIError(.forbidden, "\(who) may not do this: it takes '\(capability.rawValue)'")
    }
}
