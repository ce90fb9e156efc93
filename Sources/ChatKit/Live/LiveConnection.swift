package import ChatAPI
package import Transport

/// The live connection to a daemon: comes back by itself, resumes where it was, carries calls, and empties the outbox.
///
/// Everything inside belongs to one loop; the members here may be used from any thread. What happens is told in batches, one
/// per tick of the loop, through one closure, which is called on the loop and must not block.
package final class LiveConnection: Service {
    package struct Options: Sendable {
        /// Names the session in the list of devices.
        package var device: String?
        package var caps: [String] = []
        /// The cache's positions and epoch (`Cache.resume()`), and logs to follow besides.
        package var resume = Resume(epoch: nil, seq: [:])
        package var view = View()
        /// Calls made while there is no connection wait for one; otherwise they are refused at once.
        package var callsWait = false
        package var callTimeoutMilliseconds = LiveMachine.callTimeoutMilliseconds
        package var trace: HTTPTrace?
        package var agent = "plaza/\(Version.number)"

        package init() {}
    }

    package let address: ServerAddress
    private let loop: EventLoop
    private let options: Options
    /// Belongs to the loop.
    let engine: Confined

    struct Confined: @unchecked Sendable {
        let driver: LiveDriver
    }

    /// - Parameters:
    ///   - outbox: What it sends when it can; nil for programs that queue nothing.
    ///   - deliver: Called on the loop, once per batch.
    package init(
        _ address: ServerAddress,
        caFile: String? = nil,
        credentials: Credentials?,
        options: Options = Options(),
        outbox: Outbox? = nil,
        on loop: EventLoop,
        time: TimeSource = .system,
        random: Randomness = .system,
        deliver: @escaping @Sendable ([LiveEvent]) -> Void
    ) {
        self.address = address
        self.loop = loop
        self.options = options
        let rest = RemoteService(
            address,
            caFile: caFile,
            options: .init(trace: options.trace, agent: options.agent),
            on: loop
        )
        let driver = LiveDriver(
            address: address,
            tls: address.tls(caFile: caFile),
            credentials: credentials,
            rest: rest,
            options: options,
            outbox: outbox,
            loop: loop,
            time: time,
            random: random,
            deliver: deliver
        )
        engine = Confined(driver: driver)
        driver.service = self
    }

    /// The daemon of a profile, as the profile's account.
    package convenience init(
        _ profile: Profile,
        credentials: Credentials,
        options: Options = Options(),
        outbox: Outbox? = nil,
        on loop: EventLoop,
        deliver: @escaping @Sendable ([LiveEvent]) -> Void
    ) {
        self.init(
            profile.address,
            caFile: profile.caFile,
            credentials: credentials,
            options: options,
            outbox: outbox,
            on: loop,
            deliver: deliver
        )
    }

    deinit {
        let engine = engine
        loop.post { engine.driver.close() }
    }

    // MARK: - Coming and going

    /// Connects, and again after `stopped`.
    package func start() { onLoop { $0.start() } }

    /// Tries at once instead of waiting.
    package func retryNow() { onLoop { $0.retryNow() } }

    /// Ends the connection; calls without an answer are refused. `start` begins again.
    package func stop() { onLoop { $0.stop() } }

    /// Ends the connection and returns when everything has been told. The program must not use it again.
    package func close() async {
        let engine = engine
        try? await loop.run { engine.driver.close() }
    }

    // MARK: - Looking and following

    /// What the user looks at: only there do typing and presence go.
    package func look(at view: View) { onLoop { $0.look(at: view) } }

    /// Follows a log from a position: a channel one is not in, `@audit`, or one whose gap was closed.
    package func follow(_ log: String, after seq: Int64) { onLoop { $0.follow(log, after: seq) } }

    package func unfollow(_ log: String) { onLoop { $0.unfollow(log) } }

    /// Where every log stands.
    package func resume() async -> Resume {
        let engine = engine
        return (try? await loop.run { engine.driver.resume }) ?? Resume(epoch: nil, seq: [:])
    }

    // MARK: - Calls

    package func call<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        _ options: CallOptions
    ) async throws(APIError) -> Output {
        let result: Result<[UInt8], APIError> = await withCheckedContinuation { continuation in
            begin(liveCall(endpoint, input, options)) { continuation.resume(returning: $0) }
        }
        return try LiveFrames.output(Output.self, of: result.get())
    }

    /// The same without a task: `completion` is called once, on the loop.
    package func call<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        _ options: CallOptions = CallOptions(),
        completion: @escaping @Sendable (Result<Output, APIError>) -> Void
    ) {
        begin(liveCall(endpoint, input, options)) { result in
            completion(
                Result { () throws(APIError) in
                    try LiveFrames.output(Output.self, of: result.get())
                }
            )
        }
    }

    private func liveCall<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        _ options: CallOptions
    ) -> LiveCall {
        LiveCall(
            name: endpoint.name,
            input: Coding.encode(input),
            options: options,
            repeats: endpoint.repeats(options),
            waits: self.options.callsWait,
            timeoutMilliseconds: self.options.callTimeoutMilliseconds
        )
    }

    private func begin(_ call: LiveCall, completion: @escaping @Sendable (Result<[UInt8], APIError>) -> Void) {
        let engine = engine
        let isTaken = loop.post { engine.driver.call(call, completion: completion) }
        if !isTaken { completion(.failure(APIError(.unavailable, "the program is stopping"))) }
    }

    // MARK: - Outbox

    /// Queues a change in the outbox; it is sent as soon as that is possible, exactly once. What becomes of it comes as
    /// `.outbox` events.
    /// - Throws: What the daemon would refuse: empty, too long, control characters. Nothing is queued then.
    @discardableResult
    package func post(_ call: OutboxCall) throws(APIError) -> OutboxItem {
        guard let outbox = engine.driver.outbox else {
            preconditionFailure("a live connection without an outbox cannot queue")
        }
        let changed = try outbox.add(call)
        guard let item = changed.last else { preconditionFailure("the outbox took a call and has no item for it") }
        onLoop { $0.queued(changed) }
        return item
    }

    /// Tries a failed change again, or a waiting one at once.
    package func retry(_ item: Int64) { onLoop { $0.retry(item) } }

    /// Throws a waiting or failed change away.
    package func discard(_ item: Int64) { onLoop { $0.discard(item) } }

    private func onLoop(_ body: @escaping @Sendable (LiveDriver) -> Void) {
        let engine = engine
        loop.post { body(engine.driver) }
    }
}
