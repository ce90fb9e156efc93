package import ChatAPI
import Storage

// The devices an account is signed in on: showing and ending them.
extension Sessions {
    /// Ends the session that asks.
    package func signOut(_: Empty, _ call: Call) async throws -> Empty {
        guard let session = call.caller.session else {
            throw APIError(.conflict, "this call was not signed by a session; a token is ended with tokens.revoke")
        }
        return try await revoke(SessionRef(session), call)
    }

    /// Ends every session of the caller, this one too.
    package func signOutEverywhere(_: Empty, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        let clock = services.clock
        return try await services.database.perform(call, touching: [.account(account)]) { tx in
            let ended = try SessionStore.endAll(of: account, .signedOut, tx)
            if ended > 0 { try tx.tellMe(account, .sessionEnded, by: account, now: clock.now) }
            try tx.audit(call, on: "account/\(account)", after: ["endedSessions": .integer(Int64(ended))])
            return Empty()
        }
    }

    /// One's own devices; those of others to who manages their accounts, or their work for an agency (`SessionRights`).
    package func list(_ query: SessionQuery, _ call: Call) async throws -> Page<Session> {
        let (services, notes) = (services, services.authenticator.lastUse.notes)
        return try await services.database.read { tx in
            let account = try SessionRights.account(query.account, "see the sessions of", call, services, tx)
            return Page(
                try SessionStore.sessions(of: account, tx)
                    .filter { $0.expiresAt > call.now }
                    .map { Self.shown($0, notes, call, services) }
            )
        }
    }

    package func get(_ ref: SessionRef, _ call: Call) async throws -> Session {
        let (services, notes) = (services, services.authenticator.lastUse.notes)
        return try await services.database.read { tx in
            Self.shown(try Self.find(ref, "see the sessions of", call, services, tx), notes, call, services)
        }
    }

    /// Ends a session and closes its connections at once.
    package func revoke(_ ref: SessionRef, _ call: Call) async throws -> Empty {
        let services = services
        return try await services.database.perform(call, touching: []) { tx in
            let session = try Self.find(ref, "end the sessions of", call, services, tx)
            let isOwn = session.account == call.caller.account
            try SessionStore.end(session.id, .signedOut, tx)
            try tx.tellMe(
                session.account,
                .sessionEnded,
                by: call.caller.account ?? session.account,
                session: session.id,
                now: services.clock.now
            )
            try tx.audit(
                call,
                on: "session/\(session.id)",
                before: ["account": .string(session.account.description), "device": .string(session.device)],
                after: ["ended": true],
                severity: isOwn ? .info : .warning
            )
            return Empty()
        }
    }

    /// The session, or the same refusal for one that does not exist and for one that is not the caller's to see.
    private static func find(
        _ ref: SessionRef,
        _ what: String,
        _ call: Call,
        _ services: AccountServices,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> SessionStore.Stored {
        guard let session = try SessionStore.find(ref.session, tx),
            try SessionRights.mayKnow(of: session.account, call.caller, services, tx)
        else { throw unknown(ref.session) }
        _ = try SessionRights.account(session.account.description, what, call, services, tx)
        return session
    }

    static func unknown(_ session: SessionID) -> APIError { APIError(.notFound, "there is no session \(session)") }

    /// - Parameter notes: those from before the read.
    private static func shown(
        _ stored: SessionStore.Stored,
        _ notes: LastUse.Notes,
        _ call: Call,
        _ services: AccountServices
    ) -> Session {
        let latest = notes.sessions[stored.id]
        let isNewer = (latest?.at ?? 0) > stored.lastUsedAt
        return Session(
            id: stored.id,
            account: stored.account,
            device: stored.device,
            createdAt: stored.createdAt,
            lastUsedAt: isNewer ? latest?.at ?? stored.lastUsedAt : stored.lastUsedAt,
            expiresAt: stored.expiresAt,
            address: isNewer ? latest?.address ?? stored.address : stored.address,
            isCurrent: stored.id == call.caller.session,
            isLive: services.authenticator.live.isLive(stored.id)
        )
    }
}

extension AccountServices {
    /// Whose things a call is about: the caller's own, or another's whom it may manage. `what` completes "may not … ana".
    func managed(
        _ account: String?,
        _ what: String,
        _ call: Call,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> AccountID {
        let own = try call.caller.signedIn()
        guard let account else { return own }
        if !call.caller.capabilities.contains(.manageAccounts) {
            // Without the capability nobody learns from this which names exist.
            guard let row = try? AccountStore.resolve(account, tx), row.id == own else {
                try call.caller.require(.manageAccounts)
                return own
            }
            return own
        }
        let row = try AccountStore.resolve(account, tx)
        if row.id != own {
            try call.callerNow(settings, tx).requireSenior(to: try row.heldRank(tx), "\(what) \(row.name)")
        }
        return row.id
    }
}
