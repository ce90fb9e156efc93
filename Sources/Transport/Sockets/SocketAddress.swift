import CLinux
import Glibc

/// The address of one end of a socket, and its text.
package enum SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// Host byte order.
    case ipv4(UInt32, port: UInt16)
    /// The two halves in host byte order; `scope` is the interface of a link-local address.
    case ipv6(high: UInt64, low: UInt64, scope: UInt32, port: UInt16)
    /// Empty for the unnamed end of a connection.
    case unix(path: String)

    /// Parses a numeric IPv4 or IPv6 address (`::1`, also `fe80::1%eth0`); nil for anything else, host names included.
    package init?(numeric host: String, port: UInt16) {
        var v4 = in_addr()
        if inet_pton(AF_INET, host, &v4) == 1 {
            self = .ipv4(UInt32(bigEndian: v4.s_addr), port: port)
            return
        }
        let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        var v6 = in6_addr()
        guard let address = parts.first, inet_pton(AF_INET6, String(address), &v6) == 1 else { return nil }
        var scope: UInt32 = 0
        if parts.count == 2 {
            let zone = String(parts[1])
            scope = UInt32(zone) ?? if_nametoindex(zone)
            guard scope != 0 else { return nil }
        }
        self = Self.ipv6(v6, scope: scope, port: port)
    }

    init?(_ storage: UnsafePointer<sockaddr_storage>, size: socklen_t) {
        switch Int32(storage.pointee.ss_family) {
        case AF_INET:
            let address = UnsafeRawPointer(storage).loadUnaligned(as: sockaddr_in.self)
            self = .ipv4(UInt32(bigEndian: address.sin_addr.s_addr), port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let address = UnsafeRawPointer(storage).loadUnaligned(as: sockaddr_in6.self)
            let port = UInt16(bigEndian: address.sin6_port)
            self = Self.ipv6(address.sin6_addr, scope: address.sin6_scope_id, port: port)
        case AF_UNIX:
            let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!
            let bytes = UnsafeRawBufferPointer(start: storage, count: max(Int(size), start))[start...]
            self = .unix(path: String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
        default: return nil
        }
    }

    private static func ipv6(_ address: in6_addr, scope: UInt32, port: UInt16) -> SocketAddress {
        let (high, low) = withUnsafeBytes(of: address) {
            (
                UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        // ::ffff:a.b.c.d, an IPv4 peer of a dual-stack socket: limits per address must see one address, not two.
        if high == 0, low >> 32 == 0xffff { return .ipv4(UInt32(truncatingIfNeeded: low), port: port) }
        return .ipv6(high: high, low: low, scope: scope, port: port)
    }

    /// The address without its port: what rate limits count and logs show. `unix` for Unix sockets.
    package var host: String {
        switch self {
        case .ipv4(let address, _):
            return "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
        case .ipv6(let high, let low, let scope, _):
            var address = (high.bigEndian, low.bigEndian)
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
            let plain = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            return scope == 0 ? plain : "\(plain)%\(scope)"
        case .unix: return "unix"
        }
    }

    /// Zero for Unix sockets.
    package var port: UInt16 {
        switch self {
        case .ipv4(_, let port), .ipv6(_, _, _, let port): port
        case .unix: 0
        }
    }

    /// 127.0.0.0/8, ::1, and every Unix socket: peers on this machine.
    package var isLoopback: Bool {
        switch self {
        case .ipv4(let address, _): address >> 24 == 127
        case .ipv6(let high, let low, _, _): high == 0 && low == 1
        case .unix: true
        }
    }

    /// `192.0.2.1:7878`, `[2001:db8::1]:7878`, `unix:/run/chatd/chatd.sock`.
    package var description: String {
        switch self {
        case .ipv4(_, let port): "\(host):\(port)"
        case .ipv6(_, _, _, let port): "[\(host)]:\(port)"
        case .unix(let path): path.isEmpty ? "unix" : "unix:\(path)"
        }
    }

    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Paths of Unix sockets end at 107 bytes: the kernel's field has 108 with the zero.
    static let unixPathLimit = 107

    /// Calls `body` with the kernel's form. The path of a Unix socket has been checked by whoever made the address.
    func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_un>.size)
        withUnsafeMutableBytes(of: &storage) { raw in
            switch self {
            case .ipv4(let address, let port):
                var form = sockaddr_in()
                form.sin_family = sa_family_t(AF_INET)
                form.sin_port = port.bigEndian
                form.sin_addr.s_addr = address.bigEndian
                raw.storeBytes(of: form, as: sockaddr_in.self)
                size = socklen_t(MemoryLayout<sockaddr_in>.size)
            case .ipv6(let high, let low, let scope, let port):
                var form = sockaddr_in6()
                form.sin6_family = sa_family_t(AF_INET6)
                form.sin6_port = port.bigEndian
                form.sin6_scope_id = scope
                withUnsafeMutableBytes(of: &form.sin6_addr) {
                    $0.storeBytes(of: high.bigEndian, as: UInt64.self)
                    $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
                }
                raw.storeBytes(of: form, as: sockaddr_in6.self)
                size = socklen_t(MemoryLayout<sockaddr_in6>.size)
            case .unix(let path):
                raw.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
                let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!
                for (index, byte) in path.utf8.prefix(Self.unixPathLimit).enumerated() { raw[start + index] = byte }
            }
        }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
        }
    }

    static func local(of descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return status == 0 ? SocketAddress(&storage, size: size) : nil
    }
}
