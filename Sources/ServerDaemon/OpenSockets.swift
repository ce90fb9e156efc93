import Engine
import Telemetry
import Transport

/// Which sockets the daemon listens on: those that systemd hands over, otherwise those of the configuration.
struct OpenSockets {
    private let configuration: Configuration
    private let places: Places
    private let tls: TLSServerContext?

    init(_ configuration: Configuration, places: Places, tls: TLSServerContext?) {
        self.configuration = configuration
        self.places = places
        self.tls = tls
    }

    /// A listener, and whether it has the status pages only.
    struct Socket: Sendable {
        let listener: Listener
        var isForStatus = false
    }

    /// Binds them all; throws with a sentence that names what is wrong, and nothing listens then. What the configuration alone
    /// says was checked before (`Configuration.check`).
    func open(on group: EventLoopGroup) throws -> [Socket] {
        let inherited = InheritedSockets.take()
        var sockets = try inherited.map {
            Socket(listener: try take($0.descriptor, named: $0.name, on: group), isForStatus: $0.name == "metrics")
        }
        if inherited.isEmpty { sockets += try configured(on: group).map { Socket(listener: $0) } }
        if let address = try configuration.statusAddress() {
            let listener = try Listener(.tcp(host: address.host, port: address.port), on: group, options: options)
            sockets.append(Socket(listener: listener, isForStatus: true))
        }
        return sockets
    }

    private func configured(on group: EventLoopGroup) throws -> [Listener] {
        var listeners: [Listener] = []
        if let path = places.socket {
            let mode = UInt32(configuration.text("socket-mode"), radix: 8) ?? 0o660
            listeners.append(try Listener(.unix(path: path, mode: mode), on: group, options: options))
        }
        let listen = configuration.text("listen")
        if listen != "none" {
            let address = try ListenText.parse(listen)
            listeners.append(try Listener(.tcp(host: address.host, port: address.port), on: group, options: sealed))
        }
        return listeners
    }

    private var options: Listener.Options {
        var options = Listener.Options()
        options.connectionLimit = configuration.integer("connections")
        return options
    }

    /// With TLS, if there is a certificate; whoever writes `http://` for such a port is told so.
    private var sealed: Listener.Options {
        var options = options
        options.tls = tls
        options.plainRefusal = {
            let error = HTTPError(400, "this port speaks TLS: write https:// instead of http://")
            let answer = Answer(refusal: error, requestID: RequestID.next())
            let date = SystemClock().now / 1_000
            return HTTPEncoder.response(
                answer.status,
                headers: answer.headers,
                body: answer.body,
                keepsAlive: false,
                date: date
            )
        }
        return options
    }

    /// A socket of systemd. `FileDescriptorName=plain` keeps TLS off it, `tls` insists on it; by itself a TCP socket has
    /// TLS if there is a certificate. One named `metrics` has the status pages only, without TLS, as `metrics.listen`.
    private func take(_ descriptor: Int32, named name: String, on group: EventLoopGroup) throws -> Listener {
        let probe = try Listener(.inherited(descriptor: descriptor), on: group, options: options)
        let address = probe.addresses[0]
        guard case .unix = address else {
            if name == "tls", tls == nil {
                throw StartError("the socket \(address) is named tls and there is no certificate")
            }
            if name == "metrics" {
                guard address.isLoopback else { throw StartError.publicMetrics("\(address)") }
                return probe
            }
            if tls == nil || name == "plain" {
                guard address.isLoopback || configuration.flag("insecure-plain") else {
                    throw StartError.unencrypted("\(address)")
                }
                return probe
            }
            return try Listener(.inherited(descriptor: descriptor), on: group, options: sealed)
        }
        return probe
    }
}
