import CLibUV
import CLinux
import Glibc

/// Host names to addresses, without blocking the loop.
final class NameResolution {
    private let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
    private var completion: (([SocketAddress], String?) -> Void)?
    private let port: UInt16

    private init(port: UInt16, completion: @escaping ([SocketAddress], String?) -> Void) {
        self.port = port
        self.completion = completion
    }

    deinit { request.deallocate() }

    /// Calls `completion` on the loop with the addresses in the system's order of preference, or with a sentence.
    ///
    /// Numeric addresses and `localhost` (RFC 6761 §6.3) are answered at once: starting libuv's threads for them would
    /// cost a short-lived client a millisecond.
    static func resolve(
        host: String,
        port: UInt16,
        on loop: EventLoop,
        completion: @escaping ([SocketAddress], String?) -> Void
    ) -> NameResolution? {
        if let numeric = SocketAddress(numeric: host, port: port) {
            completion([numeric], nil)
            return nil
        }
        if host.lowercased() == "localhost" {
            completion([.ipv4(0x7f00_0001, port: port), .ipv6(high: 0, low: 1, scope: 0, port: port)], nil)
            return nil
        }
        let resolution = NameResolution(port: port, completion: completion)
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        resolution.request.pointee.data = Unmanaged.passRetained(resolution).toOpaque()
        let status = uv_getaddrinfo(
            loop.uv,
            resolution.request,
            { request, status, list in
                let resolution = Unmanaged<NameResolution>.fromOpaque(request!.pointee.data).takeRetainedValue()
                let found = status == 0 ? NameResolution.addresses(list, port: resolution.port) : []
                uv_freeaddrinfo(list)
                resolution.finish(found, status == 0 ? nil : String(cString: uv_strerror(status)))
            },
            host,
            nil,
            &hints
        )
        guard status == 0 else {
            Unmanaged.passUnretained(resolution).release()
            completion([], String(cString: uv_strerror(status)))
            return nil
        }
        return resolution
    }

    private func finish(_ addresses: [SocketAddress], _ failure: String?) {
        let completion = self.completion
        self.completion = nil
        completion?(addresses, failure)
    }

    /// The answer is no longer wanted.
    func cancel() {
        completion = nil
        UnsafeMutableRawPointer(request).withMemoryRebound(to: uv_req_t.self, capacity: 1) { _ = uv_cancel($0) }
    }

    static func addresses(_ list: UnsafeMutablePointer<addrinfo>?, port: UInt16) -> [SocketAddress] {
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next {
            next = entry.pointee.ai_next
            guard let form = entry.pointee.ai_addr else { continue }
            var storage = sockaddr_storage()
            memcpy(&storage, form, min(Int(entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size))
            guard let address = SocketAddress(&storage, size: entry.pointee.ai_addrlen)?.with(port: port) else {
                continue
            }
            if !addresses.contains(address) { addresses.append(address) }
        }
        return addresses
    }
}
