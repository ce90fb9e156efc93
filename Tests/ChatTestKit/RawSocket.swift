import Glibc

/// A client socket without any protocol: it writes what it is told, when it is told, and stops reading when it likes.
package final class RawSocket: @unchecked Sendable {
    private var descriptor: Int32
    /// Every wait of a test ends here: far above what a loaded machine needs, far below what a person waits.
    package static let deadlineMilliseconds: Int64 = 30_000

    /// - Parameter receiveBuffer: a small one makes a reader that stops reading noticed early.
    package init(to address: DaemonAddress, receiveBuffer: Int32? = nil) throws {
        switch address {
        case .tcp:
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        case .unix:
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        }
        guard descriptor >= 0 else { throw TestFailure("no socket: errno \(errno)") }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        let status = Self.connect(descriptor, to: address)
        guard status == 0 else {
            let reason = String(cString: strerror(errno))
            Glibc.close(descriptor)
            descriptor = -1
            throw TestFailure("cannot connect to \(address): \(reason)")
        }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { close() }

    private static func connect(_ descriptor: Int32, to address: DaemonAddress) -> Int32 {
        switch address {
        case .tcp(let port):
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .unix(let path):
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
            return withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
    }

    /// Writes everything; the daemon may take its time.
    package func write(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let taken = try writeSome(rest)
            rest = rest.dropFirst(taken)
            if taken == 0,
                !(await DescriptorWatch.shared.wait(descriptor, for: Int32(POLLOUT), within: Self.deadlineMilliseconds))
            {
                throw TestFailure("the daemon took nothing for \(Self.deadlineMilliseconds) ms")
            }
        }
    }

    /// Writes what fits now: zero if nothing does.
    package func writeSome(_ bytes: ArraySlice<UInt8>) throws -> Int {
        let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count >= 0 { return count }
        if errno == EAGAIN || errno == EINTR { return 0 }
        throw TestFailure("the daemon has closed: \(String(cString: strerror(errno)))")
    }

    /// What has arrived, at least one byte; nil at the end of the stream, which a reset is as well.
    package func read(within milliseconds: Int64 = deadlineMilliseconds) async throws -> [UInt8]? {
        while true {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 { return Array(buffer[..<count]) }
            if count == 0 { return nil }
            if errno == EINTR { continue }
            guard errno == EAGAIN else { return nil }
            guard await DescriptorWatch.shared.wait(descriptor, for: Int32(POLLIN), within: milliseconds) else {
                throw TestFailure("nothing arrived within \(milliseconds) ms")
            }
        }
    }

    /// Everything until the daemon closes.
    package func readToEnd(within milliseconds: Int64 = deadlineMilliseconds) async throws -> [UInt8] {
        var all: [UInt8] = []
        while let piece = try await read(within: milliseconds) { all += piece }
        return all
    }

    /// The daemon sees the end of our side.
    package func endWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    package func close() {
        guard descriptor >= 0 else { return }
        DescriptorWatch.shared.forget(descriptor)
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Goes without a word: the daemon sees a reset.
    package func reset() {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        close()
    }
}

/// Where a daemon listens.
package enum DaemonAddress: Sendable, CustomStringConvertible {
    case tcp(UInt16)
    case unix(String)

    package var description: String {
        switch self {
        case .tcp(let port): "127.0.0.1:\(port)"
        case .unix(let path): path
        }
    }
}
