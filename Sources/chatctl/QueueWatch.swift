import ChatAPI
import ChatKit
import Flags

/// `queue watch|log`: what happens in a queue, as it happens or page by page.
enum QueueWatch {
    static let shape = Shape(
        "entry",
        Entry.self,
        name: { $0.at("request.id").text ?? $0.at("chat.id").text ?? String($0.at("seq").integer ?? 0) },
        [
            Column("seq", "SEQ", .number, usual: 4), Column("at", "TIME", .time), Column("push", "KIND", usual: 7),
            Column("action", "WHAT", usual: 8), Column("state", usual: 9), Column("participantName", "WHO", usual: 8),
            Column("organizerName", "ORGANIZER"), Column("topic"), Column("id", wide: true),
            Column("reason", wide: true),
            Column("byName", "BY", wide: true), Column("priority", "PRIORITY", .number, wide: true),
            Column("stars", "STARS", .number, wide: true), Column("clock", "PROMISE", wide: true),
        ]
    )

    /// An entry with the names that its ids stand for, and with what a request and a chat have in common side by side.
    static func node(_ entry: Entry, _ people: People) -> Node {
        var node = Node(entry).adding("byName", .text(people.name(entry.by)), after: "by")
        func add(_ name: String, _ value: Node?) { if let value, value != .null { node = node.adding(name, value) } }
        func name(_ id: AccountID?) -> Node? { id.map { .text(people.name($0)) } }
        if let news = entry.request {
            let all = Node(news)
            for member in ["action", "state", "topic", "id", "reason", "priority"] { add(member, all[member]) }
            add("participantName", name(news.participant))
            add("organizerName", name(news.organizer))
        } else if let news = entry.chat {
            let all = Node(news)
            for member in ["action", "state", "id", "reason", "stars", "clock"] { add(member, all[member]) }
            add("participantName", name(news.participant))
            add("organizerName", name(news.organizer))
        }
        return node
    }

    private static let after = Option.value(
        "after",
        "SEQ",
        .integer(0...Int.max),
        "From the entry behind this number on."
    )

    static var watch: Command<Action> {
        Command(
            "watch",
            "Follows what happens in a queue: who asks, who takes, what ends, which promise broke.",
            discussion: """
                It runs over the live connection, comes back by itself after a lost one and goes on exactly where it was; \
                standard error says whether it is connected. It ends when one may not see the queue any more.
                """,
            examples: [
                Example("chatctl queue watch devconf"),
                Example("chatctl queue watch devconf --after 0", "From its beginning."),
                Example(
                    "chatctl queue watch devconf -o jsonl | jq -r 'select(.request.action==\"ask\") | .participantName'"
                ),
            ],
            arguments: [QueueCommands.queue],
            options: [after],
            action: Action("queues.entries", "queues.list", "queues.get", "sync") { run in
                let name = run.values.required("QUEUE")
                let id = try await run.queue(name)
                let list = try run.output.list(shape, isEndless: true)
                var start = run.values.int("after").map(Int64.init)
                if start == nil {
                    // Where it stands, so that nothing between this line and the connection is missed.
                    start = try await run.call(.queueEntries, QueueLogQuery(queue: id, after: nil, limit: 1)).head
                    let waiting = try await run.call(.queue, QueueRef(id)).waiting ?? 0
                    run.say(
                        "\(waiting == 1 ? "1 request waits" : "\(waiting) requests wait") in \(VisibleText.line(name))"
                    )
                }
                try await run.follow(.queue(id), after: start, named: "the queue \(VisibleText.line(name))") { event in
                    guard case .entries(let entries) = event else { return }
                    await run.people.meet(EntryView.people(in: entries), run)
                    for entry in entries { list.add(node(entry, run.people)) }
                }
            }
        )
    }

    static var log: Command<Action> {
        Command(
            "log",
            "Lists what happened in a queue, oldest first.",
            examples: [
                Example("chatctl queue log devconf -n 50"), Example("chatctl queue log devconf -o csv > queue.csv"),
            ],
            arguments: [QueueCommands.queue],
            options: [
                after,
                .value("limit", short: "n", "N", .integer(1...10_000_000), "How many of the last; all if not said."),
            ],
            action: Action("queues.entries", "queues.list") { run in
                let id = try await run.queue(run.values.required("QUEUE"))
                let head = try await run.call(.queueEntries, QueueLogQuery(queue: id, after: nil, limit: 1)).head
                var position = Int64(run.values.int("after") ?? 0)
                if let limit = run.values.int("limit") { position = max(position, head - Int64(limit)) }
                let list = try run.output.list(shape)
                while position < head {
                    let page = try await run.call(
                        .queueEntries,
                        QueueLogQuery(queue: id, after: position, limit: Limits.pageItems)
                    )
                    guard let last = page.entries.last else { break }
                    await run.people.meet(EntryView.people(in: page.entries), run)
                    for entry in page.entries { list.add(node(entry, run.people)) }
                    position = last.seq
                }
                list.end()
            }
        )
    }
}
