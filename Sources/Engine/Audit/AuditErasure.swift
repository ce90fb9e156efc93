import ChatAPI
import Storage

/// Erasing what the audit log says about a person, so that the chain stays and the erasure itself is on record.
///
/// An entry `audit.erased` names how many entries lost their payload and a digest of their numbers: a payload that
/// vanished otherwise is found by `audit.verify`. Erased are the payloads of what the account did and of what was done to
/// it; action, time, object and severity of each entry stay.
enum AuditErasure {
    static let action = "audit.erased"

    /// Entries of one transaction: some 10 ms of the writer.
    static let batch = 500

    /// The numbers of erased entries, ascending: `d ← H(d ‖ seq)`, from 32 zero bytes.
    struct Digest: Sendable {
        private(set) var count: Int64 = 0
        private(set) var value = AuditHash.genesis

        init() {}

        /// As far as it had come when its entries were trimmed.
        init(count: Int64, value: [UInt8]) {
            self.count = count
            self.value = value
        }

        mutating func add(_ seq: Int64) {
            count += 1
            var hash = AuditHash()
            hash.append(value)
            hash.append(seq)
            value = hash.finish()
        }

        /// What the erasing entry says it was done to; one of the fixed fields, so that it cannot be erased itself.
        var object: String { "erasure/\(count)/\(Hash.hexadecimal(value))" }
    }

    private static let selectByActor: SQL = """
        SELECT seq FROM audit_payload WHERE actor = :account AND seq <= :through ORDER BY seq LIMIT :limit
        """
    private static let selectByObject: SQL = """
        SELECT e.seq FROM audit_entry e JOIN audit_payload p ON p.seq = e.seq
        WHERE e.object = :object AND e.seq <= :through AND p.salt IS NOT NULL ORDER BY e.seq LIMIT :limit
        """
    private static let erase: SQL = """
        UPDATE audit_payload SET salt = NULL, actor = NULL, actor_name = NULL, session = NULL, address = NULL,
            request_id = NULL, before = NULL, after = NULL, erased_by = :by
        WHERE seq = :seq
        """

    /// Erases one batch.
    ///
    /// - Returns: whether there may be more.
    static func run(
        of account: AccountID,
        through: Int64,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> Bool {
        var seqs = try tx.all(selectByActor) {
            $0.bind("account", account)
            $0.bind("through", through)
            $0.bind("limit", batch)
        } row: {
            $0.int64(0)
        }
        seqs += try tx.all(selectByObject) {
            $0.bind("object", "account/\(account)")
            $0.bind("through", through)
            $0.bind("limit", batch)
        } row: {
            $0.int64(0)
        }
        seqs = Set(seqs).sorted()
        guard !seqs.isEmpty else { return false }
        var digest = Digest()
        for seq in seqs { digest.add(seq) }
        let draft = AuditStore.Draft(action: action, object: digest.object, severity: .notice)
        let eraser = try tx.appendAudit(draft, now: now)
        for seq in seqs {
            try tx.run(erase) {
                $0.bind("by", eraser)
                $0.bind("seq", seq)
            }
        }
        return seqs.count >= batch
    }
}
