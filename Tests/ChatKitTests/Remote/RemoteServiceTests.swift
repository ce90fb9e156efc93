import ChatAPI
import ChatKit
import ChatTestKit
import Synchronization
import Testing
import Transport

/// Calls over HTTP to a daemon in this process: answers, refusals, breaks, time-outs, tokens.
@Suite struct RemoteServiceTests {
    private static func json(_ value: some Encodable, status: Int = 200) -> LoopbackDaemon.Reply {
        .answer(status, ["content-type": "application/json"], Coding.encode(value))
    }

    private static let me = Account(id: account(1), name: "ana", createdAt: 1)

    @Test func `calls share a connection, and carry what they should`() async throws {
        let daemon = try LoopbackDaemon { request in
            request.method == "GET" ? Self.json(Self.me) : Self.json(Sent(seq: 4, at: 5))
        }
        let service = RemoteService(daemon.address, on: daemon.loop)
        for _ in 0..<3 { #expect(try await service.call(.account, AccountRef("ana")) == Self.me) }
        let sent = try await service.call(.sendMessage, Message(channel: channel(1), cid: cid(1), text: "hi"))
        #expect(sent == Sent(seq: 4, at: 5))
        let (requests, connections) = daemon.state.withLock { ($0.requests, $0.connections) }
        #expect(connections == 1)
        #expect(requests.map(\.target).last == "/v1/channels/\(channel(1))/messages")
        #expect(requests.last.flatMap { $0.headers["user-agent"] } == "plaza/\(Version.number)")
        #expect(requests.last.flatMap { $0.headers["authorization"] } == nil)
        daemon.stop()
    }

    @Test func `a refusal keeps its code and names the operation`() async throws {
        let daemon = try LoopbackDaemon { _ in
            .answer(409, ["content-type": "application/problem+json"], Coding.encode(APIError(.nameTaken, "taken")))
        }
        let service = RemoteService(daemon.address, on: daemon.loop)
        let error = await #expect(throws: APIError.self) {
            try await service.call(.createChannel, ChannelDraft(name: "x"))
        }
        #expect(error?.code == .nameTaken)
        #expect(error?.instance == "channels.create")
        let raw = try await service.raw("POST", "/v1/x?y=1", body: Array("{}".utf8))
        #expect(raw.status == 409)
        await #expect(throws: APIError.self) { try await service.raw("POST", "no path") }
        daemon.stop()
    }

    @Test func `a daemon that is not there is unavailable, with a hint`() async throws {
        let folder = try TemporaryFolder()
        let loop = try EventLoop(name: "client")
        let service = RemoteService(try ServerAddress(socket: folder.path + "/none.sock"), on: loop)
        let error = await #expect(throws: APIError.self) { try await service.call(.me) }
        #expect(error?.code == .unavailable)
        #expect(error?.detail.contains("is chatd running there?") == true)
        loop.stop()
        loop.wait()
    }

    @Test func `a kept connection that was closed is replaced for what may be repeated`() async throws {
        let daemon = try LoopbackDaemon { request in
            request.headers["x-request-id"] == "fatal" ? .hangUp : Self.json(Self.me)
        }
        let service = RemoteService(daemon.address, on: daemon.loop)
        _ = try await service.call(.account, AccountRef("ana"))
        let broken = await #expect(throws: APIError.self) {
            try await service.call(.account, AccountRef("ana"), CallOptions(requestID: "fatal"))
        }
        #expect(broken?.code == .unavailable)
        _ = try await service.call(.account, AccountRef("ana"))
        let unknown = await #expect(throws: APIError.self) {
            try await service.call(.leaveChannel, ChannelRef("x"), CallOptions(requestID: "fatal"))
        }
        #expect(unknown?.code == .outcomeUnknown)
        // The first was tried again on a new connection; the second was not.
        #expect(daemon.state.withLock { $0.requests.filter { $0.headers["x-request-id"] == "fatal" }.count } == 3)
        daemon.stop()
    }

    @Test func `a daemon that does not answer is given up in time`() async throws {
        let daemon = try LoopbackDaemon { _ in .silence }
        let service = RemoteService(daemon.address, options: .init(timeoutMilliseconds: 30), on: daemon.loop)
        let read = await #expect(throws: APIError.self) { try await service.call(.me) }
        #expect(read?.code == .timedOut)
        let change = await #expect(throws: APIError.self) { try await service.call(.leaveChannel, ChannelRef("x")) }
        #expect(change?.detail.contains("whether the call happened is not known") == true)
        daemon.stop()
    }

    @Test func `an ended token is renewed once and the call repeated`() async throws {
        let folder = try TemporaryFolder()
        let daemon = try LoopbackDaemon { request in
            if request.target == "/v1/sessions/refresh" {
                return Self.json(Tokens(accessToken: "a1", accessExpiresAt: .max, refreshToken: "r1"))
            }
            return request.headers["authorization"] == "Bearer a1"
                ? Self.json(Self.me)
                : .answer(
                    401,
                    ["content-type": "application/problem+json"],
                    Coding.encode(APIError(.tokenExpired, "ended"))
                )
        }
        let credentials = try signedIn(at: daemon.address, folder)
        let lines = Collected<String>()
        let trace = HTTPTrace(.whole) { lines.append([$0]) }
        let service = RemoteService(
            daemon.address,
            credentials: credentials,
            options: .init(trace: trace),
            on: daemon.loop
        )
        #expect(try await service.call(.account, AccountRef("ana")) == Self.me)
        #expect(try credentials.file()?.tokens.refreshToken == "r1")
        #expect(try credentials.file()?.previousRefreshToken == nil)
        let paths = daemon.state.withLock { $0.requests.map(\.target) }
        #expect(paths == ["/v1/accounts/ana", "/v1/sessions/refresh", "/v1/accounts/ana"])
        let secrets = lines.all.filter { line in
            ["a0", "a1", "r0", "r1"].contains { line.contains("\"\($0)\"") || line.contains("Bearer \($0)") }
        }
        #expect(secrets == [])
        #expect(lines.all.contains("> POST /v1/sessions/refresh"))
        daemon.stop()
    }

    @Test func `who registers an agency does it as themselves, who signs in does it as nobody yet`() async throws {
        let folder = try TemporaryFolder()
        let daemon = try LoopbackDaemon { _ in .answer(409, [:], Coding.encode(APIError(.conflict, "no"))) }
        let service = RemoteService(
            daemon.address,
            credentials: try signedIn(at: daemon.address, folder),
            on: daemon.loop
        )
        _ = try? await service.call(.registerAgency, AgencyRegistration(slug: "nordlys"))
        _ = try? await service.call(.signIn, SignIn(name: "ana", password: "secret"))
        let authorizations = daemon.state.withLock { $0.requests.map { $0.headers["authorization"] } }
        #expect(authorizations == ["Bearer a0", nil])
        daemon.stop()
    }

    @Test func `many calls at once take few connections`() async throws {
        let daemon = try LoopbackDaemon { _ in Self.json(Self.me) }
        let service = RemoteService(daemon.address, on: daemon.loop)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try await service.call(.account, AccountRef("ana")) } }
            try await group.waitForAll()
        }
        #expect(daemon.state.withLock { $0.requests.count } == 50)
        #expect(daemon.state.withLock { $0.connections } <= 4)
        daemon.stop()
    }
}

/// Credentials of a session with the tokens `a0` and `r0`, which have not ended.
func signedIn(at address: ServerAddress, _ folder: TemporaryFolder) throws -> Credentials {
    let environment = Environment(["HOME": folder.path])
    guard case .unix(let path) = address else { preconditionFailure("the loopback daemon is on a socket") }
    let profile = try Profile.resolve(
        .init(socket: path, context: "test"),
        environment,
        Contexts(),
        Folders(environment),
        isSocket: { _ in true }
    )
    let credentials = Credentials(profile)
    try credentials.store(
        SignedIn(
            account: Account(id: account(1), name: "ana", createdAt: 0),
            session: SessionID(high: 1, low: 1),
            tokens: Tokens(accessToken: "a0", accessExpiresAt: .max, refreshToken: "r0")
        )
    )
    return credentials
}
