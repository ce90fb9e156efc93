import Glibc

/// Tells systemd how the daemon is (sd_notify(3)): one datagram to `$NOTIFY_SOCKET`; nothing where there is none.
struct Notifier: Sendable {
    private let path: String?

    init(path: String? = ServerDaemon.environment("NOTIFY_SOCKET")) {
        self.path = path
    }

    /// Whether anybody listens: without systemd no timer has to run for it.
    var isHeard: Bool { path?.isEmpty == false }

    func ready(status: String) { send("READY=1\nSTATUS=\(line(status))") }
    func status(_ text: String) { send("STATUS=\(line(text))") }
    func stopping() { send("STOPPING=1\nSTATUS=draining") }
    func watchdog() { send("WATCHDOG=1") }
    /// The start, or the stop, goes on and takes at least that much longer.
    func extend(by seconds: Int, status: String) {
        send("EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000)\nSTATUS=\(line(status))")
    }

    private func line(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }

    private func send(_ text: String) {
        guard let path, !path.isEmpty else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard name.count < capacity else { return }
        // A leading @ is the abstract name space.
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, size)
            }
        }
    }
}
