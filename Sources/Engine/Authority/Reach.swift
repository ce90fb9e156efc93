package import ChatAPI

/// What an account may do and where, out of its grants: the one answer to "may this caller do that here". Pure.
///
/// Deny by default: what no grant gives in the place or around it is refused. Inside an agency that is not approved only
/// the platform's own grants count.
package struct Reach: Sendable, Equatable {
    /// What it may do on the platform, and so everywhere.
    package private(set) var platform: CapabilitySet
    package private(set) var platformRank: Int
    private var holdings: [Holding] = []

    private struct Holding: Sendable, Equatable {
        let scope: Scope
        var capabilities: CapabilitySet
        let rank: Int
    }

    package init(platform: CapabilitySet, rank: Int) {
        self.platform = platform
        platformRank = rank
    }

    package mutating func add(_ role: Role, in scope: Scope) {
        if scope == .platform {
            platform.formUnion(role.set)
            platformRank = max(platformRank, role.rank)
        } else {
            holdings.append(Holding(scope: scope, capabilities: role.set, rank: role.rank))
        }
    }

    /// Adds what every account of a kind may do.
    mutating func add(_ capabilities: CapabilitySet) { platform.formUnion(capabilities) }

    /// What it may do at most, anywhere: the first, coarse question of every call.
    package var anywhere: CapabilitySet {
        holdings.reduce(into: platform) { $0.formUnion($1.capabilities) }
    }

    package func capabilities(in place: Place) -> CapabilitySet {
        guard place.isOpen else { return platform }
        var capabilities = platform
        for holding in holdings where place.isReached(from: holding.scope) {
            capabilities.formUnion(holding.capabilities)
        }
        return capabilities
    }

    package func rank(in place: Place) -> Int {
        guard place.isOpen else { return platformRank }
        return holdings.reduce(platformRank) { rank, holding in
            place.isReached(from: holding.scope) ? max(rank, holding.rank) : rank
        }
    }

    /// Where a capability is held, beyond the platform: for lists of what one manages.
    package func scopes(with capability: Capability) -> [Scope] {
        holdings.filter { $0.capabilities.contains(capability) }.map(\.scope)
    }

    /// What is left of it under a token's scopes.
    package mutating func limit(to capabilities: CapabilitySet) {
        platform = platform.intersection(capabilities)
        for index in holdings.indices {
            holdings[index].capabilities = holdings[index].capabilities.intersection(capabilities)
        }
    }
}
