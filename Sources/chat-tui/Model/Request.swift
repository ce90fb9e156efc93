package import ChatAPI

/// Questions to the daemon, and changes that are not queued because the person waits for the answer.
package enum Request: Sendable, Equatable {
    case page(ChannelID, Room.Page)
    case me
    case accounts([AccountID])
    case members(ChannelID)
    case presence(ChannelID)
    case channels
    case join(String, secret: String?)
    case leave(ChannelID)
    case create(name: String, topic: String?, secret: String?)
    case change(ChannelID, topic: String?, name: String?)
    case delete(ChannelID)
    case direct([String], text: String?)
    case add(ChannelID, String)
    case remove(ChannelID, String)
    case role(ChannelID, String, MemberRole)
    case search(String, ChannelID?, cursor: String?)
    case pins(ChannelID)
    case mentions
    case profile(displayName: String?, about: String?, statusText: String?)
    case password(current: String, new: String)
    case sessions
    case revoke(SessionID)
    case signOut
    case signOutEverywhere
    case state(PresenceState)
    case typing(ChannelID)
    case whois(String)
    case invite
    case help(HelpRequest)
    case place(PlaceRequest)
    case sketch(SketchRequest)
    case order(OrderRequest)
    case access(AccessRequest)
}

package enum Reply: Sendable {
    case done
    case page(EntryPage)
    case me(Me)
    case accounts([Account])
    case members([Member])
    case presence(PresencePage)
    case channel(Channel)
    case channels([Channel])
    case search(SearchPage)
    case entries([Entry])
    case mentions([Mention])
    case sessions([Session])
    case code(Code)
    case help(HelpReply)
    case place(PlaceReply)
    case sketch(SketchReply)
    case order(OrderReply)
    case access(AccessReply)
}

extension Request {
    /// How many entries a page has: three screens.
    static let pageEntries = 100
    /// Members that are shown; more are searched, not scrolled.
    static let memberLimit = 1_000
    /// Mentions that the inbox shows: what is older is found by search.
    static let mentionLimit = 100

    /// Asks. Lists are followed to their end, or to the limit that a pane can show.
    func perform(on service: some Service) async throws(APIError) -> Reply {
        switch self {
        case .page(let channel, let page): .page(try await service.call(.entries, Self.query(channel, page)))
        case .me: .me(try await service.call(.me))
        case .accounts(let ids): .accounts(try await service.call(.listAccounts, AccountQuery(ids: ids)).items)
        case .members(let channel): .members(try await Self.members(of: channel, service))
        case .presence(let channel): .presence(try await service.call(.presence, ChannelRef(channel)))
        case .channels: .channels(try await Self.channels(service))
        case .join(let channel, let secret):
            .channel(try await service.call(.joinChannel, ChannelJoin(channel: channel, secret: secret)))
        case .leave(let channel): try await done(service.call(.leaveChannel, ChannelRef(channel)))
        case .create(let name, let topic, let secret):
            .channel(try await service.call(.createChannel, ChannelDraft(name: name, topic: topic, secret: secret)))
        case .change(let channel, let topic, let name):
            .channel(
                try await service.call(
                    .changeChannel,
                    ChannelChange(channel: channel.description, name: name, topic: topic)
                )
            )
        case .delete(let channel): try await done(service.call(.deleteChannel, ChannelRef(channel)))
        case .direct(let people, _): .channel(try await service.call(.openDirect, DirectDraft(people: people)))
        default: try await performRest(service)
        }
    }

    private func performRest(_ service: some Service) async throws(APIError) -> Reply {
        switch self {
        case .add(let channel, let account):
            try await done(service.call(.addMember, MemberRef(channel: channel.description, account: account)))
        case .remove(let channel, let account):
            try await done(service.call(.removeMember, MemberRef(channel: channel.description, account: account)))
        case .role(let channel, let account, let role):
            try await done(
                service.call(.changeMember, MemberChange(channel: channel.description, account: account, role: role))
            )
        case .search(let text, let channel, let cursor):
            .search(
                try await service.call(
                    .search,
                    SearchQuery(q: text, channel: channel?.description, limit: 50, cursor: cursor)
                )
            )
        case .pins(let channel): .entries(try await service.call(.listPins, ChannelRef(channel)).items)
        case .mentions:
            .mentions(try await service.call(.listMentions, MentionQuery(limit: Self.mentionLimit)).items)
        case .profile(let displayName, let about, let statusText):
            .accounts([
                try await service.call(
                    .changeProfile,
                    ProfileChange(displayName: displayName, about: about, statusText: statusText)
                )
            ])
        case .password(let current, let new):
            try await done(service.call(.changePassword, PasswordChange(current: current, new: new)))
        case .sessions: .sessions(try await service.call(.listSessions, SessionQuery()).items)
        case .revoke(let session): try await done(service.call(.revokeSession, SessionRef(session)))
        case .signOut: try await done(service.call(.signOut))
        case .signOutEverywhere: try await done(service.call(.signOutEverywhere))
        case .state(let state): try await done(service.call(.setPresence, PresenceDraft(state: state)))
        case .typing(let channel): try await done(service.call(.typing, Typing(channel: channel)))
        case .whois(let name): .accounts([try await service.call(.account, AccountRef(name))])
        case .help(let request): .help(try await request.perform(on: service))
        case .order(let request): .order(try await request.perform(on: service))
        case .access(let request): .access(try await request.perform(on: service))
        case .place(let request): .place(try await request.perform(on: service))
        case .sketch(let request): .sketch(try await request.perform(on: service))
        case .invite: .code(try await service.call(.invite, InvitationDraft()))
        default: preconditionFailure("a request that perform(on:) answers")
        }
    }

    private func done(_: Empty) -> Reply { .done }
    private func done(_: Member) -> Reply { .done }

    private static func query(_ channel: ChannelID, _ page: Room.Page) -> EntryQuery {
        var query = EntryQuery(channel: channel.description, limit: pageEntries)
        switch page {
        case .newest: break
        case .before(let seq): query.before = seq
        case .after(let seq): query.after = seq
        case .around(let seq): query.around = seq
        }
        return query
    }

    private static func members(of channel: ChannelID, _ service: some Service) async throws(APIError) -> [Member] {
        var all: [Member] = []
        var cursor: String?
        repeat {
            let query = MemberQuery(channel: channel.description, limit: Limits.pageItems, cursor: cursor)
            let page = try await service.call(.listMembers, query)
            all += page.items
            cursor = page.nextCursor
        } while cursor != nil && all.count < memberLimit
        return all
    }

    private static func channels(_ service: some Service) async throws(APIError) -> [Channel] {
        var all: [Channel] = []
        var cursor: String?
        repeat {
            let page = try await service.call(.listChannels, ChannelQuery(limit: Limits.pageItems, cursor: cursor))
            all += page.items
            cursor = page.nextCursor
        } while cursor != nil && all.count < memberLimit
        // Those of events come with their event: whoever works there finds them without having been in one.
        var known = Set(all.map(\.id))
        let events = try await service.call(.listEvents, EventQuery(limit: Self.eventsWithChannels)).items
        for event in events where event.state == .published && event.phase != .ended {
            let channels = try await service.call(.eventChannels, EventRef(event.id)).items
            all += channels.filter { known.insert($0.id).inserted }
        }
        return all
    }

    /// Events that are asked for their channels, one call each.
    private static let eventsWithChannels = 20
}
