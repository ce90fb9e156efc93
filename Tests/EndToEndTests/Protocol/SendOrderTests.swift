import ChatAPI
import ChatTestKit
import Engine
import Testing
import Transport

/// Messages of one connection are stored in the order in which they were sent, however each of them names its channel.
@Suite("Order of sending")
struct SendOrderTests {
    /// A message as a client may write it: what the scanner takes, and what it leaves to the general path.
    private enum Form: CaseIterable { case byID, byName, withPlace, withKey }

    private func frame(_ text: String, _ form: Form, _ person: LoopRoom.Person, _ room: LoopRoom) throws -> JSON {
        guard case .object(var message) = World.message(room.tea, text) else {
            throw TestFailure("a message is an object")
        }
        switch form {
        case .byID, .withKey: break
        case .byName: message["channel"] = "tea"
        case .withPlace: message["location"] = ["latitude": .number(55.6), "longitude": .number(12.5)]
        }
        guard case .object(var frame) = person.frame("messages.send", .object(message)) else {
            throw TestFailure("a frame is an object")
        }
        if form == .withKey { frame["key"] = .string("key of \(text)") }
        return .object(frame)
    }

    @Test func `a channel that is found by its name is not overtaken by one that is named by its id`() async throws {
        let room = try await LoopRoom()
        defer { room.close() }
        let ana = try await room.enter("ana")
        let frames = try [
            frame("first", .byName, ana, room), frame("second", .byID, ana, room),
            frame("third", .byName, ana, room), frame("fourth", .byID, ana, room),
        ]
        for frame in frames { ana.peer.post(frame) }
        for frame in frames {
            let answer = try await ana.answer(to: frame)
            #expect(answer["ok"]?["seq"] != nil, "\(JSONPattern.text(answer))")
        }
        #expect(try await room.texts() == ["first", "second", "third", "fourth"])
    }

    @Test(arguments: [UInt64.random(in: 1...999_999), 1, 2])
    func `whatever form the messages of a connection have, they keep their order`(_ seed: UInt64) async throws {
        let room = try await LoopRoom()
        defer { room.close() }
        let ana = try await room.enter("ana")
        var generator = SeededGenerator(seed: seed)
        var sent: [String] = []
        for round in 1...12 {
            let breath = (0..<Int.random(in: 1...12, using: &generator)).map { "\(round).\($0)" }
            let frames = try breath.map { text in
                try frame(text, Form.allCases.randomElement(using: &generator) ?? .byID, ana, room)
            }
            for frame in frames { ana.peer.post(frame) }
            for frame in frames {
                let answer = try await ana.answer(to: frame)
                #expect(answer["ok"] != nil, "\(JSONPattern.text(frame)): \(JSONPattern.text(answer))")
            }
            sent += breath
        }
        let stored = try await room.texts()
        let first = zip(stored, sent).first { $0 != $1 }
        #expect(stored == sent, "seed \(seed): \(first?.0 ?? "") stands where \(first?.1 ?? "") was sent")
    }

    @Test func `a refusal holds nobody up, and says what it is about`() async throws {
        let room = try await LoopRoom()
        defer { room.close() }
        let ana = try await room.enter("ana")
        var lost = try frame("lost", .byName, ana, room)
        lost = replacing(lost, channel: "nowhere")
        let garbled = ana.frame("messages.send", ["channel": "tea"])
        let good = try frame("good", .byName, ana, room)
        for frame in [lost, garbled, good] { ana.peer.post(frame) }
        let refusal = try await ana.answer(to: lost)["error"]
        #expect(refusal?["code"] == "not_found" && refusal?["instance"] == "messages.send")
        #expect(refusal?["requestID"] != nil || refusal?["requestId"] != nil)
        #expect(try await ana.answer(to: garbled)["error"]?["code"] == "invalid")
        #expect(try await ana.answer(to: good)["ok"] != nil)
        #expect(try await room.texts() == ["good"])
    }

    private func replacing(_ frame: JSON, channel: String) -> JSON {
        guard case .object(var members) = frame, case .object(var input)? = members["in"] else { return frame }
        input["channel"] = .string(channel)
        members["in"] = .object(input)
        return .object(members)
    }
}
