package import ChatAPI
import Storage

// Keeping an account out, letting it in again, and ending it.
extension Accounts {
    /// Keeps an account from signing in, and ends its sessions at once. Its tokens sleep.
    package func disable(_ ref: AccountRef, _ call: Call) async throws -> Account {
        let services = services
        let clock = services.clock
        return try await services.database.perform(call, touching: []) { tx in
            var row = try Self.manageable(ref, "disable", call, services, tx)
            guard row.disabledAt == nil else { return row.account }
            try GrantStore.requireAnotherSuperAdmin(than: row.id, tx)
            row.disabledAt = clock.now
            try AccountStore.setDisabled(row.disabledAt, of: row.id, tx)
            let ended = try SessionStore.endAll(of: row.id, .banned, tx)
            tx.facts.tell(.capabilitiesChanged(row.id))
            try tx.audit(
                call,
                on: row.object,
                before: ["disabled": false],
                after: ["disabled": true, "endedSessions": .integer(Int64(ended))],
                severity: .warning
            )
            return row.account
        }
    }

    package func enable(_ ref: AccountRef, _ call: Call) async throws -> Account {
        let services = services
        return try await services.database.perform(call, touching: []) { tx in
            var row = try Self.manageable(ref, "enable", call, services, tx)
            guard row.disabledAt != nil else { return row.account }
            row.disabledAt = nil
            try AccountStore.setDisabled(nil, of: row.id, tx)
            // Whoever lets an account in again lifts what kept it out.
            for ban in tx.facts.moderation.sanctions(of: row.id) where ban.kind == .ban && ban.scope == .platform {
                try SanctionStore.delete(ban, tx)
                tx.facts.moderate { $0.remove(ban) }
            }
            tx.facts.tell(.capabilitiesChanged(row.id))
            try tx.audit(
                call,
                on: row.object,
                before: ["disabled": true],
                after: ["disabled": false],
                severity: .notice
            )
            return row.account
        }
    }

    /// Deletes somebody's account: its messages stay, its name does not.
    package func delete(_ ref: AccountRef, _ call: Call) async throws -> Empty {
        let services = services
        let clock = services.clock
        return try await services.database.perform(call, touching: [.names]) { tx in
            let row = try Self.manageable(ref, "delete", call, services, tx)
            try Self.delete(row, call, now: clock.now, tx)
            return Empty()
        }
    }

    /// An account that the caller stands above. Oneself is not managed but has `me.…`.
    private static func manageable(
        _ ref: AccountRef,
        _ what: String,
        _ call: Call,
        _ services: AccountServices,
        _ tx: borrowing Transaction
    ) throws -> AccountRow {
        let row = try AccountStore.resolve(ref.account, tx)
        try row.requireOrdinary(what)
        try call.callerNow(tx).requireSenior(to: try row.heldRank(tx), "\(what) \(row.name)")
        return row
    }

    /// What deleting is, whoever asks for it.
    static func delete(_ row: AccountRow, _ call: Call, now: Milliseconds, _ tx: borrowing Transaction) throws {
        try GrantStore.requireAnotherSuperAdmin(than: row.id, tx)
        for grant in try GrantStore.grants(of: row.id, tx) where grant.role == .owner {
            try GrantStore.requireAnotherOwner(than: row.id, in: grant.scope, tx)
        }
        try SessionStore.endAll(of: row.id, .signedOut, tx)
        try TokenStore.endAll(of: row.id, tx)
        try CodeStore.deleteAll(for: row.id, tx)
        try GrantStore.deleteAll(of: row.id, tx)
        try RoleOfferStore.erase(row.id, tx)
        try tx.giveUpPlaces(of: row.id, now: now)
        try tx.leaveEverything(row.id, now: now)
        try RegisterStore.deleteAll(of: row.id, tx)
        try BlockStore.deleteAll(of: row.id, tx)
        tx.facts.forgetAllQuieters()
        try SanctionStore.deleteAll(of: row.id, tx)
        try PostingStore.forget(row.id, tx)
        try InvitationStore.erase(row.id, tx)
        try ReportStore.erase(row.id, tx)
        try HelpErasure.run(row.id, tx)
        tx.facts.moderate { $0.forget(row.id) }
        try AccountStore.erase(row, now: now, tx)
        // Without the name: what is erased here must not stay there. Who deleted somebody else stays on record.
        let isOwn = call.caller.account == row.id
        if !isOwn { try tx.eraseAuditTrail(of: row.id, now: now) }
        try tx.audit(call, on: row.object, after: ["deleted": true], severity: .warning)
        if isOwn { try tx.eraseAuditTrail(of: row.id, now: now) }
        tx.facts.tell(.capabilitiesChanged(row.id))
    }
}
