import ChatAPI

/// A command of the composer: `/react 3 :+1:`. Help, completion, hints and the man page are made of the same rows.
package struct SlashCommand: Sendable {
    package let name: String
    package let aliases: [String]
    /// What follows the name: `N EMOJI`. Words in brackets may be left out.
    package let usage: String
    /// A sentence without its full stop.
    package let summary: String
    package let group: Group
    /// What completion offers for the first word.
    package let completes: Subject
    let run: Body

    /// In a struct of its own: a typed-throws closure put straight into a collection crashes the 6.3.1 compiler.
    struct Body: Sendable {
        let call: @Sendable (inout Model, Words) throws(CommandProblem) -> [Effect]
    }

    package enum Group: String, Sendable, CaseIterable {
        case channels = "Channels and people"
        case messages = "Messages"
        case help = "Asking for help, and chats that come of it"
        case desk = "Answering"
        case events = "Events"
        case order = "Keeping order"
        case administration = "Administration"
        case you = "You"
        case program = "This program"
    }

    package enum Subject: Sendable {
        case nothing, channel, person, message, command, theme
        case topic, queue, reply, event, agency, group, invitation, sketchVerb
    }

    init(
        _ name: String,
        _ aliases: [String] = [],
        _ usage: String,
        _ summary: String,
        _ group: Group,
        completes: Subject = .nothing,
        _ run: @escaping @Sendable (inout Model, Words) throws(CommandProblem) -> [Effect]
    ) {
        self.name = name
        self.aliases = aliases
        self.usage = usage
        self.summary = summary
        self.group = group
        self.completes = completes
        self.run = Body(call: run)
    }

    /// `/react N EMOJI`.
    package var line: String { usage.isEmpty ? "/" + name : "/\(name) \(usage)" }

    package static func named(_ name: String) -> SlashCommand? {
        let name = name.lowercased()
        return table.first { $0.name == name || $0.aliases.contains(name) }
    }
}

/// Why a command was not carried out: a sentence.
package struct CommandProblem: Error, Equatable {
    package let sentence: String
    /// Nothing is wrong: the same line again is the answer.
    package let isQuestion: Bool

    init(_ sentence: String, isQuestion: Bool = false) {
        self.sentence = sentence
        self.isQuestion = isQuestion
    }
}

/// What stands behind a command's name.
package struct Words: Sendable {
    let command: String
    /// As typed, without blanks at the ends.
    let text: String
    /// The same line was given a moment ago, and what it would do was said.
    var isConfirmed = false

    var all: [Substring] { text.split { $0 == " " || $0 == "\t" } }
    var isEmpty: Bool { text.isEmpty }
    var first: String? { all.first.map(String.init) }

    /// Everything after the first word.
    var rest: String {
        guard let first = all.first else { return "" }
        return String(text[first.endIndex...].drop { $0 == " " || $0 == "\t" })
    }

    /// The first word, or a sentence that says what is missing.
    func required(_ what: String) throws(CommandProblem) -> String {
        guard let first else { throw CommandProblem("/\(command) needs \(what): \(usage)") }
        return first
    }

    func text(_ what: String) throws(CommandProblem) -> String {
        guard !text.isEmpty else { throw CommandProblem("/\(command) needs \(what): \(usage)") }
        return text
    }

    /// Refuses words where none are taken.
    func none() throws(CommandProblem) {
        guard text.isEmpty else { throw CommandProblem("/\(command) takes nothing after it, not '\(text.prefix(40))'") }
    }

    /// Says what many would notice before it is done. To be asked last, when all else is in order.
    func confirmed(_ consequence: String) throws(CommandProblem) {
        guard !isConfirmed else { return }
        throw CommandProblem(consequence + "; the same line again does it", isQuestion: true)
    }

    private var usage: String {
        let verb = command.split(separator: " ").dropFirst().first.flatMap { SketchVerb.named(String($0)) }
        return verb?.line ?? SlashCommand.named(command)?.line ?? "/" + command
    }
}
