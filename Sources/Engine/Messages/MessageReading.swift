package import ChatAPI
import Storage

/// Reading messages and pages of history. What a caller may read is `ChannelStore.access`'s answer.
extension Messages {
    package func message(_ ref: MessageRef, _ call: Call) async throws -> Entry {
        try await database.read { tx in
            let access = try ChannelStore.access(ref.channel, for: call.caller, tx)
            guard ref.seq > access.visibleFrom, let entry = try EntryStore.entry(ref.seq, of: .channel(access.id), tx),
                entry.kind == .message
            else { throw MessageRules.noMessage(ref.seq) }
            var seen = [entry]
            try EntryStore.mask(&seen, for: call.caller.account, in: access.id, tx)
            guard let entry = seen.first, entry.kind == .message else { throw MessageRules.noMessage(ref.seq) }
            return entry
        }
    }

    /// A page of a channel's log in any direction.
    ///
    /// The JSON is made here, on the reader's thread, by the hand-written coder: 500 entries would keep a loop busy for
    /// ten milliseconds otherwise. Hence the answer leaves as bytes.
    package func entries(_ query: EntryQuery, _ call: Call) async throws -> EntryPage {
        let range = try EntryRules.range(of: query)
        let limit = try EntryRules.limit(query.limit)
        throw ReadyAnswer(
            json: try await database.read { tx in
                let access = try ChannelStore.access(query.channel, for: call.caller, tx)
                var entries = try EntryStore.page(
                    of: .channel(access.id),
                    range,
                    limit: limit,
                    visibleFrom: access.visibleFrom,
                    tx
                )
                if access.kind == .direct {
                    try EntryStore.mask(&entries, for: call.caller.account, in: access.id, tx)
                }
                let page = EntryRules.page(entries, range, head: access.head, visibleFrom: access.visibleFrom)
                return PushCoding.encode(page)
            }
        )
    }
}

/// Which entries a query means, and what lies beside them. Pure.
enum EntryRules {
    static func limit(_ wanted: Int?) throws(APIError) -> Int {
        guard let wanted else { return Limits.pageDefault }
        guard (1...Limits.pageItems).contains(wanted) else {
            throw .invalid("limit", "is \(wanted); it goes from 1 to \(Limits.pageItems)")
        }
        return wanted
    }

    static func range(of query: EntryQuery) throws(APIError) -> EntryStore.Range {
        let single = [("after", query.after), ("before", query.before), ("around", query.around)].filter { $0.1 != nil }
        let isBetween = query.from != nil || query.through != nil
        guard single.count + (isBetween ? 1 : 0) <= 1 else {
            throw APIError(.invalid, "give one of after, before and around, or from and through")
        }
        for (name, seq) in single + [("from", query.from), ("through", query.through)] {
            if let seq, seq < 0 { throw .invalid(name, "is \(seq); numbers of entries start at 1") }
        }
        if isBetween {
            guard let from = query.from, let through = query.through else {
                throw .invalid(query.from == nil ? "from" : "through", "is missing: from and through go together")
            }
            guard from <= through else { throw .invalid("from", "is \(from), after through, which is \(through)") }
            return .between(from, through)
        }
        if let seq = query.after { return .after(seq) }
        if let seq = query.before { return .before(seq) }
        if let seq = query.around { return .around(seq) }
        return .newest
    }

    /// A log has no holes, so what lies before and after follows from the numbers.
    static func page(
        _ entries: [Entry],
        _ range: EntryStore.Range,
        head: Int64,
        visibleFrom: Int64
    ) -> EntryPage {
        let first: Int64
        let last: Int64
        if let start = entries.first, let end = entries.last {
            (first, last) = (start.seq, end.seq)
        } else {
            // Nothing there: the place in the log where it would have been.
            let place: Int64 =
                switch range {
                case .newest: head
                case .after(let seq): min(seq, head)
                case .before(let seq): min(max(seq - 1, visibleFrom), head)
                case .around(let seq): min(max(seq, visibleFrom), head)
                case .between(_, let through): min(max(through, visibleFrom), head)
                }
            (first, last) = (place + 1, place)
        }
        return EntryPage(
            entries: entries,
            head: head,
            hasEarlier: first > visibleFrom + 1,
            hasLater: last < head
        )
    }
}
