import ChatAPI
import Flags

/// `event attendees|approve|decline|check-in|undo-check-in`: who comes, as those who run the event or its door see it.
enum AttendeeCommands {
    static let shape = Shape(
        "attendee",
        Attendee.self,
        name: { $0.at("name").text ?? "" },
        [
            Column("name"), Column("displayName"), Column("state"), Column("position", "WAITING", .number),
            Column("checkedInAt", "ARRIVED", .time), Column("isGuest", "GUEST"),
            Column("registeredAt", "REGISTERED", .time), Column("offeredUntil", "OFFERED-UNTIL", .time),
            Column("account", "ID", wide: true), Column("event", wide: true),
            Column("version", "VERSION", .number, wide: true),
        ]
    )

    static var attendees: Command<Action> {
        Command(
            "attendees",
            "Lists who registered for an event, for those who run it or its door.",
            aliases: ["people"],
            examples: [
                Example("chatctl event attendees devconf -o csv > people.csv"),
                Example("chatctl event attendees devconf --waiting", "The waiting list, in its order."),
                Example("chatctl event attendees devconf --absent"),
            ],
            arguments: [EventCommands.event],
            options: [
                .value(
                    "state",
                    "STATE",
                    .choice(AttendeeState.words.map(\.rawValue)),
                    "Only those whose registration is so."
                ),
                .flag("waiting", "The waiting list: --state waiting."),
                .flag("arrived", "Only who has been checked in."), .flag("absent", "Only who has not."),
                .value("query", "TEXT", "Only names that contain this."), Options.limit,
            ],
            action: Action("attendees.list") { run in
                let (isArrived, isAbsent) = (run.values.flag("arrived"), run.values.flag("absent"))
                if isArrived, isAbsent { throw Failure.usage("--arrived and --absent exclude each other") }
                var state = run.values.string("state").flatMap(AttendeeState.init(rawValue:))
                if run.values.flag("waiting") {
                    if state != nil { throw Failure.usage("--waiting and --state exclude each other") }
                    state = .waiting
                }
                var query = AttendeeQuery(
                    event: run.values.required("EVENT"),
                    state: state,
                    checkedIn: isArrived ? true : isAbsent ? false : nil,
                    query: run.values.string("query")
                )
                try await run.list(shape) { limit, cursor in
                    query.limit = limit
                    query.cursor = cursor
                    return try await run.call(.listAttendees, query)
                }
            }
        )
    }

    static var approve: Command<Action> {
        verb(
            "approve",
            "Says yes to registrations.",
            "approved",
            "attendees.approve",
            .approveAttendee,
            "chatctl event attendees devconf --state requested -o name | chatctl event approve devconf -"
        )
    }

    static var decline: Command<Action> {
        verb(
            "decline",
            "Says no to registrations, or takes places away.",
            "declined",
            "attendees.decline",
            .declineAttendee,
            "chatctl event decline devconf bo --yes",
            question: "Decline"
        )
    }

    static var checkIn: Command<Action> {
        verb(
            "check-in",
            "Ticks off who has arrived; a second time says when it was.",
            "checked in",
            "attendees.checkIn",
            .checkIn,
            "chatctl event check-in devconf ana bo"
        )
    }

    static var undoCheckIn: Command<Action> {
        verb(
            "undo-check-in",
            "Takes ticks back.",
            "undone",
            "attendees.undoCheckIn",
            .undoCheckIn,
            "chatctl event undo-check-in devconf bo"
        )
    }

    /// A second time says when the first one was.
    private static func repeated(_ node: Node, _ run: Run) -> Run.Repeated? {
        guard node.at("wasCheckedIn") == .bool(true), case .integer(let at) = node.at("checkedInAt") else { return nil }
        let name = VisibleText.line(node.at("name").text ?? "")
        let since = TimeText.local(at, offset: run.console.zoneOffset(at: at))
        return Run.Repeated(status: "was_checked_in", sentence: "\(name) had been checked in already, \(since)")
    }

    /// The four things that are done to registrations, one by one or in bulk.
    private static func verb(
        _ name: String,
        _ summary: String,
        _ done: String,
        _ operation: String,
        _ endpoint: Endpoint<AttendeeRef, Attendee>,
        _ example: String,
        question: String? = nil
    ) -> Command<Action> {
        Command(
            name,
            summary,
            examples: [Example(example)],
            arguments: [
                EventCommands.event,
                .rest("NAME", .dynamic("attendees"), "Accounts, by name or id; - reads them from standard input."),
            ],
            options: [Options.file("names")] + (question == nil ? [] : [Options.yes]) + Options.change,
            action: Action(operation) { run in
                let event = run.values.required("EVENT")
                let names = try run.inputs("NAME")
                if let question { try run.confirm("\(question) \(UserCommands.shown(names))?") }
                try await run.each(names, shape, verb: done, repeated: repeated) { name, part in
                    Node(try await run.call(endpoint, AttendeeRef(event: event, account: name), part: part))
                }
            }
        )
    }
}
