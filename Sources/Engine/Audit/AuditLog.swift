package import ChatAPI
import Storage

/// Reading, checking, signing and trimming the audit log.
package struct AuditLog: Sendable {
    let database: EngineDatabase
    let heads: AuditHeads
    let authority: Authority

    /// A page by filters, ascending; the newest if neither `after` nor `before` is given. An action may be the start of
    /// one (`accounts.`), a severity is the least that is shown.
    package func list(_ query: AuditQuery, _ call: Call) async throws -> AuditPage {
        var scope: Scope?
        if let text = query.scope { scope = try await database.read { tx in try ScopeText.scope(text, tx) } }
        if let scope, ![.event, .agency].contains(scope.kind) {
            throw APIError.invalid("scope", "is a \(scope.kind.rawValue); it is an event or an agency")
        }
        let place = scope.map { authority.place($0) } ?? .platform
        try call.caller.require(.readAudit, in: place)
        // An organizer's part of the log is events; what an agency does with its people is its managers' and auditors'.
        if scope?.kind == .agency, call.caller.rank(in: place) == Role.organizer.rank {
            throw APIError(
                .forbidden,
                "\(call.caller.name) may not do this: an organizer reads the log of events; name one"
            )
        }
        let limit = try EntryRules.limit(query.limit)
        var narrowed = query
        narrowed.scope = scope?.description
        let query = narrowed
        return try await database.read { tx in
            var query = query
            try AuditStore.narrow(&query, tx)
            query.object = try query.object.map { try AuditObjects.object($0, tx) }
            var filter = AuditStore.Filter(
                query: query,
                actor: try query.actor.map { try Self.actor($0, tx) },
                from: try AuditAnchor.seq(tx),
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
            filter.query.after = isDescending ? max(query.before ?? .max, 1) - 1 : nil
            filter.query.before = isDescending ? nil : min(query.after ?? 0, .max - 1) + 1
            let hasOther = try !AuditStore.page(filter, tx).isEmpty
            var names = AuditObjects()
            for index in entries.indices {
                entries[index].objectName = try names.name(of: entries[index].object, tx)
            }
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

    // MARK: - Heads

    /// Signs where the log ends.
    package func sign(_ call: Call) async throws -> SignedHead {
        try call.caller.require(.readAudit, in: .platform)
        if call.options.dryRun {
            let end = try await database.read { tx in try AuditStore.head(tx) }
            return try await heads.draft(end.seq, end.hash)
        }
        return try await heads.sign()
    }

    /// The heads in the file, newest first.
    package func listHeads(_ query: AuditHeadQuery, _ call: Call) async throws -> Page<SignedHead> {
        try call.caller.require(.readAudit, in: .platform)
        let limit = try PageRules.limit(query.limit)
        let all = try await heads.all()
        var end = all.count
        if let cursor = query.cursor {
            guard let place = Int(cursor), (0...all.count).contains(place) else { throw PageRules.cursorIsUnknown() }
            end = place
        }
        let start = max(0, end - limit)
        return Page(all[start..<end].reversed(), nextCursor: start > 0 ? String(start) : nil)
    }

    // MARK: - Verifying

    /// Walks the whole chain, two pieces at a time, and compares it with every signed head.
    ///
    /// An erasure or a cut that happens while the walk is under way changes what lies behind it; the walk is repeated then.
    package func verify(_ call: Call) async throws -> AuditVerification {
        try call.caller.require(.readAudit, in: .platform)
        var walk = try await fullWalk()
        for _ in 0..<3 where walk.wasOvertaken { walk = try await fullWalk() }
        return walk.verification
    }

    func fullWalk() async throws -> AuditWalk {
        let signed = try await heads.all()
        let epoch = database.epoch
        var walk = try await database.read { tx in try AuditWalk(heads: signed, epoch: epoch, tx) }
        try await go(&walk)
        let atEnd = walk
        return try await database.read { tx in
            var walk = atEnd
            try walk.finish(tx)
            return walk
        }
    }

    /// To the walk's end. Two readers work at once: hashing is most of it.
    func go(_ walk: inout AuditWalk) async throws {
        while !walk.isAtEnd {
            let pieces = walk.pieces(2)
            async let first = read(pieces[0], start: walk.hash, walk.wanted(pieces[0]))
            async let second = pieces.count < 2 ? nil : read(pieces[1], start: nil, walk.wanted(pieces[1]))
            walk.take(try await first)
            if let second = try await second { walk.take(second) }
        }
    }

    private func read(
        _ range: AuditWalk.Range,
        start: [UInt8]?,
        _ wanted: [Int64]
    ) async throws -> AuditSegment {
        try await database.read { tx in
            try AuditSegment(after: range.after, through: range.through, start: start, wanted: wanted, tx)
        }
    }
}
