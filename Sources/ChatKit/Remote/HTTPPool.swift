import ChatAPI
import Transport

/// The few connections to one daemon: a call takes a free one, opens another below the limit, or waits.
///
/// Everything here belongs to the loop.
final class HTTPPool {
    /// One exchange that waits or runs.
    private final class Job {
        let request: RESTRequest
        let bytes: Bytes
        let deadline: Int64
        let timeout: Int64
        var completion: ((Result<RESTAnswer, APIError>) -> Void)?
        var timer: PreciseTimer?
        var link: HTTPLink?
        var isRetry = false

        init(
            _ request: RESTRequest,
            _ bytes: Bytes,
            deadline: Int64,
            timeout: Int64,
            completion: @escaping (Result<RESTAnswer, APIError>) -> Void
        ) {
            self.request = request
            self.bytes = bytes
            self.deadline = deadline
            self.timeout = timeout
            self.completion = completion
        }
    }

    private let address: ServerAddress
    private let tls: TLSClientContext?
    private let loop: EventLoop
    private let limit: Int
    private var idle: [HTTPLink] = []
    private var open = 0
    private var waiting: [Job] = []

    /// - Parameter limit: a client is one person or one script; four keep a bulk command busy.
    init(_ address: ServerAddress, tls: TLSClientContext?, limit: Int = 4, on loop: EventLoop) {
        self.address = address
        self.tls = tls
        self.limit = limit
        self.loop = loop
    }

    func perform(
        _ request: RESTRequest,
        _ bytes: Bytes,
        timeout: Int64,
        completion: @escaping (Result<RESTAnswer, APIError>) -> Void
    ) {
        loop.preconditionOnLoop()
        let job = Job(request, bytes, deadline: loop.now + timeout, timeout: timeout, completion: completion)
        job.timer = loop.schedule(after: .milliseconds(timeout)) { [self] in timedOut(job) }
        start(job)
    }

    private func start(_ job: Job) {
        while let link = idle.popLast() {
            guard link.isUsable else { continue }
            return run(job, on: link)
        }
        guard open < limit else { return waiting.append(job) }
        open += 1
        let left = max(job.deadline - loop.now, 1)
        Connector.connect(to: address.connectAddress, tls: tls, timeout: .milliseconds(left), on: loop) {
            [self] result in
            switch result {
            case .failure(let failure):
                open -= 1
                finish(job, .failure(APIError(failure, address)))
                next()
            case .success(let connection):
                let link = HTTPLink(connection)
                link.onClose = { [weak self, weak link] in self?.closed(link) }
                // It may have run out of time while the connection was made.
                if job.completion == nil { release(link) } else { run(job, on: link) }
            }
        }
    }

    private func run(_ job: Job, on link: HTTPLink) {
        job.link = link
        let wasUsed = link.exchanges > 0
        link.exchange(job.bytes, method: job.request.method) { [self] answer, broken in
            job.link = nil
            if let answer {
                finish(job, .success(answer))
                release(link)
            } else if let broken {
                lost(job, broken, wasUsed: wasUsed)
            }
        }
    }

    /// A daemon may close a kept connection just when it is used again (RFC 9112 §9.3.1): what is harmless to repeat is
    /// repeated once on a new connection; anything else may have happened.
    private func lost(_ job: Job, _ broken: HTTPLink.Broken, wasUsed: Bool) {
        if wasUsed, !broken.hasAnswerBegun, !job.isRetry, job.request.repeats, job.completion != nil {
            job.isRetry = true
            return start(job)
        }
        var error = broken.error
        if !job.request.repeats {
            error = APIError(.outcomeUnknown, "\(error.detail): whether the call happened is not known")
        }
        let isSilent = !wasUsed && !broken.hasAnswerBegun
        finish(job, .failure(isSilent ? error.suspectingTLS(at: address) : error))
    }

    private func timedOut(_ job: Job) {
        let link = job.link
        waiting.removeAll { $0 === job }
        let detail = "no answer from \(address) within \(Double(job.timeout) / 1_000) s"
        let hint = link == nil || job.request.repeats ? "" : ": whether the call happened is not known"
        finish(job, .failure(APIError(.timedOut, detail + hint)))
        link?.abort()
    }

    private func finish(_ job: Job, _ result: Result<RESTAnswer, APIError>) {
        job.timer?.cancel()
        job.timer = nil
        let completion = job.completion
        job.completion = nil
        completion?(result)
    }

    private func release(_ link: HTTPLink) {
        guard link.isUsable else { return }
        idle.append(link)
        next()
    }

    private func closed(_ link: HTTPLink?) {
        open -= 1
        idle.removeAll { $0 === link }
        next()
    }

    private func next() {
        if !waiting.isEmpty { start(waiting.removeFirst()) }
    }

    /// Closes what is open; calls that run are cut.
    func close() {
        for link in idle { link.abort() }
        idle = []
    }
}

extension ServerAddress {
    var connectAddress: ConnectAddress {
        switch self {
        case .url(_, let host, let port): .tcp(host: host, port: port)
        case .unix(let path): .unix(path: path)
        }
    }

    /// What the certificate is checked against; nil where there is none.
    func tls(caFile: String?) -> TLSClientContext? {
        if case .url(true, _, _) = self { TLSClientContext(authorityFile: caFile) } else { nil }
    }
}

extension APIError {
    /// What ends without a word may be a port with TLS that was spoken to in the clear.
    func suspectingTLS(at address: ServerAddress) -> APIError {
        guard let secure = address.withTLS else { return self }
        var error = self
        error.detail += "; if it speaks TLS, write \(secure)"
        return error
    }

    /// Why there is no connection, with what one may do about it.
    init(_ failure: ConnectFailure, _ address: ServerAddress) {
        switch failure.cause {
        case .timedOut: self.init(.timedOut, failure.sentence)
        case .refused:
            let hint = if case .unix = address { "is chatd running there?" } else { "is chatd listening there?" }
            self.init(.unavailable, "\(failure.sentence); \(hint)")
        case .forbidden:
            self.init(.unavailable, "\(failure.sentence); may this user use the socket?")
        case .untrusted:
            self.init(.unavailable, "\(failure.sentence); a private authority is given with --ca FILE")
        case .plain:
            let hint = address.withoutTLS.map { "without TLS it is \($0)" } ?? "is it the daemon's port?"
            self.init(.unavailable, "\(failure.sentence); \(hint)")
        case .tls, .name, .unreachable, .cancelled: self.init(.unavailable, failure.sentence)
        }
    }
}
