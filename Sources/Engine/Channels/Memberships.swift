package import ChatAPI
import Storage

/// Joining and leaving, as every noun does it: the row, the facts, the entries, and what live sessions follow.
///
/// The order of what is told is part of the promise. Joining: `@me` first, then the sessions follow from the head
/// before, then the channel's own entry, which they therefore receive. Leaving is the mirror image: they receive the
/// entry that says so, and nothing after it.
extension Transaction {
    /// Makes an account a member. Nothing happens if it is one already.
    ///
    /// - Parameters:
    ///   - by: who did it; `account` itself if it joined.
    ///   - isAnnounced: false where an entry of the channel says it already: its creation.
    ///   - visibleFrom: nothing up to this `seq` is shown to the new member of a direct conversation.
    package func join(
        _ account: AccountID,
        _ channel: ChannelFacts,
        role: MemberRole,
        by: AccountID,
        now: Milliseconds,
        isAnnounced: Bool = true,
        visibleFrom: Int64 = 0
    ) throws {
        guard channel.members[account] == nil else { return }
        // A chat is not chosen but taken: whoever stands first in line must not be able to stop it.
        if channel.kind != .chat { try checkMayJoin(account, channel, now: now) }
        let head = try facts.head(of: .channel(channel.id), in: self)
        let isVeiled = try isVeiled(account, from: by, in: channel)
        let membership = Membership(
            role: role,
            joinedAt: max(now, head.at),
            visibleFrom: isVeiled ? Membership.veiled : visibleFrom
        )
        try MembershipStore.insert(account, in: channel.id, membership, marker: head, self)
        try InvitationStore.settle(account, channel.id, self)
        facts.change {
            channel.members[account] = membership
        } undo: {
            channel.members[account] = nil
        }
        if isVeiled {
            facts.tell(.veiled(account, channel.id))
        } else {
            try tellMe(account, .channelJoined, channel, by: by, role: role, now: now)
            facts.tell(.joined(account, channel.id, head: head.seq))
        }
        if isAnnounced && !channel.isLarge {
            var entry = Entry(kind: .join, channel: channel.id, seq: 0, by: by, at: 0)
            entry.text = try name(of: account)
            if by != account { entry.account = account }
            if role == .admin { entry.role = role }
            _ = try append(entry, to: .channel(channel.id), now: now)
        }
        if channel.kind == .direct { try noteChangedPeople(of: channel) }
    }

    private func checkMayJoin(_ account: AccountID, _ channel: ChannelFacts, now: Milliseconds) throws {
        try checkNotBanned(account, from: channel, now: now)
        guard try MembershipStore.count(of: account, self) < Limits.channelsPerAccount else {
            throw APIError(
                .conflict,
                "\(try name(of: account)) is in \(Limits.channelsPerAccount) channels, the most there can be: leave one first"
            )
        }
    }

    /// Ends a membership. Nothing happens if there is none.
    ///
    /// Who may leave, and that a channel keeps an admin, is decided before (`ChannelRules`).
    package func leave(
        _ account: AccountID,
        _ channel: ChannelFacts,
        by: AccountID,
        now: Milliseconds,
        isAnnounced: Bool = true
    ) throws {
        guard let membership = channel.members[account] else { return }
        // As large as it was when its members saw the join.
        if isAnnounced && !channel.isLarge {
            var entry = Entry(kind: .leave, channel: channel.id, seq: 0, by: by, at: 0)
            entry.text = try name(of: account)
            if by != account { entry.account = account }
            _ = try append(entry, to: .channel(channel.id), now: now)
        }
        try MembershipStore.delete(account, from: channel.id, self)
        facts.change {
            channel.members[account] = nil
        } undo: {
            channel.members[account] = membership
        }
        try clearRegisters(about: channel.id, of: account, now: now)
        if !membership.isVeiled { try tellMe(account, .channelLeft, channel, by: by, role: nil, now: now) }
        facts.tell(.left(account, channel.id))
        guard channel.kind == .direct else { return }
        if channel.members.values.allSatisfy(\.isVeiled) {
            // Nobody can come back to it: what was said there goes with the last of them who knew of it.
            try delete(channel, by: by, now: now)
        } else {
            try noteChangedPeople(of: channel)
        }
    }

    /// Ends all memberships of an account that is being deleted. It cannot be refused: where the last admin goes and others
    /// stay, whoever has been there longest becomes admin.
    package func leaveEverything(_ account: AccountID, now: Milliseconds) throws {
        try leaveDesk(account, now: now)
        for id in try ChannelStore.memberships(of: account, self) {
            let channel = try facts.channel(id, in: self)
            if let heir = ChannelRules.heir(of: account, in: channel) {
                try setRole(.admin, of: heir, channel, by: account, now: now)
            }
            try leave(account, channel, by: account, now: now)
        }
    }

    /// Gives a member a role, and says so in the channel.
    func setRole(
        _ role: MemberRole,
        of account: AccountID,
        _ channel: ChannelFacts,
        by: AccountID,
        now: Milliseconds
    ) throws {
        guard let before = channel.members[account], before.role != role else { return }
        try MembershipStore.setRole(role, of: account, in: channel.id, self)
        facts.change {
            channel.members[account]?.role = role
        } undo: {
            channel.members[account] = before
        }
        var entry = Entry(kind: .role, channel: channel.id, seq: 0, by: by, at: 0)
        entry.account = account
        entry.role = role
        _ = try append(entry, to: .channel(channel.id), now: now)
    }

    /// An entry of `@me` that names a channel.
    func tellMe(
        _ account: AccountID,
        _ kind: EntryKind,
        _ channel: ChannelFacts,
        by: AccountID,
        role: MemberRole?,
        now: Milliseconds
    ) throws {
        var entry = Entry(kind: kind, channel: channel.id, seq: 0, by: by, at: 0)
        entry.text = channel.name
        // Whoever is invited does not know the channel: its name leads there from anywhere.
        if kind == .invited, let name = channel.name, let space = try SpaceStore.slug(of: channel.space, self) {
            entry.text = "\(space)/\(name)"
        }
        entry.role = role
        _ = try appendToMe(entry, of: account, now: now)
    }

    private func name(of account: AccountID) throws -> String { try AccountStore.name(of: account, self) ?? "deleted" }

    /// A direct conversation is found by the people in it now. Where another one has the same people already, that one
    /// keeps being found.
    private func noteChangedPeople(of channel: ChannelFacts) throws {
        let key = channel.members.count > 1 ? DirectRules.key(of: channel.members.keys) : nil
        if let key, let other = try ChannelStore.direct(of: key, self), other != channel.id {
            return try ChannelStore.setPeopleKey(nil, of: channel.id, self)
        }
        try ChannelStore.setPeopleKey(key, of: channel.id, self)
    }
}
