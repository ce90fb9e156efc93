import ChatAPI
import ChatTestKit
import Testing

/// `docs/PROTOCOL.md`, older and newer, over a real socket: what a client of another version says, and what it is told.
@Suite("Protocol: clients of other versions")
struct VersionTests {
    @Test
    func `what a newer client adds to hello, a view and a call is passed over`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 1)
        let client = try await LiveClient.open(world.daemon.tcp, subprotocols: ["plaza.v9", Version.subprotocol])
        defer { client.close() }
        let hello: JSON = [
            "id": 1,
            "hello": [
                "token": .string(people[0].token), "caps": ["levitate.v2"], "api": 9, "protocol": ["plaza.v9"],
                "view": ["channels": [.string(channel.id.description)], "people": [], "hologram": ["depth": 3]],
            ],
            "sentBy": "tomorrow",
        ]
        try await client.send(Coding.encode(hello))
        let welcome = try await client.answer(to: 1).get()
        #expect(welcome["caps"] == [], "a capability that nobody has is not agreed on")
        guard case .object(var message) = World.message(channel.id, "hello") else { return }
        message["hologram"] = ["depth": 3]
        #expect(try await client.call("messages.send", .object(message)).get()["seq"] == 2)
    }

    @Test
    func `an operation that this daemon does not have is named, and the connection goes on`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 1)
        let client = try await world.live(people[0])
        defer { client.close() }
        let answer = try await client.call("messages.levitate", ["channel": .string(channel.id.description)])
        guard case .failure(let error) = answer else { throw TestFailure("there is no such operation") }
        #expect(error.code == .notFound && error.detail == "there is no operation 'messages.levitate'")
        #expect(try await client.call("messages.send", World.message(channel.id, "still here")).get()["seq"] == 2)
        let reply = try await HTTPClient(world.daemon.tcp).send("GET", "/v9/channels", token: people[0].token)
        #expect(reply.status == 404)
    }

    @Test(arguments: ["messages.send", "sketches.draw"])
    func `an input that has today's name and tomorrow's shape is refused by its members`(_ name: String) async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let client = try await world.live(people[0])
        defer { client.close() }
        // The call is there, its words are not.
        let answer = try await client.call(name, ["channel": 7, "op": "levitate", "sketch": 7, "cid": 7])
        guard case .failure(let error) = answer else { throw TestFailure("that was taken") }
        #expect(error.code == .invalid && !error.errors.isEmpty, "\(error.detail)")
        let other = try await world.live(people[1])
        defer { other.close() }
        try await other.say("all is well", in: channel.id)
        #expect(try await client.push("message")["text"] == "all is well")
    }
}
