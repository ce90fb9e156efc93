import Glibc

/// A datagram socket such as systemd's: what the daemon says to it, in order.
package final class DatagramInbox {
    package let path: String
    private let folder: ScratchFolder
    private let descriptor: Int32
    package private(set) var earlier: [String] = []

    package init() throws {
        folder = try ScratchFolder()
        path = folder.path + "/notify"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw TestFailure("cannot bind \(path): errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// The next message that fits.
    package func next(where isWanted: (String) -> Bool) async throws -> String {
        while true {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                let text = String(decoding: buffer[..<count], as: UTF8.self)
                if isWanted(text) { return text }
                earlier.append(text)
            } else if !(await DescriptorWatch.shared.wait(descriptor, for: Int32(POLLIN), within: 15_000)) {
                throw TestFailure("systemd heard nothing more; before: \(earlier)")
            }
        }
    }
}
