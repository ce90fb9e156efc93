import ChatAPI
import ChatTestKit
import Glibc
import Testing

/// The daemon in trouble: a full disk, an impatient operator, a supervisor that watches.
@Suite("Operations in trouble")
struct CrashOperationsTests {
    @Test(.timeLimit(.minutes(2)))
    func `a full disk refuses writes by name, serves reads, shows in readyz, and stops no sign of life`() async throws {
        let inbox = try DatagramInbox()
        let disk = try CrashDisk()
        let watched = ["NOTIFY_SOCKET=\(inbox.path)", "WATCHDOG_USEC=300000"]
        let world = try await World.start(environment: disk.environment + watched)
        let writer = try await world.bot("writer")
        let channel = try await world.channel("full", [writer])
        let live = try await world.live(writer)
        _ = try await live.call("messages.send", World.message(channel.id, "before")).get()

        disk.fill()
        let refused = try await live.call("messages.send", World.message(channel.id, "during"))
        #expect(refused.refusal?.code == .storageFull)
        let ready = try await HTTPClient(world.daemon.unix).send("GET", "/readyz")
        #expect(ready.status == 503)
        #expect(ready.text.contains("the disk is full"), "\(ready.text)")
        let query = EntryQuery(channel: channel.id.description)
        let page = try await world.call(.entries, query, as: writer)
        #expect(page.entries.last?.text == "before")
        // Signs of life go on: the probe touches no disk.
        for _ in 1...3 { _ = try await inbox.next { $0 == "WATCHDOG=1" } }

        disk.behave()
        _ = try await live.call("messages.send", World.message(channel.id, "after")).get()
        #expect(try await HTTPClient(world.daemon.unix).send("GET", "/readyz").status == 200)
        let texts = try await world.call(.entries, query, as: writer).entries.compactMap(\.text)
        #expect(Array(texts.suffix(2)) == ["before", "after"])
    }

    @Test(.timeLimit(.minutes(2)))
    func `one wish to stop drains, a second one later ends at once, two at once are one`() async throws {
        let world = try await World.start(["--drain-seconds", "600"])
        let bot = try await world.bot("lingering")
        let channel = try await world.channel("stop", [bot])
        var clients: [LiveClient] = []
        for _ in 1...3 { clients.append(try await world.live(bot)) }
        let sent = try await clients[0].call("messages.send", World.message(channel.id, "durable")).get()
        world.daemon.signal(SIGTERM)
        world.daemon.signal(SIGTERM)
        let line = await world.daemon.log?.line(with: "\"draining\"")
        #expect(line != nil)
        // The last of them is let go in 400 s; nobody waits for that.
        await DescriptorWatch.shared.deadline(after: 400)
        #expect(world.daemon.pid.map { Glibc.kill($0, 0) } == 0, "two signals at once are one wish")
        world.daemon.signal(SIGTERM)
        #expect(try await world.daemon.exitStatus() == 1)
        #expect(access(world.daemon.socketPath, F_OK) != 0, "the socket's file is gone")
        try await world.daemon.restart()
        let page = try await world.call(.entries, EntryQuery(channel: channel.id.description), as: bot)
        #expect(page.entries.last?.seq == sent["seq"]?.integer)
    }

    @Test(.timeLimit(.minutes(2)))
    func `a start that takes long asks for more time, and says ready only then`() async throws {
        let inbox = try DatagramInbox()
        let world = try await World.start(environment: ["NOTIFY_SOCKET=\(inbox.path)"])
        _ = try await inbox.next { $0.hasPrefix("READY=1") }
        #expect(inbox.earlier.first?.hasPrefix("EXTEND_TIMEOUT_USEC=") == true, "\(inbox.earlier)")
        #expect(try await world.daemon.terminate() == 0)
    }
}

extension Result where Failure == APIError {
    var refusal: APIError? { if case .failure(let error) = self { error } else { nil } }
}
