package import ChatAPI
import Storage

/// What every write into a channel asks before it does anything.
extension Transaction {
    /// Refuses what sanctions, an emergency, the channel's rules or slow mode forbid this person here.
    ///
    /// The usual answer takes two comparisons: nobody is sanctioned, and the channel has no rules.
    ///
    /// - Parameter isNew: false for what changes something that was said before: slow mode does not ask.
    package func checkMay(
        _ act: PostingAct,
        _ account: AccountID,
        in channel: ChannelFacts,
        isNew: Bool = true,
        now: Milliseconds
    ) throws {
        if facts.moderation.isQuiet && channel.posting.isOpen { return }
        let place = facts.place(of: channel)
        let room = PostingRules.Room(
            shown: try shown(channel),
            posting: channel.posting,
            emergency: channel.kind.isPrivate ? nil : facts.moderation.emergency(in: place, now: now)
        )
        var person = try person(account, in: channel, place, now: now)
        if !isNew { person.lastPost = nil }
        try PostingRules.check(act, person, in: room, now: now)
    }

    /// The same for drawing. The permission table gives guests no pen: they look on, unless the channel's rules name them.
    func checkMayDraw(_ caller: Caller, _ account: AccountID, in channel: ChannelFacts, now: Milliseconds) throws {
        let isGiven = channel.posting.rules.contains { $0.group == .guest && $0.allow.contains(.draw) }
        if caller.isGuest, !isGiven {
            throw APIError(.forbidden, "guests look on in \(try shown(channel)): become a member to draw")
        }
        try SpaceAccess.checkPosts(account, in: channel, self)
        try checkMay(.draw, account, in: channel, now: now)
    }

    /// Notes that somebody has written, while slow mode is on.
    func notePost(of account: AccountID, in channel: ChannelFacts, now: Milliseconds) throws {
        guard channel.posting.slowModeMs > 0 else { return }
        let before = channel.posting.lastPosts[account]
        try PostingStore.note(account, at: now, in: channel.id, self)
        facts.change {
            channel.posting.lastPosts[account] = now
        } undo: {
            channel.posting.lastPosts[account] = before
        }
    }

    /// Refuses to let in whoever is banned there.
    func checkNotBanned(_ account: AccountID, from channel: ChannelFacts, now: Milliseconds) throws {
        if facts.moderation.isQuiet { return }
        try checkNotBanned(account, from: facts.place(of: channel), shown(channel), now: now)
    }

    /// The same for an event or an agency: registration, join codes.
    package func checkNotBanned(
        _ account: AccountID,
        from place: Place,
        _ shown: String,
        now: Milliseconds
    ) throws {
        guard let ban = facts.moderation.sanction(of: account, in: place, now: now, [.ban]) else { return }
        throw PostingRules.refusal(ban, shown, now: now)
    }

    /// The same for an event, before anything of it is given: a place, an offer, a code's welcome, a turn at its help
    /// desk.
    func checkNotBanned(_ account: AccountID, from event: EventRow, now: Milliseconds) throws {
        if facts.moderation.isQuiet { return }
        try checkNotBanned(account, from: facts.places.place(event.scope), event.slug, now: now)
    }

    func person(
        _ account: AccountID,
        in channel: ChannelFacts,
        _ place: Place,
        now: Milliseconds
    ) throws -> PostingRules.Person {
        var person = PostingRules.Person()
        person.sanction = facts.moderation.sanction(of: account, in: place, now: now, [.ban, .timeOut])
        // In a conversation nobody keeps order, and nobody is silenced by the event they met at; whoever is timed out
        // there can still call for help, and say what is wrong to whoever comes.
        if channel.kind.isPrivate, person.sanction?.scope != .platform { person.sanction = nil }
        person.isAdmin = channel.members[account]?.role == .admin
        person.lastPost = channel.posting.lastPosts[account]
        if let standing = try facts.standing(of: account, in: self) {
            person.capabilities = standing.reach.capabilities(in: place)
            person.isGuest = standing.isGuest
        }
        return person
    }
}
