import ChatAPI
import Flags

/// What completion offers for each kind of name, asked of the daemon. What cannot be had is left out: a shell is waiting.
struct CompletionList: Sendable {
    /// Without what does not begin with the prefix; the caller looks again.
    let words: @Sendable (_ run: Run, _ prefix: String) async throws -> [Word]

    struct Word: Sendable {
        let text: String
        let note: String

        init(_ text: String, _ note: String = "") {
            self.text = text
            self.note = note
        }
    }

    private init(_ words: @escaping @Sendable (Run, String) async throws -> [Word]) { self.words = words }

    static let table: [String: CompletionList] = [
        "agencies": CompletionList { run, _ in
            try await run.call(.listAgencies, AgencyQuery(limit: Limits.pageItems)).items.map { Word($0.slug, $0.name) }
        },
        "attendees": CompletionList { run, _ in
            let query = AttendeeQuery(event: try typed("EVENT", run), limit: Limits.pageItems)
            return try await run.call(.listAttendees, query).items.map { Word($0.name, $0.state.rawValue) }
        },
        "channels": CompletionList { run, prefix in try await channels(run, prefix) },
        "chats": CompletionList { run, _ in
            let me = try await run.call(.me).account.id
            return try await run.call(.listChats, ChatQuery(archived: false, limit: Limits.pageItems)).items.map {
                chat in
                Word("@" + (chat.participant == me ? chat.organizerName ?? "" : chat.participantName), chat.topic ?? "")
            }
        },
        "codes": CompletionList { run, _ in
            try await run.call(.listJoinCodes, EventRef(typed("EVENT", run))).items
                .map { Word($0.code, $0.label ?? "") }
        },
        "events": CompletionList { run, _ in
            try await run.call(.listEvents, EventQuery(limit: Limits.pageItems)).items.map { Word($0.slug, $0.name) }
        },
        "invitations": CompletionList { run, _ in
            try await run.call(.listInvitations, ChannelRef(typed("CHANNEL", run))).items
                .map { Word($0.id.description, $0.account == nil ? "a code" : "for one person") }
        },
        "issues": CompletionList { run, prefix in try await issues(run, prefix) },
        "own-invitations": CompletionList { run, _ in
            let invitations = try await run.call(.ownInvitations).items
            await run.people.meet(invitations.compactMap(\.by), run)
            return invitations.map {
                Word(InvitationCommands.path($0), $0.by.map { "by " + run.people.name($0) } ?? "")
            }
        },
        "queues": CompletionList { run, _ in try await queues(run) },
        "replies": CompletionList { run, _ in
            try await run.call(.listReplies, ReplyQuery(limit: Limits.pageItems)).items.map { Word($0.key, $0.text) }
        },
        "reports": CompletionList { run, _ in
            try await run.call(.listReports, ReportQuery(limit: Limits.pageItems)).items
                .map { Word($0.id.description, $0.reason) }
        },
        "requests": CompletionList { run, _ in try await requests(run) },
        "scopes": CompletionList { run, prefix in
            // Each as far as it may be asked for; behind event/ there is no channel.
            let events = (try? await run.call(.listEvents, EventQuery(limit: Limits.pageItems)).items) ?? []
            let agencies = (try? await run.call(.listAgencies, AgencyQuery(limit: Limits.pageItems)).items) ?? []
            return [Word("platform", "everywhere")] + events.map { Word("event/" + $0.slug, $0.name) }
                + agencies.map { Word("agency/" + $0.slug, $0.name) } + ((try? await channels(run, prefix)) ?? [])
        },
        "sessions": CompletionList { run, _ in
            try await run.call(.listSessions, SessionQuery()).items.map { Word($0.id.description, $0.device) }
        },
        "sketches": CompletionList { run, prefix in await sketches(run, prefix) },
        "users": CompletionList { run, prefix in
            // Behind a comma another one begins: ana,b…
            let typed = prefix.split(separator: ",", omittingEmptySubsequences: false).last.map(String.init) ?? ""
            let before = String(prefix.dropLast(typed.count))
            let query = AccountQuery(query: typed.isEmpty ? nil : typed, limit: 100)
            return try await run.call(.listAccounts, query).items.map { Word(before + $0.name, $0.displayName ?? "") }
        },
    ]

    /// What stands on the line before; a shell may ask anywhere.
    private static func typed(_ name: String, _ run: Run) throws(Failure) -> String {
        guard run.values.declares(name), let text = run.values.string(name) else {
            throw Failure.usage("\(name) is missing")
        }
        return text
    }

    /// `general`, and those of events as far as one is in them; behind `devconf/` all of that event's.
    private static func channels(_ run: Run, _ prefix: String) async throws -> [Word] {
        if let slash = prefix.firstIndex(of: "/") {
            return try await run.call(.eventChannels, EventRef(String(prefix[..<slash]))).items.compactMap { channel in
                channel.name.map { Word(prefix[...slash] + $0, channel.topic ?? "") }
            }
        }
        let page = try await run.call(.listChannels, ChannelQuery(limit: Limits.pageItems))
        return page.items.filter { $0.name != nil }.map { Word(run.people.title($0), $0.topic ?? "") }
    }

    /// `general/plan`: those of the channel that is typed already, else of the channels one is in, as far as a page goes.
    private static func sketches(_ run: Run, _ prefix: String) async -> [Word] {
        var channels: [Channel] = []
        if let slash = prefix.lastIndex(of: "/"), let channel = try? await run.channel(String(prefix[..<slash])) {
            channels = [channel]
        } else {
            channels = (try? await run.call(.listChannels, ChannelQuery(joined: true, limit: 40)).items) ?? []
        }
        var words: [Word] = []
        for channel in channels {
            guard channel.name != nil else { continue }
            let name = run.people.title(channel)
            for sketch in (try? await run.call(.listSketches, ChannelRef(channel.id)).items) ?? [] {
                words.append(Word("\(name)/\(sketch.name)", "\(sketch.width) × \(sketch.height)"))
            }
        }
        return words
    }

    /// `devconf/3`: of the event that is typed already; before that the events.
    private static func issues(_ run: Run, _ prefix: String) async throws -> [Word] {
        guard let slash = prefix.firstIndex(of: "/") else {
            return try await run.call(.listEvents, EventQuery(limit: Limits.pageItems)).items
                .map { Word($0.slug + "/", $0.name) }
        }
        let event = String(prefix[..<slash])
        return try await run.call(.listIssues, IssueQuery(event: event, limit: Limits.pageItems)).items
            .map { Word("\(event)/\($0.number)", $0.title) }
    }

    /// `devconf/help`: with the word of the event, as other commands take it.
    private static func queues(_ run: Run) async throws -> [Word] {
        try await run.call(.listQueues, QueueQuery(limit: Limits.pageItems)).items.asyncMap { queue in
            Word(await run.title(queue) ?? queue.id.description, queue.waiting.map { "\($0) waiting" } ?? "")
        }
    }

    /// `@bo`: whoever waits or is held in the queues that one answers, as far as a shell waits for it.
    private static func requests(_ run: Run) async throws -> [Word] {
        var words: [Word] = []
        for queue in try await run.call(.listQueues, QueueQuery(limit: Self.queueLimit)).items {
            for state in [RequestState.queued, .claimed] {
                let query = RequestQuery(queue: queue.id, state: state, limit: 100)
                // Queues that one may only ask in are not shown to one.
                let requests = (try? await run.call(.listRequests, query).items) ?? []
                words += requests.map { Word("@" + $0.participantName, $0.texts.first ?? $0.topic ?? "") }
            }
        }
        return words
    }

    private static let queueLimit = 10
}

extension Sequence where Element: Sendable {
    func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
