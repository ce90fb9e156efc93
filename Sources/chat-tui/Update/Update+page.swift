import ChatAPI
import ChatKit
import TerminalUI

/// Pages: opening, moving in them, and what a key does to a row.
extension Model {
    /// Puts a page where the conversation stands, and asks for what it shows.
    mutating func open(_ kind: Page.Kind) -> [Effect] {
        overlay = nil
        completion = nil
        isDirty = true
        var trail = page?.trail ?? []
        if let before = page?.kind, before != kind { trail.append(before) }
        var effects = leavePage()
        var new = Page(kind, trail: Array(trail.suffix(8)))
        new.isLoading = kind != .chats
        page = new
        effects += load(kind)
        return effects
    }

    private mutating func load(_ kind: Page.Kind) -> [Effect] {
        // What was read for another row of another page is not this one's.
        switch kind {
        case .archive: places.archive = []
        case .attendees: places.attendees = []
        case .issues: places.issues = []
        case .people: places.people = []
        case .grants: places.grants = []
        case .sanctions: places.sanctions = []
        case .invitations: places.invitations = []
        default: break
        }
        switch kind {
        case .queue(let id):
            if help.boards[id] == nil, let queue = help.queues.first(where: { $0.id == id }) {
                help.boards[id] = QueueBoard(queue: queue, requests: [])
            }
            help.boards[id]?.isLoading = true
            return [.ask(.help(.board(id)))]
        case .chats: return [.ask(.help(.standing(isOrganizer: isOrganizer)))]
        case .archive(let participant): return [.ask(.help(.archive(participant: participant)))]
        case .events: return [.ask(.place(.events(nil)))]
        case .event(let name): return [.ask(.place(.event(name)))]
        case .attendees(let name): return [.ask(.place(.attendees(name)))]
        case .issues(let name): return [.ask(.place(.issues(name)))]
        case .issue(let id): return [.ask(.place(.issue(id)))]
        case .agencies: return [.ask(.place(.agencies))]
        case .agency(let name): return [.ask(.place(.agency(name)))]
        case .people(let query): return [.ask(.place(.people(query)))]
        case .grants(let account): return [.ask(.place(.grants(account)))]
        case .reports: return [.ask(.order(.reports))]
        case .sanctions(let scope): return [.ask(.order(.sanctions(scope: scope)))]
        case .invitations(let channel): return [.ask(.access(.invitations(channel)))]
        case .invited: return [.ask(.access(.ownInvitations))]
        case .posting(let channel): return [.ask(.access(.posting(channel)))]
        }
    }

    /// A queue is followed only while it is looked at.
    private mutating func leavePage() -> [Effect] {
        guard let before = page else { return [] }
        page = nil
        guard case .queue(let id) = before.kind else { return [] }
        help.boards[id]?.isFollowed = false
        return [.unfollowQueue(id)]
    }

    /// Esc: to the page before, or to the conversation.
    mutating func closePage() -> [Effect] {
        guard var trail = page?.trail, let back = trail.popLast() else { return leavePage() }
        var effects = leavePage()
        page = Page(back, trail: trail)
        effects += load(back)
        return effects
    }

    mutating func forgetPage() -> [Effect] { leavePage() }

    // MARK: - Keys

    /// A key on a page; nil leaves it to the line.
    mutating func takePage(_ key: Key) -> [Effect]? {
        guard page != nil, !composer.history.isSearching else { return nil }
        if let command = KeyBinding.command(key, in: .page, editor: composer) {
            if case .page(let action) = command { return perform(action) }
            if command == .cancel, composer.isEmpty, completion == nil { return closePage() }
            return nil
        }
        // A word that is typed here would go to a conversation that is not seen.
        guard composer.isEmpty, let letter = key.typed, letter != "/",
            KeyBinding.command(key, in: .chat, editor: composer) == nil
        else { return nil }
        tell("this is a table: / begins a command, F1 shows the keys, Esc goes back")
        return []
    }

    private mutating func perform(_ action: PageAction) -> [Effect] {
        guard let kind = page?.kind else { return [] }
        let rows = table(kind).rows
        let selected = rows.firstIndex { $0.id == selectedRow?.id } ?? 0
        let height = PagePane.rows(timelineRect.height + 1)
        switch action {
        case .up: select(selected - 1, rows)
        case .down: select(selected + 1, rows)
        case .pageUp: select(selected - height, rows)
        case .pageDown: select(selected + height, rows)
        case .first: select(0, rows)
        case .last: select(rows.count - 1, rows)
        case .refresh: return load(kind)
        default:
            guard rows.indices.contains(selected) || Self.concernsAll(action, of: kind) else { return [] }
            return act(action, on: rows.indices.contains(selected) ? rows[selected].id : "", of: kind)
        }
        return []
    }

    mutating func select(_ index: Int, _ rows: [PageTable.Row]) {
        let index = max(0, min(index, rows.count - 1))
        page?.index = index
        page?.selected = rows.indices.contains(index) ? rows[index].id : nil
        page?.removalAsked = nil
    }

    /// Whether a key is about the page and not about a row.
    private static func concernsAll(_ action: PageAction, of kind: Page.Kind) -> Bool {
        switch (kind, action) {
        case (.event, .approve), (.event, .issues), (.event, .reject), (.issue, .check): true
        case (.agency, .approve), (.agency, .reject): true
        default: false
        }
    }

    /// What needs words is put into the line as a command; the rest is done.
    private mutating func act(_ action: PageAction, on id: String, of kind: Page.Kind) -> [Effect] {
        let number = (table(kind).rows.firstIndex { $0.id == id } ?? 0) + 1
        switch (kind, action) {
        case (.queue, .take), (.queue, .open): return runLine("/take \(number)")
        case (.queue, .hold): return runLine("/claim \(number)")
        case (.queue, .release): return runLine("/release \(number)")
        case (.queue, .reject): composer.set("/reject \(number) ")
        case (.queue, .move): composer.set("/transfer ")
        case (.chats, .open): return ChatID(id).flatMap { help.chats[$0] }.map { go(to: $0) } ?? []
        case (.archive, .open): return openArchived(id)
        case (.events, .open): return open(.event(id))
        case (.events, .issues): return open(.issues(id))
        case (.events, .approve): return runLine("/publish \(id)")
        case (.events, .reject): composer.set("/calloff \(id) ")
        case (.event(let name), .reject): composer.set("/calloff \(name) ")
        case (.event(let name), .remove): return removePart(id, of: name)
        case (.event(let name), .approve): return runLine("/publish \(name)")
        case (.event(let name), .issues): return open(.issues(name))
        case (.event(let name), .open): return openPart(id, of: name)
        case (.attendees(let event), .approve): return [.ask(.place(.approve(event: event, account: id)))]
        case (.attendees(let event), .check): return [.ask(.place(.checkIn(event: event, account: id)))]
        case (.attendees(let event), .remove): return twice(id) { [.ask(.place(.decline(event: event, account: id)))] }
        case (.issues, .open): return IssueID(id).map { open(.issue($0)) } ?? []
        case (.issues, .check): return toggleIssue(id)
        case (.issue(let issue), .check): return toggleIssue(issue.description)
        case (.agencies, .open): return open(.agency(id))
        case (.agencies, .approve): return [.ask(.place(.decide(id, .approved, reason: nil)))]
        case (.agency(let name), .approve): return [.ask(.place(.decide(name, .approved, reason: nil)))]
        case (.agencies, .reject): composer.set("/suspend \(id) ")
        case (.agency(let name), .reject): composer.set("/suspend \(name) ")
        case (.agency, .open): return openPart(id, of: "")
        case (.people, .open): return AccountID(id).map { open(.grants($0)) } ?? []
        case (.people, .remove): return toggleAccount(id)
        case (.grants(let account), .remove): return takeGrant(id, of: account)
        case (.reports, _): return act(action, onReport: id)
        case (.sanctions, .remove): return lift(id)
        case (.invitations(let channel), .remove):
            return InvitationID(id).map { known in twice(id) { [.ask(.access(.takeBack(channel, known)))] } } ?? []
        case (.invited, .open): return InvitationID(id).map { accept($0) } ?? []
        case (.invited, .remove):
            let no = InvitationID(id).map(decline) ?? []
            return twice(id) { no }
        default: tell("that key does nothing to this row")
        }
        return []
    }

    private mutating func runLine(_ line: String) -> [Effect] {
        var effects: [Effect] = []
        _ = submit(line, &effects)
        return effects
    }

    /// The second time counts.
    mutating func twice(_ id: String, _ effects: () -> [Effect]) -> [Effect] {
        guard page?.removalAsked == id else {
            page?.removalAsked = id
            tell("d again does it")
            return []
        }
        page?.removalAsked = nil
        return effects()
    }

    private mutating func openArchived(_ id: String) -> [Effect] {
        guard let chat = ChatID(id).flatMap({ help.chats[$0] }) else { return [] }
        return rooms[chat.channel] != nil ? show(chat.channel) : [.ask(.place(.channel(chat.channel)))]
    }

    /// A row of an event's or agency's page that names something with a page of its own.
    private mutating func openPart(_ id: String, of event: String) -> [Effect] {
        let parts = id.split(separator: "/", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count > 1 ? parts[1] : "") {
        case ("attendees", _): return open(.attendees(event))
        case ("register", _): return [.ask(.place(.register(event)))]
        case ("issues", _): return open(.issues(event))
        case ("agency", let name): return open(.agency(name))
        case ("event", let name): return open(.event(name))
        case ("account", let account): return AccountID(account).map { open(.grants($0)) } ?? []
        case ("channel", let channel): return ChannelID(channel).map { enter($0) } ?? []
        case ("code", let code):
            tell("the code is copied: \(code)")
            return [.copy(code)]
        default: return []
        }
    }

    /// A channel of an event: joined first, if one is not in it.
    private mutating func enter(_ id: ChannelID) -> [Effect] {
        if rooms[id]?.isMember == true { return show(id) }
        guard let (event, _, _, channels, _) = places.event, let name = channels.first(where: { $0.id == id })?.name
        else {
            return []
        }
        return [.ask(.join("\(event.slug)/\(name)", secret: nil))]
    }

    /// A join code ends; who came by it stays.
    private mutating func removePart(_ id: String, of event: String) -> [Effect] {
        guard id.hasPrefix("code/") else {
            tell("only a code is taken away here; x calls the event off")
            return []
        }
        return twice(id) { [.ask(.place(.endCode(event: event, code: String(id.dropFirst(5)))))] }
    }

    private mutating func toggleIssue(_ id: String) -> [Effect] {
        let known = places.issues.first { $0.id.description == id } ?? places.issue?.issue
        guard let issue = known, issue.id.description == id else { return [] }
        return [.ask(.place(.changeIssue(issue.id, status: issue.status.isClosed ? .open : .resolved, priority: nil)))]
    }

    private mutating func toggleAccount(_ id: String) -> [Effect] {
        guard let account = places.people.first(where: { $0.id.description == id }) else { return [] }
        if account.disabledAt != nil { return [.ask(.place(.enable(account.name)))] }
        return twice(id) { [.ask(.place(.disable(account.name)))] }
    }

    private mutating func takeGrant(_ id: String, of account: AccountID) -> [Effect] {
        guard let grant = places.grants.first(where: { "\($0.role.rawValue) \($0.scope)" == id }) else { return [] }
        return twice(id) { [.ask(.place(.take(account: account.description, grant.role, grant.scope)))] }
    }
}

extension Model {
    /// F7 and F8: as the commands, also in the middle of a line.
    mutating func openWork(_ command: String) -> [Effect] {
        var effects: [Effect] = []
        _ = run(command, "", &effects)
        return effects
    }

    /// The right to a queue is gone: its table with it.
    mutating func lose(_ queue: QueueID) {
        help.boards[queue] = nil
        guard case .queue(queue)? = page?.kind else { return }
        page = nil
        tell("you do not take from that queue any more", .trouble)
    }

    /// Whether something on the screen counts seconds: waiting times, promises, one's own place in line.
    var hasRunningClocks: Bool {
        if let own = ownRequest, own.state != .inChat { return true }
        switch page?.kind {
        case .queue?, .chats?: return true
        default: return openChat.map { !$0.state.isOver && handles($0) } ?? false
        }
    }
}

extension Model {
    /// A click selects a row; on the selected one it opens it.
    mutating func clickPage(_ point: Point, _ layout: ScreenLayout) -> [Effect] {
        guard let page else { return [] }
        let rows = table(page.kind).rows
        let area = layout.page
        let height = PagePane.rows(area.height)
        let selected = rows.firstIndex { $0.id == selectedRow?.id } ?? 0
        let line = point.y - area.y - 2
        let index = PagePane.first(selected, height, of: rows.count) + line
        guard area.contains(point), (0..<height).contains(line), rows.indices.contains(index) else { return [] }
        if index == selected, page.selected != nil { return perform(PageAction.open) }
        select(index, rows)
        return []
    }
}
