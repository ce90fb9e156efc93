import ChatAPI
import ChatKit
import ChatTestKit
import Synchronization
import Testing
import Transport

/// The live connection over a real socket, with a daemon in this process.
@Suite struct LiveConnectionTests {
    private let general = channel(1)

    private func seqs(_ events: [LiveEvent], of log: String) -> [Int64] {
        events.flatMap { event -> [Int64] in
            if case .entries(log, let entries) = event { entries.map(\.seq) } else { [] }
        }
    }

    private func count(_ events: [LiveEvent], _ isOne: (LiveEvent) -> Bool) -> Int { events.filter(isOne).count }

    private func isLive(_ event: LiveEvent) -> Bool { event == .state(.live) }

    @Test func `it resumes after every close, and tells each entry once`() async throws {
        let daemon = try LoopbackDaemon(channels: [general])
        let events = Collected<LiveEvent>()
        let live = LiveConnection(
            daemon.address,
            credentials: nil,
            on: daemon.loop,
            random: Randomness(seed: 1)
        ) { events.append($0) }
        live.start()
        try await events.wait("the welcome") { count($0, isLive) == 1 }
        let log = general.description
        for round in 1...3 {
            daemon.change { model in for _ in 0..<4 { model.append(log) } }
            try await events.wait("entries of round \(round)") { seqs($0, of: log).count == round * 4 }
            daemon.close(4000)
            try await events.wait("the loss of round \(round)") {
                count($0) { if case .state(.offline) = $0 { true } else { false } } == round
            }
            live.retryNow()
            try await events.wait("the return of round \(round)") { count($0, isLive) == round + 1 }
        }
        #expect(seqs(events.all, of: log) == Array(1...12))
        #expect(await live.resume().seq == ["@me": 0, log: 12])
        await live.close()
        daemon.stop()
    }

    @Test func `a batch is told at once`() async throws {
        let daemon = try LoopbackDaemon(channels: [general])
        let batches = Collected<[LiveEvent]>()
        let live = LiveConnection(daemon.address, credentials: nil, on: daemon.loop) { batches.append([$0]) }
        live.start()
        let log = general.description
        try await batches.wait("the welcome") { $0.joined().contains(.state(.live)) }
        daemon.change { model in for _ in 0..<100 { model.append(log) } }
        try await batches.wait("all entries") { seqs(Array($0.joined()), of: log).count == 100 }
        let carrying = batches.all.filter { !seqs($0, of: log).isEmpty }
        #expect(carrying.count < 50)
        await live.close()
        daemon.stop()
    }

    @Test func `what was posted offline is sent once it is live, and told as sent`() async throws {
        let folder = try TemporaryFolder()
        let outbox = try Outbox(path: folder.path + "/outbox.db")
        let daemon = try LoopbackDaemon(channels: [general])
        let events = Collected<LiveEvent>()
        let live = LiveConnection(
            daemon.address,
            credentials: nil,
            outbox: outbox,
            on: daemon.loop
        ) { events.append($0) }
        for number in 1...5 {
            try live.post(.message(Message(channel: general, cid: cid(number), text: "text \(number)")))
        }
        try live.post(.marker(MarkerDraft(channel: general, seq: 1)))
        #expect(throws: APIError.self) { try live.post(.message(Message(channel: general, cid: cid(9), text: ""))) }
        live.start()
        try await events.wait("an empty outbox") { _ in outbox.items.isEmpty }
        let log = general.description
        try await events.wait("own entries") { seqs($0, of: log).count == 5 }
        let stored = daemon.state.withLock { $0.model.logs[log] ?? [] }
        #expect(stored.compactMap(\.cid) == (1...5).map(cid))
        let sent = events.all.flatMap { event -> [OutboxItem] in
            if case .outbox(let items) = event { items } else { [] }
        }.filter { if case .sent(.some) = $0.state { true } else { false } }
        #expect(sent.compactMap(\.cid) == (1...5).map(cid))
        await live.close()
        outbox.close()
        daemon.stop()
    }

    @Test func `calls are answered over the socket, and refused at once without one`() async throws {
        let daemon = try LoopbackDaemon(channels: [general])
        let events = Collected<LiveEvent>()
        let live = LiveConnection(daemon.address, credentials: nil, on: daemon.loop) { events.append($0) }
        let early = await #expect(throws: APIError.self) {
            try await live.call(.sendMessage, Message(channel: general, cid: cid(1), text: "early"))
        }
        #expect(early?.code == .unavailable)
        live.start()
        try await events.wait("the welcome") { count($0, isLive) == 1 }
        let sent = try await live.call(.sendMessage, Message(channel: general, cid: cid(1), text: "hello"))
        #expect(sent.seq == 1)
        _ = try await live.call(.setView, View(channels: [general]))
        await live.close()
        let closed = await #expect(throws: APIError.self) { try await live.call(.me) }
        #expect(closed?.code == .unavailable)
        daemon.stop()
    }

    @Test func `a refused token is renewed over REST before the next hello`() async throws {
        let folder = try TemporaryFolder()
        let daemon = try LoopbackDaemon(channels: [general]) { request in
            guard request.target == "/v1/sessions/refresh" else { return .answer(404, [:], []) }
            let tokens = Tokens(accessToken: "a1", accessExpiresAt: .max, refreshToken: "r1")
            return .answer(200, ["content-type": "application/json"], Coding.encode(tokens))
        }
        daemon.state.withLock { $0.refusal = APIError(.tokenExpired, "the token has ended") }
        let credentials = try signedIn(at: daemon.address, folder)
        let events = Collected<LiveEvent>()
        let live = LiveConnection(daemon.address, credentials: credentials, on: daemon.loop) { events.append($0) }
        live.start()
        try await events.wait("the welcome") { count($0, isLive) == 1 }
        #expect(events.all.contains(.refreshed))
        #expect(daemon.state.withLock { $0.hellos } == 2)
        #expect(try credentials.file()?.tokens.accessToken == "a1")
        #expect(try credentials.file()?.previousRefreshToken == nil)
        await live.close()
        daemon.stop()
    }

    @Test func `a daemon without the live connection is an error in words`() async throws {
        let daemon = try LoopbackDaemon { _ in .answer(200, [:], []) }
        let events = Collected<LiveEvent>()
        let folder = try TemporaryFolder()
        let nobody = LiveConnection(
            try ServerAddress(socket: folder.path + "/none.sock"),
            credentials: nil,
            on: daemon.loop
        ) { events.append($0) }
        nobody.start()
        try await events.wait("the refusal") { events in
            events.contains { event in
                if case .state(.offline(let reason, _)) = event {
                    reason.contains("is chatd running there?")
                } else {
                    false
                }
            }
        }
        await nobody.close()
        daemon.stop()
    }

    @Test func `a tail goes on through reconnects from where it was`() async throws {
        let daemon = try LoopbackDaemon(channels: [general])
        let log = general.description
        daemon.change { model in for _ in 0..<8 { model.append(log) } }
        let events = Collected<Tail.Event>()
        let tail = Tail(
            .channel(general),
            after: 5,
            of: daemon.address,
            credentials: nil,
            on: daemon.loop
        ) { events.append($0) }
        func told(_ events: [Tail.Event]) -> [Int64] {
            events.flatMap { event -> [Int64] in
                if case .entries(let entries) = event { entries.map(\.seq) } else { [] }
            }
        }
        tail.start()
        try await events.wait("what was missed") { told($0) == [6, 7, 8] }
        daemon.close(4000)
        daemon.change { model in model.append(log) }
        try await events.wait("what came meanwhile") { told($0) == [6, 7, 8, 9] }
        #expect(await tail.position() == 9)
        await tail.stop()
        daemon.stop()
    }
}
