import Glibc
import Testing
import Transport

/// TLS over real sockets, with certificates made for the test.
@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    /// Certificate and key as files in a folder of their own.
    final class Files: Sendable {
        let folder: String
        var certificate: String { folder + "/cert.pem" }
        var key: String { folder + "/key.pem" }

        init(names: [String] = ["localhost"], addresses: [String] = ["127.0.0.1"], days: Int = 30) throws {
            var template = Array("/tmp/transport-tls-XXXXXX".utf8CString)
            folder = String(cString: mkdtemp(&template))
            try write(names: names, addresses: addresses, days: days)
        }

        func write(names: [String], addresses: [String] = [], days: Int = 30) throws {
            let made = try SelfSignedCertificate(names: names, addresses: addresses, days: days)
            for (path, bytes) in [(certificate, made.certificate), (key, made.key)] {
                let file = fopen(path, "w")
                fwrite(bytes, 1, bytes.count, file)
                fclose(file)
            }
        }

        deinit {
            unlink(certificate)
            unlink(key)
            rmdir(folder)
        }
    }

    private func withServer<Result: Sendable>(
        _ files: Files,
        _ body: @escaping @Sendable (Listener, TLSServerContext, EventLoop) async throws -> Result
    ) async throws -> Result {
        let group = try EventLoopGroup(count: 1, name: "tls")
        let client = try EventLoop(name: "client")
        let context = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)
        var options = Listener.Options(tls: context)
        options.plainRefusal = { Bytes("write https://") }
        let listener = try Listener(.tcp(host: "127.0.0.1", port: 0), on: group, options: options)
        try listener.start { Recorder($0, echoes: true).keepsReceived = false }
        defer {
            group.stopAndWait()
            client.stop()
            client.wait()
        }
        return try await onLoop(client) { try await body(listener, context, client) }
    }

    @Test(arguments: ["localhost", "127.0.0.1"]) func `bytes travel sealed, in both directions and in any amount`(
        _ host: String
    ) async throws {
        let files = try Files()
        try await withServer(files) { listener, _, loop in
            let trust = TLSClientContext(authorityFile: files.certificate)
            let recorder = Recorder(
                try await Connector.connect(to: .tcp(host: host, port: listener.port), tls: trust, on: loop)
            )
            #expect(recorder.connection.isTLS)
            recorder.connection.send(Bytes("small"))
            await recorder.wait { $0.text == "small" }
            let blob = Bytes((0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 9) })
            recorder.connection.send(blob)
            await recorder.wait { $0.receivedCount == 1_500_005 }
            #expect(recorder.received.dropFirst(5).elementsEqual(blob.array))
            recorder.connection.close(afterFlush: true)
            #expect(await recorder.waitForClose() == .local)
            while listener.connectionCount > 0 { await Task.yield() }
        }
    }

    @Test func `a paused reader gets sealed bytes later, in order`() async throws {
        let files = try Files()
        try await withServer(files) { listener, _, loop in
            let trust = TLSClientContext(authorityFile: files.certificate)
            let recorder = Recorder(
                try await Connector.connect(to: .tcp(host: "localhost", port: listener.port), tls: trust, on: loop)
            )
            recorder.takesAtMost = 7
            let blob = Bytes((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 9) })
            recorder.connection.send(blob)
            await recorder.wait { $0.receivedCount == 7 }
            recorder.connection.resumeReading()
            await recorder.wait { $0.receivedCount == 14 }
            recorder.takesAtMost = nil
            recorder.connection.resumeReading()
            await recorder.wait { $0.receivedCount == 100_000 }
            #expect(recorder.received == blob.array)
        }
    }

    @Test func `a certificate that is not trusted, or of another host, is refused`() async throws {
        let files = try Files(names: ["chat.example"], addresses: [])
        let other = try Files()
        try await withServer(files) { listener, _, loop in
            for (authority, sentence, cause) in [
                (files.certificate, "hostname mismatch", ConnectFailure.Cause.tls),
                (other.certificate, "self-signed certificate", .untrusted),
            ] {
                let trust = TLSClientContext(authorityFile: authority)
                let failure = await #expect(throws: ConnectFailure.self) {
                    try await Connector.connect(to: .tcp(host: "localhost", port: listener.port), tls: trust, on: loop)
                }
                #expect(failure?.cause == cause)
                #expect(
                    failure?.sentence.contains("the server's certificate is not trusted: \(sentence)") == true,
                    "\(failure!)"
                )
            }
        }
    }

    @Test func `an expired certificate is refused`() async throws {
        let files = try Files(days: -1)
        try await withServer(files) { listener, context, loop in
            #expect(context.certificateExpiry < Int64(time(nil)))
            let trust = TLSClientContext(authorityFile: files.certificate)
            let failure = await #expect(throws: ConnectFailure.self) {
                try await Connector.connect(to: .tcp(host: "localhost", port: listener.port), tls: trust, on: loop)
            }
            #expect(failure?.sentence.contains("certificate has expired") == true, "\(failure!)")
        }
    }

    @Test func `a reload serves the new certificate and keeps open connections`() async throws {
        let files = try Files(days: 30)
        let old = try Files(days: 1)
        _ = old
        try await withServer(files) { listener, context, loop in
            let trust = TLSClientContext(authorityFile: files.certificate)
            let address = ConnectAddress.tcp(host: "localhost", port: listener.port)
            let before = Recorder(try await Connector.connect(to: address, tls: trust, on: loop))
            let expiry = context.certificateExpiry
            #expect(abs(expiry - Int64(time(nil)) - 30 * 86_400) < 60)
            try files.write(names: ["localhost"], days: 90)
            try context.reload()
            #expect(context.certificateExpiry > expiry)
            let failure = await #expect(throws: ConnectFailure.self) {
                try await Connector.connect(to: address, tls: trust, on: loop)
            }
            #expect(failure?.cause == .untrusted, "the old authority does not know the new certificate")
            let fresh = TLSClientContext(authorityFile: files.certificate)
            let after = Recorder(try await Connector.connect(to: address, tls: fresh, on: loop))
            for recorder in [before, after] {
                recorder.connection.send(Bytes("x"))
                await recorder.wait { $0.text == "x" }
            }
        }
    }

    @Test func `files that are no certificate, or do not fit, are named and the old stay`() throws {
        let files = try Files()
        let context = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)
        let expiry = context.certificateExpiry
        let other = try Files()
        let mixed = #expect(throws: TLSError.self) {
            try TLSServerContext(certificateFile: files.certificate, keyFile: other.key)
        }
        #expect(mixed?.sentence.contains(other.key) == true)
        unlink(files.certificate)
        let missing = #expect(throws: TLSError.self) { try context.reload() }
        #expect(missing?.sentence.hasPrefix("cannot read the certificate \(files.certificate)") == true)
        #expect(context.certificateExpiry == expiry)
    }

    @Test func `plain HTTP to a TLS port is answered in the clear, and ends that connection only`() async throws {
        let files = try Files()
        try await withServer(files) { listener, _, loop in
            let address = ConnectAddress.tcp(host: "localhost", port: listener.port)
            let plain = Recorder(try await Connector.connect(to: address, on: loop))
            plain.connection.send(Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
            _ = await plain.waitForClose()
            #expect(plain.text == "write https://")
            // What is neither TLS nor HTTP gets no answer.
            let noise = Recorder(try await Connector.connect(to: address, on: loop))
            noise.connection.send(Bytes("\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}"))
            _ = await noise.waitForClose()
            #expect(!noise.text.contains("https"))
            let trust = TLSClientContext(authorityFile: files.certificate)
            let recorder = Recorder(try await Connector.connect(to: address, tls: trust, on: loop))
            recorder.connection.send(Bytes("x"))
            await recorder.wait { $0.text == "x" }
        }
    }

    @Test func `a server without TLS is told apart from one whose certificate is wrong`() async throws {
        let group = try EventLoopGroup(count: 1)
        let listener = try Listener(.tcp(host: "127.0.0.1", port: 0), on: group)
        try listener.start { connection in
            Recorder(connection)
            connection.send(Bytes("HTTP/1.1 400 Bad Request\r\n\r\n"))
        }
        let files = try Files()
        let failure = try await onLoop(group.first) {
            let trust = TLSClientContext(authorityFile: files.certificate)
            return await #expect(throws: ConnectFailure.self) {
                let address = ConnectAddress.tcp(host: "127.0.0.1", port: listener.port)
                _ = try await Connector.connect(to: address, tls: trust, on: group.first)
            }
        }
        #expect(failure?.cause == .plain)
        #expect(failure?.sentence.hasSuffix(": what listens there does not speak TLS") == true, "\(failure!)")
        group.stopAndWait()
    }

    @Test func `a server that never answers the greeting is given up in time`() async throws {
        let group = try EventLoopGroup(count: 1)
        let listener = try Listener(.tcp(host: "127.0.0.1", port: 0), on: group)
        try listener.start { Recorder($0) }
        let files = try Files()
        let cause = try await onLoop(group.first) {
            let trust = TLSClientContext(authorityFile: files.certificate)
            let failure = await #expect(throws: ConnectFailure.self) {
                try await Connector.connect(
                    to: .tcp(host: "127.0.0.1", port: listener.port),
                    tls: trust,
                    timeout: .milliseconds(100),
                    on: group.first
                )
            }
            return failure?.cause
        }
        #expect(cause == .timedOut)
        group.stopAndWait()
    }
}
