import ChatAPI
import Transport

/// Runs the live machine on a loop: its socket, its timer, its tokens, its outbox. Touched on the loop only.
final class LiveDriver {
    private let address: ServerAddress
    private let tls: TLSClientContext?
    private let credentials: Credentials?
    private let rest: RemoteService
    private let options: LiveConnection.Options
    let outbox: Outbox?
    private let loop: EventLoop
    private let time: TimeSource
    private let deliver: @Sendable ([LiveEvent]) -> Void
    /// For renewing the token in band.
    weak var service: LiveConnection?

    private var machine: LiveMachine
    private var socket: LiveSocket?
    /// Tells answers that belong to a connection of before from those of this one.
    private var generation = 0
    private var timer: PreciseTimer?
    private var timerDue: Int64?
    private var answers: [Int64: (Result<[UInt8], APIError>) -> Void] = [:]
    /// Calls that carry entries of the outbox, by the entry.
    private var carried: [Int64: Int64] = [:]
    private var batch: [LiveEvent] = []
    private var isBatchDue = false
    private var token: Credentials.AccessToken?

    init(
        address: ServerAddress,
        tls: TLSClientContext?,
        credentials: Credentials?,
        rest: RemoteService,
        options: LiveConnection.Options,
        outbox: Outbox?,
        loop: EventLoop,
        time: TimeSource,
        random: Randomness,
        deliver: @escaping @Sendable ([LiveEvent]) -> Void
    ) {
        self.address = address
        self.tls = tls
        self.credentials = credentials
        self.rest = rest
        self.options = options
        self.outbox = outbox
        self.loop = loop
        self.time = time
        self.deliver = deliver
        machine = LiveMachine(
            resume: options.resume,
            view: options.view,
            device: options.device,
            caps: options.caps,
            random: random
        )
    }

    private var now: Int64 { time.uptime() }

    var resume: Resume { Resume(epoch: machine.epoch, seq: machine.positions.seq) }

    // MARK: - What the owner asks

    func start() {
        if let outbox {
            tell(outbox.interrupted())
            tell(outbox.expire())
        }
        run(machine.start(at: now))
    }

    func retryNow() { run(machine.retry(at: now)) }

    func stop() { run(machine.stop(at: now)) }

    func close() {
        stop()
        timer?.cancel()
        flush()
        rest.close()
    }

    func look(at view: View) { run(machine.look(at: view, now: now)) }
    func follow(_ log: String, after seq: Int64) { run(machine.follow(log, after: seq, at: now)) }
    func unfollow(_ log: String) { machine.unfollow(log) }

    func call(_ call: LiveCall, completion: @escaping (Result<[UInt8], APIError>) -> Void) {
        _ = begin(call, completion: completion)
    }

    @discardableResult
    private func begin(_ call: LiveCall, completion: @escaping (Result<[UInt8], APIError>) -> Void) -> Int64 {
        let (id, actions) = machine.call(call, at: now)
        answers[id] = completion
        run(actions)
        return id
    }

    // MARK: - What the machine asks

    private func run(_ actions: [LiveAction]) {
        for action in actions {
            switch action {
            case .open: open()
            case .send(let frame): socket?.send(frame)
            case .close(let code): closeSocket(code)
            case .refresh(let isInBand): refresh(inBand: isInBand)
            case .deliver(let event): take(event)
            case .answer(let id, let result): answers.removeValue(forKey: id)?(result)
            }
        }
        schedule()
    }

    private func take(_ event: LiveEvent) {
        batch.append(event)
        if !isBatchDue {
            isBatchDue = true
            loop.atTickEnd { [self] in flush() }
        }
        switch event {
        case .state(.live):
            if let token { credentials?.confirm(token.text) }
            pump()
        case .entries(_, let entries): acknowledge(entries)
        default: break
        }
    }

    private func flush() {
        isBatchDue = false
        guard !batch.isEmpty else { return }
        var events: [LiveEvent] = []
        swap(&events, &batch)
        deliver(events.merged())
    }

    /// One timer for whatever is due first; it is only set anew when that changes.
    private func schedule() {
        var due = machine.deadline
        if machine.isLive, let wait = outbox?.nextDueMilliseconds { due = min(due ?? .max, now + wait) }
        if due == timerDue, timer?.isCancelled == false { return }
        timer?.cancel()
        timer = nil
        timerDue = due
        guard let due else { return }
        timer = loop.schedule(after: .milliseconds(max(due - now, 1))) { [self] in
            timer = nil
            timerDue = nil
            run(machine.tick(at: now))
            pump()
            schedule()
        }
    }

    // MARK: - Socket

    private func open() {
        generation += 1
        let generation = generation
        guard let credentials else { return connect(generation) }
        let rest = RemoteService.Plain(service: rest)
        let driver = LiveConnection.Confined(driver: self)
        Task { [loop] in
            let result: Result<Credentials.AccessToken?, APIError>
            do throws(APIError) {
                result = .success(try await credentials.token(through: rest))
            } catch {
                result = .failure(error)
            }
            loop.post {
                switch result {
                case .success(let token): driver.driver.connect(generation, token: token)
                case .failure(let error): driver.driver.lost(generation, .failed(error))
                }
            }
        }
    }

    private func connect(_ generation: Int, token: Credentials.AccessToken? = nil) {
        guard generation == self.generation, socket == nil else { return }
        self.token = token
        // A daemon that is silent for that long has been given up by the machine.
        let timeout = Duration.milliseconds(LiveMachine.openTimeoutMilliseconds)
        socket = LiveSocket(
            address,
            tls: tls,
            agent: options.agent,
            timeout: timeout,
            on: loop,
            callbacks: .init(
                opened: { [weak self] in self?.opened() },
                received: { [weak self] frame in self?.received(frame) },
                heard: { [weak self] in self?.heard() },
                lost: { [weak self] loss in self?.lost(generation, loss) }
            )
        )
    }

    private func opened() {
        if let token { machine.tokenEnds(in: token.endsAt.map { $0 - time.wall() }, at: now) }
        run(machine.opened(token: token?.text, at: now))
    }

    private func received(_ frame: [UInt8]) { run(machine.received(frame, at: now)) }

    private func heard() { machine.heard(at: now) }

    private func lost(_ generation: Int, _ loss: LiveLoss) {
        guard generation == self.generation else { return }
        socket = nil
        self.generation += 1
        run(machine.lost(loss, at: now))
    }

    private func closeSocket(_ code: Int) {
        generation += 1
        socket?.close(code: code)
        socket = nil
    }

    // MARK: - Tokens

    private func refresh(inBand isInBand: Bool) {
        guard let credentials else {
            return run(machine.refreshFailed(APIError(.notSignedIn, "sign in first"), at: now))
        }
        let stale = token?.text
        let driver = LiveConnection.Confined(driver: self)
        let live = isInBand ? service : nil
        let rest = RemoteService.Plain(service: rest)
        Task { [loop] in
            let result: Result<Credentials.AccessToken, APIError>
            do throws(APIError) {
                if let live {
                    result = .success(try await credentials.renew(after: stale, through: live))
                } else {
                    result = .success(try await credentials.renew(after: stale, through: rest))
                }
            } catch {
                result = .failure(error)
            }
            loop.post { driver.driver.renewed(result) }
        }
    }

    private func renewed(_ result: Result<Credentials.AccessToken, APIError>) {
        switch result {
        case .success(let token):
            self.token = token
            run(machine.refreshed(endsIn: token.endsAt.map { $0 - time.wall() }, at: now))
        case .failure(let error): run(machine.refreshFailed(error, at: now))
        }
    }

    // MARK: - Outbox

    func queued(_ changed: [OutboxItem]) {
        tell(changed)
        pump()
    }

    func retry(_ item: Int64) {
        guard let outbox else { return }
        tell(outbox.retry(item))
        pump()
    }

    func discard(_ item: Int64) {
        guard let outbox else { return }
        tell(outbox.discard(item))
        pump()
    }

    private func tell(_ changed: [OutboxItem]) {
        if !changed.isEmpty { take(.outbox(changed)) }
    }

    /// Sends what can be sent. An entry whose connection breaks is sent again by the machine under its cid or key.
    private func pump() {
        guard let outbox, machine.isLive else { return }
        tell(outbox.expire())
        let ready = outbox.ready()
        tell(ready)
        for item in ready {
            var options = CallOptions()
            if item.cid == nil { options.key = item.key }
            let call = LiveCall(
                name: item.call.operation,
                input: item.call.input,
                options: options,
                repeats: true,
                waits: true,
                timeoutMilliseconds: 60_000
            )
            let isMessage = item.cid != nil
            // The answer may come inside `begin`, when the machine refuses.
            var isAnswered = false
            let id = begin(call) { [weak self] result in
                isAnswered = true
                self?.answered(item.id, isMessage, result)
            }
            if !isAnswered { carried[item.id] = id }
        }
        schedule()
    }

    private func answered(_ item: Int64, _ isMessage: Bool, _ result: Result<[UInt8], APIError>) {
        guard let outbox else { return }
        carried[item] = nil
        switch result {
        case .success(let frame):
            let sent = isMessage ? try? LiveFrames.output(Sent.self, of: frame) : nil
            tell(outbox.sent(item, seq: sent?.seq))
        case .failure(let error): tell(outbox.refused(item, error))
        }
        pump()
    }

    /// One's own push acknowledges as well, and may come first.
    private func acknowledge(_ entries: [Entry]) {
        guard let outbox, !carried.isEmpty else { return }
        for entry in entries {
            guard let cid = entry.cid else { continue }
            for item in outbox.acknowledge(cid, seq: entry.seq) {
                tell([item])
                guard let call = carried.removeValue(forKey: item.id) else { continue }
                answers[call] = nil
                run(machine.cancel(call))
            }
        }
        pump()
    }
}
