package import ChatAPI

/// Who asks, and what they may do at most. What that reaches is decided by facts.
package struct Caller: Sendable, Equatable {
    /// Nil for someone who has not signed in.
    package var account: AccountID?
    package var name: String
    package var session: SessionID?
    package var token: TokenID?
    package var capabilities: CapabilitySet
    /// An IP address, or `unix`.
    package var address: String
    /// A local administrator: root or the daemon's user on the Unix socket.
    package var isLocal: Bool
    package var rank: Int

    package init(
        account: AccountID?,
        name: String,
        session: SessionID? = nil,
        token: TokenID? = nil,
        capabilities: CapabilitySet,
        address: String,
        isLocal: Bool = false,
        rank: Int = 0
    ) {
        self.account = account
        self.name = name
        self.session = session
        self.token = token
        self.capabilities = capabilities
        self.address = address
        self.isLocal = isLocal
        self.rank = rank
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
        throw APIError(.forbidden, "\(name) may not do this: it takes '\(capability.rawValue)'")
    }
}

/// A set of capabilities in one word: it is asked for on every call.
package struct CapabilitySet: Sendable, Equatable, ExpressibleByArrayLiteral {
    private var bits: UInt32 = 0

    package init(arrayLiteral elements: Capability...) { self.init(elements) }

    package init(_ capabilities: some Sequence<Capability>) {
        for capability in capabilities { bits |= Self.bit(capability) }
    }

    package func contains(_ capability: Capability) -> Bool { bits & Self.bit(capability) != 0 }

    package func intersection(_ other: CapabilitySet) -> CapabilitySet {
        var result = self
        result.bits &= other.bits
        return result
    }

    package mutating func formUnion(_ other: CapabilitySet) { bits |= other.bits }

    package var list: [Capability] { Capability.allCases.filter(contains) }

    private static func bit(_ capability: Capability) -> UInt32 {
        switch capability {
        case .anyone: 1
        case .own: 2
        case .read: 4
        case .post: 8
        case .join: 16
        case .createChannels: 32
        case .manageChannels: 64
        case .manageAccounts: 128
        case .manageGrants: 256
        case .readAudit: 512
        case .operate: 1_024
        }
    }
}
