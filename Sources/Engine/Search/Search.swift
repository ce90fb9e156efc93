package import ChatAPI
package import Storage

/// Full-text search over the messages that a caller may read.
package struct Search: Sendable {
    private let database: EngineDatabase
    private let clock: any Clock
    private let reader: SearchReader
    private let follower: SearchFollower

    /// Starts to follow the database's logs into the index at `path`.
    package init(
        database: EngineDatabase,
        path: String,
        clock: any Clock,
        pause: Duration = .milliseconds(250)
    ) throws(StorageError) {
        self.database = database
        self.clock = clock
        reader = SearchReader(path: path)
        follower = try SearchFollower(
            databasePath: database.path,
            searchPath: path,
            epoch: database.epoch,
            reader: reader,
            clock: clock,
            pause: pause
        )
    }

    /// On the writer thread, once per commit group.
    package func note(_ news: [News]) { follower.note(news) }

    /// Entries that search has not read yet.
    package var lag: Int64 { follower.lag }

    /// Returns when everything stored before is found.
    package func catchUp() async throws { try await follower.catchUp() }

    /// Merges the words of deleted messages out of the index now, instead of within the hour.
    package func mergeErased() async throws { try await follower.mergeErased() }

    package func close() { follower.close() }

    // MARK: - Asking

    /// Found messages, newest first. `-word` leaves out, `"…"` is a phrase, `word*` a beginning.
    package func find(_ query: SearchQuery, _ call: Call) async throws -> SearchPage {
        let expression = try SearchExpression(query.q)
        let limit = try EntryRules.limit(query.limit ?? Self.pageDefault)
        let cursor = try query.cursor.map { try Self.place($0) }
        if let since = query.since, let until = query.until, since > until {
            throw APIError.invalid("since", "is after until")
        }
        let (reader, follower) = (reader, follower)
        await follower.reach()
        return try await database.read { tx in
            // Asked before the index is: what is stored meanwhile is not promised.
            let indexedTo = follower.indexedTo
            let filter = SearchReader.Filter(
                expression: expression,
                channel: try query.channel.map { try ChannelStore.access($0, for: call.caller, tx).id },
                author: try query.by.map { try Self.author($0, tx) },
                from: Self.firstPlace(at: query.since ?? 0),
                through: min(cursor.map { $0 - 1 } ?? .max, query.until.map { Self.firstPlace(at: $0 + 1) - 1 } ?? .max)
            )
            var gathering = Gathering(caller: call.caller, limit: limit)
            var isCut = false
            do {
                try reader.each(filter, for: Self.timeLimit) { try gathering.take($0, tx) }
            } catch StorageError.readTooLong {
                // What was found so far is answered, and the cursor says where to go on.
                isCut = true
                if gathering.last == nil { throw StorageError.readTooLong(limitMilliseconds: 200) }
            } catch StorageError.corrupt(let code) {
                follower.distrust(.corrupt(code: code))
                throw APIError(
                    .unavailable,
                    "the search index is damaged and is made again",
                    retryAfterMilliseconds: 5_000
                )
            } catch StorageError.cannotOpen {
                throw APIError(.unavailable, "the search index is being made", retryAfterMilliseconds: 1_000)
            }
            return SearchPage(
                hits: gathering.hits,
                nextCursor: gathering.isFull || isCut ? gathering.last.map { String($0) } : nil,
                indexedTo: indexedTo
            )
        }
    }

    /// Also finds what somebody wrote who is gone by now, by id.
    private static func author(_ text: String, _ tx: borrowing ReadTransaction) throws -> AccountID {
        if let id = AccountID(text) { return id }
        return try AccountStore.resolve(text, tx).id
    }

    private static let pageDefault = 50

    /// The read around it may take 250 ms; the rest is for what is shown of the hits.
    private static let timeLimit: Duration = .milliseconds(200)

    /// The least id of a document of that time.
    private static func firstPlace(at time: Milliseconds) -> Int64 {
        // Beyond the year 10,000 the shift would overflow.
        max(0, min(time, 253_402_300_800_000)) << 20
    }

    private static func place(_ cursor: String) throws(APIError) -> Int64 {
        guard let place = Int64(cursor), place > 0 else { throw .invalid("cursor", "is not one that a search gave") }
        return place
    }
}

/// The hits of one page: what of the candidates the caller may see, in its current form.
private struct Gathering {
    let caller: Caller
    let limit: Int
    private(set) var hits: [SearchHit] = []
    /// The document that was looked at last.
    private(set) var last: Int64?
    private(set) var isFull = false
    /// Nothing up to this number is shown; nil if the channel is not readable.
    private var visibleFrom: [ChannelID: Int64?] = [:]

    init(caller: Caller, limit: Int) {
        self.caller = caller
        self.limit = limit
    }

    /// False when the page is full.
    mutating func take(_ candidate: SearchReader.Candidate, _ tx: borrowing ReadTransaction) throws -> Bool {
        guard hits.count < limit else {
            isFull = true
            return false
        }
        last = candidate.id
        guard let from = try visibleFrom(of: candidate.channel, tx), candidate.seq > from,
            let entry = try EntryStore.entry(candidate.seq, of: .channel(candidate.channel), tx),
            let text = entry.text,
            try !EntryStore.isHidden(candidate.seq, from: caller.account, in: candidate.channel, tx)
        else { return true }
        // Nil if it was edited since it was read into the index: the words are shown without marks until then.
        let highlights = SearchText.highlights(candidate.marked, in: text) ?? []
        hits.append(SearchHit(entry: entry, highlights: highlights))
        return true
    }

    private mutating func visibleFrom(of channel: ChannelID, _ tx: borrowing ReadTransaction) throws -> Int64? {
        if let known = visibleFrom[channel] { return known }
        var answer: Int64?
        do {
            answer = try ChannelStore.access(channel.description, for: caller, tx).visibleFrom
        } catch let error as APIError where error.code == .notMember || error.code == .notFound {
            answer = nil
        }
        visibleFrom[channel] = .some(answer)
        return answer
    }
}
