package import ChatAPI

/// What an account may do at most, out of its kind and its grants. Pure.
package struct Standing: Sendable, Equatable {
    package var capabilities: CapabilitySet
    package var rank: Int
    /// True while a staff role gives nothing because the password is too short for it.
    package var needsLongerPassword = false

    /// Root and the daemon's user stand above every role: they make the first super admin, and the next ones.
    package static let localRank = 110

    /// - Parameters:
    ///   - roles: the grants on the platform.
    ///   - hasLongPassword: at least `Limits.staffPasswordCharacters`. Bots have no password, and tokens of 256 bits.
    package init(kind: AccountKind, roles: [Role], hasLongPassword: Bool, everyoneCreatesChannels: Bool) {
        capabilities = CapabilitySet(Role.member.capabilities)
        rank = Role.member.rank
        if everyoneCreatesChannels { capabilities.formUnion([.createChannels]) }
        if kind == .system {
            capabilities.formUnion(CapabilitySet(Role.superAdmin.capabilities))
            rank = Self.localRank
            return
        }
        for role in roles where role.isStaff {
            guard kind == .bot || hasLongPassword else {
                needsLongerPassword = true
                continue
            }
            capabilities.formUnion(CapabilitySet(role.capabilities))
            rank = max(rank, role.rank)
        }
    }
}

extension Role {
    /// Roles that reach beyond one's own things: their accounts need long passwords.
    package var isStaff: Bool { rank > Role.member.rank }
}

extension Caller {
    /// Refuses to touch an account that is not strictly junior to the caller. `what` completes "may not …".
    func requireSenior(to rank: Int, _ what: String) throws(APIError) {
        guard self.rank > rank else {
            throw APIError(.forbidden, "\(name) may not \(what): it takes a role above that account's")
        }
    }
}
