import ChatAPI
import Flags

/// `message search`: full-text search with what matched.
enum SearchCommands {
    static let shape = Shape(
        "message",
        SearchHit.self,
        name: { $0.at("message").text ?? "" },
        [
            Column("message"), Column("entry.at", "TIME", .time), Column("byName", "BY"), Column("entry.text", "TEXT"),
            Column("entry.channel", "CHANNEL-ID", wide: true), Column("entry.by", "BY-ID", wide: true),
            Column("highlights", wide: true),
        ]
    )

    static var search: Command<Action> {
        Command(
            "search",
            "Finds messages one may read, newest first.",
            discussion: """
                All words must be there. "a phrase" in quotes, word* for beginnings, -word for what must not be there. What \
                was sent in the last second may not be in the index yet; -v says up to when it is.
                """,
            examples: [
                Example("chatctl message search doors open"),
                Example("chatctl message search '\"doors open\"' --channel general --by ana --since 7d"),
                Example("chatctl message search 'door*' --limit 5 -o json"),
                Example("chatctl message search -- doors -rain", "Words behind -- may begin with a dash."),
            ],
            arguments: [.rest("WORD", minimum: 1, "What to look for.")],
            options: [
                .value("channel", "CHANNEL", .dynamic("channels"), "Only there."),
                .value("by", "NAME", .dynamic("users"), "Only by this author."), Options.since,
                .value("until", "WHEN", "Up to this time, in the same forms as --since."), Options.limit,
            ],
            action: Action("messages.search") { run in
                var query = SearchQuery(
                    q: run.values.strings("WORD").joined(separator: " "),
                    channel: run.values.string("channel"),
                    by: run.values.string("by"),
                    since: try run.moment("since"),
                    until: try run.moment("until")
                )
                let limit = run.values.int("limit")
                let list = try run.output.list(shape)
                var isCut = false
                repeat {
                    query.limit = min(limit.map { $0 - list.count + 1 } ?? Limits.pageItems, Limits.pageItems)
                    let page = try await run.call(.search, query)
                    if query.cursor == nil, run.values.count("verbose") > 0 {
                        run.warn("indexed up to \(TimeText.utc(page.indexedTo))")
                    }
                    await run.people.meet(page.hits.map(\.entry.by), run)
                    for hit in page.hits {
                        if let limit, list.count == limit {
                            isCut = true
                            break
                        }
                        list.add(await node(hit, run))
                    }
                    query.cursor = isCut ? nil : page.nextCursor
                } while query.cursor != nil
                list.end()
                if isCut, let limit {
                    run.warn("only the newest \(limit) are shown; there are more, without --limit all of them")
                }
            }
        )
    }

    private static func node(_ hit: SearchHit, _ run: Run) async -> Node {
        var title = "@me"
        if let id = hit.entry.channel {
            title = await run.people.titles(of: [id], run)[id] ?? id.description
        }
        let name = Node.text(run.people.name(hit.entry.by))
        return .object(
            [.init("message", .text("\(title)/\(hit.entry.seq)")), .init("byName", name)] + members(Node(hit))
        )
    }

    private static func members(_ node: Node) -> [Node.Member] {
        if case .object(let members) = node { members } else { [] }
    }
}
