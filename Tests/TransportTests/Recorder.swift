import Synchronization
import Transport

/// A handler that notes what happens to a connection and lets a test wait for it without a clock.
final class Recorder: ConnectionHandler {
    let connection: Connection
    private(set) var received: [UInt8] = []
    private(set) var receivedCount = 0
    private(set) var hasReceivedEnd = false
    private(set) var drainCount = 0
    private(set) var timeouts: [ConnectionTimeout] = []
    private(set) var closes: [CloseReason] = []
    var echoes = false
    var keepsReceived = true
    var closesAtEnd = true
    /// Takes this many bytes per delivery, gives the rest back and pauses.
    var takesAtMost: Int?
    var answersTimeout: Bytes?
    private var waiting: [(condition: (Recorder) -> Bool, resume: () -> Void)] = []

    @discardableResult
    init(_ connection: Connection, echoes: Bool = false) {
        self.connection = connection
        self.echoes = echoes
        connection.handler = self
    }

    var text: String { String(decoding: received, as: UTF8.self) }

    func wait(until condition: @escaping (Recorder) -> Bool) async {
        await withCheckedContinuation { continuation in
            // Asked here and not before: making a continuation may take a turn of the executor.
            if condition(self) { continuation.resume() } else { waiting.append((condition, { continuation.resume() })) }
        }
    }

    func waitForClose() async -> CloseReason {
        await wait { !$0.closes.isEmpty }
        return closes[0]
    }

    private func changed() {
        let ready = waiting.filter { $0.condition(self) }
        waiting.removeAll { $0.condition(self) }
        for entry in ready { entry.resume() }
    }

    func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer) {
        var bytes = bytes
        if let takesAtMost, bytes.count > takesAtMost {
            connection.pauseReading(keeping: UnsafeMutableRawBufferPointer(rebasing: bytes[takesAtMost...]))
            bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[..<takesAtMost])
        }
        receivedCount += bytes.count
        if keepsReceived { received += bytes }
        if echoes { connection.send(Array(bytes)) }
        changed()
    }

    func connectionReceivedEnd(_ connection: Connection) {
        hasReceivedEnd = true
        if closesAtEnd { connection.close(afterFlush: true) }
        changed()
    }

    func connectionDrained(_ connection: Connection) {
        drainCount += 1
        changed()
    }

    func connectionTimedOut(_ connection: Connection, _ timeout: ConnectionTimeout) {
        timeouts.append(timeout)
        if let answersTimeout {
            connection.send(answersTimeout)
            connection.close(afterFlush: true, .timedOut(timeout))
        } else {
            connection.abort(.timedOut(timeout))
        }
        changed()
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        closes.append(reason)
        changed()
    }
}

/// A value that several threads of a test write.
final class Noted<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    init(_ value: Value) { mutex = Mutex(value) }
    var value: Value { mutex.withLock { $0 } }
    func change(_ body: @Sendable (inout Value) -> Void) { mutex.withLock { body(&$0) } }
}
