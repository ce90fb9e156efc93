import Glibc
import Synchronization
import Telemetry
import Transport

/// The certificate of the TLS listener: how long it lasts, and read again when its files have changed.
final class CertificateWatch: Sendable {
    let context: TLSServerContext
    private let log: Log
    /// Tier: leaf. What the files looked like when they were read last.
    private let seen: Mutex<[FileMark]>

    /// A certificate that was renewed by a tool is in use after at most a minute, without a signal.
    private static let interval = Duration.seconds(60)
    /// Below this the log warns once a day.
    private static let warningSeconds: Int64 = 14 * 86_400

    private struct FileMark: Equatable {
        var device: UInt64 = 0
        var inode: UInt64 = 0
        var bytes: Int64 = 0
        var seconds: Int64 = 0
        var nanoseconds: Int64 = 0

        /// Equal marks are taken for the same content.
        init(_ path: String) {
            var facts = stat()
            guard stat(path, &facts) == 0 else { return }
            device = UInt64(facts.st_dev)
            inode = UInt64(facts.st_ino)
            bytes = Int64(facts.st_size)
            seconds = Int64(facts.st_mtim.tv_sec)
            nanoseconds = Int64(facts.st_mtim.tv_nsec)
        }
    }

    init(certificate: String, key: String, log: Log) throws(TLSError) {
        context = try TLSServerContext(certificateFile: certificate, keyFile: key)
        self.log = log
        seen = Mutex([FileMark(certificate), FileMark(key)])
    }

    /// Unix seconds.
    var expiry: Int64 { context.certificateExpiry }

    /// Reads the files again. If that fails the certificate in use stays.
    func reload() throws(TLSError) {
        let marks = marks()
        try context.reload()
        seen.withLock { $0 = marks }
    }

    func start(on loop: EventLoop) {
        loop.post { [self] in
            warn()
            loop.schedule(every: Self.interval) { [self] in look() }
            loop.schedule(every: .seconds(86_400)) { [self] in warn() }
        }
    }

    private func marks() -> [FileMark] { [FileMark(context.certificateFile), FileMark(context.keyFile)] }

    func look() {
        let marks = marks()
        guard seen.withLock({ $0 != marks }) else { return }
        do throws(TLSError) {
            try context.reload()
            log.notice("certificate read again", ["file": .string(context.certificateFile), "expiresAt": .int(expiry)])
            seen.withLock { $0 = marks }
        } catch {
            // Certificate and key are rarely replaced in the same instant: the next look may find them in step.
            log.warning("certificate not taken", ["error": .string("\(error)")])
        }
    }

    private func warn() {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let left = expiry - Int64(now.tv_sec)
        if left < Self.warningSeconds {
            log.warning(
                "the certificate ends soon",
                ["file": .string(context.certificateFile), "days": .int(left / 86_400)]
            )
        }
    }
}
