import ChatAPI
import ChatKit
import TerminalUI

/// What the daemon tells: who one is, what happened in the logs, who types, what became of the outbox.
extension Model {
    mutating func open(_ opening: CachedOpening, _ outbox: [OutboxItem]) -> [Effect] {
        isDirty = true
        me = opening.account ?? me
        for account in opening.accounts { accounts[account.id] = account }
        for joined in opening.channels { learn(joined.channel, joined.unread) }
        for register in opening.registers { take(register) }
        self.outbox = outbox
        var effects: [Effect] = []
        if let me { accounts[me.id] = me }
        if current == nil, let first = firstRoom { effects = show(first) }
        return effects
    }

    /// Where one begins: the channel that was asked for, else #general, else the first.
    private var firstRoom: ChannelID? {
        if let wantedChannel, let room = room(named: wantedChannel) { return room.id }
        let rooms = orderedRooms
        return (rooms.first { $0.channel.name == "general" } ?? rooms.first)?.id
    }

    mutating func loaded(_ id: ChannelID, _ timeline: Timeline) -> [Effect] {
        guard var room = rooms[id] else { return [] }
        // What came from the daemon meanwhile is newer than the cache.
        room.timeline.apply(timeline.all)
        if let start = timeline.start, room.timeline.start == nil { room.timeline.begin(at: start) }
        room.timeline.extend(to: timeline.head)
        room.isLoaded = true
        rooms[id] = room
        isDirty = true
        if id == current { goToWanted() }
        return []
    }

    mutating func take(_ events: [LiveEvent]) -> [Effect] {
        isDirty = true
        var effects: [Effect] = []
        for event in events {
            switch event {
            case .state(let state): effects += take(state)
            case .welcome(let welcome): effects += take(welcome)
            case .epochChanged: forgetLogs()
            case .entries(let log, let entries): effects += take(entries, of: log)
            case .sketch(let sketch, let entries): effects += take(entries, of: sketch)
            case .logs(let states): effects += take(states)
            case .gap(let gap): effects += take(gap)
            case .ephemeral(let news): take(news)
            case .outbox(let items): take(items)
            case .bye, .refreshed, .audit: break
            }
        }
        return effects
    }

    private mutating func take(_ state: LiveState) -> [Effect] {
        let was = connection
        connection = state
        connectionAt = now
        let sketching = connectionChanged()
        switch state {
        case .live:
            lastView = nil
            if wasCut { tell("connected again") }
            wasCut = false
        case .offline(let reason, _):
            if was == .live {
                wasCut = true
                tell("\(reason); what you write is kept and sent later", .trouble)
            }
            for id in rooms.keys {
                rooms[id]?.typing = [:]
                rooms[id]?.loading = []
            }
            presence = [:]
        case .stopped(let error):
            if isSigningOut { return signedOut() }
            // The session was given up here; its end is no news.
            if case .signIn = screen { return [] }
            tell(error)
            if error.code == .notSignedIn || error.code == .tokenExpired || error.code == .forbidden {
                screen = .signIn(
                    SignInForm(sockets: [], server: serverName, account: me?.name ?? "", problem: error.detail)
                )
                return [.forget]
            }
        case .connecting: break
        }
        return sketching
    }

    private mutating func take(_ welcome: Welcome) -> [Effect] {
        let wasOther = me?.id != welcome.account.id
        me = welcome.account
        session = welcome.session
        capabilities = welcome.capabilities
        accounts[welcome.account.id] = welcome.account
        if wasOther { askedAccounts = [] }
        var effects = take(welcome.logs)
        // Rooms that the daemon no longer names were left elsewhere.
        let named = Set(welcome.logs.filter { $0.state != .denied }.compactMap { ChannelID($0.log) })
        for id in rooms.keys where !named.contains(id) && rooms[id]?.isMember == true { forgetRoom(id) }
        if current == nil, let first = firstRoom {
            effects += show(first)
        } else if let current {
            effects += arrive(current)
        }
        if let wantedChannel, room(named: wantedChannel) == nil, !hasAskedWanted {
            let name = Commands.channelName(wantedChannel)
            hasAskedWanted = true
            effects.append(
                .ask(
                    wantedChannel.hasPrefix("@")
                        ? .direct([String(name.dropFirst())], text: nil) : .join(name, secret: nil)
                )
            )
        }
        effects.append(.ask(.me))
        effects.append(.ask(.order(.blocks)))
        // Who was asked while away, or on another machine, hears of it here.
        effects += [.ask(.access(.ownInvitations)), .ask(.place(.waitingOffers))]
        if capabilities.contains(.moderate) { effects.append(.ask(.order(.reports))) }
        effects.append(.ask(.help(.standing(isOrganizer: capabilities.contains(.handleRequests)))))
        if case .queue(let queue)? = page?.kind { effects.append(.ask(.help(.board(queue)))) }
        if ownPresence != .online { effects.append(.ask(.state(ownPresence))) }
        return effects
    }

    mutating func learn(_ channel: Channel, _ unread: Unread?) {
        if var room = rooms[channel.id] {
            room.channel = channel
            if let unread { room.unread = unread }
            room.timeline.extend(to: channel.head ?? 0)
            rooms[channel.id] = room
        } else {
            var room = Room(channel, unread: unread)
            room.timeline.extend(to: channel.head ?? 0)
            if let draft = storedDrafts[channel.id] { room.draft = draft }
            rooms[channel.id] = room
        }
        toldMarkers[channel.id] = max(toldMarkers[channel.id] ?? 0, unread?.marker ?? 0)
    }

    private mutating func take(_ states: [LogState]) -> [Effect] {
        var effects: [Effect] = []
        for state in states {
            if let queue = LogName.queue(of: state.log), state.state == .denied { lose(queue) }
            effects += takeSketch(state)
            guard let id = ChannelID(state.log) else { continue }
            if state.state == .denied {
                forgetRoom(id)
                continue
            }
            if let channel = state.channel {
                var unread = state.unread
                // What was read here and not told yet stays read.
                if let local = rooms[id]?.unread, let told = unread, local.marker > told.marker,
                    local.unread <= told.unread
                {
                    unread = local
                }
                learn(channel, unread)
            }
            rooms[id]?.timeline.extend(to: state.head)
            rooms[id]?.isExhausted = false
        }
        return effects
    }

    mutating func forgetRoom(_ id: ChannelID) {
        guard let room = rooms.removeValue(forKey: id) else { return }
        let farewell = farewell(to: room)
        if let farewell, notices.last?.text != farewell { tell(farewell) }
        guard id == current else { return }
        if farewell == nil { tell("you are not in \(title(of: room)) any more") }
        current = nil
        composer.set("")
        composing = .new
        if let next = previous.flatMap({ rooms[$0]?.id }) ?? firstRoom { _ = show(next) }
    }

    /// What became of a chat that one answered and that somebody else has from now on. The answer to one's own hand-over may come
    /// before or after this: both say the same.
    private func farewell(to room: Room) -> String? {
        guard let chat = chat(of: room) else { return nil }
        if chat.state.isOver {
            return room.id == current ? "the chat with \(other(in: chat)) is in the archive now" : nil
        }
        guard handles(chat), chat.organizer != me?.id else { return nil }
        return "the chat with \(other(in: chat)) is handed to \(chat.organizer.map(name(of:)) ?? "the queue")"
    }

    /// The daemon has another database: everything but the outbox and what is being written is void.
    private mutating func forgetLogs() {
        for id in rooms.keys {
            rooms[id]?.timeline = Timeline(limit: Room.entryLimit)
            rooms[id]?.anchor = .bottom
            rooms[id]?.readLine = nil
            rooms[id]?.isExhausted = false
            rooms[id]?.loading = []
            rooms[id]?.isLoaded = true
        }
        toldMarkers = [:]
        registerVersions = [:]
        wayBack = nil
        tell("the daemon has a new database; what was cached here is forgotten", .trouble)
    }

    private mutating func take(_ gap: Gap) -> [Effect] {
        if let id = ChannelID(gap.log) {
            rooms[id]?.timeline.extend(to: gap.head)
            rooms[id]?.isExhausted = false
            return []
        }
        if let id = book.desk?.board.id, gap.log == LogName.sketch(id) { return refetch() }
        if let queue = LogName.queue(of: gap.log) { return refresh(queue) }
        return gap.log == LogName.me ? [.ask(.me), .ask(.help(.standing(isOrganizer: isOrganizer)))] : []
    }

    private mutating func take(_ news: Ephemeral) {
        for person in news.presence ?? [] { presence[person.account] = person }
        takeSketchNews(news)
        guard let channel = news.channel else { return }
        for account in news.typing ?? [] where !hasJustSpoken(account, in: channel) {
            rooms[channel]?.typing[account] = now + Self.typingMilliseconds
        }
        for account in news.stoppedTyping ?? [] { rooms[channel]?.typing[account] = nil }
        if let online = news.online { rooms[channel]?.online = online }
    }

    /// What was typed before the message may come after it: typing is told once per tick.
    private func hasJustSpoken(_ account: AccountID, in channel: ChannelID) -> Bool {
        guard let timeline = rooms[channel]?.timeline else { return false }
        for index in stride(from: timeline.count - 1, through: max(0, timeline.count - 5), by: -1) {
            let entry = timeline[index]
            if entry.kind == .message, entry.by == account { return now - entry.at < 1_500 }
        }
        return false
    }

    /// Typing is good for so long (`Typing`), and a little for the way.
    static let typingMilliseconds: Int64 = 7_000

    /// A shorter wait is over before anybody has read of it.
    static let patienceMilliseconds: Int64 = 1_500

    private mutating func take(_ items: [OutboxItem]) {
        for item in items {
            outbox.removeAll { $0.id == item.id }
            switch item.state {
            case .sent, .discarded: continue
            case .failed(let error) where item.text == nil:
                // A reaction or a marker that was refused is told, not kept.
                if case .marker = item.call {} else { tell(error) }
                continue
            case .failed(let error): tell("not sent: \(error.detail) · /retry or /discard", .trouble)
            case .pending
            where item.text != nil && item.attempts > 0 && item.notBefore - now > Self.patienceMilliseconds:
                // Slow mode, or a daemon that is busy: without a word it would look lost.
                tell("the daemon asks you to wait: what you wrote goes out in \(Span.wait(item.notBefore - now))")
            case .pending, .sending: break
            }
            let place = outbox.firstIndex { $0.id > item.id } ?? outbox.count
            outbox.insert(item, at: place)
        }
    }
}
