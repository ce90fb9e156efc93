import ChatAPI
import ChatKit

/// Commands about events, their issues and agencies, and about what people may do.
extension Commands {
    /// `/join #channel`, `/join CODE`: what begins with `#` is a channel; a word may be either.
    @Sendable static func join(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = try words.required("the name of a channel, or the code of an event")
        if let room = model.room(named: name), room.isMember { return model.show(room.id) }
        let secret = words.rest
        guard !name.hasPrefix("#"), secret.isEmpty, !name.contains("/") else {
            return [.ask(.join(channelName(name), secret: secret.isEmpty ? nil : secret))]
        }
        // The code of an invitation is known by its beginning: nothing has to be tried.
        if name.hasPrefix(InvitationCode.prefix) { return [.ask(.place(.accept(code: name)))] }
        return [.ask(.place(.join(code: name, orChannel: name)))]
    }

    @Sendable static func events(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return model.open(.events)
    }

    @Sendable static func event(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        model.open(.event(try eventName(model, words.first)))
    }

    /// The event that is named, whose page is open, or whose channel is looked at.
    static func eventName(_ model: Model, _ name: String?) throws(CommandProblem) -> String {
        if let name { return name }
        switch model.page?.kind {
        case .event(let name)?, .issues(let name)?, .attendees(let name)?: return name
        case .events?: if let row = model.selectedRow { return row.id }
        default: break
        }
        if let space = model.room?.channel.space, space.kind == .event, let name = model.room?.channel.spaceName {
            return name
        }
        throw CommandProblem("which event? Give its name; /events shows them")
    }

    @Sendable static func publish(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        [.ask(.place(.publish(try eventName(model, words.first))))]
    }

    @Sendable static func announce(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        _ = try words.text("what everybody is told")
        let (event, text) = try eventAndText(model, words)
        guard let text else {
            throw CommandProblem("what shall everybody in \(event) be told? /announce \(event) TEXT")
        }
        return [.ask(.place(.announce(event: event, text: Emoji.expanded(text))))]
    }

    @Sendable static func attendees(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        model.open(.attendees(try eventName(model, words.first)))
    }

    @Sendable static func issues(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        model.open(.issues(try eventName(model, words.first)))
    }

    /// `new TITLE`, `N STATUS`, `N low|medium|high`, `N`.
    @Sendable static func issue(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let first = try words.required("new TITLE, or the number of an issue")
        if first == "new" {
            guard !words.rest.isEmpty else { throw CommandProblem("an issue needs a title: /issue new TITLE") }
            return [.ask(.place(.openIssue(event: try eventName(model, nil), title: words.rest, priority: nil)))]
        }
        let digits = first.hasPrefix("#") ? String(first.dropFirst()) : first
        guard let number = Int64(digits), let issue = model.places.issues.first(where: { $0.number == number }) else {
            throw CommandProblem("'\(first.prefix(20))' is no issue that is known here: /issues shows them")
        }
        let word = words.rest.replacing(" ", with: "_")
        if word.isEmpty { return model.open(.issue(issue.id)) }
        if let status = IssueStatus(word: word) {
            return [.ask(.place(.changeIssue(issue.id, status: status, priority: nil)))]
        }
        if let priority = IssuePriority(word: word) {
            return [.ask(.place(.changeIssue(issue.id, status: nil, priority: priority)))]
        }
        let words = (IssueStatus.words.map(Model.word) + IssuePriority.words.map(\.rawValue)).joined(
            separator: ", "
        )
        throw CommandProblem("'\(word.prefix(20))' is none of \(words)")
    }

    @Sendable static func comment(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let text = try words.text("a comment")
        switch model.page?.kind {
        case .issue(let id)?: return [.ask(.place(.comment(id, text)))]
        case .issues?:
            if let id = model.selectedRow.flatMap({ IssueID($0.id) }) { return [.ask(.place(.comment(id, text)))] }
        default: break
        }
        throw CommandProblem("a comment belongs to an issue: open one in /issues")
    }

    // MARK: - Administration

    @Sendable static func agencies(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        guard let name = words.first else { return model.open(.agencies) }
        return model.open(.agency(name))
    }

    @Sendable static func approve(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try decide(.approved, words)
    }

    @Sendable static func suspend(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try decide(.suspended, words, "its staff cannot work and its events are hidden until it is approved again")
    }

    @Sendable static func revoke(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try decide(.revoked, words, "its staff cannot work and its events are hidden, for good")
    }

    private static func decide(
        _ state: AgencyState,
        _ words: Words,
        _ consequence: String? = nil
    ) throws(CommandProblem) -> [Effect] {
        let name = try words.required("the name of an agency")
        if let consequence { try words.confirmed("\(name): \(consequence)") }
        return [.ask(.place(.decide(name, state, reason: words.rest.isEmpty ? nil : words.rest)))]
    }

    @Sendable static func people(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        model.open(.people(words.isEmpty ? nil : words.text))
    }

    @Sendable static func grants(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = personName(try words.required("the name of a person"))
        let known = model.account(named: name) ?? model.places.people.first { $0.name == name }
        guard let account = known else { return [.ask(.place(.findForGrants(name)))] }
        return model.open(.grants(account.id))
    }

    @Sendable static func grant(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let (name, role, scope) = try grantWords(model, words)
        return [.ask(.place(.give(account: name, role, scope)))]
    }

    /// `/work`, `/work accept nordlys`, `/work decline nordlys`: what agencies ask of oneself.
    @Sendable static func work(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let all = words.all.map(String.init)
        switch (all.first, all.count) {
        case (nil, _): return [.ask(.place(.offers))]
        case ("accept"?, 2): return [.ask(.place(.acceptRole(agency: all[1])))]
        case ("decline"?, 2): return [.ask(.place(.declineRole(agency: all[1])))]
        default: throw CommandProblem("/work shows what agencies offer you; /work accept AGENCY, /work decline AGENCY")
        }
    }

    @Sendable static func ungrant(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let (name, role, scope) = try grantWords(model, words)
        return [.ask(.place(.take(account: name, role, scope)))]
    }

    /// `NAME ROLE [WHERE]`: where is `platform`, an event, an agency, `#channel`, or a scope as the daemon writes it.
    private static func grantWords(_ model: Model, _ words: Words) throws(CommandProblem) -> (String, Role, Scope?) {
        let all = words.all.map(String.init)
        guard all.count >= 2 else { throw CommandProblem("/\(words.command) needs a person and a role") }
        guard let role = Role(word: all[1]), !role.scopes.isEmpty else {
            let roles = Role.words.filter { !$0.scopes.isEmpty }.map(\.rawValue).joined(separator: ", ")
            throw CommandProblem("'\(all[1].prefix(20))' is no role that is given: \(roles)")
        }
        guard all.count > 2 else { return (personName(all[0]), role, nil) }
        return (personName(all[0]), role, try scope(model, all[2]))
    }

    static func scope(_ model: Model, _ text: String) throws(CommandProblem) -> Scope {
        if let scope = Scope(text) { return scope }
        if text.hasPrefix("#"), let room = model.room(named: text) { return .channel(room.id) }
        if let room = model.rooms.values.first(where: { $0.channel.spaceName == text }), let space = room.channel.space
        {
            return space
        }
        if let event = model.places.events.first(where: { $0.slug == text }) { return .event(event.id) }
        if let agency = model.places.agencies.first(where: { $0.slug == text }) { return .agency(agency.id) }
        if let queue = model.queue(named: text) { return .queue(queue.id) }
        throw CommandProblem(
            "'\(text.prefix(40))' is no place that is known here: platform, an event, an agency, #channel"
        )
    }

    /// A guest becomes an account and keeps everything.
    @Sendable static func become(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        guard model.me?.kind == .guest else {
            throw CommandProblem("you have an account: you are \(model.me?.name ?? "?")")
        }
        let rule = "at least \(Limits.passwordCharacters) characters"
        model.overlay = .form(
            FormPane(
                "Make an account of this guest",
                [
                    FormField("Name", hint: "2 to 32 letters and digits; others call you by it"),
                    FormField("Password", isSecret: true, hint: rule),
                    FormField("Password again", isSecret: true, hint: rule),
                ],
                purpose: .account
            )
        )
        return []
    }
}
