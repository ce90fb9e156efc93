import ChatAPI
import ChatTestKit
import Engine
import Testing
import Transport

/// What comes while a connection's rights are asked again waits, in its order, and is judged by the new ones.
@Suite("Rights asked again")
struct RightsTests {
    @Test func `messages, strokes and pointers wait until it is known what their sender may do, and keep their order`()
        async throws
    {
        let room = try await LoopRoom()
        defer { room.close() }
        let ana = try await room.enter("ana")
        let sketch = try await ana.service.call(.createSketch, SketchDraft(channel: "tea", name: "plan"))
        try await ana.call("view.set", ["channels": [], "people": [], "sketch": .string(sketch.id.description)])

        room.executor.shut()
        try await room.administer(.giveGrant, GrantDraft(account: "ana", role: .auditor))
        let frames = [
            ana.frame("messages.send", World.message(room.tea, "first")),
            ana.frame("sketches.draw", Self.stroke(in: sketch.id)),
            ana.frame("sketches.pointer", ["sketch": .string(sketch.id.description), "x": 1, "y": 1]),
            ana.frame("audit.list"),
            ana.frame("messages.send", World.message(room.tea, "second")),
        ]
        for frame in frames { await ana.peer.send(frame) }
        // Whatever would be stored without asking is stored before this.
        try await room.say("between")
        let before = try await ana.answersSoFar()
        #expect(before.isEmpty, "answered before it was known who asks: \(before.map(JSONPattern.text))")

        room.executor.open()
        for frame in frames {
            let answer = try await ana.answer(to: frame)
            #expect(answer["ok"] != nil, "\(JSONPattern.text(frame)): \(JSONPattern.text(answer))")
        }
        #expect(try await room.texts() == ["between", "first", "second"])
    }

    @Test func `a right that was taken is gone for what waited`() async throws {
        let room = try await LoopRoom()
        defer { room.close() }
        let ana = try await room.enter("ana")
        try await room.administer(.giveGrant, GrantDraft(account: "ana", role: .auditor))
        try await ana.call("audit.list")
        room.executor.shut()
        try await room.administer(.takeGrant, GrantDraft(account: "ana", role: .auditor))
        let frame = ana.frame("audit.list")
        await ana.peer.send(frame)
        room.executor.open()
        #expect(try await ana.answer(to: frame)["error"]?["code"] == "forbidden")
    }

    @Test func `an answer that was overtaken by another change is asked for once more`() async throws {
        let room = try await LoopRoom()
        defer { room.close() }
        let ana = try await room.enter("ana")
        let auditor = GrantDraft(account: "ana", role: .auditor)
        room.executor.shut()
        try await room.administer(.giveGrant, auditor)
        try await room.executor.arrival()
        // The question goes to the database, and its answer is back: ana is an auditor. An answer that is there before its task
        // has gone to wait for it does not come to the gate again.
        room.executor.step()
        try await room.executor.arrival { await ana.peer.holds }
        try await room.administer(.takeGrant, auditor)
        let frame = ana.frame("audit.list")
        await ana.peer.send(frame)
        room.executor.open()
        #expect(try await ana.answer(to: frame)["error"]?["code"] == "forbidden")
    }

    @Test func `a connection that ends while its frames wait takes them with it`() async throws {
        let room = try await LoopRoom()
        defer { room.close() }
        let ana = try await room.enter("ana")
        room.executor.shut()
        try await room.administer(.giveGrant, GrantDraft(account: "ana", role: .auditor))
        await ana.peer.send(ana.frame("messages.send", World.message(room.tea, "too late")))
        await ana.peer.drop()
        room.executor.open()
        try await room.say("after")
        #expect(try await room.texts() == ["after"])
    }

    @Test(arguments: [UInt64.random(in: 1...999_999), 1, 2])
    func `messages of one connection keep their order while its rights change at any moment`(_ seed: UInt64)
        async throws
    {
        let room = try await LoopRoom()
        defer { room.close() }
        let ana = try await room.enter("ana")
        var generator = SeededGenerator(seed: seed)
        let changes = Int.random(in: 10...25, using: &generator)
        async let judge: Void = room.changeRights(of: "ana", times: changes)
        var sent: [String] = []
        var waiting: [JSON] = []
        for round in 1...40 {
            // In one breath, faster than answers come.
            let breath = (0..<Int.random(in: 1...12, using: &generator)).map { "\(round).\($0)" }
            let frames = breath.map { ana.frame("messages.send", World.message(room.tea, $0)) }
            for frame in frames { ana.peer.post(frame) }
            sent += breath
            waiting += frames
            // No more than may be in flight.
            guard waiting.count > 40 || Bool.random(using: &generator) else { continue }
            for frame in waiting { _ = try await ana.answer(to: frame) }
            waiting = []
        }
        try await judge
        for frame in waiting { _ = try await ana.answer(to: frame) }
        #expect(try await room.texts() == sent, "seed \(seed)")
    }

    @Test func `a daemon that cannot say who it is now lets its clients come back`() async throws {
        #expect(CloseCode(whoIsUnknown: APIError(.overloaded, "")) == .unavailable)
        #expect(CloseCode(whoIsUnknown: APIError(.timedOut, "")) == .unavailable)
        #expect(CloseCode(whoIsUnknown: APIError(.rateLimited, "")) == .unavailable)
        #expect(CloseCode(whoIsUnknown: APIError(.tokenExpired, "")) == .tokenExpired)
        #expect(CloseCode(whoIsUnknown: APIError(.notSignedIn, "")) == .signedOut)
        #expect(CloseCode(whoIsUnknown: APIError(.forbidden, "")) == .signedOut)
        #expect(CloseCode.verdict(CloseCode.unavailable.rawValue) == .reconnect)
    }

    private static func stroke(in sketch: SketchID) -> JSON {
        var generator = SystemRandomNumberGenerator()
        let stroke = StrokeID.make(at: 1_700_000_000_000, using: &generator)
        return [
            "sketch": .string(sketch.description), "cid": .string(World.cid().description), "op": "cells",
            "stroke": .string(stroke.description), "layer": 0, "runs": [[0, 0, "hello"]],
        ]
    }
}
