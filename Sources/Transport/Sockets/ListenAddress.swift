import CLinux
import Glibc

/// Where a daemon listens, and how such a place becomes bound sockets.
package enum ListenAddress: Sendable, Hashable {
    /// A numeric address or a host name; a name is bound at every address it has. Port 0 lets the kernel choose.
    case tcp(host: String, port: UInt16)
    /// `mode` are the permission bits of the socket file, which decide who may connect.
    case unix(path: String, mode: UInt32)
    /// A listening socket opened by somebody else (systemd); it is not unlinked at the end.
    case inherited(descriptor: Int32)

    /// Binds and listens. Resolving a host name blocks the caller: this is for the start of a daemon.
    func bind(backlog: Int32) throws(SocketError) -> [BoundSocket] {
        switch self {
        case .tcp(let host, let port): return try Self.bindTCP(host: host, port: port, backlog: backlog)
        case .unix(let path, let mode): return [try Self.bindUnix(path: path, mode: mode, backlog: backlog)]
        case .inherited(let descriptor):
            var accepts: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) == 0, accepts == 1,
                let address = SocketAddress.local(of: descriptor)
            else { throw SocketError(number: 0, "descriptor \(descriptor) is not a listening socket") }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return [BoundSocket(descriptor: descriptor, address: address, file: nil, isInherited: true)]
        }
    }

    private static func bindTCP(host: String, port: UInt16, backlog: Int32) throws(SocketError) -> [BoundSocket] {
        var bound: [BoundSocket] = []
        var port = port
        var failure: SocketError?
        for address in try resolve(host: host, port: port) {
            do throws(SocketError) {
                // With port 0 the first address chooses and the others follow.
                let socket = try bindOne(address.with(port: port), backlog: backlog)
                port = socket.address.port
                bound.append(socket)
            } catch {
                // A name such as localhost often has an IPv6 address on machines without IPv6.
                if error.number == EADDRNOTAVAIL || error.number == EAFNOSUPPORT, failure == nil {
                    failure = error
                    continue
                }
                for socket in bound { socket.discard() }
                throw error
            }
        }
        if bound.isEmpty { throw failure ?? SocketError(number: 0, "\(host) has no address") }
        return bound
    }

    private static func resolve(host: String, port: UInt16) throws(SocketError) -> [SocketAddress] {
        if let numeric = SocketAddress(numeric: host, port: port) { return [numeric] }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            throw SocketError(number: 0, "cannot resolve \(host): \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(list) }
        return NameResolution.addresses(list, port: port)
    }

    private static func bindOne(_ address: SocketAddress, backlog: Int32) throws(SocketError) -> BoundSocket {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SocketError(number: errno, "cannot listen on \(address)") }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if address.family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size) }
        let isBound = address.withSockaddr { Glibc.bind(descriptor, $0, $1) } == 0
        guard isBound, Glibc.listen(descriptor, backlog) == 0, let local = SocketAddress.local(of: descriptor) else {
            let number = errno
            Glibc.close(descriptor)
            throw SocketError(number: number, "cannot listen on \(address)")
        }
        return BoundSocket(descriptor: descriptor, address: local, file: nil)
    }

    private static func bindUnix(path: String, mode: UInt32, backlog: Int32) throws(SocketError) -> BoundSocket {
        guard path.utf8.count <= SocketAddress.unixPathLimit else {
            let limit = SocketAddress.unixPathLimit
            throw SocketError(number: 0, "the socket path \(path) is longer than \(limit) bytes")
        }
        guard !path.isEmpty else { throw SocketError(number: 0, "the socket path is empty") }
        let address = SocketAddress.unix(path: path)
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw SocketError(number: errno, "cannot listen on \(path)") }
        func refused(_ number: Int32, _ sentence: String) -> SocketError {
            Glibc.close(descriptor)
            return SocketError(number: number, sentence)
        }
        var isBound = address.withSockaddr { Glibc.bind(descriptor, $0, $1) } == 0
        if !isBound, errno == EADDRINUSE {
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
                throw refused(0, "cannot listen on \(path): a file that is not a socket is there")
            }
            if somebodyListens(at: address) { throw refused(0, "another process listens on \(path)") }
            unlink(path)
            isBound = address.withSockaddr { Glibc.bind(descriptor, $0, $1) } == 0
        }
        guard isBound else { throw refused(errno, "cannot listen on \(path)") }
        // Nobody can connect before listen, so the permissions hold from the first connection on.
        guard chmod(path, mode) == 0, Glibc.listen(descriptor, backlog) == 0 else {
            let number = errno
            unlink(path)
            throw refused(number, "cannot listen on \(path)")
        }
        return BoundSocket(descriptor: descriptor, address: address, file: SocketFile(path: path))
    }

    /// A socket file whose process is gone refuses connections; any other answer means that somebody is there.
    private static func somebodyListens(at address: SocketAddress) -> Bool {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let probe = socket(AF_UNIX, type, 0)
        guard probe >= 0 else { return true }
        defer { Glibc.close(probe) }
        return address.withSockaddr { Glibc.connect(probe, $0, $1) } == 0 || errno != ECONNREFUSED
    }
}

/// A listening socket that no loop watches yet.
struct BoundSocket: Sendable {
    let descriptor: Int32
    let address: SocketAddress
    /// Ours to remove; nil for TCP and for what was inherited.
    let file: SocketFile?
    /// Opened by somebody else, who keeps it for the next process.
    var isInherited = false

    /// Ends listening at once, even while a child between fork and exec still holds a copy of the descriptor. An inherited socket
    /// must go on listening: between two processes its backlog waits for the second.
    func endListening() {
        if !isInherited { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    func discard() {
        Glibc.close(descriptor)
        file?.remove()
    }
}

/// The file of a Unix socket we made; removed at the end only while it is still ours.
struct SocketFile: Sendable {
    private let path: String
    private let device: UInt64
    private let inode: UInt64

    init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.path = path
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    func remove() {
        var status = stat()
        guard lstat(path, &status) == 0, UInt64(status.st_dev) == device, UInt64(status.st_ino) == inode else { return }
        unlink(path)
    }
}

extension SocketAddress {
    func with(port: UInt16) -> SocketAddress {
        switch self {
        case .ipv4(let address, _): .ipv4(address, port: port)
        case .ipv6(let high, let low, let scope, _): .ipv6(high: high, low: low, scope: scope, port: port)
        case .unix: self
        }
    }
}
