import ChatAPI
import Storage

/// Who moves a request or a chat: somebody's call, or the daemon by a timer or a policy.
struct DeskActor: Sendable {
    /// Nil for the daemon.
    let call: Call?
    let account: AccountID?
    let now: Milliseconds

    static func caller(_ call: Call) throws(APIError) -> DeskActor {
        DeskActor(call: call, account: try call.caller.signedIn(), now: call.now)
    }

    static func daemon(now: Milliseconds) -> DeskActor { DeskActor(call: nil, account: nil, now: now) }

    /// The same moment, by the daemon: what follows from a call without being its wish.
    var asDaemon: DeskActor { .daemon(now: now) }
}

extension Transaction {
    /// One audit entry for one transition, in this write: the event's and the agency's own people read it.
    func audit(
        _ actor: DeskActor,
        _ action: String,
        on object: String,
        of queue: QueueID,
        before: JSON?,
        after: JSON?,
        severity: AuditEntry.Severity = .info
    ) throws {
        let space = try self.queue(queue).space
        guard let call = actor.call else {
            return try audit(
                daemon: action,
                on: object,
                before: before,
                after: after,
                severity: severity,
                in: space,
                now: actor.now
            )
        }
        try audit(call, on: object, before: before, after: after, severity: severity, action: action, in: space)
    }
}
