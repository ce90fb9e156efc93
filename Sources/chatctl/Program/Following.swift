import ChatAPI
import ChatKit
import Flags

/// Streams without end: what happens from now on, resumed by itself, and the truth about the connection on standard error.
extension Run {
    /// Follows a log until Ctrl-C, or until it cannot be followed any more.
    ///
    /// - Parameter tell: Prints a batch of one kind; the position moves on behind it. What it asks of a daemon that is going
    ///   away is asked again from the same position.
    func follow(
        _ source: Tail.Source,
        after: Int64?,
        named title: String,
        tell: (_ event: Tail.Event) async throws -> Void
    ) async throws -> Never {
        var position = after
        let connection = ConnectionNotice(self, title)
        while true {
            // Ends by itself only if what it printed was read too slowly: then it goes on from where it was.
            following: for await batch in try daemon().follow(source, position) {
                for event in batch {
                    switch event {
                    case .state(let state): try connection.tell(state)
                    case .restarted:
                        warn("the daemon has another database: going on with what is new there")
                        position = nil
                    case .denied: throw Failure(APIError(.forbidden, "\(title) may not be read, or not any more"))
                    case .failed(let error):
                        warn(
                            "missing entries could not be read: \(VisibleText.line(error.detail)); trying again when connected"
                        )
                    case .entries(let entries):
                        try await tell(event)
                        position = entries.last?.seq ?? position
                    case .audit(let entries):
                        guard try await isTold(event, tell) else { break following }
                        position = entries.last?.seq ?? position
                    }
                }
            }
            try Task.checkCancellation()
        }
    }

    /// False if the daemon was not there to be asked about it.
    private func isTold(_ event: Tail.Event, _ tell: (_ event: Tail.Event) async throws -> Void) async throws -> Bool {
        do {
            try await tell(event)
            return true
        } catch {
            guard Failure(thrown: error).exit == .unavailable else { throw error }
            // The log is followed anew at once: without a pause it would be asked about all the time.
            try await Task.sleep(for: .milliseconds(200))
            return false
        }
    }
}

/// Says whether the connection stands, once per change, on standard error, in every format.
final class ConnectionNotice {
    private let run: Run
    private let title: String
    private var isLive: Bool?

    init(_ run: Run, _ title: String) {
        self.run = run
        self.title = title
    }

    func tell(_ state: LiveState) throws {
        switch state {
        case .connecting: break
        case .live:
            if isLive != true {
                run.warn("connected to \(try run.daemon().address), following \(VisibleText.line(title))")
            }
            isLive = true
        case .offline(let reason, let retry):
            isLive = false
            // In whole seconds: nobody waits for a part of one.
            let wait = Duration.seconds(max(1, (retry + 999) / 1_000))
            run.warn("not connected: \(VisibleText.line(reason)); trying again in \(wait.text)")
        case .stopped(let error): throw error
        }
    }
}

/// `@me`, the log of one's own account: what `session tail` and `profile log` print.
enum MeLog {
    static func limit(_ more: String = "") -> Option {
        let text = "How many of the last entries; without it all, with -f 10." + more
        return .value("limit", short: "n", "N", .integer(1...10_000_000), text)
    }

    static func tail(_ run: Run, where isWanted: (EntryKind) -> Bool) async throws {
        let isFollowing = run.values.flag("follow")
        let since = try run.moment("since")
        let limit = run.values.int("limit") ?? (since == nil && isFollowing ? 10 : nil)
        var entries: [Entry] = []
        let (first, head) = try await beginning(run)
        var position = first
        while position < head {
            let page = try await run.call(.meEntries, MeQuery(after: position, limit: Limits.pageItems))
            guard let last = page.entries.last else { break }
            entries += page.entries.filter { isWanted($0.kind) && $0.at >= since ?? .min }
            position = last.seq
        }
        if let limit, entries.count > limit {
            if !isFollowing { run.warn("only the last \(limit) of \(entries.count) are shown") }
            entries.removeFirst(entries.count - limit)
        }
        let list = try run.output.list(MeView.shape, isEndless: isFollowing)
        try await add(entries, to: list, run)
        guard isFollowing else { return list.end() }
        var options = LiveConnection.Options()
        let connection = ConnectionNotice(run, LogName.me)
        while true {
            options.resume.seq = [LogName.me: position]
            for await batch in try run.daemon().watch(options) {
                for event in batch {
                    switch event {
                    case .state(let state): try connection.tell(state)
                    case .entries(LogName.me, let new):
                        try await add(new.filter { isWanted($0.kind) }, to: list, run)
                        position = new.last?.seq ?? position
                    case .gap(let gap) where gap.log == LogName.me:
                        run.warn(
                            "entries \(gap.from) to \(gap.head) were not sent; \"chatctl profile log\" shows those that are kept"
                        )
                        position = gap.head
                    case .epochChanged: run.warn("the daemon has another database: going on with what is new there")
                    default: break
                    }
                }
            }
            try Task.checkCancellation()
        }
    }

    private static func add(_ entries: [Entry], to list: ListOutput, _ run: Run) async throws {
        guard !entries.isEmpty else { return }
        await run.people.meetMyself(run)
        await run.people.meet(EntryView.people(in: entries), run)
        let titles = await run.people.titles(of: MeView.channels(in: entries), run)
        list.add(entries.map { MeView.node($0, titles, run.people) })
    }

    /// Before which position nothing is kept, and the head. Old entries go after 30 days, so the first may be any number.
    private static func beginning(_ run: Run) async throws -> (Int64, Int64) {
        let newest = try await run.call(.meEntries, MeQuery(limit: 1))
        guard newest.hasEarlier, let last = newest.entries.last else { return (max(0, newest.head - 1), newest.head) }
        func isKept(_ after: Int64) async throws -> Bool {
            do {
                _ = try await run.call(.meEntries, MeQuery(after: after, limit: 1))
                return true
            } catch let error as APIError where error.code == .invalid {
                return false
            }
        }
        if try await isKept(0) { return (0, newest.head) }
        var (gone, kept): (Int64, Int64) = (0, last.seq - 1)
        while kept - gone > 1 {
            let middle = gone + (kept - gone) / 2
            if try await isKept(middle) { kept = middle } else { gone = middle }
        }
        return (kept, newest.head)
    }
}
