import ChatAPI

/// A channel's entries by pages: all of them, from a number, or from a time on.
struct History {
    private let run: Run
    private let channel: String

    init(_ run: Run, _ channel: ChannelID) {
        self.run = run
        self.channel = channel.description
    }

    func head() async throws -> Int64 {
        try await run.call(.entries, EntryQuery(channel: channel, limit: 1)).head
    }

    /// Every entry behind `after`, up to and with `through`, a page at a time; stops when `body` wants no more.
    func pages(after: Int64, through: Int64, _ body: ([Entry]) async throws -> Void) async throws {
        var position = after
        while true {
            let page = try await run.call(
                .entries,
                EntryQuery(channel: channel, after: position, limit: Limits.pageItems)
            )
            let entries = page.entries.filter { $0.seq <= through }
            if !entries.isEmpty { try await body(entries) }
            guard page.hasLater, let last = page.entries.last, last.seq < through else { return }
            position = last.seq
        }
    }

    /// The number of the last entry before a time; 0 if there is none. Numbers have no gaps and times never go back, so
    /// halving finds it in 20 questions where paging would read a million entries.
    func lastBefore(_ time: Milliseconds) async throws -> Int64 {
        var low: Int64 = 0
        var high = try await head() + 1
        while high - low > 1 {
            let middle = low + (high - low) / 2
            let page = try await run.call(
                .entries,
                EntryQuery(channel: channel, from: middle, through: middle, limit: 1)
            )
            // What one may not see, from before one was added, is before any time one asks for.
            if let entry = page.entries.first, entry.at >= time { high = middle } else { low = middle }
        }
        return low
    }
}
