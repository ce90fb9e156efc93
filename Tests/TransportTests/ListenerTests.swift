import Glibc
import Testing
import Transport

/// Listeners and connectors against each other, on TCP and Unix sockets.
@Suite(.timeLimit(.minutes(1))) struct ListenerTests {
    /// An echo server on a group of its own, and a client loop.
    private func withServer<Result: Sendable>(
        _ address: ListenAddress,
        loops: Int = 2,
        options: Listener.Options = .init(),
        _ body: @escaping @Sendable (Listener, EventLoop) async throws -> Result
    ) async throws -> Result {
        let group = try EventLoopGroup(count: loops, name: "server")
        let client = try EventLoop(name: "client")
        let listener = try Listener(address, on: group, options: options)
        try listener.start { Recorder($0, echoes: true).keepsReceived = false }
        defer {
            listener.close()
            group.stopAndWait()
            client.stop()
            client.wait()
        }
        return try await onLoop(client) { try await body(listener, client) }
    }

    private static let echo: @Sendable (ConnectAddress, EventLoop) async throws -> Void = { address, loop in
        let recorder = Recorder(try await Connector.connect(to: address, on: loop))
        recorder.connection.send(Bytes("hello"))
        await recorder.wait { $0.text == "hello" }
        recorder.connection.close(afterFlush: true)
        #expect(await recorder.waitForClose() == .local)
    }

    @Test(arguments: ["127.0.0.1", "::1", "localhost"]) func `TCP carries bytes both ways`(_ host: String) async throws
    {
        try await withServer(.tcp(host: host, port: 0)) { listener, loop in
            #expect(listener.port > 0)
            try await Self.echo(.tcp(host: host, port: listener.port), loop)
            #expect(listener.addresses.allSatisfy { $0.isLoopback && $0.port == listener.port })
        }
    }

    @Test func `connections go to the loops in turn and know both ends`() async throws {
        let seen = Noted<[String]>([])
        let group = try EventLoopGroup(count: 2, name: "turn")
        let client = try EventLoop(name: "client")
        let listener = try Listener(.tcp(host: "127.0.0.1", port: 0), on: group)
        try listener.start { connection in
            let place = "\(connection.loop.name) \(connection.peer.host)"
            seen.change { $0.append(place) }
            Recorder(connection, echoes: true)
        }
        for _ in 0..<4 {
            try await onLoop(client) { try await Self.echo(.tcp(host: "127.0.0.1", port: listener.port), client) }
        }
        #expect(seen.value == ["turn-1 127.0.0.1", "turn-2 127.0.0.1", "turn-1 127.0.0.1", "turn-2 127.0.0.1"])
        group.stopAndWait()
        client.stop()
        client.wait()
    }

    private func socketPath() -> String {
        "/tmp/transport-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
    }

    @Test func `a Unix socket has its mode, knows its peer, and is gone afterwards`() async throws {
        let path = socketPath()
        let credentials = Noted<PeerCredentials?>(nil)
        let group = try EventLoopGroup(count: 1)
        let listener = try Listener(.unix(path: path, mode: 0o660), on: group)
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o660)
        try listener.start { connection in
            let peer = connection.peerCredentials
            credentials.change { $0 = peer }
            Recorder(connection, echoes: true)
        }
        try await onLoop(group.first) { try await Self.echo(.unix(path: path), group.first) }
        let peer = credentials.value
        #expect(peer?.pid == getpid() && peer?.uid == getuid() && peer?.gid == getgid())
        listener.close()
        try await group.first.run {}
        #expect(lstat(path, &status) != 0)
        group.stopAndWait()
    }

    @Test func `a stale socket file is replaced, a living one and another file are not`() async throws {
        let path = socketPath()
        let group = try EventLoopGroup(count: 1)
        let stale = try Listener(.unix(path: path, mode: 0o600), on: group)
        let refusal = #expect(throws: SocketError.self) { try Listener(.unix(path: path, mode: 0o600), on: group) }
        #expect(refusal?.sentence == "another process listens on \(path)")
        // A crash closes the descriptor and leaves the file.
        rename(path, path + ".moved")
        stale.close()
        try await group.first.run {}
        rename(path + ".moved", path)
        let fresh = try Listener(.unix(path: path, mode: 0o600), on: group)
        fresh.close()
        try await group.first.run {}

        close(creat(path, 0o600))
        let file = #expect(throws: SocketError.self) { try Listener(.unix(path: path, mode: 0o600), on: group) }
        #expect(file?.sentence == "cannot listen on \(path): a file that is not a socket is there")
        unlink(path)
        let long = #expect(throws: SocketError.self) {
            try Listener(.unix(path: "/tmp/" + String(repeating: "a", count: 110), mode: 0o600), on: group)
        }
        #expect(long?.sentence.hasSuffix("is longer than 107 bytes") == true)
        group.stopAndWait()
    }

    @Test func `places that cannot be listened on are named`() throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stopAndWait() }
        let taken = try Listener(.tcp(host: "127.0.0.1", port: 0), on: group)
        let inUse = #expect(throws: SocketError.self) {
            try Listener(.tcp(host: "127.0.0.1", port: taken.port), on: group)
        }
        #expect(inUse?.sentence == "cannot listen on 127.0.0.1:\(taken.port): Address already in use")
        let foreign = #expect(throws: SocketError.self) { try Listener(.tcp(host: "192.0.2.1", port: 0), on: group) }
        #expect(foreign?.sentence == "cannot listen on 192.0.2.1:0: Cannot assign requested address")
        let descriptor = #expect(throws: SocketError.self) { try Listener(.inherited(descriptor: 0), on: group) }
        #expect(descriptor?.sentence == "descriptor 0 is not a listening socket")
        taken.close()
    }

    @Test func `a socket that cannot be watched is an error, and not a place where nobody hears`() async throws {
        await #expect(processExitsWith: .success) {
            let group = try EventLoopGroup(count: 1)
            let owner = try Listener(.tcp(host: "127.0.0.1", port: 0), on: group)
            let descriptor = Descriptors.listening(on: owner.port)
            let first = try Listener(.inherited(descriptor: descriptor), on: group)
            let (served, accepts) = AsyncStream<Void>.makeStream()
            try first.start {
                _ = Recorder($0)
                accepts.yield()
            }
            // It has to be watched by now: what fails closes its descriptor, which is this one.
            let address = ConnectAddress.tcp(host: "127.0.0.1", port: owner.port)
            try await onLoop(group.first) { _ = Recorder(try await Connector.connect(to: address, on: group.first)) }
            for await _ in served { break }
            // A loop watches a descriptor once.
            let second = try Listener(.inherited(descriptor: descriptor), on: group)
            let failure = #expect(throws: SocketError.self) { try second.start { Recorder($0) } }
            precondition(failure?.sentence == "cannot listen on 127.0.0.1:\(owner.port): File exists", "\(failure!)")
            group.stopAndWait()
            let late = #expect(throws: SocketError.self) { try owner.start { Recorder($0) } }
            precondition(late?.sentence == "cannot listen on 127.0.0.1:\(owner.port): Operation canceled", "\(late!)")
        }
    }

    @Test func `an inherited socket is served`() async throws {
        let first = try EventLoopGroup(count: 1)
        let owner = try Listener(.tcp(host: "127.0.0.1", port: 0), on: first)
        // As after exec: another descriptor of the same listening socket.
        let port = owner.port
        let inherited = Descriptors.listening(on: port)
        try #require(inherited >= 0)
        try await withServer(.inherited(descriptor: inherited), loops: 1) { listener, loop in
            #expect(listener.port == port)
            try await Self.echo(.tcp(host: "127.0.0.1", port: port), loop)
        }
        owner.close()
        first.stopAndWait()
    }

    @Test func `descriptors of systemd are taken only by the process they are meant for`() {
        let taken = InheritedSockets.parse(pid: "7", count: "2", names: "api:", ownPID: 7)
        #expect(taken.map(\.descriptor) == [3, 4])
        #expect(taken.map(\.name) == ["api", ""])
        #expect(InheritedSockets.parse(pid: "8", count: "2", names: nil, ownPID: 7).isEmpty)
        #expect(InheritedSockets.parse(pid: "7", count: "-1", names: nil, ownPID: 7).isEmpty)
        #expect(InheritedSockets.parse(pid: nil, count: "1", names: nil, ownPID: 7).isEmpty)
    }

    @Test func `above the limit the refusal is sent and the others go on`() async throws {
        var options = Listener.Options()
        options.connectionLimit = 2
        options.refusal = Bytes("full")
        try await withServer(.tcp(host: "127.0.0.1", port: 0), options: options) { listener, loop in
            let address = ConnectAddress.tcp(host: "127.0.0.1", port: listener.port)
            let one = Recorder(try await Connector.connect(to: address, on: loop))
            let two = Recorder(try await Connector.connect(to: address, on: loop))
            let three = Recorder(try await Connector.connect(to: address, on: loop))
            await three.wait { $0.hasReceivedEnd }
            #expect(three.text == "full")
            #expect(listener.refusedCount == 1)
            for recorder in [one, two] {
                recorder.connection.send(Bytes("x"))
                await recorder.wait { $0.text == "x" }
            }
            #expect(listener.connectionCount == 2)
            one.connection.close(afterFlush: true)
            _ = await one.waitForClose()
            while listener.connectionCount == 2 { await Task.yield() }
            try await Self.echo(address, loop)
        }
    }

    @Test func `a closed listener refuses, its connections stay`() async throws {
        try await withServer(.tcp(host: "127.0.0.1", port: 0)) { listener, loop in
            let address = ConnectAddress.tcp(host: "127.0.0.1", port: listener.port)
            let recorder = Recorder(try await Connector.connect(to: address, on: loop))
            recorder.connection.send(Bytes("a"))
            await recorder.wait { $0.text == "a" }
            listener.close()
            try await listener.group.first.run {}
            let failure = await #expect(throws: ConnectFailure.self) {
                try await Connector.connect(to: address, on: loop)
            }
            #expect(failure?.cause == .refused)
            #expect(failure?.sentence == "cannot connect to \(address): Connection refused")
            recorder.connection.send(Bytes("b"))
            await recorder.wait { $0.text == "ab" }
        }
    }

    @Test func `what cannot be reached is said by cause`() async throws {
        let loop = try EventLoop(name: "causes")
        try await onLoop(loop) {
            let missing = await #expect(throws: ConnectFailure.self) {
                try await Connector.connect(to: .unix(path: "/nonexistent/chatd.sock"), on: loop)
            }
            #expect(missing?.cause == .refused)
            let name = await #expect(throws: ConnectFailure.self) {
                try await Connector.connect(to: .tcp(host: "no-such-host.invalid", port: 1), on: loop)
            }
            #expect(name?.cause == .name)
            #expect(name?.sentence.hasPrefix("cannot resolve no-such-host.invalid: ") == true)
            let cancelled = await withCheckedContinuation {
                (continuation: CheckedContinuation<ConnectFailure.Cause?, Never>) in
                let attempt = Connector.connect(to: .tcp(host: "192.0.2.1", port: 9), on: loop) { result in
                    if case .failure(let failure) = result { continuation.resume(returning: failure.cause) }
                }
                attempt.cancel()
            }
            #expect(cancelled == .cancelled)
        }
        loop.stop()
        loop.wait()
    }

    @Test func `a thousand connections open, speak, close and leave no descriptor`() async throws {
        await #expect(processExitsWith: .success) {
            Descriptors.raiseLimit()
            let group = try EventLoopGroup(count: 2, name: "many")
            let client = try EventLoop(name: "client")
            let listener = try Listener(.tcp(host: "127.0.0.1", port: 0), on: group)
            try listener.start { Recorder($0, echoes: true).keepsReceived = false }
            // One round first: whatever is opened once for ever is open then.
            let port = listener.port
            for count in [10, 1_000] {
                let before = Descriptors.openCount
                try await onLoop(client) {
                    var recorders: [Recorder] = []
                    for _ in 0..<count {
                        recorders.append(
                            Recorder(try await Connector.connect(to: .tcp(host: "127.0.0.1", port: port), on: client))
                        )
                    }
                    for recorder in recorders { recorder.connection.send(Bytes("x")) }
                    for recorder in recorders { await recorder.wait { $0.text == "x" } }
                    for (index, recorder) in recorders.enumerated() {
                        if index % 3 == 0 {
                            recorder.connection.abort()
                        } else {
                            recorder.connection.close(afterFlush: true)
                        }
                    }
                    for recorder in recorders { _ = await recorder.waitForClose() }
                }
                while listener.connectionCount > 0 { await Task.yield() }
                for loop in group.loops { try await loop.run {} }
                guard count > 10 else { continue }
                // The runtime may open a few of its own; a leak would be hundreds.
                precondition(
                    Descriptors.openCount < before + 10,
                    "\(Descriptors.openCount - before) descriptors leaked"
                )
            }
            precondition(listener.acceptedCount == 1_010)
        }
    }

    @Test func `a full descriptor table refuses newcomers and does not spin`() async throws {
        await #expect(processExitsWith: .success) {
            let group = try EventLoopGroup(count: 1, name: "full")
            let listener = try Listener(.tcp(host: "127.0.0.1", port: 0), on: group)
            try listener.start { Recorder($0, echoes: true) }
            try await group.first.run {}
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var hoard: [Int32] = []
            var limit = rlimit(rlim_cur: 64, rlim_max: 64)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            while true {
                let descriptor = dup(0)
                if descriptor < 0 { break }
                hoard.append(descriptor)
            }
            precondition(Descriptors.connect(client, to: listener.port))
            var byte: UInt8 = 0
            precondition(recv(client, &byte, 1, 0) <= 0, "the newcomer is closed, not left waiting")
            precondition(listener.refusedCount == 1)
            for descriptor in hoard { close(descriptor) }
            let second = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            precondition(Descriptors.connect(second, to: listener.port))
            _ = send(second, "x", 1, 0)
            precondition(recv(second, &byte, 1, 0) == 1 && byte == UInt8(ascii: "x"))
        }
    }
}

/// What a test asks the kernel about descriptors.
enum Descriptors {
    /// Open descriptors of this process.
    static var openCount: Int { (0..<4_096).count { fcntl(Int32($0), F_GETFD) >= 0 } }

    /// As many descriptors as the machine allows this process.
    static func raiseLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// A duplicate of this process's socket that listens on `port`.
    static func listening(on port: UInt16) -> Int32 {
        for descriptor in Int32(3)..<4_096 {
            var address = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            var accepts: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            let isSocket = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) } == 0
            }
            guard isSocket, address.sin_port == port.bigEndian,
                getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length) == 0, accepts == 1
            else { continue }
            return dup(descriptor)
        }
        return -1
    }

    static func connect(_ descriptor: Int32, to port: UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        } == 0
    }
}
