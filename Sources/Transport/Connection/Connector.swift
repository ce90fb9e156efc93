import Glibc

/// Where a client connects to.
package enum ConnectAddress: Sendable, Hashable, CustomStringConvertible {
    case tcp(host: String, port: UInt16)
    case unix(path: String)

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }
}

/// Why there is no connection.
package struct ConnectFailure: Error, CustomStringConvertible, Sendable {
    package enum Cause: Sendable, Hashable {
        /// The host name has no address.
        case name
        /// Nobody listens there, or there is no such socket file.
        case refused
        case timedOut
        /// The file permissions of the Unix socket, or a firewall.
        case forbidden
        case unreachable
        /// The handshake failed, or the certificate is not the one that is wanted.
        case tls
        /// Nobody that we trust has signed the certificate.
        case untrusted
        /// Whoever listens there does not speak TLS.
        case plain
        case cancelled
    }

    package let cause: Cause
    package let sentence: String
    package var description: String { sentence }
}

/// An attempt to connect: every address of a name in turn, one time limit for all of it, the TLS handshake included.
package final class Connector {
    private let address: ConnectAddress
    private let tls: TLSClientContext?
    private let loop: EventLoop
    private var completion: ((Result<Connection, ConnectFailure>) -> Void)?
    private var deadline: Int64
    private var timer: PreciseTimer?
    private var attemptTimer: PreciseTimer?
    private var resolution: NameResolution?
    private var remaining: [SocketAddress] = []
    private var attempt: ConnectingSocket?
    private var handshake: Connection?
    private var lastFailure: ConnectFailure?

    private init(
        _ address: ConnectAddress,
        tls: TLSClientContext?,
        timeout: Duration,
        loop: EventLoop,
        completion: @escaping (Result<Connection, ConnectFailure>) -> Void
    ) {
        self.address = address
        self.tls = tls
        self.loop = loop
        self.completion = completion
        deadline = loop.now + timeout.wholeMilliseconds
    }

    /// Starts on `loop`, which must be the caller's. `completion` is called once, later, on the loop; it sets the connection's
    /// `handler`, before which nothing is read. The returned attempt can be cancelled; it need not be kept.
    @discardableResult
    package static func connect(
        to address: ConnectAddress,
        tls: TLSClientContext? = nil,
        timeout: Duration = .seconds(10),
        on loop: EventLoop,
        completion: @escaping (Result<Connection, ConnectFailure>) -> Void
    ) -> Connector {
        loop.preconditionOnLoop()
        let connector = Connector(address, tls: tls, timeout: timeout, loop: loop, completion: completion)
        connector.timer = loop.schedule(after: timeout) {
            connector.finish(.failure(connector.timeoutFailure(timeout)))
        }
        loop.atTickEnd { connector.start() }
        return connector
    }

    /// The same for callers that run on the loop's executor: an actor pinned to it, or a task that prefers it. Cancelling the
    /// task does not end the attempt; its time limit does.
    package static func connect(
        to address: ConnectAddress,
        tls: TLSClientContext? = nil,
        timeout: Duration = .seconds(10),
        on loop: EventLoop
    ) async throws(ConnectFailure) -> Connection {
        loop.preconditionOnLoop()
        // The connection does not leave the loop: it is made there, and the caller is there.
        struct Handover: @unchecked Sendable { let result: Result<Connection, ConnectFailure> }
        let handover = await withCheckedContinuation { continuation in
            connect(to: address, tls: tls, timeout: timeout, on: loop) {
                continuation.resume(returning: Handover(result: $0))
            }
        }
        return try handover.result.get()
    }

    /// Ends the attempt with `.cancelled`. Without effect after the completion.
    package func cancel() {
        finish(.failure(ConnectFailure(cause: .cancelled, sentence: "connecting to \(address) was cancelled")))
    }

    // MARK: - Steps

    private func start() {
        guard completion != nil else { return }
        switch address {
        case .unix(let path):
            guard !path.isEmpty, path.utf8.count <= SocketAddress.unixPathLimit else {
                let limit = SocketAddress.unixPathLimit
                let sentence = "the socket path \(path) must have 1 to \(limit) bytes"
                return finish(.failure(ConnectFailure(cause: .refused, sentence: sentence)))
            }
            remaining = [.unix(path: path)]
            tryNext()
        case .tcp(let host, let port):
            resolution = NameResolution.resolve(host: host, port: port, on: loop) { [self] addresses, failure in
                resolution = nil
                remaining = addresses
                if addresses.isEmpty {
                    let sentence = "cannot resolve \(host): \(failure ?? "it has no address")"
                    finish(.failure(ConnectFailure(cause: .name, sentence: sentence)))
                } else {
                    tryNext()
                }
            }
        }
    }

    private func tryNext() {
        guard completion != nil else { return }
        guard !remaining.isEmpty else {
            let fallback = ConnectFailure(cause: .unreachable, sentence: "cannot connect to \(address)")
            return finish(.failure(lastFailure ?? fallback))
        }
        let target = remaining.removeFirst()
        do throws(SocketError) {
            attempt = try ConnectingSocket.start(target, on: loop) { [self] outcome in
                attempt = nil
                attemptTimer?.cancel()
                switch outcome {
                case .success(let descriptor): connected(descriptor, target)
                case .failure(let error): failed(error)
                }
            }
        } catch {
            return failed(error)
        }
        // A silent address gets its share of the time, so that the last one is tried too.
        if !remaining.isEmpty {
            let share = max((deadline - loop.now) / Int64(remaining.count + 1), 250)
            attemptTimer = loop.schedule(after: .milliseconds(share)) { [self] in
                attempt?.cancel()
                attempt = nil
                failed(SocketError(number: ETIMEDOUT, ""))
            }
        }
    }

    private func failed(_ error: SocketError) {
        let cause: ConnectFailure.Cause =
            switch error.number {
            case ECONNREFUSED, ENOENT: .refused
            case EACCES, EPERM: .forbidden
            case ETIMEDOUT: .timedOut
            default: .unreachable
            }
        let why = String(cString: strerror(error.number))
        lastFailure = ConnectFailure(cause: cause, sentence: "cannot connect to \(address): \(why)")
        tryNext()
    }

    private func connected(_ descriptor: Int32, _ target: SocketAddress) {
        do {
            var session: TLSSession?
            if let tls, case .tcp(let host, _) = address {
                do throws(TLSError) {
                    session = try tls.makeSession(host: host)
                } catch {
                    Glibc.close(descriptor)
                    return finish(.failure(ConnectFailure(cause: .tls, sentence: error.sentence)))
                }
            }
            let connection = try Connection(loop: loop, descriptor: descriptor, peer: target, tls: session)
            guard session != nil else { return finish(.success(connection)) }
            handshake = connection
            connection.handler = Handshake(self)
        } catch {
            finish(.failure(ConnectFailure(cause: .unreachable, sentence: "cannot connect to \(address): \(error)")))
        }
    }

    private func timeoutFailure(_ timeout: Duration) -> ConnectFailure {
        let seconds = Double(timeout.wholeMilliseconds) / 1_000
        return ConnectFailure(cause: .timedOut, sentence: "no connection to \(address) within \(seconds) s")
    }

    private func finish(_ result: Result<Connection, ConnectFailure>) {
        guard let completion else { return }
        self.completion = nil
        timer?.cancel()
        attemptTimer?.cancel()
        resolution?.cancel()
        resolution = nil
        attempt?.cancel()
        attempt = nil
        remaining = []
        let pending = handshake
        handshake = nil
        pending?.handler = nil
        if case .failure = result { pending?.abort() }
        completion(result)
    }

    /// Owns the connection until TLS is agreed.
    private final class Handshake: ConnectionHandler {
        private let connector: Connector

        init(_ connector: Connector) { self.connector = connector }

        func connectionEstablished(_ connection: Connection) { connector.finish(.success(connection)) }
        func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer) {}

        func connectionClosed(_ connection: Connection, reason: CloseReason) {
            connector.handshake = nil
            let sentence = "cannot connect to \(connector.address): \(reason)"
            let cause: ConnectFailure.Cause =
                if connection.tls?.peerSpeaksPlainly == true {
                    .plain
                } else if connection.tls?.isAuthorityUnknown == true {
                    .untrusted
                } else {
                    .tls
                }
            connector.finish(.failure(ConnectFailure(cause: cause, sentence: sentence)))
        }
    }
}

/// A socket whose connect is under way.
final class ConnectingSocket: PolledDescriptor {
    private var completion: ((Result<Int32, SocketError>) -> Void)?

    static func start(
        _ address: SocketAddress,
        on loop: EventLoop,
        completion: @escaping (Result<Int32, SocketError>) -> Void
    ) throws(SocketError) -> ConnectingSocket? {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SocketError(number: errno, "cannot make a socket") }
        if address.withSockaddr({ Glibc.connect(descriptor, $0, $1) }) == 0 {
            completion(.success(descriptor))
            return nil
        }
        // A Unix socket with a full backlog answers EAGAIN and has to be tried anew; to the caller it is refused.
        guard errno == EINPROGRESS else {
            let number = errno == EAGAIN ? ECONNREFUSED : errno
            Glibc.close(descriptor)
            throw SocketError(number: number, "cannot connect")
        }
        let connecting = try ConnectingSocket(loop: loop, descriptor: descriptor)
        connecting.completion = completion
        connecting.watch(readable: false, writable: true)
        return connecting
    }

    override func ready(readable: Bool, writable: Bool, failed: Bool) {
        let error = socketError()
        guard let completion else { return }
        self.completion = nil
        if error != 0 || failed {
            closeDescriptor()
            completion(.failure(SocketError(number: error == 0 ? ECONNREFUSED : error, "cannot connect")))
            return
        }
        // The descriptor moves on to its connection; this poll keeps a duplicate until it is closed.
        let descriptor = fcntl(self.descriptor, F_DUPFD_CLOEXEC, 0)
        let number = errno
        closeDescriptor()
        completion(descriptor >= 0 ? .success(descriptor) : .failure(SocketError(number: number, "cannot connect")))
    }

    override func loopStopping() {
        closeDescriptor()
        let completion = self.completion
        self.completion = nil
        completion?(.failure(SocketError(number: ECANCELED, "the program is stopping")))
    }

    func cancel() {
        completion = nil
        closeDescriptor()
    }
}
