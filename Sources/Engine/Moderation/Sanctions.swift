package import ChatAPI
import Storage

/// Kicking, banning, timing out, reinstating: in force with the commit, told to whom it is about, audited.
package struct Sanctions: Sendable {
    let services: AccountServices
    let timers: Timers
    var database: EngineDatabase { services.database }

    /// Those of a place, and of what lies in it: of an event those of its channels too, but not of private ones.
    package func list(_ query: SanctionQuery, _ call: Call) async throws -> Page<Sanction> {
        let limit = try PageRules.limit(query.limit)
        let start = try SanctionCursor.place(query.cursor)
        // A moderator is asked of the facts, which the writer has.
        let (scopes, account) = try await database.write(touching: []) { tx in
            let place = try tx.moderatedPlace(query.scope, for: call.caller.account)
            _ = try tx.moderator(of: place, call)
            return (tx.sanctionScopes(in: place.scope), try query.account.map { try AccountStore.resolve($0, tx).id })
        }
        return try await database.read { tx in
            let found = try SanctionStore.page(in: scopes, of: account, after: start, limit: limit + 1, tx)
            let items = try found.prefix(limit).map { $0.named(try SpaceNames.words(for: $0.scope, tx)) }
            return Page(items, nextCursor: found.count > limit ? items.last.map(SanctionCursor.text) : nil)
        }
    }

    // MARK: - Out, and back

    /// Takes somebody out; they may come back at once.
    package func kick(_ draft: SanctionDraft, _ call: Call) async throws -> Kicked {
        let reason = try ModerationRules.reason(draft.reason)
        return try await database.perform(call, touching: []) { tx in
            let (place, account, by) = try Self.begin(draft.account, draft.scope, "kick", call, tx)
            guard place.scope != .platform else {
                throw APIError.invalid("scope", "is the platform: ban somebody from it, or kick them out of a channel")
            }
            let channels = try tx.takeOut(account.id, of: place, by: by, now: call.now)
            guard channels > 0 else { throw APIError(.notFound, "\(account.name) is not in \(place.shown)") }
            let sentence = "removed from \(place.shown)" + (reason.map { ": \($0)" } ?? "")
            try tx.tellSanction(account.id, place, sentence, by: by, now: call.now)
            try tx.audit(
                call,
                on: account.object,
                before: ["scope": .string(place.scope.description), "channels": .integer(Int64(channels))],
                after: reason.map { ["reason": .string($0)] },
                severity: .notice,
                in: place.space
            )
            return Kicked(channels: channels)
        }
    }

    package func ban(_ draft: SanctionDraft, _ call: Call) async throws -> Sanction {
        try await impose(.ban, draft, call)
    }

    package func timeOut(_ draft: SanctionDraft, _ call: Call) async throws -> Sanction {
        try await impose(.timeOut, draft, call)
    }

    private func impose(_ kind: SanctionKind, _ draft: SanctionDraft, _ call: Call) async throws -> Sanction {
        let reason = try ModerationRules.reason(draft.reason)
        let until = try ModerationRules.until(draft.forMs, kind, now: call.now)
        let timers = timers
        return try await database.perform(call, touching: []) { tx in
            let (place, account, by) = try Self.begin(
                draft.account,
                draft.scope,
                kind == .ban ? "ban" : "time out",
                call,
                tx
            )
            let sanction = Sanction(
                account: account.id,
                name: account.name,
                kind: kind,
                scope: place.scope,
                until: until,
                reason: reason,
                by: by,
                at: call.now
            )
            let before = tx.facts.moderation.sanctions(of: account.id).first {
                $0.kind == kind && $0.scope == place.scope
            }
            try SanctionStore.insert(sanction, tx)
            tx.facts.moderate { $0.set(sanction) }
            let sentence = PostingRules.refusal(sanction, place.shown, now: call.now).detail
            try tx.tellSanction(account.id, place, sentence, by: by, now: call.now)
            tx.facts.tell(.silenced(account.id))
            if kind == .ban { try Self.shutOut(account, place, by: by, call, tx) }
            try SanctionTimers.set(sanction, timers, tx)
            try tx.audit(
                call,
                on: account.object,
                before: before.map(\.json),
                after: sanction.json,
                severity: .warning,
                in: place.space
            )
            return sanction.named(try SpaceNames.words(for: place.scope, tx))
        }
    }

    private static func shutOut(
        _ account: AccountRow,
        _ place: ModeratedPlace,
        by: AccountID,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws {
        guard place.scope == .platform else {
            _ = try tx.takeOut(account.id, of: place, by: by, now: call.now)
            guard place.channel == nil else { return }
            try tx.leaveLines(of: place.place, account.id, call)
            try tx.leaveQueues(of: place.place, account.id, reason: "banned from \(place.shown)", now: call.now)
            return
        }
        try GrantStore.requireAnotherSuperAdmin(than: account.id, tx)
        try AccountStore.setDisabled(call.now, of: account.id, tx)
        try SessionStore.endAll(of: account.id, .banned, tx)
        tx.facts.tell(.capabilitiesChanged(account.id))
    }

    /// Lifts what holds somebody in exactly that place.
    package func reinstate(_ reinstatement: Reinstatement, _ call: Call) async throws -> Empty {
        let timers = timers
        return try await database.perform(call, touching: []) { tx in
            let (place, account, by) = try Self.begin(reinstatement.account, reinstatement.scope, "reinstate", call, tx)
            let lifted = tx.facts.moderation.sanctions(of: account.id).filter {
                $0.scope == place.scope && (reinstatement.kind == nil || $0.kind == reinstatement.kind)
            }
            guard !lifted.isEmpty else {
                throw APIError(.notFound, "nothing holds \(account.name) in \(place.shown)")
            }
            for sanction in lifted {
                try tx.lift(sanction, account, place.shown, by: by, now: call.now)
                try SanctionTimers.cancel(sanction, timers, tx)
                try tx.audit(call, on: account.object, before: sanction.json, severity: .warning, in: place.space)
            }
            return Empty()
        }
    }

    /// Who acts on whom where, if they may.
    private static func begin(
        _ account: String,
        _ scope: String,
        _ what: String,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws -> (place: ModeratedPlace, account: AccountRow, by: AccountID) {
        let place = try tx.moderatedPlace(scope, for: call.caller.account)
        let by = try call.caller.signedIn()
        let moderator = try tx.moderator(of: place, call)
        let row = try AccountStore.resolve(account, tx)
        if row.id == by { throw APIError.invalid("account", "is oneself") }
        try ModerationRules.checkSenior(moderator.rank, to: try tx.rank(of: row, in: place), row.name, what)
        if place.scope == .platform { try moderator.caller.require(.manageAccounts, in: .platform) }
        return (place, row, by)
    }
}

extension Transaction {
    /// Where in a place somebody is kept from talking.
    fileprivate func sanctionScopes(in scope: Scope) -> [Scope] {
        facts.moderation.sanctionScopes.filter { inner in
            if inner == scope { return true }
            guard let place = try? place(inner), place.isReached(from: scope) else { return false }
            return inner.kind != .channel || (try? facts.channel(inner.id.retyped(), in: self))?.kind.isPrivate == false
        }
    }

    /// Ends every membership inside a place. Where the last admin goes, whoever has been there longest becomes admin.
    func takeOut(_ account: AccountID, of place: ModeratedPlace, by: AccountID, now: Milliseconds) throws -> Int {
        var count = 0
        for id in try ChannelStore.memberships(of: account, self) {
            let channel = try facts.channel(id, in: self)
            guard !channel.kind.isPrivate, facts.place(of: channel).isReached(from: place.scope) else { continue }
            if let heir = ChannelRules.heir(of: account, in: channel) {
                try setRole(.admin, of: heir, channel, by: by, now: now)
            }
            try leave(account, channel, by: by, now: now)
            count += 1
        }
        return count
    }

    /// Tells somebody in `@me` what holds them, or no longer.
    func tellSanction(
        _ account: AccountID,
        _ place: ModeratedPlace,
        _ sentence: String,
        by: AccountID,
        now: Milliseconds
    ) throws {
        var entry = Entry(kind: .sanctionsChanged, channel: place.channel?.id, seq: 0, by: by, at: 0)
        entry.text = sentence
        _ = try appendToMe(entry, of: account, now: now)
    }

    func lift(_ sanction: Sanction, _ account: AccountRow, _ shown: String, by: AccountID, now: Milliseconds) throws {
        try SanctionStore.delete(sanction, self)
        facts.moderate { $0.remove(sanction) }
        if sanction.kind == .ban, sanction.scope == .platform {
            try AccountStore.setDisabled(nil, of: account.id, self)
            facts.tell(.capabilitiesChanged(account.id))
        }
        var entry = Entry(kind: .sanctionsChanged, channel: nil, seq: 0, by: by, at: 0)
        if sanction.scope.kind == .channel { entry.channel = sanction.scope.id.retyped() }
        entry.text = (sanction.kind == .ban ? "no longer banned from " : "no longer muted in ") + shown
        _ = try appendToMe(entry, of: account.id, now: now)
    }
}

extension Sanction {
    /// With what its place is called now; stored is only which.
    func named(_ name: String?) -> Self {
        var named = self
        named.scopeName = name
        return named
    }

    /// As the audit log keeps it.
    var json: JSON {
        var members: [String: JSON] = ["kind": .string(kind.rawValue), "scope": .string(scope.description)]
        if let until { members["until"] = .integer(until) }
        if let reason { members["reason"] = .string(reason) }
        return .object(members)
    }
}

/// Where a list of sanctions goes on: `<at>.<account>.<kind>`.
enum SanctionCursor {
    static func place(_ text: String?) throws(APIError) -> (at: Milliseconds, account: AccountID, kind: String) {
        guard let text else { return (.min, AccountID(high: 0, low: 0), "") }
        let parts = text.split(separator: ".").map(String.init)
        guard parts.count == 3, let at = Int64(parts[0]), let account = AccountID(parts[1]) else {
            throw PageRules.cursorIsUnknown()
        }
        return (at, account, parts[2])
    }

    static func text(_ sanction: Sanction) -> String { "\(sanction.at).\(sanction.account).\(sanction.kind.rawValue)" }
}
