import ChatAPI
import ChatKit
import TerminalUI

/// What an action does to the model, and what the program then asks of the world. Pure: no clock, no disk, no network.
package func update(_ model: inout Model, _ action: Action) -> [Effect] {
    var effects: [Effect] = []
    switch action {
    case .clock(let now):
        model.now = now
        return []
    case .names(let seed):
        model.random = Randomness(seed: seed)
        return []
    case .tick: model.pass()
    case .input(let event): effects = model.take(event)
    case .live(let events): effects = model.take(events)
    case .answered(let request, let result): effects = model.take(request, result)
    case .opened(let opening, let outbox): effects = model.open(opening, outbox)
    case .loaded(let channel, let timeline): effects = model.loaded(channel, timeline)
    case .signInFailed(let error): model.signInFailed(error)
    case .signedIn(let account, let profile, let server):
        effects = model.signedIn(account, profile: profile, server: server)
    case .edited(let text):
        model.composer.set(text.trimmingLineEnds())
        model.isDirty = true
    case .notice(let text, let isTrouble):
        model.tell(text, isTrouble ? .trouble : .news)
        model.isDirty = true
    case .history(let entries): model.composer.history = EditorHistory(entries)
    case .themes(let themes):
        model.themes = Theme.builtIn + themes
    case .line(let line): effects = model.takeLine(line)
    case .refused(let call, let error): model.refused(call, error)
    case .drawn(let cid, let result): effects = model.drawn(cid, result)
    case .drawings(let draws):
        model.book.queue.restore(draws)
        model.tell("the last of what you drew had no answer when the program ended: it is sent now")
        model.isDirty = true
    case .fileRead(let path, let result): model.takeFile(path, result)
    }
    if model.hurries(after: action, effects) { effects.append(.reconnect) }
    if case .chat = model.screen { effects += model.settle() }
    // A drawing is followed, and pointed at, by whoever looks at it: that is said first.
    if effects.count > 1, let look = effects.firstIndex(where: { if case .look = $0 { true } else { false } }) {
        effects.insert(effects.remove(at: look), at: 0)
    }
    return effects
}

extension Model {
    /// Whoever says something, or comes back to the window, does not wait for the next attempt to connect.
    fileprivate func hurries(after action: Action, _ effects: [Effect]) -> Bool {
        guard case .offline = connection else { return false }
        if case .input(.focus(true)) = action { return true }
        return effects.contains { if case .post = $0 { true } else { false } }
    }

    /// Time passed: what is shown for a while goes.
    mutating func pass() {
        let before = notices.last.map { now - $0.at < Notice.milliseconds + 1_000 } ?? false
        var changed = before
        for (id, room) in rooms where !room.typing.isEmpty {
            let left = room.typing.filter { $0.value > now }
            if left.count != room.typing.count {
                rooms[id]?.typing = left
                changed = true
            }
        }
        if case .offline = connection { changed = true }
        if hasRunningClocks || silence != nil { changed = true }
        if changed { isDirty = true }
    }

    /// How long a daemon that seems to be there has not answered what was written; nil while that is ordinary.
    var silence: Milliseconds? {
        guard isLive, let oldest = outbox.first(where: { $0.isOpen && $0.text != nil }) else { return nil }
        let silence = now - max(oldest.queuedAt, connectionAt)
        return silence >= Self.ordinaryMilliseconds ? silence : nil
    }

    private static let ordinaryMilliseconds: Milliseconds = 3_000

    /// What follows from any change: pages that are needed, names that are unknown, markers, drafts, what is looked at.
    mutating func settle() -> [Effect] {
        var effects: [Effect] = []
        effects += findWanted()
        effects += settleHelp()
        effects += fetchSeen()
        effects += fetchNames()
        effects += readSeen()
        effects += keepDraft()
        effects += settleSketches()
        effects += look()
        let title = windowTitle
        if title != lastTitle {
            lastTitle = title
            effects.append(.title(title))
        }
        return effects
    }

    private var windowTitle: String {
        let mentions = rooms.values.reduce(0) { muted.contains($1.id) ? $0 : $0 + $1.unread.mentions }
        let name = room.map { self.title(of: $0) } ?? "chat-tui"
        return mentions > 0 ? "(\(mentions)) \(name)" : name
    }

    /// The rows that the conversation has.
    var timelineRect: Rect { ScreenLayout(self).timeline }

    /// Asks for the entries that would be seen and are missing.
    private mutating func fetchSeen() -> [Effect] {
        guard let room, isLive, room.isLoaded, timelineRect.height > 0 else { return [] }
        var wanted: [Room.Page] = []
        let timeline = room.timeline
        if timeline.isEmpty {
            if room.channel.head != 0 || timeline.head > 0 { wanted.append(.newest) }
        } else {
            let area = timelineRect
            let window = TimelineLayout(self, room, width: area.width).window(height: area.height)
            book.visibleCards = []
            for line in window.lines {
                if case .sketch(let id) = line.kind { book.visibleCards.insert(id) }
                // A gap is closed from below, where one looks first.
                if case .gap(let range) = line.kind { wanted.append(.before(range.upperBound + 1)) }
            }
            if window.isAtTop, timeline.hasEarlier, !room.isExhausted, let first = timeline.first {
                wanted.append(.before(first))
            }
            if window.isAtBottom, let last = timeline.last, last < timeline.head { wanted.append(.after(last)) }
        }
        let new = wanted.filter { !room.loading.contains($0) }
        guard !new.isEmpty else { return [] }
        changeRoom { $0.loading.formUnion(new) }
        return new.map { .ask(.page(room.id, $0)) }
    }

    /// Asks who the people on the screen are.
    private mutating func fetchNames() -> [Effect] {
        guard isLive else { return [] }
        var unknown: Set<AccountID> = []
        if let room {
            for index in max(0, room.timeline.count - 200)..<room.timeline.count {
                let entry = room.timeline[index]
                if accounts[entry.by] == nil { unknown.insert(entry.by) }
                if let account = entry.account, accounts[account] == nil { unknown.insert(account) }
                for reaction in entry.reactions ?? [] {
                    unknown.formUnion(reaction.by.prefix(3).filter { accounts[$0] == nil })
                }
            }
        }
        for room in rooms.values { unknown.formUnion((room.channel.people ?? []).filter { accounts[$0] == nil }) }
        if isOrganizer {
            let asking =
                help.boards.values.flatMap { $0.requests.map(\.participant) } + help.chats.values.map(\.participant)
            unknown.formUnion(asking.filter { accounts[$0] == nil })
        }
        unknown.subtract(askedAccounts)
        guard !unknown.isEmpty else { return [] }
        let ids = Array(unknown.sorted().prefix(100))
        askedAccounts.formUnion(ids)
        pendingAccounts.formUnion(ids)
        return [.ask(.accounts(ids))]
    }

    /// A read marker moves only while somebody looks: focus, nothing in front, the message on the screen.
    private mutating func readSeen() -> [Effect] {
        guard let room, room.isMember, overlay == nil && page == nil || !hasFocus else { return [] }
        var effects: [Effect] = []
        if hasFocus, overlay == nil, page == nil, let seen = seenThrough(room), seen > room.unread.marker,
            toldMarkers[room.id] != .max
        {
            let me = me?.id
            changeRoom { $0.mark(seen, me: me) }
            isDirty = true
        }
        // At most every 3 s, or at once when the focus goes.
        for (id, room) in rooms where room.isMember && toldMarkers[id] != .max {
            let marker = room.unread.marker
            guard let told = toldMarkers[id], marker > told,
                now >= nextMarkerAt || !hasFocus || isQuitting || id != current
            else { continue }
            toldMarkers[id] = marker
            nextMarkerAt = now + Self.markerMilliseconds
            effects.append(.post(.marker(MarkerDraft(channel: id, seq: marker))))
        }
        return effects
    }

    /// A marker at most so often (`protocol.md` 3).
    static let markerMilliseconds: Int64 = 3_000

    /// The newest number on the screen.
    private func seenThrough(_ room: Room) -> Int64? {
        guard size.width >= ScreenLayout.smallest.width, size.height >= ScreenLayout.smallest.height,
            timelineRect.height > 0
        else { return nil }
        switch room.anchor {
        case .bottom: return room.timeline.last
        case .at(let key, _): return key.seq
        }
    }

    /// Drafts are kept in the daemon, so that another device goes on with them.
    private mutating func keepDraft() -> [Effect] {
        guard let due = draftDueAt, now >= due || isQuitting, let room, room.isMember else { return [] }
        draftDueAt = nil
        return storeDraft(of: room.id)
    }

    mutating func storeDraft(of id: ChannelID) -> [Effect] {
        guard let room = rooms[id], room.isMember else { return [] }
        var draft = id == current ? currentDraft : room.draft
        // A command half typed is nobody's draft, and neither is a password after one.
        if draft.text.hasPrefix("/") { draft = DraftText() }
        guard draft.text.utf8.count <= Limits.draftBytes, draft != storedDrafts[id] ?? DraftText() else { return [] }
        storedDrafts[id] = draft
        return [.post(.draft(DraftChange(channel: id, text: draft.text, replyTo: draft.replyTo)))]
    }

    var currentDraft: DraftText {
        if case .edit = composing { return DraftText() }
        return DraftText(composer.text, replyTo: composing.seq)
    }

    /// Tells the daemon where typing and presence are wanted.
    private mutating func look() -> [Effect] {
        guard isLive else { return [] }
        var people: [AccountID] = rooms.values.filter(\.isDirect).compactMap(partner(of:)).sorted()
        if showsMembers, let members = room?.members { people += members.map(\.account) }
        var seen: Set<AccountID> = []
        people = people.filter { seen.insert($0).inserted }
        let view = ChatAPI.View(
            channels: current.map { [$0] } ?? [],
            sketch: book.desk?.board.id,
            people: Array(people.prefix(Limits.viewPeople))
        )
        guard view != lastView else { return [] }
        lastView = view
        return [.look(view)]
    }

    /// The channel and message of the command line, once they are known.
    private mutating func findWanted() -> [Effect] {
        guard let name = wantedChannel, let room = room(named: name) else { return [] }
        wantedChannel = nil
        return room.id == current ? [] : show(room.id)
    }

    /// Ends the program; what is to be told the daemon first is told.
    mutating func quit() -> [Effect] {
        isQuitting = true
        draftDueAt = now
        return settle() + [.quit]
    }

    /// The outbox would not take a change: the text goes back where it was typed.
    mutating func refused(_ call: OutboxCall, _ error: APIError) {
        tell(error)
        if case .message(let message) = call, composer.isEmpty { composer.set(message.text) }
        isDirty = true
    }
}
