import ChatAPI
import Engine
import Telemetry
import Transport

/// Keeps the audit log as long as the configuration says: once an hour, what is older is cut off behind a signed head.
///
/// A log that is not intact is not trimmed: that is said as an error, every hour, until somebody looks.
struct AuditRetention: Sendable {
    let engine: Engine
    let log: Log
    /// Asked each time: a reload may have changed it. 0 keeps everything.
    let keptDays: @Sendable () -> Int

    private static let interval = Duration.seconds(3_600)

    func start(on loop: EventLoop) {
        loop.post {
            loop.schedule(every: Self.interval) {
                Task { await trim() }
            }
        }
    }

    private func trim() async {
        let days = keptDays()
        guard days > 0 else { return }
        do throws(APIError) {
            guard let trimmed = try await engine.trimAudit(keepingDays: days) else { return }
            log.notice(
                "audit log trimmed",
                ["entries": .int(trimmed.entries), "through": .int(trimmed.head.seq), "days": .count(Int64(days))]
            )
        } catch {
            log.error("audit log not trimmed", ["error": .string(error.detail)])
        }
    }
}
