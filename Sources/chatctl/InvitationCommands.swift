import ChatAPI
import Flags

/// `invitation …`: ways into channels by a code or for one person.
enum InvitationCommands {
    private static let shape = Shape(
        "invitation",
        ChannelInvitation.self,
        name: { $0.at("code").text ?? $0.at("id").text ?? "" },
        [
            Column("id"), Column("channelName", "CHANNEL"), Column("accountName", "FOR"),
            Column("usesLeft", "USES", .number), Column("expiresAt", "EXPIRES", .time), Column("code"),
            Column("byName", "BY", wide: true), Column("at", "MADE", .time, wide: true),
            Column("account", "FOR-ID", wide: true), Column("by", "BY-ID", wide: true),
        ]
    )

    /// With names for the ids.
    private static func node(_ invitation: ChannelInvitation, _ run: Run) async -> Node {
        await run.people.meet([invitation.account, invitation.by].compactMap(\.self), run)
        func name(_ id: AccountID?) -> Node { id.map { .text(run.people.name($0)) } ?? .null }
        return Node(invitation).adding("accountName", name(invitation.account), after: "account")
            .adding("byName", name(invitation.by), after: "by")
    }

    /// With the name by which commands find the channel, from anywhere.
    private static func own(_ invitation: ChannelInvitation, _ run: Run) async -> Node {
        await node(invitation, run).adding("channelPath", .text(path(invitation)), after: "spaceName")
    }

    static func path(_ invitation: ChannelInvitation) -> String { invitation.path ?? invitation.channel.description }

    private static let ownShape = Shape(
        "invitation",
        ChannelInvitation.self,
        name: { $0.at("channelPath").text ?? $0.at("id").text ?? "" },
        [
            Column("channelPath", "CHANNEL"), Column("byName", "BY"), Column("at", "INVITED", .time),
            Column("expiresAt", "UNTIL", .time), Column("id", wide: true), Column("by", "BY-ID", wide: true),
        ]
    )

    static var noun: Command<Action> {
        Command(
            "invitation",
            "Invitations to channels: a code for several, or for one person.",
            aliases: ["invitations"],
            examples: [
                Example("chatctl invitation create crew --uses 20 --for 2d"),
                Example("chatctl invitation create crew --account ana"),
                Example("chatctl invitation accept plz_h_…"), Example("chatctl invitation mine"),
            ],
            children: { [list, create, revoke, accept, mine, decline] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists the invitations to a channel that can still be used.",
            aliases: ["list"],
            examples: [Example("chatctl invitation ls crew")],
            arguments: [Arguments.channel],
            action: Action("invitations.list") { run in
                try await run.list(shape, node: { await node($0, run) }) { _, _ in
                    try await run.call(.listInvitations, ChannelRef(run.values.required("CHANNEL")))
                }
            }
        )
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Makes a code that lets people into a channel, or invites one person.",
            examples: [
                Example("chatctl invitation create crew --uses 20 -o name"),
                Example("chatctl invitation create crew --account ana"),
            ],
            arguments: [Arguments.channel],
            options: [
                .value("account", "NAME", .dynamic("users"), "For this person, who hears of it."),
                .value("uses", "N", .integer(1...10_000), "How often; without it, as often as one likes."),
                .value("for", "DURATION", .span(Limits.invitationMs), "For how long: 10m, 2h, 7d; a week if absent."),
            ] + Options.change,
            action: Action("invitations.create") { run in
                let draft = ChannelInvitationDraft(
                    channel: run.values.required("CHANNEL"),
                    account: run.values.string("account"),
                    uses: run.values.int("uses"),
                    forMs: run.milliseconds("for")
                )
                let invitation = try await run.call(.inviteToChannel, draft)
                try run.changed(await node(invitation, run), shape, "invited to \(VisibleText.line(draft.channel))")
            }
        )
    }

    private static var revoke: Command<Action> {
        Command(
            "revoke",
            "Takes an invitation back.",
            examples: [Example("chatctl invitation revoke crew 0192…")],
            arguments: [Arguments.channel, .required("ID", .dynamic("invitations"), "The invitation's id.")],
            options: Options.change,
            action: Action("invitations.revoke") { run in
                let text = run.values.required("ID")
                guard let id = InvitationID(text) else {
                    throw Failure.usage("ID must be an invitation's id, not \"\(VisibleText.line(text))\"")
                }
                _ = try await run.call(
                    .revokeInvitation,
                    InvitationRef(channel: run.values.required("CHANNEL"), invitation: id)
                )
                try run.done("revoked", text)
            }
        )
    }

    private static var accept: Command<Action> {
        Command(
            "accept",
            "Joins a channel by a code, or by the id of an invitation to oneself.",
            examples: [Example("chatctl invitation accept plz_h_…")],
            arguments: [.required("CODE", "The code; - reads it from standard input.")],
            options: Options.change,
            action: Action("invitations.accept") { run in
                var code = run.values.required("CODE")
                if code == "-" { code = run.console.readLine().map { SecretSource.trimmed($0) } ?? "" }
                let channel = try await run.call(.acceptInvitation, InvitationCode(code))
                try run.changed(Node(channel), ChannelCommands.shape, "joined \(VisibleText.line(channel.name ?? ""))")
            }
        )
    }

    private static var mine: Command<Action> {
        Command(
            "mine",
            "Lists the channels that one is invited to oneself.",
            discussion: "`channel join` takes an invitation, also where a channel has a secret; `decline` refuses it.",
            examples: [Example("chatctl invitation mine"), Example("chatctl invitation mine -o name")],
            action: Action("me.invitations") { run in
                try await run.list(ownShape, node: { await own($0, run) }) { _, _ in
                    try await run.call(.ownInvitations)
                }
            }
        )
    }

    private static var decline: Command<Action> {
        Command(
            "decline",
            "Refuses an invitation to oneself; one is not invited to that channel again for a week.",
            discussion: "Whoever invited is not told why: the invitation is gone from their list.",
            examples: [Example("chatctl invitation decline devconf/crew")],
            arguments: [.required("CHANNEL", .dynamic("own-invitations"), "The channel, or the invitation's id.")],
            options: Options.change,
            action: Action("invitations.decline", "me.invitations") { run in
                let text = run.values.required("CHANNEL")
                _ = try await run.call(.declineInvitation, OwnInvitationRef(try await invitation(text, run)))
                try run.done("declined", text)
            }
        )
    }

    private static func invitation(_ text: String, _ run: Run) async throws -> InvitationID {
        if let id = InvitationID(text) { return id }
        let name = text.hasPrefix("#") ? String(text.dropFirst()) : text
        let alike = try await run.call(.ownInvitations).items.named(name)
        if alike.count == 1 { return alike[0].id }
        guard alike.isEmpty else {
            let paths = alike.map { VisibleText.line(path($0)) }.joined(separator: ", ")
            throw Failure.usage("\(VisibleText.line(name)) is more than one channel: \(paths)")
        }
        throw Failure(APIError(.notFound, "nobody invites you to \(VisibleText.line(name)), or not any more"))
    }
}
