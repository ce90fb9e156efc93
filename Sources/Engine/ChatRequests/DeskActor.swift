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
    /// One audit entry for one transition, in this write.
    func audit(
        _ actor: DeskActor,
        _ action: String,
        on object: String,
        before: JSON?,
        after: JSON?,
        severity: AuditEntry.Severity = .info
    ) throws {
        if let call = actor.call {
            try audit(call, on: object, before: before, after: after, severity: severity, action: action)
        } else {
            try audit(daemon: action, on: object, before: before, after: after, severity: severity, now: actor.now)
        }
    }
}
