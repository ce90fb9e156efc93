import ChatAPI
import Flags

/// `event …`: events themselves. Files are in `EventFileCommands.swift`, who comes in `AttendeeCommands.swift`.
enum EventCommands {
    static let shape = Shape(
        "event",
        Event.self,
        name: { $0.at("slug").text ?? "" },
        [
            Column("slug", "EVENT"), Column("name"), Column("state"), Column("phase"), Column("starts"),
            Column("ends"), Column("registered", "REGISTERED", .number), Column("attendance", "MINE"),
            Column("agencySlug", "AGENCY", wide: true), Column("zone", wide: true),
            Column("place.name", "PLACE", wide: true), Column("place.address", "ADDRESS", wide: true),
            Column("place.latitude", "LATITUDE", wide: true), Column("place.longitude", "LONGITUDE", wide: true),
            Column("capacity", "CAPACITY", .number, wide: true), Column("waiting", "WAITING", .number, wide: true),
            Column("registration", wide: true), Column("guests", wide: true), Column("role", "MY-ROLE", wide: true),
            Column("publishedAt", "PUBLISHED", .time, wide: true), Column("reason", wide: true),
            Column("version", "VERSION", .number, wide: true), Column("id", wide: true),
        ]
    )

    static let event = Argument.required("EVENT", .dynamic("events"), "An event, by its word or id.")

    static var noun: Command<Action> {
        Command(
            "event",
            "Events: from a draft to the archive, and everybody who comes.",
            aliases: ["events"],
            examples: [
                Example(
                    "chatctl event apply -f event.yaml",
                    "Makes it what the file says, and again if the file changes."
                ),
                Example("chatctl event publish devconf", "Makes its channels, its queue and a join code."),
                Example("chatctl event code ls devconf"),
                Example("chatctl event attendees devconf -o csv > people.csv"),
            ],
            children: {
                [
                    list, show, create, edit, delete, EventFileCommands.apply, EventFileCommands.diff,
                    EventFileCommands.export, EventStateCommands.publish, EventStateCommands.cancel,
                    EventStateCommands.archive, EventStateCommands.clone, EventStateCommands.calendar,
                    EventStateCommands.channels, JoinCommands.codes, AttendeeCommands.attendees,
                    AttendeeCommands.approve, AttendeeCommands.decline, AttendeeCommands.checkIn,
                    AttendeeCommands.undoCheckIn, RegistrationCommands.register, RegistrationCommands.accept,
                    RegistrationCommands.withdraw, RegistrationCommands.show, ContactCommands.noun,
                    IssueCommands.noun,
                ]
            }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists events in the order of their starts: published ones, and the drafts of one's own.",
            aliases: ["list"],
            examples: [
                Example("chatctl event ls"), Example("chatctl event ls --from 2026-05-01 --agency nordlys -o wide"),
                Example("chatctl event ls --mine"),
            ],
            options: [
                .value("query", "TEXT", "Only those whose word, name, description or address contains this."),
                .value("agency", "AGENCY", .dynamic("agencies"), "Only this agency's."),
                .value("state", "STATE", .choice(EventState.words.map(\.rawValue)), "Only those in this state."),
                .value("from", "WHEN", "Only those that are over after this: 2026-05-01, 2026-05-01T12:00Z."),
                .value("to", "WHEN", "Only those that begin before this."),
                .flag("mine", "Only those one is registered for."), Options.limit,
            ],
            action: Action("events.list") { run in
                var query = EventQuery(
                    query: run.values.string("query"),
                    agency: run.values.string("agency"),
                    state: run.values.string("state").flatMap(EventState.init(rawValue:)),
                    from: try run.moment("from"),
                    to: try run.moment("to"),
                    mine: run.values.flag("mine") ? true : nil
                )
                try await run.list(shape) { limit, cursor in
                    query.limit = limit
                    query.cursor = cursor
                    return try await run.call(.listEvents, query)
                }
            }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows an event.",
            aliases: ["get"],
            examples: [Example("chatctl event show devconf"), Example("chatctl event show devconf -o yaml")],
            arguments: [event],
            action: Action("events.get") { run in
                let found = try await run.call(.event, EventRef(run.values.required("EVENT")))
                try run.output.one(Node(found), shape)
            }
        )
    }

    // MARK: - Changing

    /// What both `create` and `edit` take.
    private static let details: [Option] = [
        .value("description", "TEXT", "What it is about."), .value("zone", "ZONE", "IANA name: Europe/Oslo."),
        .value("place", "TEXT", "What the place is called."), .value("address", "TEXT", "Its address."),
        .value("at", "LAT,LON", "Its coordinates in degrees: 59.9139,10.7522."),
        .value("capacity", "N", .integer(0...10_000_000), "How many have a place; 0: as many as come."),
        .value(
            "registration",
            "MODE",
            .choice(RegistrationMode.words.map(\.rawValue)),
            "Who gets in: anybody, who is approved, who has a code."
        ),
        .value("offer", "MINUTES", .integer(1...100_000), "How long a place is kept for who is next in line."),
        .flag("guests", "Whether a join code lets people in without an account.", negatable: true),
        .flag("participant-channels", "Whether participants make channels.", negatable: true),
    ]

    private static var create: Command<Action> {
        Command(
            "create",
            "Makes an event as a draft; nobody but its agency sees it yet.",
            examples: [
                Example(
                    "chatctl event create devconf --agency nordlys --name 'DevConf 2026' --starts 2026-05-01T09:00 "
                        + "--ends 2026-05-02T17:00 --zone Europe/Oslo"
                )
            ],
            arguments: [.required("EVENT", "The word it is named by: small letters, digits and -.")],
            options: [
                .value("agency", "AGENCY", .dynamic("agencies"), "Whose it is.", isRequired: true),
                .value("name", "NAME", "Its name in full.", isRequired: true),
                .value("starts", "TIME", "On the clocks of the zone: 2026-05-01T09:00.", isRequired: true),
                .value("ends", "TIME", "The same for its end.", isRequired: true),
            ] + details.map { $0.name == "zone" ? zone : $0 } + Options.change,
            action: Action("events.create") { run in
                let draft = EventDraft(
                    agency: run.values.required("agency"),
                    slug: run.values.required("EVENT"),
                    name: run.values.required("name"),
                    description: run.values.string("description"),
                    starts: run.values.required("starts"),
                    ends: run.values.required("ends"),
                    zone: run.values.required("zone"),
                    place: try place(run, over: nil),
                    capacity: run.values.int("capacity").flatMap { $0 == 0 ? nil : $0 },
                    registration: run.values.string("registration").flatMap(RegistrationMode.init(rawValue:)),
                    offerMinutes: run.values.int("offer"),
                    guests: said("guests", run),
                    participantChannels: said("participant-channels", run)
                )
                let made = try await run.call(.createEvent, draft)
                try run.changed(Node(made), shape, "made \(VisibleText.line(made.slug)), a draft")
            }
        )
    }

    private static let zone = Option.value("zone", "ZONE", "IANA name: Europe/Oslo.", isRequired: true)

    private static var edit: Command<Action> {
        let names = ["slug", "name", "starts", "ends"] + details.map(\.name)
        return Command(
            "edit",
            "Changes an event.",
            examples: [
                Example("chatctl event edit devconf --capacity 400"),
                Example("chatctl event edit devconf --starts 2026-05-01T10:00 --if-match 7"),
            ],
            arguments: [event],
            options: [
                .value("slug", "WORD", "A new word."), .value("name", "NAME", "A new name."),
                .value("starts", "TIME", "On the clocks of the zone: 2026-05-01T09:00."),
                .value("ends", "TIME", "The same for its end."),
            ] + details + [Options.ifMatch] + Options.change,
            action: Action("events.update", "events.get") { run in
                try run.needsOne(of: names)
                var change = EventChange(event: run.values.required("EVENT"))
                change.slug = run.values.string("slug")
                change.name = run.values.string("name")
                change.description = run.values.string("description")
                change.starts = run.values.string("starts")
                change.ends = run.values.string("ends")
                change.zone = run.values.string("zone")
                change.capacity = run.values.int("capacity")
                change.registration = run.values.string("registration").flatMap(RegistrationMode.init(rawValue:))
                change.offerMinutes = run.values.int("offer")
                change.guests = said("guests", run)
                change.participantChannels = said("participant-channels", run)
                if ["place", "address", "at"].contains(where: { run.values.string($0) != nil }) {
                    // A place is one value: what the line does not say of it stays.
                    let known = try await run.call(.event, EventRef(change.event)).place
                    change.place = try place(run, over: known)
                }
                let event = try await run.call(.changeEvent, change)
                try run.changed(Node(event), shape, "changed \(VisibleText.line(event.slug))")
            }
        )
    }

    /// A flag that the line names, either way.
    private static func said(_ flag: String, _ run: Run) -> Bool? {
        run.values.origin(flag) == .line ? run.values.flag(flag) : nil
    }

    private static func place(_ run: Run, over known: EventPlace?) throws -> EventPlace? {
        var place = known ?? EventPlace()
        if let name = run.values.string("place") { place.name = name.isEmpty ? nil : name }
        if let address = run.values.string("address") { place.address = address.isEmpty ? nil : address }
        if let text = run.values.string("at") {
            let point = try Coordinates.read(text, option: "at")
            (place.latitude, place.longitude) = (point?.latitude, point?.longitude)
        }
        return place == EventPlace() && known == nil ? nil : place
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Deletes a draft. What was published is cancelled or archived instead.",
            aliases: ["rm"],
            examples: [Example("chatctl event delete devconf --confirm devconf")],
            arguments: [event],
            options: [Options.confirm("event")] + Options.change,
            action: Action("events.delete") { run in
                let name = run.values.required("EVENT")
                try run.confirm("This deletes the draft \(VisibleText.line(name)).", name: name)
                _ = try await run.call(.deleteEvent, EventRef(name))
                try run.done("deleted", name)
            }
        )
    }
}

/// Degrees as the line writes them.
enum Coordinates {
    /// `59.9139,10.7522`; nothing for an empty text.
    static func read(_ text: String, option: String) throws(Failure) -> (latitude: Double, longitude: Double)? {
        if text.isEmpty { return nil }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        guard parts.count == 2, let latitude = Double(parts[0]), let longitude = Double(parts[1]),
            (-90...90).contains(latitude), (-180...180).contains(longitude)
        else {
            throw .usage(
                "--\(option) must be degrees north and east such as 59.9139,10.7522, not \"\(VisibleText.line(text))\""
            )
        }
        return (latitude, longitude)
    }
}

extension Run {
    /// An edit without anything to change is a mistake of the line.
    func needsOne(of options: [String]) throws(Failure) {
        guard !options.contains(where: { values.origin($0) == .line }) else { return }
        throw .usage("nothing to change: give \(options.map { "--\($0)" }.joined(separator: ", "))")
    }
}
