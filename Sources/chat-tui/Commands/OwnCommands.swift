import ChatAPI
import ChatKit
import TerminalUI

/// Commands about oneself and about this program.
extension Commands {
    @Sendable static func away(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try state(&model, .away, words)
    }

    @Sendable static func busy(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try state(&model, .doNotDisturb, words)
    }

    @Sendable static func back(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        let hadStatus = model.me?.statusText?.isEmpty == false
        model.ownPresence = .online
        var effects: [Effect] = [.ask(.state(.online))]
        if hadStatus { effects.append(.ask(.profile(displayName: nil, about: nil, statusText: ""))) }
        return effects
    }

    private static func state(_ model: inout Model, _ state: PresenceState, _ words: Words) throws(CommandProblem)
        -> [Effect]
    {
        model.ownPresence = state
        var effects: [Effect] = [.ask(.state(state))]
        if !words.isEmpty { effects += try status(&model, words) }
        return effects
    }

    @Sendable static func status(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try limit(words.text, Limits.statusBytes, "the status")
        return [.ask(.profile(displayName: nil, about: nil, statusText: Emoji.expanded(words.text)))]
    }

    @Sendable static func nick(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = try words.text("a name")
        try limit(name, Limits.displayNameBytes, "the name")
        return [.ask(.profile(displayName: name, about: nil, statusText: nil))]
    }

    @Sendable static func about(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try limit(words.text, Limits.aboutBytes, "the text")
        return [.ask(.profile(displayName: nil, about: words.text, statusText: nil))]
    }

    private static func limit(_ text: String, _ limit: Int, _ what: String) throws(CommandProblem) {
        guard text.utf8.count <= limit else {
            throw CommandProblem("\(what) is \(text.utf8.count) bytes long; the limit is \(limit)")
        }
    }

    @Sendable static func password(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        guard words.isEmpty else {
            throw CommandProblem("a password is not typed into the line: /password asks for it")
        }
        model.overlay = .form(
            FormPane(
                "Change your password",
                [
                    FormField("the one you have", isSecret: true),
                    FormField("the new one", isSecret: true, hint: "at least \(Limits.passwordCharacters) characters"),
                    FormField("the new one again", isSecret: true, hint: "your other devices are signed out"),
                ]
            )
        )
        return []
    }

    @Sendable static func sessions(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        model.overlay = .list(ListPane("Signed in", isLoading: true, verb: "end it", empty: "nobody is signed in"))
        return [.ask(.sessions)]
    }

    @Sendable static func signOut(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        switch words.text {
        case "", "everywhere":
            model.isSigningOut = true
            return [.ask(words.isEmpty ? .signOut : .signOutEverywhere)]
        default: throw CommandProblem("/signout takes 'everywhere' or nothing, not '\(words.text.prefix(20))'")
        }
    }

    // MARK: - The program

    @Sendable static func keys(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        model.overlay = .help(HelpPane())
        return []
    }

    @Sendable static func theme(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let names = model.themes.map(\.name).joined(separator: ", ")
        guard let name = words.first else {
            model.tell("the theme is \(model.theme.name); there are \(names)")
            return []
        }
        guard let theme = model.themes.first(where: { $0.name == name }) else {
            throw CommandProblem("there is no theme '\(name.prefix(40))'; there are \(names)")
        }
        model.theme = theme
        return [.post(.register(RegisterDraft(key: "client/theme", value: .string(name))))]
    }

    private static func flag(_ words: Words, now: Bool) throws(CommandProblem) -> Bool {
        switch words.text {
        case "": !now
        case "on": true
        case "off": false
        default: throw CommandProblem("/\(words.command) takes on or off, not '\(words.text.prefix(20))'")
        }
    }

    @Sendable static func mouse(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        model.hasMouse = try flag(words, now: model.hasMouse)
        model.tell(
            model.hasMouse ? "the mouse is ours: wheel and clicks" : "the mouse is the terminal's: select and copy"
        )
        return [.mouse(model.hasMouse)]
    }

    @Sendable static func vi(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let isOn = try flag(words, now: model.composer.mode == .vi)
        model.composer.mode = isOn ? .vi : .emacs
        model.tell(isOn ? "the line is edited as in vi: Esc for commands" : "the line is edited as in Emacs")
        return [.post(.register(RegisterDraft(key: "client/vi", value: .bool(isOn))))]
    }

    @Sendable static func sidebar(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        model.showsSidebar.toggle()
        return []
    }

    @Sendable static func editor(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        [.edit(words.text)]
    }

    @Sendable static func reconnect(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return [.reconnect]
    }

    @Sendable static func quit(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return model.quit()
    }
}
