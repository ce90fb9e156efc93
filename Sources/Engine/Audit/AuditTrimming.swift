package import ChatAPI
import Storage

/// Cutting the old end off the audit log: checked first, signed where it is cut, recorded behind, and gone at once; its
/// rows go in batches.
extension AuditLog {
    /// Cuts behind an entry, or behind the last one before a time. The newest entry stays.
    package func trim(_ trim: AuditTrim, _ call: Call) async throws -> AuditTrimmed {
        try call.caller.require(.operate, in: .platform)
        guard (trim.through == nil) != (trim.before == nil) else {
            throw APIError(.invalid, "give one of through, a number, and before, a time")
        }
        let through = try await end(of: trim)
        // Nothing is cut off that is not as it should be: afterwards nobody could tell.
        var checked = try await fullWalk()
        for _ in 0..<3 where checked.wasOvertaken { checked = try await fullWalk() }
        if let flaw = checked.flaw {
            throw APIError(.conflict, "the log is not intact at entry \(flaw.seq): \(flaw.reason); nothing is trimmed")
        }
        let epoch = database.epoch
        var walk = try await database.read { tx in try AuditWalk(through: through, heads: [], epoch: epoch, tx) }
        try await go(&walk)
        if let flaw = walk.flaw {
            throw APIError(.conflict, "the log changed while it was checked, at entry \(flaw.seq); try again")
        }
        return try await cut(walk, checkedThrough: checked.end, call)
    }

    private func end(of trim: AuditTrim) async throws -> Int64 {
        try await database.read { tx in
            let (head, from) = (try AuditStore.head(tx).seq, try AuditAnchor.seq(tx))
            var through = trim.through ?? 0
            if let before = trim.before { through = try AuditStore.firstEntry(at: before, head: head, tx) - 1 }
            guard through > from else {
                throw APIError(.conflict, "there is nothing to trim: the log begins behind entry \(from) as it is")
            }
            guard through < head else {
                throw APIError.invalid(
                    trim.through == nil ? "before" : "through",
                    "reaches entry \(through); the newest, \(head), stays"
                )
            }
            return through
        }
    }

    private static let selectErasure: SQL = """
        SELECT 1 FROM audit_entry WHERE seq > :after AND action = 'audit.erased' LIMIT 1
        """

    private func cut(_ walk: AuditWalk, checkedThrough: Int64, _ call: Call) async throws -> AuditTrimmed {
        let isDraft = call.options.dryRun
        let head = try await isDraft ? heads.draft(walk.seq, walk.hash) : heads.sign(walk.seq, walk.hash)
        return try await database.perform(call, touching: [.audit]) { tx in
            guard try AuditAnchor.read(tx) == walk.anchor else {
                throw APIError(.conflict, "somebody else has trimmed the log in between")
            }
            let wasErased =
                try tx.first(Self.selectErasure) {
                    $0.bind("after", checkedThrough)
                } row: { _ in
                    true
                } ?? false
            if wasErased { throw APIError(.conflict, "entries were erased in between; try again") }
            var anchor = walk.anchor
            anchor.seq = walk.seq
            anchor.hash = walk.hash
            anchor.head = head
            anchor.named = walk.names
            try anchor.store(carrying: walk.erasures, tx)
            let entries = walk.seq - walk.anchor.seq
            try tx.audit(
                call,
                on: anchor.object,
                before: ["from": .integer(walk.anchor.seq)],
                after: ["through": .integer(anchor.seq), "entries": .integer(entries)],
                severity: .warning,
                action: AuditAnchor.action
            )
            try AuditPurge.schedule(now: call.now, tx)
            return AuditTrimmed(entries: entries, head: head)
        }
    }
}

extension Engine {
    /// Cuts off what is older than so many days, as the configuration wants it.
    ///
    /// - Returns: nil if there is nothing that old.
    package func trimAudit(keepingDays days: Int) async throws(APIError) -> AuditTrimmed? {
        let before = clock.now - Int64(days) * 86_400_000
        let daemon = Caller(
            account: nil,
            name: "chatd",
            capabilities: [.operate, .readAudit],
            address: "",
            isLocal: true
        )
        let call = Call(caller: daemon, operation: AuditAnchor.action, now: clock.now)
        do {
            guard try await domains.audit.hasEntries(before: before) else { return nil }
            return try await domains.audit.trim(AuditTrim(before: before), call)
        } catch {
            throw APIError(refusal: error)
        }
    }
}

extension AuditLog {
    /// Whether a cut at that time would take anything; the newest entry stays.
    func hasEntries(before time: Milliseconds) async throws -> Bool {
        try await database.read { tx in
            let (head, from) = (try AuditStore.head(tx).seq, try AuditAnchor.seq(tx))
            let first = try AuditStore.firstEntry(at: time, head: head, tx)
            return first - 1 > from && first - 1 < head
        }
    }
}

/// Deletes the rows of what was trimmed, in batches, by a durable timer: a restart goes on with it.
enum AuditPurge {
    /// Some 10 ms of the writer.
    static let batch = 1_000

    private static let deleteEntries: SQL = """
        DELETE FROM audit_entry WHERE seq IN (SELECT seq FROM audit_entry WHERE seq <= :through ORDER BY seq LIMIT :limit)
        """
    private static let deletePayloads: SQL = """
        DELETE FROM audit_payload WHERE seq IN (SELECT seq FROM audit_payload WHERE seq <= :through ORDER BY seq LIMIT :limit)
        """

    static func schedule(now: Milliseconds, _ tx: borrowing Transaction) throws {
        try tx.setTimer(Jobs.purgeAudit, "", due: now)
    }

    /// True if there may be more.
    static func step(_ tx: borrowing Transaction) throws -> Bool {
        let through = try AuditAnchor.seq(tx)
        var isFull = false
        for statement in [deleteEntries, deletePayloads, AuditScopes.deleteThrough] {
            let gone = try tx.run(statement) {
                $0.bind("through", through)
                $0.bind("limit", batch)
            }
            isFull = isFull || gone == batch
        }
        return isFull
    }
}
