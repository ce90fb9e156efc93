import Glibc
import Testing
import Transport

/// A connection on one end of a socket pair, the test at the other, with plain system calls.
@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
    /// A loop, a connection on it, and the descriptor of its peer.
    private func withPair<Result: Sendable>(
        _ body: @escaping @Sendable (EventLoop, Recorder, Int32) async throws -> Result
    ) async throws -> Result {
        let loop = try EventLoop(name: "pair")
        let result = try await onLoop(loop) {
            var ends: [Int32] = [0, 0]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
            defer { close(ends[1]) }
            return try await body(loop, Recorder(try Connection.adopt(ends[0], on: loop)), ends[1])
        }
        loop.stop()
        loop.wait()
        return result
    }

    private func write(_ text: String, to peer: Int32) {
        _ = Glibc.send(peer, text, text.utf8.count, Int32(MSG_NOSIGNAL))
    }

    private func read(_ peer: Int32, _ count: Int, flags: Int32 = Int32(MSG_DONTWAIT)) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = recv(peer, &buffer, count, flags)
        return got < 0 ? nil : Array(buffer.prefix(got))
    }

    @Test func `bytes come in, and blobs of one tick go out together and in order`() async throws {
        try await withPair { loop, recorder, peer in
            self.write("hello", to: peer)
            await recorder.wait { $0.text == "hello" }
            let shared = Bytes("shared ")
            recorder.connection.send(shared)
            recorder.connection.send([])
            recorder.connection.send(Bytes("by "))
            recorder.connection.send(shared)
            #expect(recorder.connection.pendingByteCount == 17)
            #expect(self.read(peer, 100) == nil, "nothing is written before the end of the tick")
            await self.tick(loop)
            #expect(self.read(peer, 100) == Array("shared by shared ".utf8))
            #expect(recorder.connection.pendingByteCount == 0)
        }
    }

    /// Returns in a later tick.
    private func tick(_ loop: EventLoop) async {
        await withCheckedContinuation { continuation in
            loop.atTickEnd { loop.schedule(after: .zero) { continuation.resume() } }
        }
    }

    @Test func `a slow reader gets everything in the end, and drained is told once`() async throws {
        try await withPair { loop, recorder, peer in
            let blob = Bytes((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
            let connection = recorder.connection
            connection.lowWaterMark = 50_000
            for _ in 0..<30 { connection.send(blob) }
            await self.tick(loop)
            #expect(connection.pendingByteCount > 1_000_000, "the socket cannot have taken it all")
            #expect(recorder.drainCount == 0)
            var got: [UInt8] = []
            while got.count < 3_000_000 {
                if let part = self.read(peer, 65_536) { got += part } else { await self.tick(loop) }
            }
            #expect(got.elementsEqual((0..<30).lazy.flatMap { _ in blob.array }))
            #expect(connection.pendingByteCount == 0)
            #expect(recorder.drainCount == 1)
        }
    }

    @Test func `many small blobs behind a full socket keep their order`() async throws {
        try await withPair { loop, recorder, peer in
            var expected: [UInt8] = []
            for number in 0..<60_000 {
                let text = Array("line \(number)\n".utf8)
                expected += text
                recorder.connection.send(text)
                if number % 20_000 == 0 { await self.tick(loop) }
            }
            var got: [UInt8] = []
            while got.count < expected.count {
                if let part = self.read(peer, 4_096) { got += part } else { await self.tick(loop) }
            }
            #expect(got == expected)
        }
    }

    @Test func `a peer that does not read is cut off after the write timeout`() async throws {
        let (reason, idle) = try await withPair { loop, recorder, peer in
            recorder.connection.setWriteTimeout(.milliseconds(300))
            let start = loop.now
            recorder.connection.send([UInt8](repeating: 1, count: 4_000_000))
            let reason = await recorder.waitForClose()
            return (reason, loop.now - start)
        }
        #expect(reason == .timedOut(.write))
        #expect(idle >= 300)
    }

    @Test func `silence is cut off after the idle timeout, bytes put it off`() async throws {
        try await withPair { loop, recorder, peer in
            let start = loop.now
            recorder.connection.setIdleTimeout(.milliseconds(600))
            var count = 0
            let ticker = loop.schedule(every: .milliseconds(100)) {
                count += 1
                if count <= 6 { self.write("x", to: peer) }
            }
            #expect(await recorder.waitForClose() == .timedOut(.idle))
            ticker.cancel()
            #expect(recorder.timeouts == [.idle])
            #expect(loop.now - start >= 1_100)
        }
    }

    @Test func `a receive deadline is not put off by bytes that trickle in, and can be answered`() async throws {
        try await withPair { loop, recorder, peer in
            recorder.answersTimeout = Bytes("408")
            recorder.connection.setReceiveDeadline(after: .milliseconds(300))
            let ticker = loop.schedule(every: .milliseconds(20)) { self.write("x", to: peer) }
            await recorder.wait { !$0.timeouts.isEmpty }
            ticker.cancel()
            await self.tick(loop)
            #expect(self.read(peer, 10) == Array("408".utf8))
            _ = shutdown(peer, Int32(SHUT_WR))
            #expect(await recorder.waitForClose() == .timedOut(.deadline))
        }
    }

    @Test func `the end of the peer is told, and our side can go on`() async throws {
        try await withPair { loop, recorder, peer in
            recorder.closesAtEnd = false
            self.write("last", to: peer)
            _ = shutdown(peer, Int32(SHUT_WR))
            await recorder.wait { $0.hasReceivedEnd }
            #expect(recorder.text == "last")
            recorder.connection.send(Bytes("answer"))
            recorder.connection.close(afterFlush: true)
            #expect(await recorder.waitForClose() == .peerClosed)
            #expect(self.read(peer, 100) == Array("answer".utf8))
            #expect(self.read(peer, 100) == [])
            #expect(recorder.closes == [.peerClosed])
        }
    }

    @Test func `ending our side leaves the peer's open`() async throws {
        try await withPair { loop, recorder, peer in
            recorder.connection.send(Bytes("done"))
            recorder.connection.finishWriting()
            recorder.connection.send(Bytes("too late"))
            await self.tick(loop)
            #expect(self.read(peer, 100) == Array("done".utf8))
            #expect(self.read(peer, 100) == [])
            self.write("still here", to: peer)
            await recorder.wait { $0.text == "still here" }
            #expect(recorder.connection.isOpen)
        }
    }

    @Test func `paused bytes come back first, in order, when reading goes on`() async throws {
        try await withPair { loop, recorder, peer in
            recorder.takesAtMost = 3
            self.write("abcdefgh", to: peer)
            await recorder.wait { $0.text == "abc" }
            self.write("ijk", to: peer)
            await self.tick(loop)
            #expect(recorder.text == "abc")
            recorder.connection.resumeReading()
            #expect(recorder.text == "abc", "never inside the call")
            await recorder.wait { $0.text == "abcdef" }
            recorder.takesAtMost = nil
            recorder.connection.resumeReading()
            await recorder.wait { $0.text == "abcdefghijk" }
        }
    }

    @Test func `what comes before the end of the tick in which reading goes on waits behind what was given back`()
        async throws
    {
        try await withPair { loop, recorder, peer in
            recorder.takesAtMost = 3
            self.write("abcdef", to: peer)
            await recorder.wait { $0.text == "abc" }
            recorder.takesAtMost = nil
            self.write("ghi", to: peer)
            _ = shutdown(peer, Int32(SHUT_WR))
            await withCheckedContinuation { continuation in
                // Hooks that a timer's hook adds run behind the next poll, which finds what the peer has written.
                loop.schedule(after: .zero) {
                    loop.atTickEnd {
                        recorder.connection.resumeReading()
                        continuation.resume()
                    }
                }
            }
            await recorder.wait { $0.hasReceivedEnd }
            #expect(recorder.text == "abcdefghi")
        }
    }

    @Test func `a reader that closes in the middle of a delivery gets nothing more`() async throws {
        final class Closer: ConnectionHandler {
            var deliveries = 0
            var closes = 0
            var closed: (() -> Void)?
            func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer) {
                deliveries += 1
                connection.close()
                connection.close(afterFlush: true)
                connection.abort()
                connection.send(Bytes("ignored"))
            }
            func connectionClosed(_ connection: Connection, reason: CloseReason) {
                closes += 1
                closed?()
            }
        }
        try await withPair { loop, recorder, peer in
            let closer = Closer()
            recorder.connection.handler = closer
            await withCheckedContinuation { continuation in
                closer.closed = { continuation.resume() }
                self.write("x", to: peer)
            }
            await self.tick(loop)
            #expect(closer.deliveries == 1)
            #expect(closer.closes == 1)
        }
    }

    @Test func `a broken peer is told once, with the system's words`() async throws {
        let reason = try await withPair { loop, recorder, peer in
            recorder.connection.send(Bytes("unread"))
            await self.tick(loop)
            // Closing with unread bytes is a reset.
            var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
            setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
            let other = open("/dev/null", O_RDONLY)
            dup2(other, peer)
            close(other)
            return await recorder.waitForClose()
        }
        #expect(reason == .failed("Connection reset by peer"))
    }

    @Test func `a stopping loop closes its connections and says why`() async throws {
        let loop = try EventLoop(name: "stopping")
        let reason = try await onLoop(loop) {
            var ends: [Int32] = [0, 0]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
            defer { close(ends[1]) }
            let recorder = Recorder(try Connection.adopt(ends[0], on: loop))
            loop.stop()
            return await recorder.waitForClose()
        }
        #expect(reason == .loopStopped)
        loop.wait()
    }
}
