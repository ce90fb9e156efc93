import Synchronization

/// The loops of a daemon: the first accepts, all of them serve.
package final class EventLoopGroup: Sendable {
    package let loops: [EventLoop]
    private let cursor = Atomic<Int>(0)

    /// Starts `count` loops, named `name-1`, `name-2`, …
    package init(count: Int, name: String = "loop") throws(SocketError) {
        precondition(count > 0, "a group needs at least one loop")
        var loops: [EventLoop] = []
        for number in 1...count { loops.append(try EventLoop(name: "\(name)-\(number)")) }
        self.loops = loops
    }

    /// The loop that accepts, watches signals and keeps the daemon's own timers.
    package var first: EventLoop { loops[0] }

    /// Round-robin: connections are alike, and counting them would be a lock on every close.
    package func next() -> EventLoop {
        let turn = cursor.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: turn) % UInt(loops.count))]
    }

    /// Stops every loop and waits for their threads. Not to be called on one of them.
    package func stopAndWait() {
        for loop in loops { loop.stop() }
        for loop in loops { loop.wait() }
    }
}
