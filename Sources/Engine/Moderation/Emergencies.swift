package import ChatAPI
import Storage

/// The emergency switch: in a whole event only some may speak, at once and until it ends by itself.
package struct Emergencies: Sendable {
    let database: EngineDatabase
    let timers: Timers

    /// Those that are on where the caller may look: everybody reads that they may not write.
    package func list(_ call: Call) async throws -> Page<Emergency> {
        _ = try call.caller.signedIn()
        let now = call.now
        return try await database.read { tx in
            let all = try SanctionStore.emergencies(tx).filter { $0.until > now }
                .sorted { ($0.at, $0.scope.description) < ($1.at, $1.scope.description) }
            return Page(
                try all.filter { try Self.isSeen($0.scope, by: call.caller, tx) }
                    .map { $0.named(try SpaceNames.words(for: $0.scope, tx)) }
            )
        }
    }

    /// What cannot be seen does not exist: staff channels, events of agencies that are not approved, channels of events
    /// that one is not in.
    private static func isSeen(
        _ scope: Scope,
        by caller: Caller,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        switch scope.kind {
        case .platform: return true
        case .channel: return (try? ChannelStore.access(scope.id.description, for: caller, tx)) != nil
        case .unknown: return false
        case .event, .agency, .queue:
            if caller.isPlatformAdmin { return true }
            let (place, _) = try SpaceAccess.standing(of: caller.account, in: scope, tx)
            guard place.isOpen else { return false }
            return caller.isStaff(in: place) || scope.kind == .agency || place.eventState != .draft
        }
    }

    package func start(_ draft: EmergencyDraft, _ call: Call) async throws -> Emergency {
        let reason = try ModerationRules.reason(draft.reason)
        try ModerationRules.check(draft.forMs, Limits.emergencyMs)
        let timers = timers
        return try await database.perform(call, touching: []) { tx in
            let place = try tx.moderatedPlace(draft.scope, for: call.caller.account)
            let caller = try call.authorized(.moderate, in: place.place, tx)
            let before = tx.facts.moderation.emergencies[place.scope]
            let emergency = Emergency(
                scope: place.scope,
                voice: draft.voice ?? .speakers,
                until: call.now + draft.forMs,
                reason: reason,
                by: caller.account,
                at: call.now
            )
            try SanctionStore.insert(emergency, tx)
            tx.facts.moderate { $0.set(emergency) }
            tx.facts.tell(.silenced(nil))
            try timers.schedule(
                kind: SanctionTimers.emergency,
                object: place.scope.description,
                due: emergency.until,
                tx
            )
            try tx.tellPosting(
                in: place.scope,
                "only " + PostingRules.sentence(emergency),
                by: caller.account,
                now: call.now
            )
            try tx.audit(
                call,
                on: place.scope.description,
                before: before.map(\.json),
                after: emergency.json,
                severity: .critical
            )
            return emergency.named(try SpaceNames.words(for: place.scope, tx))
        }
    }

    package func end(_ ref: ScopeRef, _ call: Call) async throws -> Empty {
        let timers = timers
        return try await database.perform(call, touching: []) { tx in
            let place = try tx.moderatedPlace(ref.scope, for: call.caller.account)
            let caller = try call.authorized(.moderate, in: place.place, tx)
            guard let emergency = tx.facts.moderation.emergencies[place.scope] else {
                throw APIError(.notFound, "there is no emergency in \(place.shown)")
            }
            try tx.end(emergency, by: caller.account, now: call.now)
            try timers.cancel(kind: SanctionTimers.emergency, object: place.scope.description, tx)
            try tx.audit(call, on: place.scope.description, before: emergency.json, severity: .warning)
            return Empty()
        }
    }
}

extension Emergency {
    /// With what its place is called now; stored is only which.
    func named(_ name: String?) -> Self {
        var named = self
        named.scopeName = name
        return named
    }

    /// As the audit log keeps it.
    var json: JSON {
        var members: [String: JSON] = ["voice": .string(voice.rawValue), "until": .integer(until)]
        if let reason { members["reason"] = .string(reason) }
        return .object(members)
    }
}

extension Transaction {
    func end(_ emergency: Emergency, by: AccountID?, now: Milliseconds) throws {
        try SanctionStore.deleteEmergency(emergency.scope, self)
        facts.moderate { $0.end(emergency.scope) }
        try tellPosting(in: emergency.scope, "everybody may write again", by: by ?? emergency.by, now: now)
    }

    /// Says in the channels of a place that something about writing there changed, so that their members ask.
    func tellPosting(in scope: Scope, _ sentence: String, by: AccountID?, now: Milliseconds) throws {
        let ids =
            scope.kind == .channel ? [scope.id.retyped()] : try ModeratedChannels.all(in: scope, facts.places, self)
        for id in ids {
            var entry = Entry(kind: .posting, channel: id, seq: 0, by: by ?? AccountID(high: 0, low: 0), at: 0)
            entry.text = sentence
            _ = try append(entry, to: .channel(id), now: now)
        }
    }
}

/// The channels inside a place.
enum ModeratedChannels {
    /// Of more than so many the largest hear of it; it holds in all of them.
    static let limit = 1_000

    private static let select: SQL = """
        SELECT c.id, s.kind, c.space FROM channel c JOIN space s ON s.id = c.space
        WHERE c.deleted_at IS NULL AND c.kind NOT IN ('direct', 'chat')
        ORDER BY c.member_count DESC
        """

    static func all(
        in scope: Scope,
        _ places: PlaceTable,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [ChannelID] {
        var ids: [ChannelID] = []
        try tx.each(select) { row in
            if places.place(row.space(1)).isReached(from: scope) { ids.append(row.id(0)) }
            return ids.count < limit
        }
        return ids
    }
}
