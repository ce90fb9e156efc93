import ChatAPI
import Flags

/// `event publish|cancel|archive|clone|ics|channels`, and `announce`: what becomes of an event, and what it tells.
enum EventStateCommands {
    static var publish: Command<Action> {
        Command(
            "publish",
            "Shows drafts to everybody: makes their channels, a queue for help and a join code.",
            examples: [
                Example("chatctl event publish devconf"),
                Example("chatctl event code ls devconf", "The code to give away."),
            ],
            arguments: [.rest("EVENT", .dynamic("events"), "Events; - reads them from standard input.")],
            options: [Options.file("events")] + Options.change,
            action: Action("events.publish") { run in
                try await run.each(try run.inputs("EVENT"), EventCommands.shape, verb: "published") { event, part in
                    Node(try await run.call(.publishEvent, EventRef(event), part: part))
                }
            }
        )
    }

    static var cancel: Command<Action> {
        Command(
            "cancel",
            "Calls a published event off; everyone in it is told.",
            examples: [Example("chatctl event cancel devconf --reason 'the hall has no roof any more' --yes")],
            arguments: [EventCommands.event],
            options: [.value("reason", "TEXT", "Why; everyone in it reads it."), Options.yes] + Options.change,
            action: Action("events.cancel") { run in
                let name = run.values.required("EVENT")
                try run.confirm("Cancel \(VisibleText.line(name)) for good?")
                let event = try await run.call(
                    .cancelEvent,
                    EventCancellation(event: name, reason: run.values.string("reason"))
                )
                try run.changed(Node(event), EventCommands.shape, "cancelled \(VisibleText.line(event.slug))")
            }
        )
    }

    static var archive: Command<Action> {
        Command(
            "archive",
            "Closes published events: everything stays readable, nothing is added.",
            examples: [Example("chatctl event archive devconf --yes")],
            arguments: [.rest("EVENT", .dynamic("events"), "Events; - reads them from standard input.")],
            options: [Options.file("events"), Options.yes] + Options.change,
            action: Action("events.archive") { run in
                let events = try run.inputs("EVENT")
                try run.confirm("Archive \(UserCommands.shown(events))?")
                try await run.each(events, EventCommands.shape, verb: "archived") { event, part in
                    Node(try await run.call(.archiveEvent, EventRef(event), part: part))
                }
            }
        )
    }

    static var clone: Command<Action> {
        Command(
            "clone",
            "Makes a draft that is a copy of an event: all but its people, codes, issues and talk.",
            examples: [
                Example("chatctl event clone devconf devconf-27 --name 'DevConf 2027' --starts 2027-05-01T09:00")
            ],
            arguments: [EventCommands.event, .required("COPY", "The word that the copy is named by.")],
            options: [
                .value("name", "NAME", "The copy's name."),
                .value("starts", "TIME", "When it starts, on the zone's clocks; it lasts as long as the original."),
            ] + Options.change,
            action: Action("events.clone") { run in
                let clone = EventClone(
                    event: run.values.required("EVENT"),
                    slug: run.values.required("COPY"),
                    name: run.values.string("name"),
                    starts: run.values.string("starts")
                )
                let event = try await run.call(.cloneEvent, clone)
                try run.changed(Node(event), EventCommands.shape, "made \(VisibleText.line(event.slug)), a draft")
            }
        )
    }

    // MARK: - Reading

    private static let calendarShape = Shape(
        "calendar",
        Calendar.self,
        name: { $0.at("text").text.map { _ in "calendar" } ?? "" },
        [Column("text")]
    )

    static var calendar: Command<Action> {
        Command(
            "ics",
            "Writes an event for other calendars: iCalendar, RFC 5545.",
            discussion: "Without -o it is the file itself.",
            aliases: ["calendar"],
            examples: [Example("chatctl event ics devconf > devconf.ics")],
            arguments: [EventCommands.event],
            options: [
                .value("to", "FILE", .file, "Where to; standard output if nothing is said.", default: "-")
            ],
            action: Action("events.calendar") { run in
                let calendar = try await run.call(.eventCalendar, EventRef(run.values.required("EVENT")))
                if run.values.origin("output") != .fallback, run.output.format.isForPrograms {
                    return try run.output.one(Node(calendar), calendarShape)
                }
                let file = try ExportFile(run.values.required("to"), run.console)
                file.write(calendar.text)
                try file.finish()
                if !file.isStandardOutput { run.say("wrote \(file.path)") }
            }
        )
    }

    static var channels: Command<Action> {
        Command(
            "channels",
            "Lists the channels of an event's space that one may see.",
            examples: [Example("chatctl event channels devconf")],
            arguments: [EventCommands.event],
            action: Action("events.channels") { run in
                try await run.list(
                    ChannelCommands.shape,
                    node: { channel in
                        Node(channel).adding("title", .text(run.people.title(channel)), after: "kind")
                    }
                ) { _, _ in
                    try await run.call(.eventChannels, EventRef(run.values.required("EVENT")))
                }
            }
        )
    }

    // MARK: - Announcing

    private static let announcedShape = Shape(
        "announcement",
        Sent.self,
        name: { String($0.at("seq").integer ?? 0) },
        [Column("seq", "SEQ", .number), Column("at", "TIME", .time)]
    )

    static var announce: Command<Action> {
        Command(
            "announce",
            "Writes to everyone in an event.",
            discussion: "It stands in the event's #announcements and counts as a mention of everybody.",
            examples: [
                Example("chatctl announce devconf 'Lunch is served in the yard'"),
                Example("chatctl announce devconf - < lunch.txt"),
            ],
            arguments: [EventCommands.event, Arguments.text],
            options: [
                .value("cid", "ID", "The message's own id, a UUIDv7: a repeat with the same one is sent once.")
            ] + Options.change,
            action: Action("events.announce") { run in
                let event = run.values.required("EVENT")
                let cid = try run.values.string("cid").map { text throws(Failure) in
                    guard let cid = ClientID(text) else {
                        throw Failure.usage("--cid: \"\(VisibleText.line(text))\" is no id")
                    }
                    return cid
                }
                let text = try run.text(limit: Limits.messageBytes)
                let sent = try await run.call(.announce, AnnouncementDraft(event: event, text: text, cid: cid))
                try run.changed(Node(sent), announcedShape, "announced to \(VisibleText.line(event))")
            }
        )
    }
}
