import ChatAPI
import ChatKit
import ChatTestKit
import Glibc
import Testing
import Transport

/// Where the daemon listens: sockets that somebody hands over, TLS and its renewal, the end of descriptors.
@Suite("Sockets")
struct SocketTests {
    /// Starts chatd as systemd does, with listening sockets from descriptor 3 on.
    private static func activate(
        _ sockets: [Int32],
        names: String,
        _ arguments: [String],
        in folder: ScratchFolder
    ) async throws -> (status: Int32?, log: String, pid: pid_t) {
        let ends = Spawn.pair()
        var descriptors: [Int32: Int32] = [1: ends.theirs, 2: ends.theirs]
        for (index, socket) in sockets.enumerated() { descriptors[Int32(3 + index)] = socket }
        let line = "LISTEN_PID=$$ exec \(try DaemonBinary.path()) \"$@\""
        let all = ["-c", line, "chatd", "--data", folder.path + "/data"] + arguments
        let environment = ["LISTEN_FDS=\(sockets.count)", "LISTEN_FDNAMES=\(names)"]
        let pid = try Spawn.start("/bin/sh", all, environment: environment, descriptors: descriptors).get()
        close(ends.theirs)
        let log = LogCapture(reading: ends.ours)
        guard await log.line(with: "\"ready\"") != nil else {
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            return (status >> 8 & 0xFF, log.text, pid)
        }
        return (nil, log.text, pid)
    }

    private static func end(_ pid: pid_t) {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    /// A listening TCP socket, high up so that it does not stand where it is wanted.
    private static func listener(_ host: UInt32) throws -> (descriptor: Int32, port: UInt16) {
        let low = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let descriptor = fcntl(low, F_DUPFD_CLOEXEC, 200)
        close(low)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = host.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw TestFailure("cannot listen: errno \(errno)") }
        return (descriptor, UInt16(bigEndian: name.sin_port))
    }

    @Test
    func `sockets that are handed over are served, and nothing else is opened`() async throws {
        let folder = try ScratchFolder()
        let inherited = try Self.listener(0x7F00_0001)
        defer { close(inherited.descriptor) }
        let started = try await Self.activate(
            [inherited.descriptor],
            names: "web",
            ["--socket", folder.path + "/unused.sock"],
            in: folder
        )
        defer { Self.end(started.pid) }
        #expect(started.status == nil, "\(started.log)")
        #expect(started.log.contains("\"listen\":\"127.0.0.1:\(inherited.port)\""), "\(started.log)")
        #expect(try await HTTPClient(.tcp(inherited.port)).send("GET", "/healthz").status == 200)
        #expect(access(folder.path + "/unused.sock", F_OK) != 0)
    }

    @Test
    func `a socket named metrics has the status pages and no calls`() async throws {
        let folder = try ScratchFolder()
        let inherited = try Self.listener(0x7F00_0001)
        defer { close(inherited.descriptor) }
        let started = try await Self.activate([inherited.descriptor], names: "metrics", [], in: folder)
        defer { Self.end(started.pid) }
        #expect(started.status == nil, "\(started.log)")
        let client = HTTPClient(.tcp(inherited.port))
        #expect(try await client.send("GET", "/metrics").status == 200)
        #expect(try await client.send("GET", "/v1/me").status == 404)
    }

    @Test(arguments: [
        ("web", 0x0000_0000 as UInt32, "not a loopback address and there is no certificate"),
        ("tls", 0x7F00_0001 as UInt32, "is named tls and there is no certificate"),
        ("metrics", 0x0000_0000 as UInt32, "is not a loopback address; everybody would read the metrics there"),
    ])
    func `a socket that would be served without TLS is refused`(_ name: String, _ host: UInt32, _ sentence: String)
        async throws
    {
        let folder = try ScratchFolder()
        let inherited = try Self.listener(host)
        defer { close(inherited.descriptor) }
        let started = try await Self.activate([inherited.descriptor], names: name, [], in: folder)
        if started.status == nil { Self.end(started.pid) }
        #expect(started.status == 1)
        #expect(started.log.contains(sentence), "\(started.log)")
    }

    @Test
    func `a renewed certificate is served after a reload, and a broken one is not taken`() async throws {
        let folder = try ScratchFolder()
        let (certificate, key) = (folder.path + "/cert.pem", folder.path + "/key.pem")
        func write(_ days: Int) throws {
            let made = try SelfSignedCertificate(names: ["localhost"], addresses: ["127.0.0.1"], days: days)
            try RunningDaemon.write(String(decoding: made.certificate, as: UTF8.self), to: certificate)
            try RunningDaemon.write(String(decoding: made.key, as: UTF8.self), to: key)
        }
        try write(30)
        let daemon = try await RunningDaemon.start(["--tls-cert", certificate, "--tls-key", key])
        func expiry() async throws -> Double {
            let text = try await HTTPClient(daemon.unix).send("GET", "/metrics").text
            let line = text.split(separator: "\n").first { $0.hasPrefix("plaza_certificate_expiry_seconds ") }
            return line.flatMap { Double($0.split(separator: " ")[1]) } ?? 0
        }
        func reload() async throws -> Int {
            try await HTTPClient(daemon.unix).send("POST", "/v1/server/reload").status
        }
        let first = try await expiry()
        try await Self.greet(daemon.port, trusting: certificate)
        try write(60)
        #expect(try await reload() == 200)
        let second = try await expiry()
        #expect(abs(second - first - 30 * 86_400) < 60)
        try await Self.greet(daemon.port, trusting: certificate)
        // The key of another certificate.
        let other = try SelfSignedCertificate(names: ["localhost"])
        try RunningDaemon.write(String(decoding: other.key, as: UTF8.self), to: key)
        #expect(try await reload() == 400)
        #expect(try await expiry() == second)
        try await Self.greet(daemon.port, trusting: certificate)
    }

    /// A call over TLS that trusts this certificate and no other.
    private static func greet(_ port: UInt16, trusting certificate: String) async throws {
        let loop = try EventLoop(name: "tls")
        defer { loop.stop() }
        let address = try ServerAddress(url: "https://127.0.0.1:\(port)")
        let service = RemoteService(address, caFile: certificate, on: loop)
        #expect(try await service.raw("GET", "/healthz").status == 200)
        service.close()
    }

    @Test
    func `whoever takes a port with TLS for one without, or the reverse, is told what to write`() async throws {
        let folder = try ScratchFolder()
        let (certificate, key) = (folder.path + "/cert.pem", folder.path + "/key.pem")
        let made = try SelfSignedCertificate(names: ["localhost"], addresses: ["127.0.0.1"])
        try RunningDaemon.write(String(decoding: made.certificate, as: UTF8.self), to: certificate)
        try RunningDaemon.write(String(decoding: made.key, as: UTF8.self), to: key)
        let sealed = try await RunningDaemon.start(["--tls-cert", certificate, "--tls-key", key, "--log-level", "info"])
        let plain = try await RunningDaemon.start()
        let loop = try EventLoop(name: "mistaken")
        defer { loop.stop() }

        let toTLS = RemoteService(try ServerAddress(url: "http://127.0.0.1:\(sealed.port)"), on: loop)
        let refusal = try await toTLS.raw("GET", "/v1/me")
        #expect(refusal.status == 400)
        #expect(refusal.error.detail == "this port speaks TLS: write https:// instead of http://")
        #expect(await sealed.log?.line(with: "plain HTTP came where TLS is spoken") != nil)

        let address = "127.0.0.1:\(plain.port)"
        let toPlain = RemoteService(try ServerAddress(url: "https://" + address), caFile: certificate, on: loop)
        let failure = await #expect(throws: APIError.self) { try await toPlain.raw("GET", "/v1/me") }
        #expect(
            failure?.detail
                == "cannot connect to \(address): what listens there does not speak TLS; without TLS it is http://\(address)"
        )
        // A private authority is only the answer where nobody known has signed.
        let stranger = RemoteService(try ServerAddress(url: "https://127.0.0.1:\(sealed.port)"), on: loop)
        let untrusted = await #expect(throws: APIError.self) { try await stranger.raw("GET", "/v1/me") }
        #expect(untrusted?.detail.hasSuffix("; a private authority is given with --ca FILE") == true)
        for service in [toTLS, toPlain, stranger] { service.close() }
    }

    @Test
    func `at the end of its descriptors it refuses newcomers, keeps the others, and recovers`() async throws {
        let daemon = try await RunningDaemon.start(["--loops", "1"])
        let first = HTTPClient(daemon.unix)
        #expect(try await first.send("GET", "/healthz").status == 200)
        let pid = try #require(daemon.pid)
        try Self.allow(daemon.openDescriptors + 8, to: pid)
        var crowd: [RawSocket] = []
        for _ in 1...40 { crowd.append(try RawSocket(to: daemon.tcp)) }
        // Those above the limit are told by a close, not left waiting.
        var closed = 0
        for socket in crowd {
            // Whoever was refused may notice it at the first word already.
            try? await socket.write(Array("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
            if try await socket.read() == nil { closed += 1 }
        }
        #expect(closed > 20)
        #expect(try await first.send("GET", "/healthz").status == 200)
        for socket in crowd { socket.close() }
        try Self.allow(1_000, to: pid)
        #expect(try await HTTPClient(daemon.tcp).send("GET", "/healthz").status == 200)
    }

    @Test
    func `whoever ends their side while they wait gets every answer, and then the end`() async throws {
        let daemon = try await RunningDaemon.start(["--loops", "1"])
        _ = try await HTTPClient(daemon.unix).send("GET", "/healthz")
        let before = daemon.openDescriptors
        // Hashing a password takes longer than the end of the stream takes to arrive.
        let body = #"{"name":"nobody","password":"seven green bottles"}"#
        let request =
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
        for count in [1, 3] {
            let socket = try RawSocket(to: daemon.tcp)
            try await socket.write(Array(String(repeating: request, count: count).utf8))
            socket.endWriting()
            let answers = String(decoding: try await socket.readToEnd(), as: UTF8.self)
            #expect(answers.count(of: "HTTP/1.1 4") == count)
            socket.close()
        }
        // On a busy machine the daemon hears of the last end a moment later; what is kept for good is kept then, too.
        let end = DescriptorWatch.now + RawSocket.deadlineMilliseconds
        repeat {
            _ = try await HTTPClient(daemon.unix).send("GET", "/healthz")
        } while daemon.openDescriptors > before + 1 && DescriptorWatch.now < end
        #expect(daemon.openDescriptors <= before + 1)
    }

    @Test
    func `whoever asks and does not read is not answered on and on`() async throws {
        let daemon = try await RunningDaemon.start(["--loops", "1"])
        let requests = 60
        let socket = try RawSocket(to: daemon.tcp, receiveBuffer: 4_096)
        let request = "GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\n"
        let all = String(repeating: request + "\r\n", count: requests - 1) + request + "Connection: close\r\n\r\n"
        try await socket.write(Array(all.utf8))
        let client = HTTPClient(daemon.unix)
        var answered = 0.0
        // More ticks than answering everything takes; on a busy machine not as long as a reader is waited for, which is 30 s.
        let end = DescriptorWatch.now + 10_000
        for own in 1...150 where own == 1 || DescriptorWatch.now < end {
            let text = try await client.send("GET", "/metrics").text
            let line = text.split(separator: "\n").first { $0.hasPrefix("plaza_http_requests_total ") }
            answered = line.flatMap { Double($0.split(separator: " ")[1]) }.map { $0 - Double(own - 1) } ?? -1
        }
        #expect(answered > 0 && answered < Double(requests) / 2, "\(answered) answers wait for a reader")
        let answers = String(decoding: try await socket.readToEnd(), as: UTF8.self)
        #expect(answers.count(of: "HTTP/1.1 200") == requests)
        socket.close()
    }

    /// Changes how many descriptors a process may have, by prlimit(1).
    private static func allow(_ descriptors: Int, to pid: pid_t) throws {
        let tool = try Spawn.start(
            "/usr/bin/prlimit",
            ["--pid", "\(pid)", "--nofile=\(descriptors):"],
            environment: [],
            descriptors: [2: 2]
        ).get()
        var status: Int32 = 0
        while waitpid(tool, &status, 0) < 0 && errno == EINTR {}
        try #require(status == 0, "prlimit failed")
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func count(of text: String) -> Int {
        var (count, rest) = (0, self[...])
        while let found = rest.firstRange(of: text) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
