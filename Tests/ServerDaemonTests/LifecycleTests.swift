import ChatAPI
import ChatTestKit
import Glibc
import Testing
import Transport

/// Starting, reloading, telling systemd, stopping: a real process and real signals.
@Suite("Lifecycle")
struct LifecycleTests {
    @Test
    func `systemd hears of readiness, reload and stopping over its datagram socket`() async throws {
        let inbox = try DatagramInbox()
        let world = try await World.start(
            ["--drain-seconds", "0"],
            environment: ["NOTIFY_SOCKET=\(inbox.path)"],
            configuration: "registration: open\n"
        )
        let ready = try await inbox.next { $0.contains("READY=1") }
        #expect(ready.split(separator: "\n").contains { $0.hasPrefix("STATUS=") })
        #expect(inbox.earlier.allSatisfy { !$0.contains("STOPPING") })
        try RunningDaemon.write("registration: closed\n", to: world.daemon.folder + "/chatd.yaml")
        world.daemon.signal(SIGHUP)
        #expect(try await inbox.next { $0.contains("reloaded") }.contains("registration"))
        world.daemon.signal(SIGTERM)
        _ = try await inbox.next { $0.contains("STOPPING=1") }
        #expect(try await world.daemon.exitStatus() == 0)
    }

    @Test
    func `a reload takes what it can, names what needs a restart, and refuses nonsense whole`() async throws {
        let world = try await World.start(configuration: "registration: open\nconnections: 500\n")
        let file = world.daemon.folder + "/chatd.yaml"
        let register = Registration(name: "nina", password: World.password)
        let client = HTTPClient(world.daemon.tcp)
        func reload() async throws -> HTTPReply {
            try await HTTPClient(world.daemon.unix).send("POST", "/v1/server/reload")
        }

        try RunningDaemon.write("registration: closed\nconnections: 600\nchannels:\n  create: admins\n", to: file)
        let first = try await reload()
        #expect(first.json["changed"] == ["registration", "channels.create"])
        #expect(first.json["needsRestart"] == ["connections"])
        let refused = try await client.send("POST", "/v1/accounts", body: Coding.encode(register))
        #expect(refused.refusal?.code == .registrationClosed)

        try RunningDaemon.write("registration: opne\n", to: file)
        let second = try await reload()
        #expect(second.status == 400)
        #expect(second.refusal?.detail.contains("must be open or closed") == true)
        let still = try await client.send("POST", "/v1/accounts", body: Coding.encode(register))
        #expect(still.refusal?.code == .registrationClosed)

        try RunningDaemon.write("registration: open\nconnections: 600\n", to: file)
        let third = try await reload()
        #expect(third.json["changed"] == ["registration", "channels.create"])
        // What needs a restart is named until it has happened.
        #expect(third.json["needsRestart"] == ["connections"])
        #expect(try await client.send("POST", "/v1/accounts", body: Coding.encode(register)).status == 200)
    }

    @Test
    func `a live connection keeps its place through a reload, with what it may do as of now`() async throws {
        let world = try await World.start(configuration: "channels:\n  create: everyone\n")
        let person = try await world.person("nina")
        let client = try await world.live(person)
        _ = try await client.call("channels.create", ["name": "one"]).get()
        try RunningDaemon.write("channels:\n  create: admins\n", to: world.daemon.folder + "/chatd.yaml")
        #expect(try await HTTPClient(world.daemon.unix).send("POST", "/v1/server/reload").status == 200)
        // The connection asks again who it is; that is one push away.
        _ = try await client.roundtrip()
        var code: APIError.Code?
        for number in 0..<20 where code == nil {
            if case .failure(let error) = try await client.call("channels.create", ["name": .string("two\(number)")]) {
                code = error.code
            }
        }
        #expect(code == .forbidden)
    }

    @Test
    func `it says how to make the first administrator until there is one`() async throws {
        let daemon = try await RunningDaemon.start()
        let line = try #require(await daemon.log?.line(with: "no administrator yet"))
        #expect(line.contains("chatctl --socket \(daemon.socketPath) user create NAME --super"))
        let body = Array(#"{"name":"olga","password":"seven green bottles","superAdmin":true}"#.utf8)
        #expect(try await HTTPClient(daemon.unix).send("POST", "/v1/admin/accounts", body: body).status == 200)
        #expect(try await daemon.terminate() == 0)
        try await daemon.restart()
        #expect(try await HTTPClient(daemon.unix).send("GET", "/readyz").status == 200)
        #expect(!daemon.logText.contains("no administrator yet"))
    }

    @Test
    func `a second daemon on the same folder is refused, the first goes on`() async throws {
        let daemon = try await RunningDaemon.start()
        let second = try await FinishedProgram.run(
            "chatd",
            ["--data", daemon.folder + "/data", "--listen", "none", "--socket", daemon.folder + "/other.sock"]
        )
        #expect(second.status != 0)
        #expect(
            second.output.contains("another") || second.output.contains("in use") || second.output.contains("locked"),
            "\(second.output)"
        )
        #expect(try await HTTPClient(daemon.unix).send("GET", "/readyz").status == 200)
    }

    @Test
    func `after kill -9 the socket's file is no hindrance`() async throws {
        let daemon = try await RunningDaemon.start()
        daemon.kill()
        #expect(access(daemon.socketPath, F_OK) == 0)
        try await daemon.restart()
        #expect(try await HTTPClient(daemon.unix).send("GET", "/readyz").status == 200)
        #expect(try await daemon.terminate() == 0)
        #expect(access(daemon.socketPath, F_OK) != 0)
    }

    @Test
    func `a file that is no database is refused with a sentence, and left as it is`() async throws {
        let folder = try ScratchFolder()
        let data = folder.path + "/data"
        mkdir(data, 0o700)
        try RunningDaemon.write(
            "this is no database, and long enough to be taken for a page of one",
            to: data + "/plaza.db"
        )
        let run = try await FinishedProgram.run(
            "chatd",
            ["--data", data, "--listen", "none", "--socket", folder.path + "/s"]
        )
        #expect(run.status == 1)
        #expect(run.output.contains("plaza.db") || run.output.contains("database"), "\(run.output)")
        #expect(RunningDaemon.read(data + "/plaza.db")?.hasPrefix("this is no database") == true)
    }

    @Test
    func `a line for a request holds no secret`() async throws {
        let daemon = try await RunningDaemon.start(["--log-level", "debug"])
        let body = Array(#"{"name":"nina","password":"seven green bottles"}"#.utf8)
        let client = HTTPClient(daemon.tcp)
        let reply = try await client.send("POST", "/v1/accounts", body: body)
        let token = try #require(reply.json["tokens"]?["accessToken"]?.string)
        _ = try await client.send("GET", "/v1/me?token=\(token)", headers: ["X-Request-Id": "the-last"], token: token)
        _ = try #require(await daemon.log?.line(with: "the-last"))
        #expect(!daemon.logText.contains("green bottles"))
        #expect(!daemon.logText.contains(token))
    }

    @Test
    func `what no codec takes is in the log under the id that was answered`() async throws {
        let daemon = try await RunningDaemon.start(["--log-level", "info"])
        let socket = try RawSocket(to: daemon.tcp)
        try await socket.write(Array("GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n".utf8))
        let answer = String(decoding: try await socket.readToEnd(), as: UTF8.self)
        let header = try #require(answer.split(separator: "\r\n").first { $0.lowercased().hasPrefix("x-request-id: ") })
        let line = try #require(await daemon.log?.line(with: String(header.dropFirst(14))))
        #expect(line.contains("refused") && line.contains("505") && line.contains("HTTP/3.0"))
    }
}
