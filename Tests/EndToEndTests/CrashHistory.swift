import ChatAPI

/// What writers were told and readers saw of one channel, and whether a log agrees with it. Pure: it knows no daemon.
///
/// It holds a daemon to: what was acknowledged is there, once, at its number, unchanged, and in its writer's order; numbers
/// have no gaps; what a reader was shown is there; and a reader gets every entry once and in order, however often it
/// comes back.
struct CrashHistory: Sendable {
    struct Attempt: Sendable, Equatable {
        let writer: String
        /// Counts this writer's messages.
        let number: Int
        let text: String
    }

    struct Sight: Sendable, Equatable {
        let seq: Int64
        let cid: ClientID?
        let text: String?
    }

    /// What is wrong, in words for whoever has to find out why.
    enum Violation: Error, Hashable, CustomStringConvertible {
        case lost(ClientID, seq: Int64)
        case moved(ClientID, acknowledged: Int64, stored: Int64)
        case acknowledgedTwice(ClientID, first: Int64, second: Int64)
        case duplicated(ClientID)
        case altered(ClientID)
        case neverSent(seq: Int64)
        case gap(after: Int64, next: Int64)
        case reordered(writer: String, seq: Int64)
        case shownAndGone(reader: String, seq: Int64)
        case missed(reader: String, from: Int64, to: Int64)
        case repeated(reader: String, seq: Int64)
        case skipped(reader: String, gap: String)
        case behind(reader: String, at: Int64, head: Int64)

        var description: String {
            switch self {
            case .lost(let cid, let seq): "message \(cid) was acknowledged as \(seq) and is not there"
            case .moved(let cid, let told, let stored): "message \(cid) was acknowledged as \(told) and is at \(stored)"
            case .acknowledgedTwice(let cid, let first, let second):
                "message \(cid) was acknowledged as \(first) and as \(second)"
            case .duplicated(let cid): "message \(cid) is there more than once"
            case .altered(let cid): "message \(cid) has another text or author than was sent"
            case .neverSent(let seq): "entry \(seq) is a message that nobody sent"
            case .gap(let last, let next): "after entry \(last) comes \(next)"
            case .reordered(let writer, let seq): "entry \(seq) of \(writer) is before one that was sent earlier"
            case .shownAndGone(let reader, let seq): "\(reader) was shown an entry \(seq) that the log does not have"
            case .missed(let reader, let from, let to): "\(reader) was shown nothing between \(from) and \(to)"
            case .repeated(let reader, let seq): "\(reader) was shown entry \(seq) again"
            case .skipped(let reader, let gap): "\(reader) was told to page for what it missed: \(gap)"
            case .behind(let reader, let at, let head): "\(reader) stands at \(at), the log at \(head)"
            }
        }
    }

    private(set) var attempts: [ClientID: Attempt] = [:]
    private(set) var acknowledged: [ClientID: Int64] = [:]
    private(set) var sights: [String: [Sight]] = [:]
    /// Where each reader began.
    private var starts: [String: Int64] = [:]
    private var contradictions: [Violation] = []

    // MARK: - What happened

    mutating func sent(_ cid: ClientID, by writer: String, number: Int, _ text: String) {
        attempts[cid] = Attempt(writer: writer, number: number, text: text)
    }

    /// - Returns: whether this is the first acknowledgement; the push and the answer may both come.
    @discardableResult
    mutating func acknowledge(_ cid: ClientID, at seq: Int64) -> Bool {
        guard let first = acknowledged[cid] else {
            acknowledged[cid] = seq
            return true
        }
        if first != seq { contradictions.append(.acknowledgedTwice(cid, first: first, second: seq)) }
        return false
    }

    mutating func begins(_ reader: String, after seq: Int64) { starts[reader] = starts[reader] ?? seq }

    mutating func saw(_ entry: Sight, by reader: String) { sights[reader, default: []].append(entry) }

    mutating func skipped(_ gap: String, by reader: String) {
        contradictions.append(.skipped(reader: reader, gap: gap))
    }

    /// Where a reader goes on.
    func position(of reader: String) -> Int64 { sights[reader]?.last?.seq ?? starts[reader] ?? 0 }

    // MARK: - The verdict

    /// - Parameters:
    ///   - log: every entry of the channel, as it is now.
    ///   - isSettled: whether readers have had the time to see it all.
    func violations(in log: [Entry], isSettled: Bool) -> [Violation] {
        contradictions + order(of: log) + content(of: log) + views(of: log, isSettled: isSettled)
    }

    private func order(of log: [Entry]) -> [Violation] {
        var found: [Violation] = []
        var last: Int64 = 0
        for entry in log {
            if entry.seq != last + 1 { found.append(.gap(after: last, next: entry.seq)) }
            last = entry.seq
        }
        return found
    }

    private func content(of log: [Entry]) -> [Violation] {
        var found: [Violation] = []
        var places: [ClientID: Int64] = [:]
        var numbers: [String: Int] = [:]
        for entry in log where entry.kind == .message {
            guard let cid = entry.cid, let attempt = attempts[cid] else {
                found.append(.neverSent(seq: entry.seq))
                continue
            }
            if places.updateValue(entry.seq, forKey: cid) != nil { found.append(.duplicated(cid)) }
            if entry.text != attempt.text { found.append(.altered(cid)) }
            if attempt.number < numbers[attempt.writer] ?? 0 {
                found.append(.reordered(writer: attempt.writer, seq: entry.seq))
            }
            numbers[attempt.writer] = attempt.number
        }
        for (cid, seq) in acknowledged {
            switch places[cid] {
            case nil: found.append(.lost(cid, seq: seq))
            case seq: break
            case let other?: found.append(.moved(cid, acknowledged: seq, stored: other))
            }
        }
        return found
    }

    private func views(of log: [Entry], isSettled: Bool) -> [Violation] {
        var found: [Violation] = []
        let head = log.last?.seq ?? 0
        var stored: [Int64: Entry] = [:]
        for entry in log { stored[entry.seq] = entry }
        for (reader, start) in starts {
            var last = start
            for sight in sights[reader] ?? [] {
                if sight.seq <= last {
                    found.append(.repeated(reader: reader, seq: sight.seq))
                } else if sight.seq != last + 1 {
                    found.append(.missed(reader: reader, from: last, to: sight.seq))
                }
                last = max(last, sight.seq)
                let entry = stored[sight.seq]
                if entry == nil || entry?.cid != sight.cid || entry?.text != sight.text {
                    found.append(.shownAndGone(reader: reader, seq: sight.seq))
                }
            }
            if isSettled, last != head { found.append(.behind(reader: reader, at: last, head: head)) }
        }
        return found
    }
}
