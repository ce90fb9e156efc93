import ChatAPI

/// What a tail does with the events of its connection: puts entries in order, pages through gaps. On the loop only.
final class TailFollower {
    private enum Item: Sendable {
        case entry(Entry)
        case audit(AuditEntry)
    }

    private let source: Tail.Source
    private let deliver: @Sendable ([Tail.Event]) -> Void
    /// Nil until it is known where to begin.
    private var order: TailOrder<Item>?
    private var isPaging = false
    private var isLive = false
    weak var live: LiveConnection?

    private struct Confined: @unchecked Sendable {
        let follower: TailFollower
    }

    init(_ source: Tail.Source, after seq: Int64?, deliver: @escaping @Sendable ([Tail.Event]) -> Void) {
        self.source = source
        self.deliver = deliver
        order = seq.map { TailOrder(after: $0) }
    }

    var position: Int64? { order.map { $0.next - 1 } }

    func take(_ events: [LiveEvent]) {
        var told: [Tail.Event] = []
        for event in events {
            switch event {
            case .state(let state):
                isLive = state == .live
                told.append(.state(state))
            case .epochChanged:
                order = nil
                told.append(.restarted)
            case .welcome(let welcome): told += take(welcome.logs)
            case .logs(let states): told += take(states)
            case .gap(let gap) where gap.log == source.log: order?.gap(through: gap.head)
            case .entries(source.log, let entries):
                for entry in entries { told += tell(.entry(entry), at: entry.seq) }
            case .audit(let entries) where source == .audit:
                for entry in entries { told += tell(.audit(entry), at: entry.seq) }
            default: break
            }
        }
        if !told.isEmpty { deliver(Self.merged(told)) }
        goOn()
    }

    private func take(_ states: [LogState]) -> [Tail.Event] {
        for state in states where state.log == source.log {
            if state.state == .denied { return [.denied] }
            if order == nil { order = TailOrder(after: state.head) }
        }
        return []
    }

    private func tell(_ item: Item, at seq: Int64) -> [Tail.Event] {
        if order == nil { order = TailOrder(after: seq - 1) }
        return Self.events(order?.take(item, at: seq) ?? [])
    }

    private static func events(_ items: [Item]) -> [Tail.Event] {
        items.map { item in
            switch item {
            case .entry(let entry): .entries([entry])
            case .audit(let entry): .audit([entry])
            }
        }
    }

    private static func merged(_ events: [Tail.Event]) -> [Tail.Event] {
        var result: [Tail.Event] = []
        for event in events {
            switch (result.last, event) {
            case (.entries(let first), .entries(let more)): result[result.count - 1] = .entries(first + more)
            case (.audit(let first), .audit(let more)): result[result.count - 1] = .audit(first + more)
            default: result.append(event)
            }
        }
        return result
    }

    // MARK: - Paging

    /// Asks for what is missing, one page at a time: where to begin, or the next piece of a gap.
    private func goOn() {
        guard isLive, !isPaging, let live else { return }
        if order == nil { return begin(live) }
        guard let after = order?.wanted else { return }
        isPaging = true
        let me = Confined(follower: self)
        switch source {
        case .channel(let id):
            let query = EntryQuery(channel: id.description, after: after, limit: Limits.pageItems)
            live.call(.entries, query) { me.follower.paged($0, of: \.entries, { (.entry($0), $0.seq) }) { $0.head } }
        case .queue(let id):
            let query = QueueLogQuery(queue: id, after: after, limit: Limits.pageItems)
            live.call(.queueEntries, query) {
                me.follower.paged($0, of: \.entries, { (.entry($0), $0.seq) }) { $0.head }
            }
        case .audit:
            let query = AuditQuery(after: after, limit: Limits.pageItems)
            live.call(.audit, query) { me.follower.paged($0, of: \.entries, { (.audit($0), $0.seq) }) { $0.head } }
        }
    }

    /// The welcome did not name the channel: asks where it stands, and follows from there.
    private func begin(_ live: LiveConnection) {
        guard case .channel(let id) = source else { return }
        isPaging = true
        let me = Confined(follower: self)
        live.call(.entries, EntryQuery(channel: id.description, limit: 1)) { me.follower.begun($0.map(\.head)) }
    }

    private func begun(_ result: Result<Int64, APIError>) {
        isPaging = false
        switch result {
        case .success(let head):
            if order == nil { order = TailOrder(after: head) }
            live?.follow(source.log, after: position ?? head)
        case .failure(let error): failed(error)
        }
    }

    private func paged<Page, Value>(
        _ result: Result<Page, APIError>,
        of entries: KeyPath<Page, [Value]>,
        _ item: (Value) -> (Item, Int64),
        head: (Page) -> Int64
    ) {
        isPaging = false
        switch result {
        case .success(let page):
            var told: [Item] = []
            var last = order.map { $0.next - 1 } ?? 0
            for value in page[keyPath: entries] {
                let (item, seq) = item(value)
                told += order?.take(item, at: seq) ?? []
                last = max(last, seq)
            }
            // A page without entries says that there is nothing up to the head.
            let end = page[keyPath: entries].isEmpty ? head(page) : last
            told += order?.paged(through: end) ?? []
            let events = Self.merged(Self.events(told))
            if !events.isEmpty { deliver(events) }
            goOn()
        case .failure(let error): failed(error)
        }
    }

    private func failed(_ error: APIError) {
        switch error.code {
        case .forbidden, .notMember, .notFound, .invalid: deliver([.denied])
        // After a reconnect the welcome starts it again.
        default: deliver([.failed(error)])
        }
    }
}
