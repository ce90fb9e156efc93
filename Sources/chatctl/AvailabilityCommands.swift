import ChatAPI
import Flags

/// `availability show|set`: whether and how much one works.
enum AvailabilityCommands {
    private static let shape = Shape(
        "availability",
        Availability.self,
        name: { $0.at("accepts").text ?? "" },
        [
            Column("accepts"), Column("isAway", "AWAY"), Column("openChats", "CHATS"), Column("capacity", "OF"),
            Column("skills"), Column("workLists", "WAITING"),
        ]
    )

    static var noun: Command<Action> {
        Command(
            "availability",
            "Whether and how much one works: accept chats, be away, capacity, skills.",
            examples: [
                Example("chatctl availability show"),
                Example("chatctl availability set --accept always --capacity 3"),
                Example("chatctl availability set --away"),
            ],
            children: { [show, set] }
        )
    }

    /// `devconf 3, sound 0`: the work lists in a cell.
    private static func node(_ availability: Availability) -> Node {
        let lists = availability.queues.map { "\($0.name) \($0.waiting)" }
        return Node(availability).adding("workLists", .list(lists.map(Node.text)))
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows whether one accepts chats, and how one's work lists stand.",
            aliases: ["get"],
            examples: [Example("chatctl availability show"), Example("chatctl availability show -o json")],
            action: Action("availability.get") { run in
                try run.output.one(node(try await run.call(.availability)), shape)
            }
        )
    }

    private static var set: Command<Action> {
        Command(
            "set",
            "Accepts chats or stops, goes away or comes back, sets capacity and skills.",
            examples: [
                Example(
                    "chatctl availability set --accept next",
                    "The next one is handed over by itself, then no more."
                ),
                Example("chatctl availability set --back --skill medical --skill de"),
            ],
            options: [
                .value(
                    "accept",
                    "WHAT",
                    .choice(Availability.Accepts.words.map(\.rawValue)),
                    "Chats that are handed over by themselves: none, the next one, always."
                ),
                .flag("away", "Nothing is offered and nothing handed over."), .flag("back", "The opposite of --away."),
                .value("capacity", "N", .integer(1...Limits.chatsPerOrganizer), "Chats at a time."),
                .repeated("skill", "WORD", "What one can do; all of them, the others go."),
                .flag("no-skills", "Removes all skills."),
            ] + Options.change,
            action: Action("availability.set") { run in
                try run.needsOne(of: ["accept", "away", "back", "capacity", "skill", "no-skills"])
                let (isAway, isBack) = (run.values.flag("away"), run.values.flag("back"))
                if isAway, isBack { throw Failure.usage("--away and --back exclude each other") }
                let skills = run.values.strings("skill")
                if run.values.flag("no-skills"), !skills.isEmpty {
                    throw Failure.usage("--skill and --no-skills exclude each other")
                }
                let change = AvailabilityChange(
                    accepts: run.values.string("accept").flatMap(Availability.Accepts.init(rawValue:)),
                    isAway: isAway ? true : isBack ? false : nil,
                    capacity: run.values.int("capacity"),
                    skills: run.values.flag("no-skills") ? [] : skills.isEmpty ? nil : skills
                )
                let now = try await run.call(.setAvailability, change)
                try run.changed(node(now), shape, "accepts \(now.accepts.rawValue)\(now.isAway ? ", away" : "")")
            }
        )
    }
}
