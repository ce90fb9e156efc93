import ChatAPI
import ChatTestKit
import Engine
import Testing
import Transport

/// `docs/PROTOCOL.md` 16 and 17 with time that the test moves: what an expired token means.
@Suite("Protocol: expiry")
struct ExpiryTests {
    @Test
    func `17 an access token is good for ten minutes, then 4401 says to refresh first`() async throws {
        let temporary = try TemporaryEngine { $0.passwordCost = .least }
        let group = try EventLoopGroup(count: 1, name: "test")
        defer { group.stopAndWait() }
        let loop = group.first
        let shard = HubShard<LiveSession>()
        temporary.engine.hub.add(Hub.Shard(subscriptions: shard) { body in loop.post { body() } })
        let services = LiveServices(
            engine: temporary.engine,
            shard: shard,
            executor: loop,
            post: { body in loop.post { body() } }
        )
        let anonymous = LocalService(temporary.engine, as: .anonymous(address: "192.0.2.1"))
        let signedIn = try await anonymous.call(.register, Registration(name: "ana", password: World.password))
        let hello = Hello(token: signedIn.tokens.accessToken)

        temporary.clock.advance(by: .seconds(599))
        let early = await LoopPeer.connect(services, on: loop, hello)
        let welcome = try await Self.first(of: early)
        #expect(welcome.frame["ok"] != nil)

        temporary.clock.advance(by: .seconds(2))
        let late = await LoopPeer.connect(services, on: loop, hello)
        let refused = try await Self.first(of: late)
        #expect(refused.frame["error"]?["code"] == "token_expired")
        #expect(refused.closing == .tokenExpired)
        // Whoever is in stays in: the token is asked for at the door only.
        await early.send(["id": 2, "call": "registers.list"])
        #expect(try await Self.first(of: early).frame["ok"] != nil)

        let fresh = try await anonymous.call(.refresh, Refresh(refreshToken: signedIn.tokens.refreshToken))
        let again = await LoopPeer.connect(services, on: loop, Hello(token: fresh.accessToken))
        #expect(try await Self.first(of: again).frame["ok"] != nil)
        for peer in [early, late, again] { await peer.drop() }
    }

    private static func first(of peer: LoopPeer) async throws -> (frame: JSON, closing: CloseCode?) {
        while true {
            let (frames, closing) = try await peer.take()
            if let frame = frames.first { return (frame, closing) }
            if let closing { throw TestFailure("closed without a word: \(closing)") }
            await Task.yield()
        }
    }
}
