package import ChatAPI
import Storage

/// How a write leaves its audit entry: in the same transaction, linked to the one before, told to whoever follows.
extension Transaction {
    /// Records what this write does. The entry is stored with it, or not at all.
    ///
    /// - Parameters:
    ///   - object: what it is done to: `channel/<id>`, `account/<id>`.
    ///   - before: what was there, without secrets and without texts of messages.
    ///   - action: the call's operation if absent.
    ///   - scope: the event or agency it concerns, where `object` does not name it.
    package func audit(
        _ call: Call,
        on object: String,
        before: JSON? = nil,
        after: JSON? = nil,
        severity: AuditEntry.Severity = .info,
        action: String? = nil,
        in scope: Scope? = nil
    ) throws {
        let draft = AuditStore.Draft(
            action: action ?? call.operation,
            object: object,
            severity: severity,
            actor: call.caller.account,
            actorName: call.caller.name,
            session: call.caller.session,
            address: call.caller.address,
            requestID: call.options.requestID,
            before: before,
            after: after
        )
        let seq = try appendAudit(draft, now: call.now)
        try AuditScopes.note(seq, object, in: scope, self)
    }

    /// Records what the daemon does by itself: `server.started`, a timer that fired.
    package func audit(
        daemon action: String,
        on object: String,
        before: JSON? = nil,
        after: JSON? = nil,
        severity: AuditEntry.Severity = .info,
        in scope: Scope? = nil,
        now: Milliseconds
    ) throws {
        let draft = AuditStore.Draft(
            action: action,
            object: object,
            severity: severity,
            before: before,
            after: after
        )
        let seq = try appendAudit(draft, now: now)
        try AuditScopes.note(seq, object, in: scope, self)
    }

    /// The number of the entry that was appended.
    func appendAudit(_ draft: AuditStore.Draft, now: Milliseconds) throws -> Int64 {
        let known = facts.auditHead
        let head = try known ?? AuditStore.head(self)
        let (entry, next) = try AuditStore.insert(draft, after: head, at: max(head.at, now), self)
        let facts = facts
        facts.change {
            facts.auditHead = next
        } undo: {
            facts.auditHead = known
        }
        facts.tell(.entry(.audit, entry.seq, AuditStore.push(entry)))
        return entry.seq
    }
}
