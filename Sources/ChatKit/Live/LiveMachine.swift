package import ChatAPI

/// The live connection without its socket: hello, resume, order, gaps, calls, heartbeat, backoff, what closes mean.
///
/// Contract:
/// 1. Every method takes the time (`uptime` milliseconds) and returns what is to be done, in order.
/// 2. `tick` is called at or soon after `deadline`, which may change with every call.
/// 3. After `.close` and before the next `.open` nothing is reported about the old connection.
package struct LiveMachine: Sendable {
    /// Opening takes a name lookup, TCP, TLS and an upgrade.
    package static let openTimeoutMilliseconds: Int64 = 15_000
    package static let helloTimeoutMilliseconds: Int64 = 15_000
    package static let callTimeoutMilliseconds: Int64 = 30_000
    /// Added to the daemon's heartbeat before silence means death: its own patience of 8 s, and slow networks.
    package static let silenceMilliseconds: Int64 = 10_000
    /// A token is renewed so long before it ends.
    package static let refreshAheadMilliseconds: Int64 = 60_000

    enum Phase: Equatable {
        case idle
        /// Waiting to try again.
        case waiting(until: Int64)
        /// Renewing the token before the next attempt.
        case renewing
        case opening(until: Int64)
        case greeting(until: Int64)
        case live(since: Int64)
        case stopped(APIError)
    }

    var phase = Phase.idle
    package internal(set) var positions: LogPositions
    package internal(set) var epoch: String?
    package internal(set) var welcome: Welcome?
    var calls = LiveCalls()
    var backoff = LiveBackoff()
    var random: Randomness
    var view: View
    let device: String?
    let caps: [String]

    /// Syncs that have no answer yet: the call, and until when.
    var syncs: [Int64: Int64] = [:]
    /// The range of the daemon's `bye`, for the close that follows.
    var byeRetry: ClosedRange<Int64>?
    var lastHeard: Int64 = 0
    /// When to renew the token in band; nil while that is under way or the token does not end.
    var refreshAt: Int64?
    /// The token was renewed for this attempt already: being refused again means being signed out.
    var hasRenewed = false

    /// - Parameters:
    ///   - resume: The positions and the epoch that the cache has.
    package init(
        resume: Resume = Resume(epoch: nil, seq: [:]),
        view: View = View(),
        device: String? = nil,
        caps: [String] = [],
        random: Randomness = .system
    ) {
        positions = LogPositions(resume.seq)
        epoch = resume.epoch
        self.view = view
        self.device = device
        self.caps = caps
        self.random = random
    }

    package var isLive: Bool { if case .live = phase { true } else { false } }

    /// When `tick` is due next.
    package var deadline: Int64? {
        var earliest = calls.nextDeadline
        func consider(_ time: Int64?) {
            if let time { earliest = min(earliest ?? time, time) }
        }
        switch phase {
        case .idle, .stopped, .renewing: break
        case .waiting(let until), .opening(let until), .greeting(let until): consider(until)
        case .live:
            consider(silentAt)
            consider(refreshAt)
            consider(syncs.values.min())
        }
        return earliest
    }

    private var silentAt: Int64? {
        welcome.map { lastHeard + max($0.heartbeatMs, 1_000) + Self.silenceMilliseconds }
    }

    // MARK: - Connecting

    /// Begins, or begins again after `stopped`.
    package mutating func start(at now: Int64) -> [LiveAction] {
        switch phase {
        case .idle, .stopped:
            backoff.reset()
            hasRenewed = false
            return open(at: now)
        default: return []
        }
    }

    /// Tries at once instead of waiting: the user asked, or the network came back.
    package mutating func retry(at now: Int64) -> [LiveAction] {
        guard case .waiting = phase else { return [] }
        return open(at: now)
    }

    /// Ends for good. Calls without an answer are refused.
    package mutating func stop(at now: Int64) -> [LiveAction] {
        let wasOpen: Bool
        switch phase {
        case .opening, .greeting, .live: wasOpen = true
        default: wasOpen = false
        }
        let error = APIError(.unavailable, "the connection was ended here")
        phase = .idle
        return (wasOpen ? [.close(code: 1000)] : []) + forgetConnection() + refuseAll(error)
    }

    mutating func open(at now: Int64) -> [LiveAction] {
        phase = .opening(until: now + Self.openTimeoutMilliseconds)
        byeRetry = nil
        return [.deliver(.state(.connecting)), .open]
    }

    /// The WebSocket is open: says hello with this token. A local administrator on the Unix socket has none.
    package mutating func opened(token: String?, at now: Int64) -> [LiveAction] {
        guard case .opening = phase else { return [] }
        phase = .greeting(until: now + Self.helloTimeoutMilliseconds)
        lastHeard = now
        let resume = Resume(epoch: epoch, seq: positions.seq)
        let hello = Hello(
            token: token,
            device: device,
            resume: positions.seq.isEmpty && epoch == nil ? nil : resume,
            view: view == View() ? nil : view,
            caps: caps.isEmpty ? nil : caps
        )
        return [.send(LiveFrames.hello(hello))]
    }

    /// The token ends in so many milliseconds; nil if it does not end.
    package mutating func tokenEnds(in life: Int64?, at now: Int64) {
        guard let life else {
            refreshAt = nil
            return
        }
        // A short life is not spent on renewing: half of it is used first.
        refreshAt = now + max(life - Self.refreshAheadMilliseconds, life / 2, 1_000)
    }

    /// Any bytes count as a sign of life: pings too.
    package mutating func heard(at now: Int64) { lastHeard = now }

    // MARK: - Losing

    /// The connection ended, or could not be opened.
    package mutating func lost(_ loss: LiveLoss, at now: Int64) -> [LiveAction] {
        switch phase {
        case .opening, .greeting, .live: break
        case .idle, .waiting, .renewing, .stopped: return []
        }
        if case .live(let since) = phase, now - since >= LiveBackoff.stableMilliseconds { backoff.reset() }
        var actions: [LiveAction] = []
        if case .closed(let code, _) = loss, CloseCode.verdict(code) == .failCallThenReconnect,
            let call = calls.poisoned()
        {
            let error = APIError(
                code == 1009 ? .tooLarge : .badRequest,
                "the daemon closed the connection because of this call (\(loss.sentence))"
            )
            actions.append(.answer(id: call.id, .failure(error)))
        }
        actions += forgetConnection()
        return actions + decide(after: loss, at: now)
    }

    private mutating func decide(after loss: LiveLoss, at now: Int64) -> [LiveAction] {
        switch loss {
        case .closed(let code, _):
            switch CloseCode.verdict(code) {
            case .reconnect, .failCallThenReconnect: return wait(loss.sentence, atLeast: 0, at: now)
            case .refreshThenReconnect: return renew(loss.sentence, at: now)
            case .stop: return halt(Self.refusal(code, loss.sentence))
            }
        case .failed(let error):
            switch error.code {
            case .tokenExpired, .notSignedIn: return renew(error.detail, at: now)
            case .upgradeRequired, .badRequest, .invalid, .forbidden, .notFound, .methodNotAllowed, .codeInvalid:
                return halt(error)
            default: return wait(error.detail, atLeast: error.retryAfterMilliseconds ?? 0, at: now)
            }
        }
    }

    private static func refusal(_ code: Int, _ sentence: String) -> APIError {
        switch CloseCode(rawValue: code) {
        case .signedOut: APIError(.notSignedIn, "this session was ended: sign in again")
        case .banned: APIError(.forbidden, "this account may not connect")
        default: APIError(.badRequest, sentence)
        }
    }

    private mutating func renew(_ reason: String, at now: Int64) -> [LiveAction] {
        if hasRenewed { return halt(APIError(.notSignedIn, "signed out: \(reason)")) }
        hasRenewed = true
        phase = .renewing
        return [.deliver(.state(.offline(reason: reason, retryMilliseconds: 0))), .refresh(inBand: false)]
    }

    mutating func wait(_ reason: String, atLeast: Int64, at now: Int64) -> [LiveAction] {
        let jitter = backoff.next(using: &random)
        var delay = max(jitter, atLeast)
        if let byeRetry { delay = Int64.random(in: byeRetry, using: &random) }
        byeRetry = nil
        phase = .waiting(until: now + delay)
        return [.deliver(.state(.offline(reason: reason, retryMilliseconds: delay)))]
    }

    private mutating func halt(_ error: APIError) -> [LiveAction] {
        phase = .stopped(error)
        return [.deliver(.state(.stopped(error)))] + refuseAll(error)
    }

    /// The connection proved dead: drops it and comes back.
    mutating func abandon(_ reason: String, at now: Int64) -> [LiveAction] {
        if case .live(let since) = phase, now - since >= LiveBackoff.stableMilliseconds { backoff.reset() }
        return [.close(code: 1001)] + forgetConnection() + wait(reason, atLeast: 0, at: now)
    }

    private mutating func forgetConnection() -> [LiveAction] {
        positions.disconnected()
        for id in syncs.keys { calls.cancel(id) }
        syncs = [:]
        refreshAt = nil
        welcome = nil
        return calls.disconnected().map { call in
            let detail = "the connection was lost before the answer to \(call.name) came: it may have happened"
            return .answer(id: call.id, .failure(APIError(.outcomeUnknown, detail)))
        }
    }

    private mutating func refuseAll(_ error: APIError) -> [LiveAction] {
        calls.removeAll().map { .answer(id: $0.id, .failure(error)) }
    }

    // MARK: - Tokens

    /// The token was renewed and is good for so many milliseconds.
    package mutating func refreshed(endsIn life: Int64?, at now: Int64) -> [LiveAction] {
        tokenEnds(in: life, at: now)
        guard case .renewing = phase else { return [.deliver(.refreshed)] }
        return [.deliver(.refreshed)] + open(at: now)
    }

    package mutating func refreshFailed(_ error: APIError, at now: Int64) -> [LiveAction] {
        let isFinal = error.code == .notSignedIn || error.code == .tokenExpired || error.code == .forbidden
        if case .renewing = phase {
            // It has not been tried: a daemon that was away says nothing about the token.
            if !isFinal { hasRenewed = false }
            return isFinal ? halt(error) : wait(error.detail, atLeast: error.retryAfterMilliseconds ?? 0, at: now)
        }
        // In band, the connection stands until the daemon ends it; another attempt costs nothing.
        if isLive && !isFinal { refreshAt = now + 10_000 }
        return []
    }
}
