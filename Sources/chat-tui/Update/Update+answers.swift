import ChatAPI
import ChatKit
import TerminalUI

/// What requests brought.
extension Model {
    mutating func take(_ request: Request, _ result: Result<Reply, APIError>) -> [Effect] {
        isDirty = true
        if case .accounts(let ids) = request { pendingAccounts.subtract(ids) }
        // Nobody is signed in: whatever it is, it was for the session before.
        if case .signIn = screen { return [] }
        switch result {
        case .success(let reply): return take(request, reply)
        case .failure(let error):
            failed(request, error)
            return []
        }
    }

    private mutating func failed(_ request: Request, _ error: APIError) {
        switch request {
        case .join, .direct:
            isWantedRefused = isWantedRefused || wantedChannel != nil
            wantedChannel = nil
        case .signOut, .signOutEverywhere:
            // The daemon ends the connection with the session: the answer may not get through.
            if case .signIn = screen { return }
            if error.code == .outcomeUnknown { return }
            isSigningOut = false
        default: break
        }
        if case .sketch(let sketch) = request, !failed(sketch, error) { return }
        switch request {
        case .page(let id, let page):
            rooms[id]?.loading.remove(page)
            if error.code == .notFound || error.code == .forbidden || error.code == .notMember {
                rooms[id]?.isExhausted = true
            }
            if case .around = page {
                wantedSeq = nil
                tell(error)
            }
        // Nobody asked for these by hand.
        case .typing, .presence, .accounts, .me, .members: break
        case .search:
            if case .search(var pane) = overlay {
                pane.isLoading = false
                pane.problem = error.detail
                // Asked again by the same key.
                if pane.hits.isEmpty { pane.asked = nil }
                overlay = .search(pane)
            }
            tell(error)
        case .order(.blocks) where overlay == nil: break
        case .order(.reports) where page?.kind != .reports: break
        case .access(.ownInvitations) where page?.kind != .invited, .place(.waitingOffers): break
        case .help(let request): if !failed(request, error) { tell(error) }
        case .password, .place(.become):
            if case .form(var form) = overlay {
                form.problem = error.detail
                overlay = .form(form)
            } else {
                tell(error)
            }
        case .join(let name, _) where error.code == .wrongSecret:
            tell("#\(name) takes a secret: /join #\(name) SECRET", .trouble)
        default:
            if case .list(let list) = overlay, list.isLoading { overlay = nil }
            if page?.isLoading == true { page?.problem = error.detail }
            page?.isLoading = false
            tell(error)
        }
    }

    private mutating func take(_ request: Request, _ reply: Reply) -> [Effect] {
        switch (request, reply) {
        case (.page(let id, let page), .page(let entries)): take(entries, page, of: id)
        case (_, .me(let me)): return take(me)
        case (.whois, .accounts(let accounts)):
            learn(accounts)
            if let account = accounts.first { tell(describe(account)) }
        case (.profile, .accounts(let accounts)):
            learn(accounts)
            if let account = accounts.first { me = account }
            tell("saved")
        case (_, .accounts(let accounts)): learn(accounts)
        case (.members(let id), .members(let members)): take(members, of: id)
        case (.presence(let id), .presence(let page)):
            rooms[id]?.online = page.online
            for person in page.people { presence[person.account] = person }
        case (_, .channels(let channels)): take(channels)
        case (.join, .channel(let channel)), (.create, .channel(let channel)):
            learn(channel, nil)
            rooms[channel.id]?.isLoaded = true
            return show(channel.id) + [.ask(.me)]
        case (.direct(_, let text), .channel(let channel)):
            learn(channel, nil)
            rooms[channel.id]?.isLoaded = true
            var effects = show(channel.id)
            if let text { _ = send(text, &effects) }
            return effects
        case (.change, .channel(let channel)): rooms[channel.id]?.channel = channel
        case (.leave(let id), _), (.delete(let id), _): forgetRoom(id)
        case (.search(let text, let channel, let cursor), .search(let page)): take(page, text, channel, cursor)
        case (.pins(let id), .entries(let entries)): showPins(entries, of: id)
        case (.mentions, .mentions(let mentions)): showMentions(mentions)
        case (_, .sessions(let sessions)): showSessions(sessions)
        case (.password, _):
            overlay = nil
            tell("the password is changed; your other devices are signed out")
        case (.revoke, _):
            tell("that session is ended")
            return [.ask(.sessions)]
        case (.add(let id, let name), _):
            tell("\(name) is in \(rooms[id].map { title(of: $0) } ?? "the channel") now")
            return [.ask(.members(id))]
        case (.remove(let id, let name), _):
            tell("\(name) is out of \(rooms[id].map { title(of: $0) } ?? "the channel")")
            return [.ask(.members(id))]
        case (.role(let id, let name, let role), _):
            tell("\(name) is \(role == .admin ? "an admin" : "a member") now")
            return [.ask(.members(id))]
        case (.help(let request), .help(let reply)): return take(request, reply)
        case (.place(let request), .place(let reply)): return take(request, reply)
        case (.order(let request), .order(let reply)): return take(request, reply)
        case (.access(let request), .access(let reply)): return take(request, reply)
        case (.invite, .code(let code)):
            tell("invitation: \(code.code), good until \(zone.moment(code.expiresAt).date); it is copied")
            return [.copy(code.code)]
        case (.signOut, _), (.signOutEverywhere, _): return signedOut()
        case (.sketch(let request), .sketch(let reply)): return take(request, reply)
        default: break
        }
        return []
    }

    private mutating func take(_ page: EntryPage, _ kind: Room.Page, of id: ChannelID) {
        guard var room = rooms[id] else { return }
        room.loading.remove(kind)
        let before = room.timeline.count
        room.timeline.apply(page)
        if case .before = kind, room.timeline.count == before { room.isExhausted = true }
        if case .newest = kind, page.entries.isEmpty { room.isExhausted = true }
        rooms[id] = room
        if id == current { goToWanted() }
        outbox.removeAll { item in item.cid.map { room.timeline.seq(of: $0) != nil } ?? false }
        if case .around(let seq) = kind, wantedSeq == seq {
            wantedSeq = nil
            tell("message #\(seq) is not there any more", .trouble)
        }
    }

    private mutating func take(_ me: Me) -> [Effect] {
        self.me = me.account
        session = me.session
        capabilities = me.capabilities
        accounts[me.account.id] = me.account
        for joined in me.channels {
            let local = rooms[joined.channel.id]?.unread
            // What was read here after the daemon answered is read.
            let isNewer = (local?.marker ?? 0) > joined.unread.marker
            learn(joined.channel, isNewer ? local : joined.unread)
        }
        for register in me.registers { take(register) }
        let handles = me.capabilities.contains(.handleRequests)
        if !handles { help.availability = nil }
        // Whoever was made an organizer a moment ago gets the work lists.
        let work: [Effect] = handles && !isOrganizer ? [.ask(.help(.standing(isOrganizer: true)))] : []
        if current == nil, let first = orderedRooms.first(where: { $0.channel.name == "general" }) ?? orderedRooms.first
        {
            return show(first.id) + work
        }
        return work
    }

    mutating func learn(_ accounts: [Account]) {
        for account in accounts {
            self.accounts[account.id] = account
            if account.id == me?.id { me = account }
        }
    }

    private mutating func take(_ members: [Member], of id: ChannelID) {
        rooms[id]?.members = members
        if members.count < Request.memberLimit { rooms[id]?.channel.memberCount = members.count }
        for member in members {
            var account =
                accounts[member.account]
                ?? Account(id: member.account, name: member.name, kind: member.kind, createdAt: 0)
            account.name = member.name
            account.displayName = member.displayName
            accounts[member.account] = account
        }
        if case .list(let list) = overlay, list.title == "Members" { overlay = .list(memberList) }
    }

    private func describe(_ account: Account) -> String {
        var parts = [account.displayName.map { "\($0) (\(account.name))" } ?? account.name]
        if account.kind == .bot { parts.append("a bot") }
        parts.append(state(of: account.id).word)
        if let status = account.statusText, !status.isEmpty { parts.append(MessageText.oneLine(status)) }
        if let about = account.about, !about.isEmpty { parts.append(MessageText.oneLine(about)) }
        parts.append("since \(zone.moment(account.createdAt).date)")
        return parts.joined(separator: " · ")
    }

    // MARK: - Lists

    private mutating func take(_ channels: [Channel]) {
        guard case .list(var list) = overlay, list.isLoading else { return }
        list.isLoading = false
        // Everybody's first, then event by event.
        let shown = channels.filter { $0.name != nil && !$0.kind.isPrivate }.sorted { left, right in
            (left.spaceName ?? "", left.name ?? "") < (right.spaceName ?? "", right.name ?? "")
        }
        list.rows = shown.map { channel in
            let name = (channel.spaceName.map { $0 + "/" } ?? "") + (channel.name ?? "")
            let secret = channel.hasSecret && channel.role == nil ? " (secret)" : ""
            let topic = channel.topic.map { "  " + MessageText.oneLine($0) } ?? ""
            let count = "\(channel.memberCount) member\(channel.memberCount == 1 ? "" : "s")"
            return ListPane.Row(
                "#" + name + secret + topic,
                detail: channel.role == nil ? count : "joined · " + count,
                channel.role == nil ? .join(name) : .open(channel.id)
            )
        }
        overlay = .list(list)
    }

    private mutating func showPins(_ entries: [Entry], of id: ChannelID) {
        guard case .list(var list) = overlay, list.isLoading else { return }
        list.isLoading = false
        list.rows = entries.map { entry in
            ListPane.Row(
                name(of: entry.by) + ": " + MessageText.oneLine(entry.text ?? ""),
                detail: zone.moment(entry.at).date,
                .message(id, entry.seq)
            )
        }
        overlay = .list(list)
    }

    private mutating func showSessions(_ sessions: [Session]) {
        let rows = sessions.sorted { $0.lastUsedAt > $1.lastUsedAt }.map { session in
            let moment = zone.moment(session.lastUsedAt)
            let here = session.isCurrent ? "here, " : ""
            let live = session.isLive ? "connected" : "last used \(moment.date) \(moment.clock)"
            return ListPane.Row(
                session.device.isEmpty ? "a device without a name" : session.device,
                detail: here + live,
                session.isCurrent ? .nothing : .revoke(session.id)
            )
        }
        overlay = .list(ListPane("Signed in", rows: rows, verb: "end it", empty: "nobody is signed in"))
    }

    private mutating func take(_ page: SearchPage, _ text: String, _ channel: ChannelID?, _ cursor: String?) {
        guard case .search(var pane) = overlay, pane.asked == text, pane.channel == channel else { return }
        pane.isLoading = false
        pane.hits = cursor == nil ? page.hits : pane.hits + page.hits
        pane.nextCursor = page.nextCursor
        pane.indexedTo = page.indexedTo
        overlay = .search(pane)
    }

    /// Signed out by oneself.
    mutating func signedOut() -> [Effect] {
        if case .signIn = screen { return [] }
        let name = me?.name ?? ""
        forgetPerson()
        screen = .signIn(SignInForm(sockets: [], server: serverName, account: name))
        return [.forget]
    }

    /// Nothing of an account stays on the screen.
    mutating func forgetPerson() {
        rooms = [:]
        accounts = [:]
        askedAccounts = []
        pendingAccounts = []
        presence = [:]
        outbox = []
        muted = []
        storedDrafts = [:]
        toldMarkers = [:]
        registerVersions = [:]
        current = nil
        previous = nil
        wayBack = nil
        overlay = nil
        page = nil
        help = HelpDesk()
        places = Places()
        book = Sketchbook()
        unheard = [:]
        composing = .new
        composer.set("")
        me = nil
        isSigningOut = false
        ownPresence = .online
    }
}
