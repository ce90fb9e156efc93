import ChatAPI
import Storage

/// What ends by itself: bans and time-outs that have an end, and emergencies. In force they are by their own end; the timer
/// takes the row away, tells whom it is about, and lets accounts sign in again.
enum SanctionTimers {
    static let sanction = "sanction.end"
    static let emergency = "emergency.end"

    private static func object(_ sanction: Sanction) -> String {
        "\(sanction.account) \(sanction.kind.rawValue) \(sanction.scope)"
    }

    /// In place of the one there was; none for what has no end.
    static func set(_ sanction: Sanction, _ timers: Timers, _ tx: borrowing Transaction) throws {
        guard let until = sanction.until else { return try cancel(sanction, timers, tx) }
        try timers.schedule(kind: Self.sanction, object: object(sanction), due: until, tx)
    }

    static func cancel(_ sanction: Sanction, _ timers: Timers, _ tx: borrowing Transaction) throws {
        try timers.cancel(kind: Self.sanction, object: object(sanction), tx)
    }

    static let handlers: [String: Timers.Handler] = [
        sanction: Timers.Handler { timer, now, tx in
            let parts = timer.object.split(separator: " ").map(String.init)
            guard parts.count == 3, let account = AccountID(parts[0]), let row = try AccountStore.find(account, tx)
            else {
                return .done
            }
            let found = tx.facts.moderation.sanctions(of: account).first {
                $0.kind.rawValue == parts[1] && $0.scope.description == parts[2]
            }
            // Made longer since, or lifted by hand.
            guard let found, let until = found.until else { return .done }
            if until > now { return .again(at: until) }
            // The channel may be gone by now.
            let shown = (try? tx.moderatedPlace(parts[2], for: nil).shown) ?? "a place that is gone"
            try tx.lift(found, row, shown, by: account, now: now)
            try tx.audit(daemon: "moderation.ended", on: row.object, before: found.json, in: found.scope, now: now)
            return .done
        },
        emergency: Timers.Handler { timer, now, tx in
            guard let scope = Scope(timer.object), let found = tx.facts.moderation.emergencies[scope] else {
                return .done
            }
            if found.until > now { return .again(at: found.until) }
            try tx.end(found, by: nil, now: now)
            try tx.audit(daemon: "emergencies.ended", on: scope.description, before: found.json, now: now)
            return .done
        },
    ]
}
