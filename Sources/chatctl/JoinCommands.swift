import ChatAPI
import Flags

/// `join CODE` and `event code …`: the codes that let people into an event.
enum JoinCommands {
    private static let joinedShape = Shape(
        "registration",
        JoinedEvent.self,
        name: { $0.at("event.slug").text ?? "" },
        [
            Column("event.slug", "EVENT"), Column("event.name", "NAME"), Column("attendee.state", "STATE"),
            Column("attendee.position", "POSITION", .number), Column("attendee.offeredUntil", "OFFERED-UNTIL", .time),
            Column("channelNames", "CHANNELS"), Column("event.starts", "STARTS"), Column("event.id", "ID", wide: true),
        ]
    )

    /// What joining came to, for people and for programs.
    static func print(_ joined: JoinedEvent, _ run: Run) throws {
        let names = Node.list(joined.channels.compactMap { $0.name.map(Node.text) })
        let sentence =
            switch joined.attendee.state {
            case .registered: "joined \(VisibleText.line(joined.event.slug))"
            case .waiting:
                "is in the waiting list of \(VisibleText.line(joined.event.slug)), place "
                    + String(joined.attendee.position ?? 1)
            case .requested: "asked for a place in \(VisibleText.line(joined.event.slug)); an organizer answers"
            default: "\(joined.attendee.state.rawValue) in \(VisibleText.line(joined.event.slug))"
            }
        try run.changed(Node(joined).adding("channelNames", names), joinedShape, sentence)
    }

    static var join: Command<Action> {
        Command(
            "join",
            "Joins an event by its code, with its channels.",
            discussion: """
                With --guest nobody has to be signed in: the code and a name to be shown are enough, where the event allows \
                guests. The session is kept like that of a sign-in, under --context NAME if there is another one, and ends with \
                the event; "chatctl profile become" turns it into an account.
                """,
            examples: [
                Example("chatctl join DEVC-7K2M"),
                Example("chatctl join DEVC-7K2M --guest 'Mia from Bergen' --server https://chat.example.org"),
            ],
            arguments: [.required("CODE", "The code; dashes and case do not matter.")],
            options: [
                .value("guest", "NAME", "Joins without an account, under this name."),
                .value("device", "NAME", "How the guest's session is listed."),
            ] + Options.change,
            action: Action("events.join", "guests.enter") { run in
                let code = run.values.required("CODE")
                guard let name = run.values.string("guest") else {
                    return try print(try await run.call(.joinEvent, EventJoin(code: code)), run)
                }
                try await enter(run, code, as: name)
            }
        )
    }

    private static func enter(_ run: Run, _ code: String, as name: String) async throws {
        _ = try AccountCommands.named(run)
        let device = run.values.string("device") ?? "chatctl on \(HostName.current)"
        let entry = GuestEntry(code: code, displayName: name, device: device)
        try await AccountCommands.finish(run, try await run.call(.enterAsGuest, entry), "joined as")
    }

    // MARK: - Codes

    private static let codeShape = Shape(
        "join code",
        JoinCode.self,
        name: { $0.at("code").text ?? "" },
        [
            Column("code"), Column("label"), Column("used", "USED", .number), Column("uses", "LIMIT", .number),
            Column("expiresAt", "EXPIRES", .time), Column("createdAt", "CREATED", .time, wide: true),
            Column("event", wide: true),
        ]
    )

    static var codes: Command<Action> {
        Command(
            "code",
            "Join codes: on the door, in a mail, on a slide.",
            aliases: ["codes"],
            examples: [
                Example("chatctl event code ls devconf"),
                Example("chatctl event code create devconf --label 'speakers' --uses 40"),
            ],
            children: { [list, create, revoke] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists an event's join codes.",
            aliases: ["list"],
            examples: [Example("chatctl event code ls devconf"), Example("chatctl event code ls devconf -o name")],
            arguments: [EventCommands.event],
            action: Action("joinCodes.list") { run in
                try await run.list(codeShape) { _, _ in
                    try await run.call(.listJoinCodes, EventRef(run.values.required("EVENT")))
                }
            }
        )
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Makes a join code.",
            examples: [
                Example("chatctl event code create devconf"),
                Example("chatctl event code create devconf --label 'at the door' --hours 12 --uses 200"),
            ],
            arguments: [EventCommands.event],
            options: [
                .value("label", "TEXT", "What it is for."),
                .value("hours", "N", .integer(1...100_000), "How long it is good; until the event ends if not said."),
                .value("uses", "N", .integer(1...10_000_000), "How often it may be used."),
            ] + Options.change,
            action: Action("joinCodes.create") { run in
                let draft = JoinCodeDraft(
                    event: run.values.required("EVENT"),
                    label: run.values.string("label"),
                    hours: run.values.int("hours"),
                    uses: run.values.int("uses")
                )
                let code = try await run.call(.createJoinCode, draft)
                try run.changed(Node(code), codeShape, "made a join code of \(VisibleText.line(draft.event))")
            }
        )
    }

    private static var revoke: Command<Action> {
        Command(
            "revoke",
            "Ends join codes; who came by them stays.",
            aliases: ["rm"],
            examples: [Example("chatctl event code revoke devconf DEVC-7K2M --yes")],
            arguments: [
                EventCommands.event, .rest("CODE", .dynamic("codes"), "Codes; - reads them from standard input."),
            ],
            options: [Options.file("codes"), Options.yes] + Options.change,
            action: Action("joinCodes.revoke") { run in
                let event = run.values.required("EVENT")
                let codes = try run.inputs("CODE")
                try run.confirm("End \(UserCommands.shown(codes))?")
                try await run.each(codes, codeShape, verb: "revoked") { code, part in
                    _ = try await run.call(.revokeJoinCode, JoinCodeRef(event: event, code: code), part: part)
                    return nil
                }
            }
        )
    }
}
