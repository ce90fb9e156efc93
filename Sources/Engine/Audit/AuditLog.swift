package import ChatAPI
import Storage

/// Reading and checking the audit log.
package struct AuditLog: Sendable {
    let database: EngineDatabase

    init(database: EngineDatabase) { self.database = database }

    /// A page by filters, ascending; the newest if neither `after` nor `before` is given. An action may be the start of
    /// one (`accounts.`), a severity is the least that is shown.
    package func list(_ query: AuditQuery, _ call: Call) async throws -> AuditPage {
        try call.caller.require(.readAudit, in: .platform)
        let limit = try EntryRules.limit(query.limit)
        return try await database.read { tx in
            var query = query
            try AuditStore.narrow(&query, tx)
            var filter = AuditStore.Filter(
                query: query,
                actor: try query.actor.map { try Self.actor($0, tx) },
                limit: limit + 1,
                isDescending: query.after == nil
            )
            var entries = try AuditStore.page(filter, tx)
            let hasMore = entries.count > limit
            if hasMore { entries.removeLast() }
            if filter.isDescending { entries.reverse() }
            let isDescending = filter.isDescending
            // Is there anything on the other side, of what the filters let through?
            filter.limit = 1
            filter.isDescending.toggle()
            filter.query.after = isDescending ? (query.before ?? .max) - 1 : nil
            filter.query.before = isDescending ? nil : (query.after ?? 0) + 1
            let hasOther = try !AuditStore.page(filter, tx).isEmpty
            return AuditPage(
                entries: entries,
                head: try AuditStore.head(tx).seq,
                hasEarlier: isDescending ? hasMore : hasOther,
                hasLater: isDescending ? hasOther : hasMore
            )
        }
    }

    /// Also finds who is gone by now, by id.
    private static func actor(_ text: String, _ tx: borrowing some Reading & ~Copyable) throws -> AccountID {
        if let id = AccountID(text) { return id }
        return try AccountStore.resolve(text, tx).id
    }

    /// Walks the whole chain in pages of 10,000 entries, each a read of some 20 ms.
    ///
    /// An erasure that happens while the walk is under way changes what lies behind it; the walk is repeated then.
    package func verify(_ call: Call) async throws -> AuditVerification {
        try call.caller.require(.readAudit, in: .platform)
        var result = try await walk()
        for _ in 0..<3 where result.wasOvertaken { result = try await walk() }
        return result.verification
    }

    private func walk() async throws -> (verification: AuditVerification, wasOvertaken: Bool) {
        var walk = AuditWalk(head: try await database.read { tx in try AuditStore.head(tx).seq })
        while !walk.isAtEnd {
            let start = walk
            walk = try await database.read { tx in
                var next = start
                try next.readPage(tx)
                return next
            }
        }
        return (walk.verification, walk.wasOvertaken)
    }
}
