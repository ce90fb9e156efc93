package import ChatAPI
import Synchronization

/// What happens in sketches, on its way to those who look: entries of a tick as one frame per sketch, pointers with only
/// the newest of each person, and who is drawing.
///
/// The first thing after a rest goes at once, so that a single hand is not slowed down; what follows within 33 ms goes
/// together. Entries leave in the order of their log: they are handed to the loops under the lock.
package final class SketchFan: Sendable {
    /// Thirty frames a second: more than that no terminal shows.
    package static let tickMilliseconds: Int64 = 33
    /// So long after the last stroke someone counts as drawing.
    package static let drawingMilliseconds: Int64 = 5_000
    /// A pointer that has not moved for so long is not shown any more.
    package static let pointerMilliseconds: Int64 = 60_000

    private let hub: Hub
    private let clock: any Clock
    /// Lock tier 0: the hub's own is taken under it.
    private let state = Mutex(State())

    fileprivate struct State {
        var pending: [SketchID: Pending] = [:]
        var places: [SketchID: Place] = [:]
        /// How often somebody lost the right to say something.
        var silences = 0
        /// Calls `tick` after so many milliseconds. Nil where there are no loops: then nothing waits.
        var schedule: (@Sendable (Int64) -> Void)?
        var isScheduled = false
    }

    /// What waits for the next tick.
    fileprivate struct Pending {
        var first: Int64 = 0
        var last: Int64 = 0
        var bodies: [[UInt8]] = []
        var pointers: [AccountID: SketchPointer?] = [:]
        var sentAt: Int64

        var isEmpty: Bool { bodies.isEmpty && pointers.isEmpty }
    }

    /// Who is in a sketch.
    fileprivate struct Place {
        var channel: ChannelID?
        var drawing: [AccountID: Int64] = [:]
        var isChanged = false
        var pointers: [AccountID: (pointer: SketchPointer, at: Int64)] = [:]
    }

    package init(hub: Hub, clock: any Clock) {
        self.hub = hub
        self.clock = clock
    }

    /// From now on what may wait does.
    package func schedule(with schedule: @escaping @Sendable (Int64) -> Void) {
        state.withLock { $0.schedule = schedule }
    }

    // MARK: - In

    /// News of a commit group, on the writer thread.
    func take(_ news: [News]) {
        guard news.contains(where: \.concernsSketches) else { return }
        let now = clock.steady
        state.withLock { state in
            for item in news {
                switch item {
                case .operation(let sketch, let channel, let account, let seq, let body):
                    state.pending[sketch, default: Pending(sentAt: now - Self.tickMilliseconds)].append(body, seq)
                    if let account { state.places[sketch, default: Place()].drew(account, in: channel, at: now) }
                case .sketchDeleted(let sketch):
                    state.places[sketch] = nil
                    state.pending[sketch]?.pointers = [:]
                case .silenced(let account): state.takeBack(account, now: now)
                default: break
                }
            }
            send(&state, now: now)
        }
    }

    /// To be read before it is asked whether somebody may point.
    var silences: Int { state.withLock { $0.silences } }

    /// Someone moved in a sketch; nil if they left it.
    ///
    /// - Parameter silences: as they were before it was asked whether they may. A pointer that was let through just before
    ///   somebody was silenced would stay, because what is taken back is taken back once: it is not shown, and comes again
    ///   with the next move.
    package func point(
        _ pointer: SketchPointer?,
        in sketch: SketchID,
        by account: AccountID,
        after silences: Int? = nil
    ) {
        let now = clock.steady
        state.withLock { state in
            if let silences, silences != state.silences { return }
            if let pointer {
                state.places[sketch, default: Place()].pointers[account] = (pointer, now)
            } else if state.places[sketch]?.pointers.removeValue(forKey: account) == nil {
                return
            }
            state.pending[sketch, default: Pending(sentAt: now - Self.tickMilliseconds)]
                .pointers[account] = .some(pointer)
            send(&state, now: now)
        }
    }

    // MARK: - Out

    /// Sends what is due. Called when `schedule` said so.
    package func tick() {
        let now = clock.steady
        state.withLock { state in
            state.isScheduled = false
            send(&state, now: now)
        }
    }

    private func send(_ state: inout State, now: Int64) {
        var deliveries: [Delivery] = []
        var news: [Ephemeral] = []
        var next: Int64?
        for (sketch, pending) in state.pending where !pending.isEmpty {
            let due = pending.sentAt + Self.tickMilliseconds
            if due > now, state.schedule != nil {
                next = min(next ?? due, due)
                continue
            }
            if !pending.bodies.isEmpty {
                let payload = SketchWriting.push(of: sketch, pending.bodies)
                deliveries.append(
                    .entries(.sketch(sketch), first: pending.first, last: pending.last, frame: hub.seal([payload]))
                )
            }
            if !pending.pointers.isEmpty { news.append(Self.news(of: pending.pointers, in: sketch)) }
            // A late tick does not delay the next: thirty a second stay thirty.
            state.pending[sketch] = Pending(sentAt: due <= now && due > now - Self.tickMilliseconds ? due : now)
        }
        if !deliveries.isEmpty || !news.isEmpty { hub.deliver(deliveries, news) }
        if let next, !state.isScheduled, let schedule = state.schedule {
            state.isScheduled = true
            schedule(max(next - now, 1))
        }
    }

    private static func news(of pointers: [AccountID: SketchPointer?], in sketch: SketchID) -> Ephemeral {
        let people = pointers.sorted { $0.key < $1.key }.map { SketchPresence(by: $0.key, pointer: $0.value) }
        return Ephemeral(channel: nil, sketch: sketch, pointers: people)
    }

    // MARK: - Who is there

    /// Who has drawn in it in the last seconds.
    func drawing(in sketch: SketchID) -> [AccountID] {
        let now = clock.steady
        return state.withLock { $0.places[sketch]?.people(at: now) ?? [] }
    }

    /// The same for all sketches of a channel: what a client that begins to look there is told.
    func drawing(in channel: ChannelID) -> [SketchDrawing] {
        let now = clock.steady
        return state.withLock { state in
            state.places.compactMap { sketch, place in
                guard place.channel == channel else { return nil }
                let people = place.people(at: now)
                return people.isEmpty ? nil : SketchDrawing(sketch: sketch, people: people)
            }
        }
    }

    /// The pointers of everybody else: what a client that begins to look there is told.
    func pointers(in sketch: SketchID, but account: AccountID?) -> [SketchPresence] {
        state.withLock { state in
            (state.places[sketch]?.pointers ?? [:]).filter { $0.key != account }.sorted { $0.key < $1.key }
                .map { SketchPresence(by: $0.key, pointer: $0.value.pointer) }
        }
    }

    /// Tells those who look at channels who began and who stopped drawing, and forgets pointers that rest. Called about
    /// once a second.
    package func publishDrawing() {
        let now = clock.steady
        state.withLock { state in
            var news: [ChannelID: [SketchDrawing]] = [:]
            for sketch in Array(state.places.keys) {
                guard var place = state.places.removeValue(forKey: sketch) else { continue }
                if place.expire(at: now), let channel = place.channel {
                    news[channel, default: []].append(SketchDrawing(sketch: sketch, people: place.people(at: now)))
                }
                if !place.isIdle { state.places[sketch] = place }
            }
            for (sketch, pending) in state.pending where pending.isEmpty && now - pending.sentAt > 1_000 {
                state.pending[sketch] = nil
            }
            if !news.isEmpty { hub.deliver([], news.map { Ephemeral(channel: $0.key, drawing: $0.value) }) }
        }
    }
}

extension SketchFan.State {
    /// Pointers can say something, so they go with the right to: those who may point still will show them again by
    /// moving.
    fileprivate mutating func takeBack(_ account: AccountID?, now: Int64) {
        silences += 1
        for (sketch, place) in places {
            for (person, _) in place.pointers where account == nil || person == account {
                places[sketch]?.pointers[person] = nil
                pending[sketch, default: SketchFan.Pending(sentAt: now - SketchFan.tickMilliseconds)]
                    .pointers[person] = .some(nil)
            }
        }
    }
}

extension SketchFan.Pending {
    fileprivate mutating func append(_ body: [UInt8], _ seq: Int64) {
        if bodies.isEmpty { first = seq }
        last = seq
        bodies.append(body)
    }
}

extension SketchFan.Place {
    fileprivate mutating func drew(_ account: AccountID, in channel: ChannelID, at now: Int64) {
        self.channel = channel
        if drawing.updateValue(now, forKey: account) == nil { isChanged = true }
    }

    fileprivate func people(at now: Int64) -> [AccountID] {
        drawing.filter { now - $0.value < SketchFan.drawingMilliseconds }.keys.sorted()
    }

    fileprivate var isIdle: Bool { drawing.isEmpty && pointers.isEmpty }

    /// True if who draws is not what was told last.
    fileprivate mutating func expire(at now: Int64) -> Bool {
        let count = drawing.count
        drawing = drawing.filter { now - $0.value < SketchFan.drawingMilliseconds }
        pointers = pointers.filter { now - $0.value.at < SketchFan.pointerMilliseconds }
        defer { isChanged = false }
        return isChanged || drawing.count < count
    }
}

extension News {
    fileprivate var concernsSketches: Bool {
        switch self {
        case .operation, .sketchDeleted, .silenced: true
        default: false
        }
    }
}
