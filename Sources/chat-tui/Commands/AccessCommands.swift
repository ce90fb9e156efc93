import ChatAPI
import ChatKit
import TerminalUI

/// Commands about ways in: who is invited, who may write, and reading what is others', with a reason.
extension Commands {
    /// `/invite ana`, `/invite 20 2d`: a person, or a code for several; for a week, if no time is said.
    @Sendable static func invite(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let room = try room(model)
        guard !room.isDirect else { throw CommandProblem("nobody is invited to a conversation: /add NAME") }
        var account: String?
        var uses: Int?
        var duration: Int64?
        for word in words.all.map(String.init) {
            if let time = Span.milliseconds(word) {
                guard Limits.invitationMs.contains(time) else {
                    throw CommandProblem("'\(word.prefix(20))' is too long or too short: 1m to 90d")
                }
                duration = time
            } else if let number = Int(word) {
                guard Limits.invitationUses.contains(number) else {
                    throw CommandProblem(
                        "a code is used \(Limits.invitationUses.lowerBound) to 10000 times, not \(word)"
                    )
                }
                uses = number
            } else if account == nil {
                account = personName(word)
            } else {
                throw CommandProblem("/invite takes one name, or how often and how long: /invite 20 2d")
            }
        }
        guard account == nil || uses == nil else {
            throw CommandProblem("an invitation of a person is used once: leave \(uses ?? 0) out")
        }
        return [.ask(.access(.invite(room.id, account: account, uses: uses, forMs: duration)))]
    }

    @Sendable static func invitations(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return model.open(.invitations(try room(model).id))
    }

    /// By its number in the table.
    @Sendable static func uninvite(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let text = try words.required("the number of an invitation")
        guard case .invitations(let channel)? = model.page?.kind else {
            throw CommandProblem("/invitations shows them with their numbers")
        }
        let known = model.places.invitations
        guard let number = Int(text), known.indices.contains(number - 1) else {
            throw CommandProblem("'\(text.prefix(20))' is no invitation: there are \(known.count)")
        }
        return [.ask(.access(.takeBack(channel, known[number - 1].id)))]
    }

    // MARK: - Who may write

    @Sendable static func posting(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let room = try room(model)
        switch words.text {
        case "": return model.open(.posting(room.id))
        case "open":
            try words.confirmed("everybody may write in \(model.title(of: room)), as often as they like")
            return [.ask(.access(.unbind(room.id)))]
        default: throw CommandProblem("/posting shows who may write here; /posting open lets everybody")
        }
    }

    @Sendable static func allow(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try permit(model, words, isAllowed: true)
    }

    @Sendable static func deny(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try permit(model, words, isAllowed: false)
    }

    /// `everyone post react`: a group, and what it may do.
    private static func permit(
        _ model: Model,
        _ words: Words,
        isAllowed: Bool
    ) throws(CommandProblem) -> [Effect] {
        let first = try words.required("a group and what it may do")
        let groups = PostingGroup.words.map(\.rawValue).joined(separator: ", ")
        guard let group = PostingGroup(word: first.lowercased()) else {
            throw CommandProblem("'\(first.prefix(20))' is no group: \(groups)")
        }
        var acts: [PostingAct] = []
        for word in words.rest.split(whereSeparator: { " ,".contains($0) }) {
            guard let act = PostingAct.words.first(where: { $0.rawValue.lowercased() == word.lowercased() }) else {
                throw CommandProblem("'\(word.prefix(20))' is none of \(actNames)")
            }
            acts.append(act)
        }
        guard !acts.isEmpty else { throw CommandProblem("/\(words.command) \(group.rawValue) what? \(actNames)") }
        return [.ask(.access(.permit(try room(model).id, group, acts, isAllowed: isAllowed)))]
    }

    static let actNames = PostingAct.words.map(\.rawValue).joined(separator: ", ")

    // MARK: - Behind the glass

    /// Reads a private conversation of others: by its id, or that of the selected report.
    @Sendable static func breakGlass(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let first = try words.required("the conversation's id and a reason")
        let named = ChannelID(first)
        let reason = named == nil ? words.text : words.rest
        guard let channel = named ?? model.selectedReport?.channel else {
            throw CommandProblem("which conversation? Give its id; a report that is selected in /reports names it, too")
        }
        guard !reason.isEmpty else { throw CommandProblem("/glass needs a reason: both sides read it") }
        try words.confirmed("both sides are told that you read along for an hour, and why; it is audited")
        return [.ask(.access(.breakGlass(channel, reason: reason)))]
    }
}

extension SlashCommand {
    static let invitationTable: [SlashCommand] = [
        SlashCommand(
            "invite",
            [],
            "[NAME | USES] [2d]",
            "make a code that lets people into this channel, or invite one person",
            .channels,
            completes: .person,
            Commands.invite
        ),
        SlashCommand(
            "invitations",
            [],
            "",
            "show who is invited to this channel, and the codes",
            .channels,
            Commands.invitations
        ),
        SlashCommand("uninvite", [], "N", "take invitation N back", .channels, Commands.uninvite),
    ]

    static let postingTable: [SlashCommand] = [
        SlashCommand(
            "posting",
            ["rules"],
            "[open]",
            "show who may write here, and how often; open: everybody",
            .order,
            Commands.posting
        ),
        SlashCommand(
            "allow",
            [],
            "GROUP ACT …",
            "let everyone, guest or speaker post, react, pin, draw, mentionAll",
            .order,
            completes: .group,
            Commands.allow
        ),
        SlashCommand(
            "deny",
            [],
            "GROUP ACT …",
            "do not let them; /deny everyone post: speakers only",
            .order,
            completes: .group,
            Commands.deny
        ),
        SlashCommand(
            "glass",
            ["break-glass"],
            "[ID] REASON",
            "read a conversation of others for an hour; both sides are told why",
            .administration,
            Commands.breakGlass
        ),
    ]
}
