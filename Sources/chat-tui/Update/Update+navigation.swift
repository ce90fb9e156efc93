import ChatAPI
import ChatKit
import TerminalUI

/// Going from room to room and from message to message.
extension Model {
    /// Shows a room. What was being written stays with the room that is left.
    mutating func show(_ id: ChannelID) -> [Effect] {
        guard rooms[id] != nil else { return [] }
        overlay = nil
        completion = nil
        isDirty = true
        let left = forgetPage()
        guard id != current else { return left }
        var effects = left + leaveRoom()
        help.preview = nil
        // A drawing belongs to its channel.
        if let desk = book.desk, desk.board.sketch.channel != id { effects += closeDesk() }
        previous = current ?? previous
        current = id
        sidebarOffset = 0
        membersOffset = 0
        changeRoom { room in
            room.selected = nil
            room.readLine = room.unread.unread > 0 ? room.unread.marker : nil
        }
        composing = rooms[id]?.draft.replyTo.map { .reply(to: $0) } ?? .new
        composer.set(rooms[id]?.draft.text ?? "")
        if toldMarkers[id] == nil || toldMarkers[id] == .max { toldMarkers[id] = rooms[id]?.unread.marker ?? 0 }
        if rooms[id]?.isLoaded == false { effects.append(.load(id)) }
        if isLive { effects += arrive(id) }
        return effects
    }

    /// What a room that is looked at needs from the daemon.
    func arrive(_ id: ChannelID) -> [Effect] {
        guard let room = rooms[id] else { return [] }
        var effects: [Effect] = [.ask(.presence(id)), .ask(.sketch(.list(id)))]
        if room.members == nil || showsMembers { effects.append(.ask(.members(id))) }
        if !room.isMember { effects.append(.follow(id, after: room.timeline.head)) }
        return effects
    }

    private mutating func leaveRoom() -> [Effect] {
        guard let current, rooms[current] != nil else { return [] }
        let draft = currentDraft
        rooms[current]?.draft = draft
        rooms[current]?.selected = nil
        wayBack = nil
        draftDueAt = nil
        var effects = storeDraft(of: current)
        if rooms[current]?.isMember == false { effects.append(.unfollow(current)) }
        return effects
    }

    mutating func step(_ by: Int) -> [Effect] {
        let rooms = orderedRooms
        guard !rooms.isEmpty else { return [] }
        let index = rooms.firstIndex { $0.id == current } ?? 0
        return show(rooms[(index + by + rooms.count) % rooms.count].id)
    }

    /// Mentions and direct conversations first, then any unread, going round from here.
    mutating func showNextUnread() -> [Effect] {
        let rooms = orderedRooms.filter { !muted.contains($0.id) }
        let here = rooms.firstIndex { $0.id == current } ?? -1
        let round = (rooms.dropFirst(here + 1) + rooms.prefix(max(0, here)))
        let next =
            round.first { $0.unread.mentions > 0 || $0.isDirect && $0.unread.unread > 0 }
            ?? round.first { $0.unread.unread > 0 }
        guard let next else {
            tell("nothing is unread elsewhere")
            return []
        }
        return show(next.id)
    }

    mutating func toggleMembers() -> [Effect] {
        showsMembers.toggle()
        isDirty = true
        guard showsMembers else { return [] }
        if size.width < ScreenLayout.membersFrom {
            showsMembers = false
            overlay = .list(memberList)
        }
        return current.map { [.ask(.members($0)), .ask(.presence($0))] } ?? []
    }

    /// The conversation alone and the mouse left to the terminal, so that its selection holds text and nothing else.
    mutating func toggleBare() -> [Effect] {
        isDirty = true
        if let before = panesBefore {
            panesBefore = nil
            showsSidebar = before.sidebar
            showsMembers = before.members
            help.showsNotes = before.notes
            guard before.mouse else { return [] }
            hasMouse = true
            return [.mouse(true)]
        }
        panesBefore = Panes(sidebar: showsSidebar, members: showsMembers, notes: help.showsNotes, mouse: hasMouse)
        showsSidebar = false
        showsMembers = false
        help.showsNotes = false
        hasMouse = false
        tell("text alone: select with the mouse; Alt+L goes back")
        return [.mouse(false)]
    }

    /// On narrow screens the members are a list to choose from.
    var memberList: ListPane {
        let members = MembersPane.members(self)
        let rows = members.map { member in
            ListPane.Row(
                "\(state(of: member.account).dot) \(longName(of: member.account))",
                detail: member.role == .admin ? "admin" : "",
                member.account == me?.id ? .nothing : .command("/msg \(member.name)")
            )
        }
        return ListPane("Members", rows: rows, isLoading: room?.members == nil, verb: "talk", empty: "nobody is here")
    }

    // MARK: - Scrolling

    mutating func scroll(by lines: Int) {
        guard let room else { return }
        let area = timelineRect
        let anchor = TimelineLayout(self, room, width: area.width).scrolled(by: lines, height: area.height)
        changeRoom { room in
            if room.anchor == .bottom, anchor != .bottom { room.seenHead = room.timeline.head }
            room.anchor = anchor
        }
        isDirty = true
    }

    mutating func scrollToBottom() {
        changeRoom { $0.anchor = .bottom }
        wayBack = nil
        isDirty = true
    }

    /// Goes to a message, and asks for what surrounds it when it is not here.
    mutating func jump(to seq: Int64, in id: ChannelID) -> [Effect] {
        let from = WayBack(channel: current, anchor: room?.anchor ?? .bottom, overlay: overlay)
        var effects = id == current ? [] : show(id)
        overlay = nil
        wayBack = from
        wantedSeq = seq
        if rooms[id]?.timeline[seq: seq] != nil {
            goToWanted()
        } else {
            changeRoom { $0.loading.insert(.around(seq)) }
            effects.append(.ask(.page(id, .around(seq))))
        }
        isDirty = true
        return effects
    }

    /// Stands at the wanted message, if it is there.
    mutating func goToWanted() {
        guard let seq = wantedSeq, let room, room.timeline[seq: seq] != nil else { return }
        wantedSeq = nil
        let area = timelineRect
        let anchor = TimelineLayout(self, room, width: area.width).anchor(showing: seq, height: area.height)
        changeRoom { room in
            if room.anchor == .bottom { room.seenHead = room.timeline.head }
            room.anchor = anchor
            room.selected = seq
        }
    }

    /// Exactly where one was before the jump.
    mutating func goBack() -> [Effect] {
        guard let back = wayBack else { return [] }
        var effects: [Effect] = []
        changeRoom { $0.selected = nil }
        if let channel = back.channel, channel != current { effects = show(channel) }
        wayBack = nil
        changeRoom { $0.anchor = back.anchor }
        overlay = back.overlay
        isDirty = true
        return effects
    }

    mutating func goToFirstUnread() -> [Effect] {
        guard let room, let line = room.readLine ?? (room.unread.unread > 0 ? room.unread.marker : nil) else {
            tell("nothing is unread here")
            return []
        }
        let index = room.timeline.place(of: line + 1)
        guard index < room.timeline.count else { return [] }
        let effects = jump(to: room.timeline[index].seq, in: room.id)
        changeRoom { $0.selected = nil }
        return effects
    }

    mutating func goToMention(_ step: Int) -> [Effect] {
        guard let room else { return [] }
        let count = room.timeline.count
        var index: Int
        if let selected = room.selected {
            index = room.timeline.place(of: selected)
        } else if case .at(let key, _) = room.anchor, let seq = key.seq {
            index = room.timeline.place(of: seq)
        } else {
            index = count
        }
        index += step
        while index >= 0, index < count {
            let entry = room.timeline[index]
            if entry.kind == .message, entry.by != me?.id, room.isMention(entry, of: me?.id) {
                return jump(to: entry.seq, in: room.id)
            }
            index += step
        }
        tell(step < 0 ? "no mention before this" : "no mention after this")
        return []
    }

    // MARK: - Lists

    /// What is known of it at once; the daemon knows the rest.
    mutating func openInbox() -> [Effect] {
        overlay = .list(inbox)
        return [.ask(.mentions), .ask(.access(.ownInvitations)), .ask(.place(.waitingOffers))]
    }

    /// Everything that waits for this person: conversations and channels with unread, then mentions, of which these are
    /// known.
    var inbox: ListPane {
        var rows: [(Milliseconds, ListPane.Row)] = []
        for room in rooms.values where room.isMember {
            for index in stride(from: room.timeline.count - 1, through: max(0, room.timeline.count - 500), by: -1) {
                let entry = room.timeline[index]
                guard entry.kind == .message, entry.redactedAt == nil, entry.by != me?.id,
                    room.isMention(entry, of: me?.id)
                else { continue }
                rows.append((entry.at, mentionRow(entry, room, isUnread: entry.seq > room.unread.marker)))
            }
        }
        rows.sort { $0.0 > $1.0 }
        return inbox(rows.prefix(Request.mentionLimit).map(\.1))
    }

    /// All there are, in every channel, whether it was looked at or not. Nothing happens if the inbox is closed by now.
    mutating func showMentions(_ mentions: [Mention]) {
        guard case .list(let open) = overlay, open.title == Self.inboxTitle else { return }
        var list = inbox(
            mentions.compactMap { mention in
                mention.entry.channel.flatMap { rooms[$0] }.map {
                    mentionRow(mention.entry, $0, isUnread: mention.isUnread)
                }
            }
        )
        list.selected = min(open.selected, max(0, list.rows.count - 1))
        overlay = .list(list)
    }

    private static let inboxTitle = "Inbox"

    private func inbox(_ mentions: [ListPane.Row]) -> ListPane {
        let waiting = orderedRooms.filter { $0.unread.unread > 0 && !muted.contains($0.id) }.map { room in
            ListPane.Row("● " + title(of: room), detail: "\(room.unread.unread) unread", .open(room.id))
        }
        return ListPane(Self.inboxTitle, rows: askedRows + waiting + mentions, empty: "nobody waits for you")
    }

    /// The invitations at its head, if it is open; the rest stays as it was read, and so does what is selected.
    mutating func refreshInbox() {
        guard case .list(var list) = overlay, list.title == Self.inboxTitle else { return }
        let chosen = list.rows.indices.contains(list.selected) ? list.rows[list.selected] : nil
        // Only what waits for an answer leads to a command; the other rows lead to rooms.
        list.rows = askedRows + list.rows.filter { if case .command = $0.choice { false } else { true } }
        list.selected = chosen.flatMap { list.rows.firstIndex(of: $0) } ?? 0
        overlay = .list(list)
    }

    private func mentionRow(_ entry: Entry, _ room: Room, isUnread: Bool) -> ListPane.Row {
        let text = (isUnread ? "● " : "  ") + name(of: entry.by) + ": " + MessageText.oneLine(entry.text ?? "")
        return ListPane.Row(text, detail: title(of: room), .message(room.id, entry.seq))
    }
}
