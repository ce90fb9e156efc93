import ChatAPI
import ChatTestKit
import Engine
import Synchronization
import Transport

/// A live session in process, with a peer that takes what it is given, or does not: the engine's side of a socket.
///
/// Everything of the session happens on its loop, as in the daemon; the test asks from outside.
final class LoopPeer: LivePeer, @unchecked Sendable {
    private let loop: EventLoop
    /// Touched on the loop only.
    private var session: LiveSession?
    private var arrived: [[UInt8]] = []
    private var closing: CloseCode?
    private var isStalled = false
    private var isFlushing = false
    private var isHolding = false
    /// What the session does not take yet.
    private var held: [[UInt8]] = []

    /// As much as the daemon hands to a socket at a time.
    private static let room = 262_144

    private init(on loop: EventLoop) { self.loop = loop }

    /// Connects and says hello; the answer is among what arrives.
    static func connect(_ services: LiveServices, on loop: EventLoop, _ hello: Hello) async -> LoopPeer {
        let peer = LoopPeer(on: loop)
        await peer.onLoop { peer in
            let session = LiveSession(services: services, peer: peer, address: "192.0.2.7")
            peer.session = session
            Coding.encode(HelloFrame(id: 1, hello: hello)).withUnsafeBytes { session.received($0) }
        }
        return peer
    }

    private struct HelloFrame: Encodable {
        let id: Int64
        let hello: Hello
    }

    // MARK: - What a test does

    /// From now on nothing is taken: the reader is slow.
    func stall() async { await onLoop { $0.isStalled = true } }

    func resume() async {
        await onLoop { peer in
            peer.isStalled = false
            peer.needsFlush()
        }
    }

    /// The connection is gone without a word.
    func drop() async {
        await onLoop { peer in
            peer.session?.closed()
            peer.session = nil
        }
    }

    /// Whether the session asks to be given nothing for now.
    var holds: Bool { get async { await onLoop { $0.isHolding } } }

    func send(_ frame: JSON) async {
        await onLoop { peer in
            peer.held.append(Coding.encode(frame))
            peer.handOver()
        }
    }

    /// The same without waiting until it is there.
    func post(_ frame: JSON) {
        loop.post { [self] in
            held.append(Coding.encode(frame))
            handOver()
        }
    }

    private func handOver() {
        while !isHolding, !held.isEmpty { held.removeFirst().withUnsafeBytes { session?.received($0) } }
    }

    /// What has arrived since the last time.
    func take() async throws -> (frames: [JSON], closing: CloseCode?) {
        let (lines, closing) = await onLoop { peer in
            defer { peer.arrived = [] }
            return (peer.arrived, peer.closing)
        }
        return (try lines.map { try Coding.decode(JSON.self, from: $0) }, closing)
    }

    private func onLoop<Answer: Sendable>(_ body: @escaping @Sendable (LoopPeer) -> Answer) async -> Answer {
        await withCheckedContinuation { continuation in
            loop.post { continuation.resume(returning: body(self)) }
        }
    }

    // MARK: - LivePeer

    func takes(_ frame: Frame) -> Bool {
        guard !isStalled else { return false }
        arrived += frame.bytes.split(separator: 0x0A).map(Array.init)
        return true
    }

    func hold() { isHolding = true }

    func resume() {
        isHolding = false
        loop.atTickEnd { [self] in handOver() }
    }

    func needsFlush() {
        guard !isFlushing, !isStalled else { return }
        isFlushing = true
        loop.atTickEnd { [self] in flush() }
    }

    private func flush() {
        isFlushing = false
        guard let session, !isStalled else { return }
        session.drain(room: Self.room) { frame in
            arrived += frame.bytes.split(separator: 0x0A).map(Array.init)
        }
        // The next tick goes on, as a socket that has been written to would.
        if !session.outbox.isEmpty { needsFlush() }
    }

    func close(_ code: CloseCode, reason: String) {
        closing = closing ?? code
        // What is queued goes out before the close frame, as over a socket.
        session?.drain(room: .max) { frame in arrived += frame.bytes.split(separator: 0x0A).map(Array.init) }
        session?.closed()
        session = nil
    }
}
