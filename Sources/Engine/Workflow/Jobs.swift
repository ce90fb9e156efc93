package import ChatAPI
import Storage

/// What the daemon does by itself from time to time. Each job does a bounded piece in one write, then comes again.
enum Jobs {
    /// Kinds of timers that are always there.
    static let recurring = [
        purgeKeys, trimOwnLogs, purgeCodes, purgeSessions, purgeChannels, purgeSketches, purgeInvitations,
    ]

    static let purgeKeys = "keys.purge"
    static let trimOwnLogs = "me.trim"
    static let purgeCodes = "codes.purge"
    static let purgeSessions = "sessions.purge"
    static let purgeChannels = "channels.purge"
    static let purgeSketches = "sketches.purge"
    static let purgeInvitations = "invitations.purge"
    /// Erases what the audit log says about a deleted account. Not recurring: one per account.
    static let eraseAudit = "audit.erase"
    /// Deletes what was trimmed off the audit log. Not recurring: set by the cut.
    static let purgeAudit = "audit.purge"

    private static let tenMinutes: Int64 = 600_000
    private static let day: Int64 = 86_400_000

    static let handlers: [String: Timers.Handler] = [
        own, SanctionTimers.handlers, EventTimers.handlers, BreakGlass.handlers, DeskTimers.handlers,
        RoleOffers.handlers,
    ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

    private static let own: [String: Timers.Handler] = [
        purgeKeys: Timers.Handler { _, now, tx in
            let more = try KeyStore.deleteOld(before: now - KeyStore.keptMilliseconds, limit: 500, tx)
            return .again(at: more ? now : now + tenMinutes)
        },
        trimOwnLogs: Timers.Handler { timer, now, tx in
            let after = timer.payload?["after"]?.string.flatMap { AccountID($0) }
            let sweep = try MeLog.sweep(MeLog.Sweep(after: after), now: now, tx)
            guard !sweep.isFinished, let next = sweep.after else { return .again(at: now + day) }
            return .again(at: now, payload: ["after": .string(next.description)])
        },
        purgeCodes: Timers.Handler { _, now, tx in
            .again(at: try tx.run(deleteCodes) { bind(&$0, now) } == batch ? now : now + tenMinutes)
        },
        purgeSessions: Timers.Handler { _, now, tx in
            let expired: [SessionID] = try tx.all(selectSessions) {
                bind(&$0, now)
            } row: {
                $0.id(0)
            }
            for session in expired { try SessionStore.end(session, .signedOut, tx) }
            return .again(at: expired.count == batch ? now : now + tenMinutes)
        },
        purgeInvitations: Timers.Handler { _, now, tx in
            .again(at: try InvitationStore.deleteOld(now: now, limit: batch, tx) ? now : now + tenMinutes)
        },
        purgeChannels: Timers.Handler { _, now, tx in
            .again(at: try ChannelPurge.step(now: now, tx) ? now : now + tenMinutes)
        },
        purgeSketches: Timers.Handler { _, now, tx in
            .again(at: try SketchPurge.step(tx) ? now : now + tenMinutes)
        },
        eraseAudit: Timers.Handler { timer, now, tx in
            guard let account = AccountID(timer.object), let through = timer.payload?["through"]?.integer else {
                return .done
            }
            let more = try AuditErasure.run(of: account, through: through, now: now, tx)
            return more ? .again(at: now, payload: timer.payload) : .done
        },
        purgeAudit: Timers.Handler { _, now, tx in
            try AuditPurge.step(tx) ? .again(at: now) : .done
        },
    ]

    private static let batch = 200

    private static func bind(_ binder: inout Binder, _ now: Milliseconds) {
        binder.bind("now", now)
        binder.bind("limit", batch)
    }

    private static let deleteCodes: SQL = """
        DELETE FROM code WHERE hash IN (SELECT hash FROM code WHERE expires_at <= :now LIMIT :limit)
        """
    private static let selectSessions: SQL = "SELECT id FROM session WHERE expires_at <= :now LIMIT :limit"
}

extension Transaction {
    /// Erases everything personal that the audit log says about an account up to now, for whoever deletes one: a batch at once,
    /// the rest soon and in writes of its own. The entries appended after this one stay.
    package func eraseAuditTrail(of account: AccountID, now: Milliseconds) throws {
        let through = try (facts.auditHead ?? AuditStore.head(self)).seq
        guard try AuditErasure.run(of: account, through: through, now: now, self) else { return }
        try setTimer(
            Jobs.eraseAudit,
            account.description,
            due: now,
            payload: ["through": .integer(through)]
        )
    }
}
