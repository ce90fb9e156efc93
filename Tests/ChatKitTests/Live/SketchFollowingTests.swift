import ChatAPI
import ChatKit
import Testing

/// Following a sketch on the live connection: whatever is lost, repeated or cut, every client ends with the daemon's canvas.
@Suite("Following sketches")
struct SketchFollowingTests {
    private static let id = SketchID(high: 0x5000_0000_0000_7000, low: 0x8000_0000_0000_0001)

    /// The daemon's side: one sketch, what is on its way to a client, and how it answers.
    private struct Daemon {
        var canvas = SketchCanvas(width: 12, height: 4)
        var entries: [SketchEntry] = []
        var outgoing: [[UInt8]] = []
        var isFollowed = false
        var isGreeted = false
        private let catchUpLimit: Int64 = 8

        mutating func draw(_ random: inout Randomness) {
            let text = ["a", "bc", "世", " ", "d世"].randomElement(using: &random) ?? "a"
            let run = SketchRun(
                x: Int.random(in: 0..<9, using: &random),
                y: Int.random(in: 0..<4, using: &random),
                text: text
            )
            let entry = SketchEntry(
                seq: canvas.seq + 1,
                by: account(Int.random(in: 1...3, using: &random)),
                at: 0,
                cid: cid(entries.count),
                operation: .cells(stroke: cid(entries.count / 3).retyped(), layer: 0, runs: [run])
            )
            canvas.apply(entry)
            entries.append(entry)
        }

        /// What a tick brought since a position, as one push.
        mutating func push(after seq: Int64) {
            guard isFollowed, seq < canvas.seq else { return }
            let bodies = entries.dropFirst(Int(seq)).map { SketchWriting.encode($0) }
            outgoing.append(SketchWriting.push(of: SketchFollowingTests.id, bodies))
        }

        /// The ladder's step for a slow reader.
        mutating func lag(after seq: Int64) {
            guard isFollowed, seq < canvas.seq else { return }
            outgoing.append(
                frame(["gap": json(Gap(log: SketchFollowingTests.id.logName, from: seq + 1, head: canvas.seq))])
            )
        }

        mutating func receive(_ bytes: [UInt8]) {
            guard let frame = try? Coding.decode(JSON.self, from: bytes), let id = frame["id"]?.integer else { return }
            if let hello = frame["hello"] {
                isGreeted = true
                var logs = [LogState(log: "@me", state: .ok, head: 0)]
                let position = hello["resume"]?["seq"]?[SketchFollowingTests.id.logName]?.integer
                if let position { logs.append(place(position)) }
                let welcome = Welcome(
                    account: Account(id: account(1), name: "ana", createdAt: 0),
                    session: nil,
                    capabilities: [],
                    epoch: "e1",
                    heartbeatMs: 25_000,
                    limits: LiveLimits(),
                    caps: [],
                    logs: logs
                )
                outgoing.append(ChatKitTests.frame(["id": .integer(id), "ok": json(welcome)]))
                if let position, logs.last?.state == .ok { push(after: position) }
            } else if frame["call"]?.string == "sync",
                let position = frame["in"]?["seq"]?[SketchFollowingTests.id.logName]?.integer
            {
                let state = place(position)
                outgoing.append(ChatKitTests.frame(["id": .integer(id), "ok": json(SyncAnswer(logs: [state]))]))
                if state.state == .ok { push(after: position) }
            } else {
                outgoing.append(ChatKitTests.frame(["id": .integer(id), "ok": .object([:])]))
            }
        }

        private mutating func place(_ position: Int64) -> LogState {
            isFollowed = true
            let isGap = position > canvas.seq || canvas.seq - position > catchUpLimit
            return LogState(log: SketchFollowingTests.id.logName, state: isGap ? .gap : .ok, head: canvas.seq)
        }
    }

    /// A client as chat-tui is one: it applies what comes, and fetches a snapshot where something is missing.
    private struct Client {
        var machine: LiveMachine
        var daemon = Daemon()
        var canvas: SketchCanvas?
        var now: Int64 = 0
        var wrong: [String] = []
        var snapshots = 0

        init(seed: UInt64) {
            machine = LiveMachine(view: View(sketch: SketchFollowingTests.id), random: Randomness(seed: seed))
            perform(machine.start(at: 0))
        }

        mutating func perform(_ actions: [LiveAction]) {
            for action in actions {
                switch action {
                case .open:
                    daemon.outgoing = []
                    (daemon.isFollowed, daemon.isGreeted) = (false, false)
                    perform(machine.opened(token: "t", at: now))
                case .send(let bytes): daemon.receive(bytes)
                case .close:
                    daemon.outgoing = []
                    daemon.isFollowed = false
                case .deliver(.sketch(_, let entries)):
                    for entry in entries {
                        if entry.seq != (canvas?.seq ?? -1) + 1 {
                            wrong.append("\(entry.seq) after \(canvas?.seq ?? -1)")
                        }
                        canvas?.apply(entry)
                    }
                case .deliver(.gap(let gap)) where LogName.isSketch(gap.log): fetch()
                default: break
                }
            }
        }

        /// A new picture, and its log from there on.
        mutating func fetch() {
            snapshots += 1
            canvas = daemon.canvas
            perform(machine.follow(SketchFollowingTests.id.logName, after: daemon.canvas.seq, at: now))
        }

        mutating func deliver() {
            guard !daemon.outgoing.isEmpty else { return }
            perform(machine.received(daemon.outgoing.removeFirst(), at: now))
        }

        mutating func settle() {
            for _ in 0..<200 {
                while !daemon.outgoing.isEmpty { deliver() }
                now += 5_000
                perform(machine.tick(at: now))
                if machine.isLive, daemon.outgoing.isEmpty, canvas?.seq == daemon.canvas.seq { return }
                // A last stroke shows a client that nothing else would tell it that something is missing.
                if machine.isLive, daemon.outgoing.isEmpty {
                    let seq = daemon.canvas.seq
                    var random = Randomness(seed: UInt64(now))
                    daemon.draw(&random)
                    daemon.push(after: seq)
                }
            }
        }
    }

    @Test(arguments: Seed.some(300))
    func `whatever is dropped, repeated, cut or skipped, the canvas ends as the daemon's`(seed: UInt64) {
        var random = Randomness(seed: seed)
        var client = Client(seed: seed)
        while !client.daemon.outgoing.isEmpty { client.deliver() }
        client.fetch()
        for _ in 0..<120 {
            let seq = client.daemon.canvas.seq
            switch Int.random(in: 0..<24, using: &random) {
            case 0..<9:
                for _ in 0..<Int.random(in: 1...3, using: &random) { client.daemon.draw(&random) }
                client.daemon.push(after: seq)
            case 9 where !client.daemon.outgoing.isEmpty: client.daemon.outgoing.removeFirst()
            case 10 where !client.daemon.outgoing.isEmpty: client.daemon.outgoing.append(client.daemon.outgoing[0])
            case 11:
                client.perform(client.machine.lost(.closed(code: 4008, reason: ""), at: client.now))
            case 12:
                for _ in 0..<12 { client.daemon.draw(&random) }
                client.daemon.lag(after: seq)
            case 13:
                client.now += Int64.random(in: 0...20_000, using: &random)
                client.perform(client.machine.tick(at: client.now))
            default: client.deliver()
            }
        }
        client.settle()
        #expect(client.wrong == [], "seed \(seed)")
        #expect(client.canvas == client.daemon.canvas, "seed \(seed), \(client.snapshots) snapshots")
    }

    @Test
    func `a daemon that is behind what it said is believed, and the picture fetched again, be it empty`() {
        var client = Client(seed: 1)
        while !client.daemon.outgoing.isEmpty { client.deliver() }
        client.fetch()
        var random = Randomness(seed: 1)
        client.daemon.draw(&random)
        client.daemon.push(after: 0)
        // The answer to the sync comes last, and knows nothing of what was drawn.
        client.daemon.outgoing.swapAt(0, 1)
        client.deliver()
        #expect(client.canvas?.seq == 1)
        client.deliver()
        #expect(client.snapshots == 2 && client.machine.positions.seq[Self.id.logName] == 1)
    }

    @Test
    func `entries of a sketch that is not followed are passed over`() {
        var client = Client(seed: 1)
        while !client.daemon.outgoing.isEmpty { client.deliver() }
        var random = Randomness(seed: 1)
        client.daemon.isFollowed = true
        client.daemon.draw(&random)
        client.daemon.push(after: 0)
        client.deliver()
        #expect(client.canvas == nil && client.wrong == [])
        #expect(client.machine.positions.seq[Self.id.logName] == nil)
    }

    @Test
    func `a log that ends is not followed any more`() {
        var client = Client(seed: 1)
        while !client.daemon.outgoing.isEmpty { client.deliver() }
        client.fetch()
        while !client.daemon.outgoing.isEmpty { client.deliver() }
        let ended = frame(["ended": ["log": .string(Self.id.logName)]])
        let actions = client.machine.received(ended, at: 1)
        #expect(actions == [.deliver(.logs([LogState(log: Self.id.logName, state: .denied, head: 0)]))])
        #expect(client.machine.positions.seq[Self.id.logName] == nil)
    }
}
