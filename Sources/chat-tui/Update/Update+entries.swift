import ChatAPI
import ChatKit
import TerminalUI

/// Entries of logs: of channels, and of `@me`.
extension Model {
    mutating func take(_ entries: [Entry], of log: String) -> [Effect] {
        if let queue = LogName.queue(of: log) { return take(entries, of: queue) }
        guard let id = ChannelID(log) else { return entries.flatMap { takeOwn($0) } }
        guard var room = rooms.removeValue(forKey: id) else { return [] }
        var effects: [Effect] = []
        var isPeopleChanged = false
        var sketchNews: [Entry] = []
        for entry in entries {
            let isNew = entry.seq > room.unread.marker && room.timeline[seq: entry.seq] == nil
            room.timeline.apply(entry)
            switch entry.kind {
            case .message:
                room.typing[entry.by] = nil
                if room.channel.kind == .chat { help.chats[room.id.retyped()]?.isIdle = false }
                if isNew {
                    // Catch-up was counted in the welcome's numbers: only what is behind them counts here.
                    if entry.seq > (room.channel.head ?? 0) { room.count(entry, me: me?.id) }
                    if entry.by == me?.id { room.mark(max(entry.seq, room.unread.marker), me: me?.id) }
                    effects += notification(entry, room)
                    announce(entry, room)
                }
            case .topic: room.channel.topic = entry.text
            case .renamed: room.channel.name = entry.text
            case .join:
                isPeopleChanged = true
                let whom = entry.account ?? entry.by
                if accounts[whom] == nil { askedAccounts.remove(whom) }
                if room.isDirect, room.channel.people?.contains(whom) == false { room.channel.people?.append(whom) }
                if entry.seq > (room.channel.head ?? 0) { room.channel.memberCount += 1 }
            case .leave:
                isPeopleChanged = true
                if entry.seq > (room.channel.head ?? 0) {
                    room.channel.memberCount = max(0, room.channel.memberCount - 1)
                }
            case .role: isPeopleChanged = true
            case .chat: effects += takeHelp(entry)
            case .sketchCreated, .sketchRenamed, .sketchDeleted: sketchNews.append(entry)
            default: break
            }
            room.channel.head = max(room.channel.head ?? 0, entry.seq)
        }
        if room.anchor == .bottom, id == current, hasFocus, room.readLine == nil { room.seenHead = room.timeline.head }
        rooms[id] = room
        for entry in sketchNews { effects += noteSketch(entry) }
        if isPeopleChanged, id == current, isLive { effects.append(.ask(.members(id))) }
        outbox.removeAll { item in item.cid.map { room.timeline.seq(of: $0) != nil } ?? false }
        return effects
    }

    /// The bell and the desktop, for mentions and for what is said to one alone, while nobody looks.
    private func notification(_ entry: Entry, _ room: Room) -> [Effect] {
        guard entry.by != me?.id, ownPresence != .doNotDisturb, !muted.contains(room.id), now - entry.at < 60_000 else {
            return []
        }
        guard unheard[entry.by] == nil, room.isDirect || room.isMention(entry, of: me?.id) else { return [] }
        guard !hasFocus || room.id != current else { return [] }
        // With the focus in another room the mark in the sidebar is enough.
        guard !hasFocus else { return [] }
        let place = room.isDirect ? "" : " in \(title(of: room))"
        return [.notify(title: name(of: entry.by) + place, body: MessageText.oneLine(entry.text ?? ""))]
    }

    /// What everybody is told is told at once, wherever one is.
    private mutating func announce(_ entry: Entry, _ room: Room) {
        guard room.channel.kind == .announce, entry.by != me?.id, room.id != current || page != nil,
            !muted.contains(room.id),
            now - entry.at < 60_000
        else { return }
        tell("\(room.channel.spaceName ?? "everybody"): \(MessageText.oneLine(entry.text ?? ""))")
    }

    private mutating func takeOwn(_ entry: Entry) -> [Effect] {
        for register in entry.registers ?? [] { take(register) }
        switch entry.kind {
        // Joined here or on another device: the channel itself comes with the answer.
        case .blocksChanged: return [.ask(.order(.blocks))]
        case .channelJoined: return [.ask(.me)]
        case .grantsChanged: return [.ask(.me), .ask(.help(.standing(isOrganizer: isOrganizer)))]
        case .request, .chat, .counters, .availabilityChanged: return takeHelp(entry)
        case .channelLeft:
            if let channel = entry.channel { forgetRoom(channel) }
            return []
        case .reported:
            let place = entry.channel.flatMap { rooms[$0] }.map { " in \(title(of: $0))" } ?? ""
            tell("\(name(of: entry.by)) reports a message\(place) · /reports")
            return [.ask(.order(.reports))]
        case .invited, .sanctionsChanged, .registrationChanged, .reportDecided, .roleOffered: return tellOwn(entry)
        case .profileChanged: return me.map { [.ask(.accounts([$0.id]))] } ?? []
        default: return []
        }
    }

    /// A register of one's own, from this or another device.
    mutating func take(_ register: Register) {
        guard register.version >= registerVersions[register.key] ?? 0 else { return }
        registerVersions[register.key] = register.version
        let parts = register.key.split(separator: "/", maxSplits: 1)
        switch (parts.first, parts.count == 2 ? ChannelID(String(parts[1])) : nil) {
        case ("marker", let channel?):
            guard let seq = register.value?["seq"]?.integer else { return }
            rooms[channel]?.mark(seq, me: me?.id)
            toldMarkers[channel] = seq
        case ("mute", let channel?):
            if register.value == nil || register.value == .bool(false) {
                muted.remove(channel)
            } else {
                muted.insert(channel)
            }
        case ("draft", let channel?): takeDraft(register.value, of: channel)
        case ("client", _): takePreference(register)
        default: break
        }
    }

    private mutating func takeDraft(_ value: JSON?, of channel: ChannelID) {
        let draft = DraftText(value?["text"]?.string ?? "", replyTo: value?["replyTo"]?.integer)
        let old = storedDrafts[channel] ?? DraftText()
        storedDrafts[channel] = draft
        guard channel == current else {
            rooms[channel]?.draft = draft
            return
        }
        // What is being typed here is not overwritten by what was typed there.
        guard draft != old, composer.text == old.text, case .new = composing else { return }
        composer.set(draft.text)
        if let replyTo = draft.replyTo { composing = .reply(to: replyTo) }
    }

    private mutating func takePreference(_ register: Register) {
        switch register.key {
        case "client/theme":
            if let theme = themes.first(where: { $0.name == register.value?.string }) { self.theme = theme }
        case "client/vi": composer.mode = register.value == .bool(true) ? .vi : .emacs
        default: break
        }
    }
}
