package import ChatAPI

/// The entries of the outbox in order, and which of them is sent next. No disk, no clock.
///
/// One entry of a lane is on its way at a time, so that the order in which things were typed is the order in which they
/// happen, even if one has to be repeated. Every method returns the entries that changed.
package struct OutboxQueue: Sendable, Equatable {
    /// Ascending by id.
    package private(set) var items: [OutboxItem] = []

    package init(_ items: [OutboxItem] = []) {
        self.items = items.sorted { $0.id < $1.id }
    }

    package subscript(id id: Int64) -> OutboxItem? {
        items.first { $0.id == id }
    }

    /// Takes an entry; older values of the same thing that are not on their way give way to it.
    package mutating func add(_ item: OutboxItem) -> [OutboxItem] {
        var changed: [OutboxItem] = []
        if item.call.isReplaceable {
            let lane = item.call.lane
            for old in items where old.call.isReplaceable && old.state != .sending && old.call.lane == lane {
                changed += finish(old.id, as: .discarded)
            }
        }
        items.append(item)
        return changed + [item]
    }

    /// Marks what can be sent now as on its way.
    package mutating func ready(at now: Milliseconds) -> [OutboxItem] {
        var busy = Set(items.filter { $0.state == .sending }.map(\.call.lane))
        var count = busy.count
        var taken: [OutboxItem] = []
        for index in items.indices {
            guard count < OutboxRules.sendingLimit else { break }
            let item = items[index]
            guard item.state == .pending, !busy.contains(item.call.lane) else { continue }
            // The first of a lane that has to wait holds up the lane: order before speed.
            busy.insert(item.call.lane)
            guard item.notBefore <= now else { continue }
            count += 1
            items[index].state = .sending
            taken.append(items[index])
        }
        return taken
    }

    /// The daemon has it. A message has a number.
    package mutating func sent(_ id: Int64, seq: Int64?) -> [OutboxItem] {
        finish(id, as: .sent(seq: seq))
    }

    /// The author's own push came: as good as an answer, and it may come first.
    package mutating func acknowledge(_ cid: ClientID, seq: Int64) -> [OutboxItem] {
        guard let item = items.first(where: { $0.cid == cid }) else { return [] }
        return finish(item.id, as: .sent(seq: seq))
    }

    /// The daemon refused it, or could not be asked.
    package mutating func refused(
        _ id: Int64,
        _ error: APIError,
        at now: Milliseconds,
        using random: inout Randomness
    ) -> [OutboxItem] {
        guard let index = index(of: id), items[index].isOpen else { return [] }
        switch OutboxRules.verdict(on: error, attempts: items[index].attempts, using: &random) {
        case .failed: items[index].state = .failed(error)
        case .again(let delay):
            items[index].state = .pending
            items[index].attempts += 1
            items[index].notBefore = now + delay
        }
        return [items[index]]
    }

    /// Fails what waited too long.
    package mutating func expire(at now: Milliseconds) -> [OutboxItem] {
        var changed: [OutboxItem] = []
        for index in items.indices where items[index].state == .pending {
            guard OutboxRules.isTooOld(items[index], at: now) else { continue }
            items[index].state = .failed(OutboxRules.tooOld)
            changed.append(items[index])
        }
        return changed
    }

    /// What was on its way waits again: the connection's owner is going.
    package mutating func interrupted() -> [OutboxItem] {
        var changed: [OutboxItem] = []
        for index in items.indices where items[index].state == .sending {
            items[index].state = .pending
            changed.append(items[index])
        }
        return changed
    }

    /// The user wants a failed entry tried again, or a waiting one tried now.
    package mutating func retry(_ id: Int64, at now: Milliseconds) -> [OutboxItem] {
        guard let index = index(of: id) else { return [] }
        switch items[index].state {
        case .failed where OutboxRules.isTooOld(items[index], at: now): return []
        case .failed, .pending:
            items[index].state = .pending
            items[index].attempts = 0
            items[index].notBefore = 0
            return [items[index]]
        case .sending, .sent, .discarded: return []
        }
    }

    /// The user does not want it any more. What is on its way cannot be called back.
    package mutating func discard(_ id: Int64) -> [OutboxItem] {
        guard let item = self[id: id], item.state != .sending else { return [] }
        return finish(id, as: .discarded)
    }

    /// When the next waiting entry may be sent or becomes too old.
    package func nextDue(at now: Milliseconds) -> Milliseconds? {
        items.lazy.filter { $0.state == .pending && $0.notBefore > now }.map(\.notBefore).min()
    }

    private func index(of id: Int64) -> Int? { items.firstIndex { $0.id == id } }

    private mutating func finish(_ id: Int64, as state: OutboxItem.State) -> [OutboxItem] {
        guard let index = index(of: id) else { return [] }
        var item = items.remove(at: index)
        item.state = state
        return [item]
    }
}
