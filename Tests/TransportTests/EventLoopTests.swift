import Glibc
import Testing
import Transport

/// The loop as a mailbox, a clock and an executor.
@Suite(.timeLimit(.minutes(1))) struct EventLoopTests {
    @Test func `mail of one thread keeps its order, and none is lost from many`() async throws {
        let loop = try EventLoop(name: "mail")
        let seen = Noted<[[Int]]>([])
        await withTaskGroup { group in
            for sender in 0..<8 {
                group.addTask { for number in 0..<2_000 { loop.post { seen.change { $0.append([sender, number]) } } } }
            }
        }
        // Every sender has posted; what is posted now comes after.
        try await loop.run {}
        let mail = seen.value
        #expect(mail.count == 16_000)
        for sender in 0..<8 { #expect(mail.filter { $0[0] == sender }.map { $0[1] } == Array(0..<2_000)) }
        loop.stop()
        loop.wait()
    }

    @Test func `closures and executor jobs share one order`() async throws {
        let loop = try EventLoop(name: "order")
        actor Pinned {
            nonisolated let loop: EventLoop
            nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
            private var seen: [Int] = []
            init(_ loop: EventLoop) { self.loop = loop }
            func note(_ number: Int) { seen.append(number) }
            func all() -> [Int] { seen }
        }
        let pinned = Pinned(loop)
        for number in 0..<100 {
            if number % 2 == 0 {
                loop.post { pinned.assumeIsolated { $0.note(number) } }
            } else {
                // A job enqueued on the caller's thread, between two posts.
                Task.immediate { await pinned.note(number) }
            }
        }
        #expect(await pinned.all() == Array(0..<100))
        loop.stop()
        loop.wait()
    }

    @Test func `a task that prefers the loop runs there, before and after it waited`() async throws {
        let loop = try EventLoop(name: "tasks")
        let places = await Task(executorPreference: loop) {
            var places = [loop.isOnLoop]
            await Task.yield()
            places.append(loop.isOnLoop)
            await withCheckedContinuation { continuation in
                loop.schedule(after: .milliseconds(1)) { continuation.resume() }
            }
            places.append(loop.isOnLoop)
            return places
        }.value
        #expect(places == [true, true, true])
        #expect(!loop.isOnLoop)
        loop.stop()
        loop.wait()
    }

    @Test func `timers of a loop fire in order, and its clock has moved`() async throws {
        let loop = try EventLoop(name: "timers")
        let fired = try await onLoop(loop) {
            let start = loop.now
            return await withCheckedContinuation { (continuation: CheckedContinuation<[Int], Never>) in
                var fired: [Int] = []
                var repeats = 0
                loop.schedule(after: .milliseconds(20)) { fired.append(20) }
                loop.schedule(after: .milliseconds(5)) { fired.append(5) }
                loop.schedule(after: .milliseconds(1)) { fired.append(1) }
                loop.schedule(after: .milliseconds(2)) { fired.append(2) }.cancel()
                var ticker: PreciseTimer?
                ticker = loop.schedule(every: .milliseconds(15)) {
                    repeats += 1
                    guard repeats == 3 else { return }
                    ticker?.cancel()
                    if loop.now - start >= 45 { fired.append(45) }
                    continuation.resume(returning: fired)
                }
            }
        }
        #expect(fired == [1, 5, 20, 45])
        loop.stop()
        loop.wait()
    }

    @Test func `hooks run once at the end of their tick`() async throws {
        let loop = try EventLoop(name: "hooks")
        let order = Noted<[String]>([])
        try await loop.run {
            loop.atTickEnd { order.change { $0.append("hook") } }
            order.change { $0.append("mail") }
        }
        try await loop.run {}
        try await loop.run {}
        #expect(order.value == ["mail", "hook"])
        loop.stop()
        loop.wait()
    }

    @Test func `a stopped loop takes no more mail and says so`() async throws {
        let loop = try EventLoop(name: "end")
        loop.stop()
        loop.wait()
        #expect(!loop.post {})
        await #expect(throws: SocketError.self) { try await loop.run {} }
    }

    @Test func `a signal reaches its watch`() async throws {
        let loop = try EventLoop(name: "signals")
        try await onLoop(loop) {
            await withCheckedContinuation { continuation in
                var watch: SignalWatch?
                watch = SignalWatch.start(SIGUSR2, on: loop) {
                    watch?.cancel()
                    continuation.resume()
                }
                kill(getpid(), SIGUSR2)
            }
        }
        loop.stop()
        loop.wait()
    }

    @Test func `a group takes its loops in turn`() throws {
        let group = try EventLoopGroup(count: 3, name: "turn")
        #expect((0..<6).map { _ in group.next().name } == ["turn-1", "turn-2", "turn-3", "turn-1", "turn-2", "turn-3"])
        group.stopAndWait()
    }

    @Test func `durations become milliseconds that are never early`() {
        #expect(Duration.microseconds(1).wholeMilliseconds == 1)
        #expect(Duration.milliseconds(250).wholeMilliseconds == 250)
        #expect(Duration.seconds(3).wholeMilliseconds == 3_000)
        #expect(Duration.zero.wholeMilliseconds == 0)
    }
}

/// Runs `body` as a task of the loop, so that it can make and use what belongs there.
func onLoop<Result: Sendable>(
    _ loop: EventLoop,
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await Task(executorPreference: loop) { try await body() }.value
}
