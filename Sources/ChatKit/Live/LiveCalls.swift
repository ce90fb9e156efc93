import ChatAPI

/// Calls that have no answer yet: which wait, which are on their way, which may be repeated on the next connection.
///
/// A time-out is not a failure: the call may have happened. What may be repeated (reads, calls with a key, messages with
/// their cid) is sent again by itself after a reconnect until its time is over; everything else is answered
/// `outcome_unknown` as soon as the connection is lost.
struct LiveCalls: Sendable {
    struct Call: Sendable {
        let id: Int64
        let name: String
        let frame: [UInt8]
        let repeats: Bool
        let deadline: Int64
        let timeout: Int64
    }

    /// Calls that may wait for a connection: more is a program gone wild.
    static let waitingLimit = 1_024

    private var calls: [Int64: Call] = [:]
    private var waiting: [Int64] = []
    private var inFlight: Set<Int64> = []
    /// After a close that one of these caused: they are sent one by one until it is known which.
    private var suspects: Set<Int64> = []
    private var nextID = LiveFrames.helloID + 1

    var isEmpty: Bool { calls.isEmpty }
    var nextDeadline: Int64? { calls.values.map(\.deadline).min() }

    mutating func takeID() -> Int64 {
        defer { nextID += 1 }
        return nextID
    }

    /// Nil if too many wait already.
    mutating func add(_ call: Call) -> Bool {
        guard waiting.count < Self.waitingLimit else { return false }
        calls[call.id] = call
        waiting.append(call.id)
        return true
    }

    /// What to send now, with so many allowed in flight.
    mutating func ready(limit: Int) -> [[UInt8]] {
        let limit = suspects.isEmpty ? limit : 1
        var frames: [[UInt8]] = []
        while inFlight.count < limit, let index = nextWaiting() {
            let id = waiting.remove(at: index)
            guard let call = calls[id] else { continue }
            inFlight.insert(id)
            frames.append(call.frame)
        }
        return frames
    }

    private func nextWaiting() -> Int? {
        if suspects.isEmpty { return waiting.isEmpty ? nil : 0 }
        return waiting.firstIndex { suspects.contains($0) } ?? (waiting.isEmpty ? nil : 0)
    }

    /// The call that an answer is for; nil if nobody waits for it any more.
    mutating func answered(_ id: Int64) -> Call? {
        remove(id)
    }

    /// Nobody wants the answer any more.
    mutating func cancel(_ id: Int64) {
        _ = remove(id)
    }

    private mutating func remove(_ id: Int64) -> Call? {
        guard let call = calls.removeValue(forKey: id) else { return nil }
        inFlight.remove(id)
        suspects.remove(id)
        if let index = waiting.firstIndex(of: id) { waiting.remove(at: index) }
        return call
    }

    mutating func expired(at now: Int64) -> [Call] {
        let late = calls.values.filter { $0.deadline <= now }.map(\.id).sorted()
        return late.compactMap { remove($0) }
    }

    /// The connection is gone. Returns the calls that cannot be repeated; the others wait in their order again.
    mutating func disconnected() -> [Call] {
        let lost = inFlight.sorted()
        inFlight = []
        var unknown: [Call] = []
        var again: [Int64] = []
        for id in lost {
            guard let call = calls[id] else { continue }
            if call.repeats {
                again.append(id)
            } else {
                calls[id] = nil
                suspects.remove(id)
                unknown.append(call)
            }
        }
        waiting = again + waiting
        return unknown
    }

    /// The connection was closed because of a frame. If only one call was on its way, it is the one, and it is taken out;
    /// otherwise those on their way are sent one by one from now on, so that no innocent call is blamed.
    mutating func poisoned() -> Call? {
        if inFlight.count == 1, let id = inFlight.first { return remove(id) }
        suspects.formUnion(inFlight)
        return nil
    }

    /// All calls that are left, when there will be no connection any more.
    mutating func removeAll() -> [Call] {
        let left = calls.keys.sorted().compactMap { calls[$0] }
        calls = [:]
        waiting = []
        inFlight = []
        suspects = []
        return left
    }
}
