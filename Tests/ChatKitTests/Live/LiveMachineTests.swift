import ChatAPI
import ChatKit
import Testing

/// Each rule of the live connection by itself: hello, closes, tokens, time-outs, the poisoned call.
@Suite struct LiveMachineTests {
    private static let welcome = Welcome(
        account: Account(id: account(1), name: "ana", createdAt: 0),
        session: nil,
        capabilities: [],
        epoch: "e1",
        heartbeatMs: 25_000,
        limits: LiveLimits(),
        caps: [],
        logs: [LogState(log: "@me", state: .ok, head: 0)]
    )

    private static func answer(_ output: some Encodable, to id: Int64) -> [UInt8] {
        frame(["id": .integer(id), "ok": json(output)])
    }

    /// A machine that is live at time 0.
    private func live() -> LiveMachine {
        var machine = LiveMachine(random: Randomness(seed: 1))
        _ = machine.start(at: 0)
        _ = machine.opened(token: "t", at: 0)
        _ = machine.received(Self.answer(Self.welcome, to: 1), at: 0)
        return machine
    }

    private func call(_ name: String = "messages.edit", repeats: Bool = true, waits: Bool = true) -> LiveCall {
        LiveCall(name: name, input: Array("{}".utf8), repeats: repeats, waits: waits)
    }

    private func names(_ actions: [LiveAction]) -> [String] {
        actions.map { action in
            switch action {
            case .open: "open"
            case .send(let bytes):
                (try? Coding.decode(JSON.self, from: bytes)).flatMap { $0["call"]?.string } ?? "hello"
            case .close(let code): "close \(code)"
            case .refresh(let inBand): inBand ? "refresh in band" : "refresh"
            case .deliver(.state(.connecting)): "connecting"
            case .deliver(.state(.live)): "live"
            case .deliver(.state(.offline)): "offline"
            case .deliver(.state(.stopped(let error))): "stopped \(error.code.rawValue)"
            case .deliver(.welcome): "welcome"
            case .deliver(.gap(let gap)): "gap \(gap.from)-\(gap.head)"
            case .deliver(.entries(_, let entries)): "entries \(entries.map(\.seq))"
            case .deliver(.bye): "bye"
            case .deliver(.refreshed): "refreshed"
            case .deliver(.logs): "logs"
            case .deliver: "other"
            case .answer(let id, .success): "answer \(id)"
            case .answer(let id, .failure(let error)): "answer \(id) \(error.code.rawValue)"
            }
        }
    }

    @Test func `hello is the first frame and carries token, device and positions`() throws {
        var machine = LiveMachine(
            resume: Resume(epoch: "e1", seq: ["@me": 93]),
            view: View(people: [account(2)]),
            device: "laptop"
        )
        #expect(names(machine.start(at: 0)) == ["connecting", "open"])
        guard case .send(let bytes)? = machine.opened(token: "secret", at: 5).first else {
            Issue.record("no frame was sent")
            return
        }
        let hello = try Coding.decode(JSON.self, from: bytes)
        #expect(hello["id"] == 1)
        #expect(hello["hello"]?["token"] == "secret")
        #expect(hello["hello"]?["device"] == "laptop")
        #expect(hello["hello"]?["resume"]?["seq"]?["@me"] == 93)
        #expect(hello["hello"]?["view"]?["people"]?.array?.count == 1)
        #expect(names(machine.received(Self.answer(Self.welcome, to: 1), at: 9)) == ["live", "welcome"])
    }

    struct Close: Sendable, CustomTestStringConvertible {
        let code: Int
        let then: [String]
        var testDescription: String { "\(code)" }
    }

    @Test(arguments: [
        Close(code: 1000, then: ["offline"]), Close(code: 1006, then: ["offline"]),
        Close(code: 1011, then: ["offline"]),
        Close(code: 1009, then: ["offline"]), Close(code: 3000, then: ["offline"]),
        Close(code: 4000, then: ["offline"]),
        Close(code: 4008, then: ["offline"]), Close(code: 4499, then: ["offline"]),
        Close(code: 4401, then: ["offline", "refresh"]), Close(code: 4500, then: ["stopped not_signed_in"]),
        Close(code: 4501, then: ["stopped forbidden"]), Close(code: 4502, then: ["stopped bad_request"]),
        Close(code: 4999, then: ["stopped bad_request"]),
    ])
    func `close codes tell what to do`(close: Close) {
        var machine = live()
        #expect(names(machine.lost(.closed(code: close.code, reason: ""), at: 1)) == close.then)
    }

    @Test func `waits are spread over a bound that doubles from one second to sixty`() {
        var longest: [Int64] = Array(repeating: 0, count: 10)
        for seed in 0..<200 as Range<UInt64> {
            var machine = LiveMachine(random: Randomness(seed: seed))
            var now: Int64 = 0
            _ = machine.start(at: now)
            for attempt in 0..<10 {
                _ = machine.lost(.failed(APIError(.unavailable, "refused")), at: now)
                let wait = (machine.deadline ?? now) - now
                longest[attempt] = max(longest[attempt], wait)
                now += wait
                #expect(names(machine.tick(at: now)) == ["connecting", "open"])
            }
        }
        let bounds: [Int64] = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]
        for (longest, bound) in zip(longest, bounds) {
            #expect(longest <= bound)
            #expect(longest > bound * 9 / 10)
        }
    }

    @Test func `a farewell names the range to come back in`() {
        var machine = live()
        let bye = frame(["bye": ["code": 4010, "retryMs": [7_000, 9_000]]])
        #expect(names(machine.received(bye, at: 1)) == ["bye"])
        _ = machine.lost(.closed(code: 4010, reason: ""), at: 2)
        #expect((7_002...9_002).contains(machine.deadline ?? 0))
        #expect(names(machine.retry(at: 3)) == ["connecting", "open"])
    }

    @Test func `a refused token is renewed once, then one is signed out`() {
        var machine = live()
        _ = machine.lost(.closed(code: 4401, reason: ""), at: 1)
        #expect(names(machine.refreshed(endsIn: 600_000, at: 2)) == ["refreshed", "connecting", "open"])
        _ = machine.opened(token: "new", at: 3)
        let refused = frame(["id": 1, "error": json(APIError(.tokenExpired, "it ended"))])
        #expect(names(machine.received(refused, at: 4)) == ["close 1000", "stopped not_signed_in"])
    }

    @Test func `a daemon that is away while renewing is waited for`() {
        var machine = live()
        _ = machine.lost(.closed(code: 4401, reason: ""), at: 1)
        #expect(names(machine.refreshFailed(APIError(.unavailable, "refused"), at: 2)) == ["offline"])
        #expect(names(machine.tick(at: 70_000)) == ["connecting", "open"])
    }

    @Test func `the token is renewed in band before it ends`() {
        var machine = live()
        machine.tokenEnds(in: 600_000, at: 0)
        machine.heard(at: 539_999)
        #expect(names(machine.tick(at: 539_999)) == [])
        #expect(names(machine.tick(at: 540_000)) == ["refresh in band"])
        #expect(names(machine.tick(at: 541_000)) == [])
        #expect(names(machine.refreshed(endsIn: 600_000, at: 542_000)) == ["refreshed"])
    }

    @Test func `a reader too old for the daemon stops with its sentence`() {
        var machine = LiveMachine()
        _ = machine.start(at: 0)
        let error = APIError(.upgradeRequired, "this daemon speaks plaza.v2 only")
        #expect(machine.lost(.failed(error), at: 1) == [.deliver(.state(.stopped(error)))])
    }

    @Test func `silence longer than the heartbeat ends a connection, any bytes keep it`() {
        var machine = live()
        machine.heard(at: 20_000)
        #expect(names(machine.tick(at: 54_999)) == [])
        #expect(names(machine.tick(at: 55_000)) == ["close 1001", "offline"])
    }

    @Test func `a daemon that does not answer hello is given up`() {
        var machine = LiveMachine()
        _ = machine.start(at: 0)
        _ = machine.opened(token: nil, at: 0)
        #expect(names(machine.tick(at: machine.deadline ?? 0)) == ["close 1001", "offline"])
    }

    // MARK: - Order

    private func push(_ seq: Int64) -> [UInt8] { Coding.encode(message(seq, in: channel(1), "\(seq)")) }

    @Test func `a number that does not follow asks for sync once, and the entries come in order`() {
        var machine = live()
        #expect(names(machine.received(push(5), at: 1)) == ["entries [5]"])
        #expect(names(machine.received(push(5), at: 1)) == [])
        #expect(names(machine.received(push(7), at: 1)) == ["sync"])
        #expect(names(machine.received(push(8), at: 1)) == [])
        #expect(names(machine.received(push(6), at: 1)) == ["entries [6]"])
        #expect(names(machine.received(push(7), at: 1)) == ["entries [7]"])
    }

    @Test func `a sync without an answer ends the connection`() {
        var machine = live()
        _ = machine.received(push(5), at: 1)
        _ = machine.received(push(7), at: 1)
        machine.heard(at: 30_000)
        #expect(names(machine.tick(at: 30_001)) == ["close 1001", "offline"])
    }

    @Test func `a gap is told from where this client stands, and the log is followed on`() {
        var machine = live()
        _ = machine.received(push(5), at: 1)
        let gap = frame(["gap": json(Gap(log: channel(1).description, from: 9, head: 20))])
        #expect(names(machine.received(gap, at: 1)) == ["gap 6-20", "sync"])
        #expect(names(machine.received(gap, at: 1)) == [])
        #expect(names(machine.received(push(21), at: 1)) == ["entries [21]"])
    }

    @Test func `a log that is lost is told and forgotten`() {
        var machine = live()
        _ = machine.received(push(5), at: 1)
        #expect(names(machine.received(frame(["ended": ["log": .string(channel(1).description)]]), at: 1)) == ["logs"])
        #expect(machine.positions.seq[channel(1).description] == nil)
    }

    @Test func `frames of a newer daemon are ignored, broken ones end the connection`() {
        var machine = live()
        #expect(names(machine.received(Array(#"{"holo":{"x":1}}"#.utf8), at: 1)) == [])
        #expect(names(machine.received(Array(#"{"id":99,"ok":{}}"#.utf8), at: 1)) == [])
        #expect(names(machine.received(Array("{".utf8), at: 1)) == ["close 1001", "offline"])
    }

    // MARK: - Calls

    /// `{"push":"poll",…}`: whatever a kind of tomorrow holds, its number counts, and what is no entry is passed over.
    @Test func `an entry of a kind that is not known keeps its place, whatever it holds`() {
        var machine = live()
        let poll: [String: JSON] = [
            "push": "poll", "seq": 1, "by": .string(account(1).description), "at": 0, "messagesSoFar": 0,
            "broadcastsSoFar": 0, "text": ["rich": true], "reactions": "many", "role": 7,
        ]
        #expect(names(machine.received(frame(poll), at: 1)) == ["entries [1]"])
        #expect(machine.received(frame(["push": "weather", "sky": ["blue"]]), at: 2).isEmpty)
        // A kind that is known has to be right.
        #expect(names(machine.received(frame(["push": "message", "seq": 2]), at: 3)) == ["close 1001", "offline"])
    }

    @Test func `a log in a state that is not known is paged, like one with a gap`() {
        var machine = LiveMachine(random: Randomness(seed: 1))
        _ = machine.start(at: 0)
        _ = machine.opened(token: "t", at: 0)
        guard case .object(var welcome) = json(Self.welcome) else { return }
        welcome["logs"] = [["log": "@me", "state": "hibernating", "head": 7]]
        welcome["capabilities"] = ["read", "levitate"]
        let actions = machine.received(Self.answer(JSON.object(welcome), to: 1), at: 0)
        #expect(names(actions) == ["live", "welcome", "gap 1-7"])
    }

    @Test func `a call that may be repeated outlives the connection, another one is of unknown outcome`() {
        var machine = live()
        let kept = machine.call(call(), at: 1)
        let lost = machine.call(call("channels.leave", repeats: false), at: 1)
        #expect(names(kept.actions + lost.actions) == ["messages.edit", "channels.leave"])
        let actions = machine.lost(.failed(APIError(.unavailable, "cut")), at: 2)
        #expect(names(actions) == ["answer \(lost.id) outcome_unknown", "offline"])
        _ = machine.tick(at: machine.deadline ?? 0)
        _ = machine.opened(token: "t", at: 3_000)
        let again = machine.received(Self.answer(Self.welcome, to: 1), at: 3_001)
        #expect(names(again) == ["live", "welcome", "messages.edit"])
        #expect(names(machine.received(Self.answer(Empty(), to: kept.id), at: 3_002)) == ["answer \(kept.id)"])
    }

    @Test func `a time-out says that it may have happened`() {
        var machine = live()
        let made = machine.call(call(), at: 1)
        machine.heard(at: 30_000)
        let actions = machine.tick(at: 30_001)
        #expect(names(actions) == ["answer \(made.id) timed_out"])
        #expect(names(machine.received(Self.answer(Empty(), to: made.id), at: 30_002)) == [])
    }

    @Test func `without a connection a call waits or is refused, as it says`() {
        var machine = LiveMachine()
        let refused = machine.call(call(waits: false), at: 0)
        #expect(names(refused.actions) == ["answer \(refused.id) unavailable"])
        #expect(machine.call(call(), at: 0).actions.isEmpty)
    }

    @Test func `no more calls are on their way than the daemon allows`() {
        var machine = live()
        let sent = (0..<100).flatMap { _ in names(machine.call(call(), at: 1).actions) }
        #expect(sent.count == Limits.callsInFlight - 2)
    }

    @Test func `a call larger than a frame is refused here`() {
        var machine = live()
        let large = LiveCall(
            name: "messages.send",
            input: Array(repeating: 0x20, count: Limits.frameBytes),
            repeats: true,
            waits: true
        )
        let made = machine.call(large, at: 1)
        #expect(names(made.actions) == ["answer \(made.id) too_large"])
    }

    @Test(arguments: [1002, 1003, 1007, 1009])
    func `the call that closed the connection fails, alone on its way`(code: Int) {
        var machine = live()
        let made = machine.call(call(), at: 1)
        let error = code == 1009 ? "too_large" : "bad_request"
        let actions = machine.lost(.closed(code: code, reason: "frame"), at: 2)
        #expect(names(actions) == ["answer \(made.id) \(error)", "offline"])
    }

    @Test func `of several calls the poisoned one is found, and no innocent one is blamed`() {
        var machine = live()
        let ids = (0..<4).map { _ in machine.call(call(), at: 1).id }
        let poison = ids[2]
        var answered: [String] = []
        var now: Int64 = 10
        var inFlight = ids
        for _ in 0..<10 where !inFlight.isEmpty {
            answered += names(machine.lost(.closed(code: 1007, reason: ""), at: now)).filter { $0.hasPrefix("answer") }
            now = machine.deadline ?? now
            _ = machine.tick(at: now)
            _ = machine.opened(token: "t", at: now)
            inFlight = calls(machine.received(Self.answer(Self.welcome, to: 1), at: now))
            while let id = inFlight.first, id != poison {
                let actions = machine.received(Self.answer(Empty(), to: id), at: now)
                answered += names(actions).filter { $0.hasPrefix("answer") }
                inFlight.removeFirst()
                inFlight += calls(actions)
            }
        }
        #expect(answered.sorted() == ids.map { $0 == poison ? "answer \($0) bad_request" : "answer \($0)" }.sorted())
    }

    private func calls(_ actions: [LiveAction]) -> [Int64] {
        actions.compactMap { action in
            guard case .send(let bytes) = action, let frame = try? Coding.decode(JSON.self, from: bytes),
                frame["call"] != nil
            else { return nil }
            return frame["id"]?.integer
        }
    }

    @Test func `options stand beside the input`() throws {
        var machine = live()
        var made = call()
        made.options = CallOptions(key: "k", dryRun: true, ifMatch: "3", requestID: "r")
        guard case .send(let bytes)? = machine.call(made, at: 1).actions.first else {
            Issue.record("nothing was sent")
            return
        }
        let sent = try Coding.decode(JSON.self, from: bytes)
        #expect(sent["key"] == "k")
        #expect(sent["dryRun"] == true)
        #expect(sent["ifMatch"] == "3")
        #expect(sent["in"] == [:])
    }

    @Test func `what one looks at is told when it changes, and again after a reconnect`() throws {
        var machine = live()
        let view = View(channels: [channel(1)])
        #expect(names(machine.look(at: view, now: 1)) == ["view.set"])
        #expect(names(machine.look(at: view, now: 1)) == [])
        _ = machine.lost(.closed(code: 4000, reason: ""), at: 2)
        _ = machine.tick(at: machine.deadline ?? 0)
        guard case .send(let bytes)? = machine.opened(token: nil, at: 2_000).first else {
            Issue.record("no hello was sent")
            return
        }
        let hello = try Coding.decode(JSON.self, from: bytes)
        #expect(hello["hello"]?["view"]?["channels"] == [.string(channel(1).description)])
    }
}

/// A tail tells entries in order though they come on both sides of a gap.
@Suite struct TailOrderTests {
    @Test(arguments: Seed.some(20))
    func `entries come once and in order, whatever comes first`(seed: UInt64) {
        var random = Randomness(seed: seed)
        var order = TailOrder<Int64>(after: 10)
        var told: [Int64] = []
        var numbers = (11...60).map { Int64($0) }
        for _ in 0..<10 {
            numbers.swapAt(Int.random(in: 0..<50, using: &random), Int.random(in: 0..<50, using: &random))
        }
        for number in numbers + numbers { told += order.take(number, at: number) }
        #expect(told == (11...60).map { Int64($0) }, "seed \(seed)")
        #expect(order.wanted == nil, "seed \(seed)")
    }

    @Test func `a gap is paged from where it begins and what came above it follows`() {
        var order = TailOrder<Int64>(after: 10)
        order.gap(through: 600)
        #expect(order.wanted == 10)
        #expect(order.take(601, at: 601) == [])
        #expect((11...510).flatMap { order.take($0, at: $0) } == Array(11...510))
        #expect(order.wanted == 510)
        #expect(order.paged(through: 600) == [601])
        #expect(order.wanted == nil)
        #expect(order.next == 602)
    }
}
