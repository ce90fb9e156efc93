package import ChatAPI

/// What an account may do at most, out of its kind and its grants. Pure.
package struct Standing: Sendable, Equatable {
    package var reach: Reach
    /// True while a staff role gives nothing because the password is too short for it.
    package var needsLongerPassword = false

    /// Root and the daemon's user stand above every role: they make the first super admin, and the next ones.
    package static let localRank = 110

    /// In one event only, by a join code.
    package private(set) var isGuest = false

    /// What it may do at most, anywhere.
    package var capabilities: CapabilitySet { reach.anywhere }
    /// On the platform.
    package var rank: Int { reach.platformRank }

    /// - Parameters:
    ///   - grants: whatever was given, in every scope.
    ///   - hasLongPassword: at least `Limits.staffPasswordCharacters`. Bots have no password, and tokens of 256 bits.
    package init(
        kind: AccountKind,
        grants: [(role: Role, scope: Scope)],
        hasLongPassword: Bool,
        everyoneCreatesChannels: Bool
    ) {
        isGuest = kind == .guest
        let first: Role = kind == .guest ? .guest : .member
        reach = Reach(platform: first.set, rank: first.rank)
        if everyoneCreatesChannels && kind != .guest { reach.add([.createChannels]) }
        if kind == .system {
            reach = Reach(platform: Role.member.set, rank: Self.localRank)
            reach.add(.superAdmin, in: .platform)
            reach.add([.createChannels])
            return
        }
        for grant in grants {
            if grant.role.isStaff && kind != .bot && !hasLongPassword {
                needsLongerPassword = true
            } else {
                reach.add(grant.role, in: grant.scope)
            }
        }
    }
}

extension Caller {
    /// Refuses to touch an account that is not strictly junior to the caller. `what` completes "may not …".
    func requireSenior(to rank: Int, _ what: String) throws(APIError) {
        guard self.rank > rank else {
            throw APIError(.forbidden, "\(name) may not \(what): it takes a role above that account's")
        }
    }
}
