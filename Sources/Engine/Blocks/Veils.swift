import ChatAPI
import Storage

/// Direct conversations that a blocked person opens, or brings somebody into who blocked them.
///
/// To whoever opens it everybody is in it, as without a block: they are listed, counted, and there when they are there.
/// Whoever blocked them is a member behind a veil: the conversation is in none of their lists, and nothing is told of
/// it. The veil falls when somebody whom they do hear says something in it, or when they open the conversation
/// themselves.
extension Transaction {
    func isVeiled(_ account: AccountID, from by: AccountID, in channel: ChannelFacts) throws -> Bool {
        guard channel.kind == .direct, by != account else { return false }
        return try facts.quieters(of: by, in: self).blockers.contains(account)
    }

    /// Somebody opens the conversation that they did not know of.
    func unveil(_ id: ChannelID, for account: AccountID, now: Milliseconds) throws {
        let channel = try facts.channel(id, in: self)
        let head = try facts.head(of: .channel(id), in: self).seq
        try unveil(channel, for: account, by: account, from: head, now: now)
    }

    /// Before an entry is told: whoever hears it is in the conversation from here on.
    func unveil(
        _ channel: ChannelFacts,
        for entry: Entry,
        hiddenFrom hidden: Set<AccountID>,
        now: Milliseconds
    ) throws {
        guard channel.kind == .direct, BlockRules.isSaid(entry.kind) else { return }
        for (account, membership) in channel.members where membership.isVeiled && !hidden.contains(account) {
            try unveil(channel, for: account, by: entry.by, from: entry.seq - 1, now: now)
        }
    }

    private func unveil(
        _ channel: ChannelFacts,
        for account: AccountID,
        by: AccountID,
        from seq: Int64,
        now: Milliseconds
    ) throws {
        guard let before = channel.members[account], before.isVeiled else { return }
        var after = before
        after.visibleFrom = seq
        try MembershipStore.setVisibleFrom(seq, of: account, in: channel.id, self)
        let shown = after
        facts.change {
            channel.members[account] = shown
        } undo: {
            channel.members[account] = before
        }
        try tellMe(account, .channelJoined, channel, by: by, role: before.role, now: now)
        facts.tell(.joined(account, channel.id, head: seq))
    }
}
