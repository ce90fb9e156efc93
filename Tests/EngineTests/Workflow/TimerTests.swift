import ChatAPI
import ChatTestKit
import Engine
import Storage
import Synchronization
import Testing

/// Durable timers: in due order, once, after restarts too; failures come again later; jumps of the clock give a lease.
@Suite("Timers")
struct TimerTests {
    /// Notes what fired, in order.
    private final class Notes: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }
        func add(_ note: String) { list.withLock { $0.append(note) } }
    }

    /// The wall and a clock that does not jump, moved apart by hand.
    private final class TwoClocks: Clock {
        let wall = TestClock()
        let even = TestClock(at: 0)
        var now: Milliseconds { wall.now }
        var steady: Int64 { even.now }
    }

    private struct Failure: Error {}

    private func timers(
        _ world: AccountWorld,
        _ notes: Notes,
        clock: (any Clock)? = nil
    ) -> Timers {
        Timers(
            database: world.engine.database,
            clock: clock ?? world.clock,
            handlers: [
                "note": Timers.Handler { timer, _, _ in
                    notes.add(timer.object)
                    return .done
                },
                "thrice": Timers.Handler { timer, now, _ in
                    let count = timer.payload?.integer ?? 0
                    notes.add("\(timer.object) \(count)")
                    return count < 2 ? .again(at: now, payload: .integer(count + 1)) : .done
                },
                "fails": Timers.Handler { timer, _, _ in
                    notes.add("failed \(timer.attempts)")
                    throw Failure()
                },
            ],
            report: { report in
                switch report {
                case .jumped(let jump, let delayed): notes.add("jumped \(jump), \(delayed) delayed")
                case .failed(let timer, _): notes.add("reported \(timer.kind)")
                case .stalled: notes.add("stalled")
                }
            }
        )
    }

    private func schedule(
        _ timers: Timers,
        _ world: AccountWorld,
        kind: String = "note",
        _ object: String,
        in milliseconds: Int64,
        lease: Int64 = 0,
        from clock: (any Clock)? = nil
    ) async throws {
        let due = (clock ?? world.clock).now + milliseconds
        try await world.engine.database.write(touching: []) { tx in
            try timers.schedule(kind: kind, object: object, due: due, lease: lease, tx)
        }
    }

    /// The engine's own jobs have run and do not come between.
    private func quieten(_ timers: Timers) async throws {
        try await timers.fireDue()
        timers.close()
    }

    @Test func `due timers fire once, in the order of their times`() async throws {
        let world = try AccountWorld()
        try await quieten(world.engine.timers)
        let notes = Notes()
        let timers = timers(world, notes)
        defer { timers.close() }
        try await schedule(timers, world, "c", in: 3_000_000)
        try await schedule(timers, world, "a", in: 1_000_000)
        try await schedule(timers, world, "b", in: 2_000_000)
        try await schedule(timers, world, "moved", in: 1_500_000)
        try await schedule(timers, world, "moved", in: 9_000_000)
        try await timers.fireDue()
        #expect(notes.all.isEmpty)
        world.clock.advance(by: .milliseconds(2_500_000))
        try await timers.fireDue()
        try await timers.fireDue()
        #expect(notes.all.filter { !$0.hasPrefix("reported") } == ["a", "b"])
    }

    @Test func `what came due while nobody ran fires at the next start, and a handler may go on`() async throws {
        let world = try AccountWorld()
        try await quieten(world.engine.timers)
        let notes = Notes()
        let first = timers(world, notes)
        try await schedule(first, world, kind: "thrice", "batch", in: 1_000)
        first.close()
        world.clock.advance(by: .seconds(5))
        let second = timers(world, notes)
        defer { second.close() }
        try await second.fireDue()
        #expect(notes.all == ["batch 0", "batch 1", "batch 2"])
    }

    @Test func `a failure is reported, undone and tried again later and later`() async throws {
        let world = try AccountWorld()
        try await quieten(world.engine.timers)
        let notes = Notes()
        let timers = timers(world, notes)
        defer { timers.close() }
        try await schedule(timers, world, kind: "fails", "x", in: 0)
        try await schedule(timers, world, "other", in: 0)
        try await timers.fireDue()
        #expect(notes.all == ["failed 0", "reported fails", "other"])
        for (seconds, attempt) in [(1, 1), (2, 2), (4, 3)] {
            world.clock.advance(by: .milliseconds(seconds * 1_000 - 1))
            try await timers.fireDue()
            #expect(notes.all.last != "failed \(attempt)")
            world.clock.advance(by: .milliseconds(1))
            try await timers.fireDue()
            #expect(notes.all.suffix(2) == ["failed \(attempt)", "reported fails"])
        }
    }

    @Test func `a jump of the clock gives expiries one lease more`() async throws {
        let world = try AccountWorld()
        let clocks = TwoClocks()
        try await quieten(world.engine.timers)
        let notes = Notes()
        let timers = timers(world, notes, clock: clocks)
        defer { timers.close() }
        try await schedule(timers, world, "expiry", in: 100_000, lease: 30_000, from: clocks)
        try await schedule(timers, world, "reminder", in: 100_000, from: clocks)
        try await timers.fireDue()
        clocks.wall.advance(by: .seconds(500))
        try await timers.fireDue()
        #expect(notes.all == ["jumped 500000, 1 delayed", "reminder"])
        clocks.wall.advance(by: .seconds(31))
        clocks.even.advance(by: .seconds(31))
        try await timers.fireDue()
        #expect(notes.all.last == "expiry")
    }

    @Test func `keys are forgotten after a day`() async throws {
        let tea = try await Community()
        let service = try await tea.ana.service()
        let message = Message(channel: tea.id, cid: tea.cid(), text: "keyed")
        _ = try await service.call(.sendMessage, message, CallOptions(key: "k"))
        #expect(try await tea.column(Self.keys) == ["k"])
        tea.world.clock.advance(by: .seconds(86_399))
        try await tea.world.engine.timers.fireDue()
        #expect(try await tea.column(Self.keys) == ["k"])
        tea.world.clock.advance(by: .seconds(700))
        try await tea.world.engine.timers.fireDue()
        #expect(try await tea.column(Self.keys).isEmpty)
    }

    private static let keys: SQL = "SELECT key FROM idempotency_key"
}
