import CLibUV
import CLinux
import Glibc
import Synchronization

/// One libuv loop on its own named thread: sockets, timers, and an executor for actors and tasks that live there.
///
/// A tick is: wait for the kernel, run what it reports, empty the mailbox, run the tick-end hooks, flush every connection that
/// has something to write, once. Members marked *any thread* are thread-safe; all others belong to the loop's thread and check it.
package final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    package let name: String

    /// Tier: leaf. Held for an append or a swap, never while foreign code runs.
    private let mailbox = Mutex(Mailbox())
    private let threadID = Atomic<UInt>(0)
    private let isJoined = Atomic<Bool>(false)
    private var thread = pthread_t()

    let uv = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
    private let wakeHandle = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    private let beforePoll = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
    private let afterPoll = UnsafeMutablePointer<uv_check_t>.allocate(capacity: 1)
    private let preciseHandle = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
    private let wheelHandle = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)

    // Everything below is touched on the loop's thread only.
    private var incoming: [Mailbox.Mail] = []
    private var tickEndHooks: [() -> Void] = []
    private var dirty: [Connection] = []
    private let heap = TimerHeap()
    /// Coarse timers; see `makeWheelTimer`.
    package let wheel: TimerWheel
    private var isWheelTurning = false
    private(set) var isStopping = false

    /// Shared by all reads of this loop, so that an idle connection owns no buffer. 64 KiB: one full read of a busy socket.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 64)
    /// Where TLS puts what it decrypted; a record holds at most 16 KiB.
    let plainBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 64)
    /// Where small pending blobs are gathered for one write.
    let gatherBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 64)

    /// Starts the thread. Fails only when the process is out of descriptors or threads.
    package init(name: String) throws(SocketError) {
        self.name = name
        var status = uv_loop_init(uv)
        guard status == 0 else { throw SocketError(uv: status, "cannot start the event loop \(name)") }
        wheel = TimerWheel(now: Int64(uv_now(uv)))
        status = uv_async_init(uv, wakeHandle) { _ in }
        guard status == 0 else { throw SocketError(uv: status, "cannot start the event loop \(name)") }
        uv_prepare_init(uv, beforePoll)
        uv_check_init(uv, afterPoll)
        uv_timer_init(uv, preciseHandle)
        uv_timer_init(uv, wheelHandle)
        uv.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        uv_prepare_start(beforePoll) { EventLoop.of($0!.pointee.loop).beforeWaiting() }
        uv_check_start(afterPoll) { EventLoop.of($0!.pointee.loop).endTick() }

        let retained = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread,
            nil,
            { argument in
                Unmanaged<EventLoop>.fromOpaque(argument!).takeRetainedValue().main()
                return nil
            },
            retained.toOpaque()
        )
        guard failure == 0 else {
            retained.release()
            throw SocketError(number: failure, "cannot start the thread \(name)")
        }
    }

    deinit {
        readBuffer.deallocate()
        plainBuffer.deallocate()
        gatherBuffer.deallocate()
        wakeHandle.deallocate()
        beforePoll.deallocate()
        afterPoll.deallocate()
        preciseHandle.deallocate()
        wheelHandle.deallocate()
        uv.deallocate()
    }

    static func of(_ uv: UnsafeMutablePointer<uv_loop_t>) -> EventLoop {
        Unmanaged<EventLoop>.fromOpaque(uv.pointee.data).takeUnretainedValue()
    }

    // MARK: - Any thread

    /// Any thread: whether the caller runs on this loop.
    package var isOnLoop: Bool { threadID.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Any thread: ends the process when the caller is elsewhere; a broken invariant of the program, never bad input.
    @inline(__always)
    package func preconditionOnLoop() {
        precondition(isOnLoop, "this belongs to another thread")
    }

    /// Any thread: runs `body` on the loop, in the order of posting. One wake per batch, however many are posted.
    /// - Returns: false when the loop has ended; `body` is dropped then.
    @discardableResult
    package func post(_ body: @escaping @Sendable () -> Void) -> Bool { deliver(.body(body)) }

    /// Any thread: runs `body` on the loop and returns its result; at once when already there.
    package func run<Result: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Result
    ) async throws -> Result {
        if isOnLoop { return try body() }
        return try await withCheckedThrowingContinuation { continuation in
            let isTaken = post {
                do { continuation.resume(returning: try body()) } catch { continuation.resume(throwing: error) }
            }
            if !isTaken { continuation.resume(throwing: SocketError(number: ECANCELED, "the event loop has ended")) }
        }
    }

    package func enqueue(_ job: consuming ExecutorJob) { deliver(.job(UnownedJob(job))) }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    package func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

    package func checkIsolated() { preconditionOnLoop() }

    package func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    /// Any thread: closes every connection and listener with `.loopStopped`, runs what that causes, and ends the thread.
    package func stop() {
        post { [self] in beginStop() }
    }

    /// Waits for the thread after `stop`. Not to be called on the loop.
    package func wait() {
        precondition(!isOnLoop, "a loop cannot wait for itself")
        if !isJoined.exchange(true, ordering: .relaxed) { pthread_join(thread, nil) }
    }

    @discardableResult
    private func deliver(_ mail: Mailbox.Mail) -> Bool {
        let isOnLoop = isOnLoop
        return mailbox.withLock { box in
            if box.isClosed { return false }
            // The loop empties its mailbox before it waits, so its own mail needs no wake. The wake is inside the lock
            // because the handle is closed under it.
            if box.mail.isEmpty && !isOnLoop { uv_async_send(wakeHandle) }
            box.mail.append(mail)
            return true
        }
    }

    // MARK: - On the loop

    /// Monotonic milliseconds, read once per tick.
    package var now: Int64 { Int64(uv_now(uv)) }

    /// Runs `body` once, at the end of this tick, before connections are flushed: the place to move what a tick collected
    /// into `Connection.send`.
    package func atTickEnd(_ body: @escaping () -> Void) {
        preconditionOnLoop()
        tickEndHooks.append(body)
    }

    /// A precise timer that fires once. For thousands of timeouts use `makeWheelTimer`.
    @discardableResult
    package func schedule(after delay: Duration, _ body: @escaping () -> Void) -> PreciseTimer {
        preconditionOnLoop()
        uv_update_time(uv)
        let timer = heap.add(deadline: now + delay.wholeMilliseconds, body)
        armPreciseTimer()
        return timer
    }

    /// A precise timer that fires until it is cancelled.
    @discardableResult
    package func schedule(every interval: Duration, _ body: @escaping () -> Void) -> PreciseTimer {
        preconditionOnLoop()
        uv_update_time(uv)
        let milliseconds = max(interval.wholeMilliseconds, 1)
        let timer = heap.add(deadline: now + milliseconds, every: milliseconds, body)
        armPreciseTimer()
        return timer
    }

    /// A coarse timer (250 ms slots) that costs nothing while it is moved; see `TimerWheel`.
    package func makeWheelTimer(_ body: @escaping () -> Void) -> WheelTimer {
        preconditionOnLoop()
        return WheelTimer(wheel: wheel, clock: wheelClock, body)
    }

    /// One closure for all timers of the wheel; asking it for the time sets the wheel turning.
    private lazy var wheelClock: () -> Int64 = { [unowned self] in
        if !isWheelTurning { turnWheel() }
        return now
    }

    /// Marks a connection to be flushed at the end of the tick. The connection makes sure to do it once.
    func flushAtTickEnd(_ connection: Connection) { dirty.append(connection) }

    private func armPreciseTimer() {
        guard let deadline = heap.nextDeadline else {
            uv_timer_stop(preciseHandle)
            return
        }
        uv_timer_start(
            preciseHandle,
            { handle in
                let loop = EventLoop.of(handle!.pointee.loop)
                loop.heap.advance(to: loop.now)
                loop.armPreciseTimer()
            },
            UInt64(max(deadline - now, 0)),
            0
        )
    }

    /// The kernel timer of the wheel runs only while the wheel holds a timer: an idle daemon does not wake up.
    private func turnWheel() {
        guard !isStopping else { return }
        isWheelTurning = true
        let slot = UInt64(TimerWheel.slotMilliseconds)
        uv_timer_start(
            wheelHandle,
            { handle in
                let loop = EventLoop.of(handle!.pointee.loop)
                loop.wheel.advance(to: loop.now)
                if loop.wheel.count == 0 {
                    uv_timer_stop(handle)
                    loop.isWheelTurning = false
                }
            },
            slot,
            slot
        )
    }

    private func endTick() {
        emptyMailbox()
        if !tickEndHooks.isEmpty {
            var hooks: [() -> Void] = []
            swap(&hooks, &tickEndHooks)
            for hook in hooks { hook() }
        }
        if !dirty.isEmpty {
            var batch: [Connection] = []
            swap(&batch, &dirty)
            for connection in batch { connection.flush() }
            // The array goes back for the next tick unless flushing has dirtied others or it is a rare giant.
            if dirty.isEmpty && batch.count <= 16_384 {
                batch.removeAll(keepingCapacity: true)
                swap(&batch, &dirty)
            }
        }
    }

    /// Timers and close callbacks run between two polls; what they caused is written before the loop sleeps.
    private func beforeWaiting() {
        endTick()
        let hasMore = !dirty.isEmpty || !tickEndHooks.isEmpty || mailbox.withLock { !$0.mail.isEmpty }
        if hasMore { uv_async_send(wakeHandle) }
    }

    private func emptyMailbox() {
        mailbox.withLock { swap(&$0.mail, &incoming) }
        if incoming.isEmpty { return }
        for mail in incoming {
            switch mail {
            case .body(let body): body()
            case .job(let job):
                job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
        }
        incoming.removeAll(keepingCapacity: incoming.count <= 4_096)
    }

    // MARK: - Thread and end

    private func main() {
        threadID.store(UInt(pthread_self()), ordering: .relaxed)
        clinux_name_thread(String(name.prefix(15)))
        uv_run(uv, UV_RUN_DEFAULT)
        // Tasks that were told of the end get a bounded chance to finish.
        for _ in 0..<64 {
            endTick()
            uv_run(uv, UV_RUN_NOWAIT)
            if mailbox.withLock({ $0.mail.isEmpty }) { break }
        }
        mailbox.withLock { box in
            box.isClosed = true
            box.mail = []
        }
        heap.removeAll()
        wheel.removeAll()
        tickEndHooks = []
        uv_walk(uv, { handle, _ in if uv_is_closing(handle) == 0 { uv_close(handle, nil) } }, nil)
        uv_run(uv, UV_RUN_DEFAULT)
        let status = uv_loop_close(uv)
        assert(status == 0, "a handle outlived its loop")
    }

    private func beginStop() {
        if isStopping { return }
        isStopping = true
        uv_walk(
            uv,
            { handle, _ in
                guard let handle, uv_is_closing(handle) == 0 else { return }
                switch handle.pointee.type {
                case UV_POLL: PolledDescriptor.of(handle).loopStopping()
                case UV_SIGNAL: SignalWatch.of(handle).cancel()
                default: uv_unref(handle)
                }
            },
            nil
        )
    }
}

extension Duration {
    /// Rounded up, so that a timer is never early.
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
