package import ChatAPI
import Storage

// Looking at a session's frames. Whoever looks at another's is in the audit log, once per look.
extension Sessions {
    /// One's own; another's takes `manageAccounts` and a role above that account's.
    package func tail(_ tail: SessionTail, _ call: Call) async throws -> SessionFrames {
        let services = services
        let taps = services.authenticator.taps
        let isBeginning = taps.begins(tail, now: call.now)
        let ref = SessionRef(tail.session)
        if isBeginning {
            _ = try await services.database.perform(call, touching: []) { tx in
                let session = try Self.tailed(ref, call, services, tx)
                if session.account != call.caller.account {
                    try tx.audit(
                        call,
                        on: "session/\(session.id)",
                        after: ["account": .string(session.account.description)],
                        severity: .warning
                    )
                }
                // What a dry run answers.
                return SessionFrames(frames: [], last: 0, missed: 0, isNew: true, isLive: false)
            }
        } else {
            // The right to look may be gone since the last question.
            _ = try await services.database.read { tx in
                _ = try Self.tailed(ref, call, services, tx)
            }
        }
        return try taps.read(
            tail,
            isLive: services.authenticator.live.isLive(tail.session),
            now: call.now
        )
    }

    /// What a session's frames show reaches beyond an agency: only who manages the account looks, not who manages its
    /// work.
    private static func tailed(
        _ ref: SessionRef,
        _ call: Call,
        _ services: AccountServices,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> SessionStore.Stored {
        guard let session = try SessionStore.find(ref.session, tx),
            session.account == call.caller.account || call.caller.capabilities.contains(.manageAccounts)
        else { throw unknown(ref.session) }
        _ = try services.managed(session.account.description, "see the sessions of", call, tx)
        return session
    }
}
