import CAllocator
import Glibc
import Testing
import Transport

/// What a connection costs that does nothing: most connections of a chat, most of the time.
@Suite(.timeLimit(.minutes(1))) struct IdleMemoryTests {
    /// A session as small as a server's can be: both codecs, a heartbeat, an idle timeout.
    private final class Session: ConnectionHandler {
        var http = HTTPRequestDecoder()
        var frames = WebSocketDecoder(role: .server, messageLimit: 65_536)
        var heartbeat: WheelTimer?

        func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer) {
            var input = bytes
            while let event = try? http.next(&input), case .head = event {}
            while (try? frames.next(&input)) != nil {}
            connection.send(Bytes("answer"))
        }

        func connectionClosed(_ connection: Connection, reason: CloseReason) {}
    }

    @Test
    func `an idle connection takes less than 768 bytes beside its handler, with codecs and heartbeat less than 1,280`()
        async throws
    {
        await #expect(processExitsWith: .success) {
            Descriptors.raiseLimit()
            let loop = try EventLoop(name: "idle")
            try await onLoop(loop) {
                let count = 1_500
                var peers: [Int32] = []
                /// What the allocator has handed out, with its own bookkeeping. Not resident pages: how full those are
                /// differs by a tenth from build to build.
                func allocated() -> Int {
                    let info = mallinfo2()
                    return info.uordblks + info.hblkhd
                }
                func open(_ number: Int, _ prepare: (Connection) -> Void) throws {
                    for _ in 0..<number {
                        var ends: [Int32] = [0, 0]
                        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
                        peers.append(ends[1])
                        let connection = try Connection.adopt(ends[0], on: loop)
                        connection.setIdleTimeout(.seconds(60))
                        prepare(connection)
                    }
                }
                peers.reserveCapacity(3 * count)
                try open(count) { _ in }
                var before = allocated()
                try open(count) { _ in }
                let bare = (allocated() - before) / count
                before = allocated()
                try open(count) { connection in
                    let session = Session()
                    session.heartbeat = loop.makeWheelTimer {}
                    session.heartbeat?.start(afterMilliseconds: 25_000)
                    connection.handler = session
                }
                // Everyone speaks once, so that what a used connection keeps is counted too.
                for peer in peers.suffix(count) { _ = send(peer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27, 0) }
                for peer in peers.suffix(count) {
                    var answer = [UInt8](repeating: 0, count: 6)
                    while recv(peer, &answer, 6, Int32(MSG_DONTWAIT)) != 6 { await Task.yield() }
                }
                let whole = (allocated() - before) / count
                precondition(bare < 768, "\(bare) bytes")
                precondition(whole < 1_280, "\(whole) bytes")
            }
        }
    }
}
