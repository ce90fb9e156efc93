import ChatAPI
import Glibc
import Storage

/// One walk along the audit chain: recomputes every hash and stops at the first that is not what it should be.
struct AuditWalk: Sendable {
    private var previous = AuditHash.genesis
    private var seq: Int64 = 0
    private var checked: Int64 = 0
    private var erased: Int64 = 0
    private var brokenAt: Int64?
    private var reason: String?
    /// Erased entries by the entry that recorded their erasure, which comes after them.
    private var erasures: [Int64: AuditErasure.Digest] = [:]
    private var sawErasureAfterStart = false
    private(set) var isAtEnd = false
    private let headAtStart: Int64

    private static let pageEntries = 10_000

    private static let select: SQL = """
        SELECT e.seq, e.at, e.severity, e.action, e.object, e.previous_hash, e.payload_hash, e.hash,
            p.seq, p.salt, p.actor, p.actor_name, p.session, p.address, p.request_id, p.before, p.after, p.erased_by
        FROM audit_entry e LEFT JOIN audit_payload p ON p.seq = e.seq
        WHERE e.seq > :after ORDER BY e.seq LIMIT :limit
        """
    private static let selectLastPayload: SQL = "SELECT MAX(seq) FROM audit_payload"

    init(head: Int64) { headAtStart = head }

    /// The entries of an erasure changed under the walk: what it says of them may be wrong.
    var wasOvertaken: Bool { brokenAt != nil && sawErasureAfterStart }

    var verification: AuditVerification {
        AuditVerification(
            isClean: brokenAt == nil,
            checked: checked,
            erased: erased,
            head: seq,
            headHash: Hash.hexadecimal(previous),
            brokenAt: brokenAt,
            reason: reason
        )
    }

    mutating func readPage(_ tx: borrowing some Reading & ~Copyable) throws {
        var count = 0
        var hash = AuditHash()
        var computed = [UInt8](repeating: 0, count: AuditHash.length)
        let after = seq
        try tx.each(Self.select) {
            $0.bind("after", after)
            $0.bind("limit", Self.pageEntries)
        } row: { row in
            count += 1
            if let flaw = check(row, &hash, &computed) {
                brokenAt = flaw.seq
                reason = flaw.reason
                return false
            }
            seq = row.int64(0)
            checked += 1
            swap(&previous, &computed)
            return true
        }
        if brokenAt != nil {
            isAtEnd = true
        } else if count < Self.pageEntries {
            isAtEnd = true
            try checkEnd(tx)
        }
    }

    private mutating func checkEnd(_ tx: borrowing some Reading & ~Copyable) throws {
        if let claimed = erasures.keys.min() {
            brokenAt = claimed
            reason = "entries say that entry \(claimed) erased them, and it did not"
            if claimed > headAtStart { sawErasureAfterStart = true }
        }
        let last = try tx.first(Self.selectLastPayload) { $0.int64(0) } ?? 0
        if brokenAt == nil, last > seq {
            brokenAt = seq + 1
            reason = "entry \(seq + 1) is missing; its payload is there"
        }
    }

    private typealias Flaw = (seq: Int64, reason: String)

    /// Leaves the entry's hash in `computed`.
    private mutating func check(_ row: Row, _ hash: inout AuditHash, _ computed: inout [UInt8]) -> Flaw? {
        let number = row.int64(0)
        guard number == seq + 1 else { return (seq + 1, "entry \(seq + 1) is missing") }
        guard row.equals(5, previous) else { return (number, "it is not linked to the entry before it") }
        guard let severity = AuditEntry.Severity(number: row.int64(2)) else {
            return (number, "its severity is unknown")
        }
        guard !row.isNull(8) else { return (number, "its payload is missing") }
        if let flaw = row.isNull(9) ? checkErased(row, number) : checkPayload(row, number, &hash, &computed) {
            return flaw
        }
        hash.start()
        hash.append(previous)
        hash.append(number)
        hash.append(row.int64(1))
        hash.append(severity: severity)
        row.withBytes(3) { hash.append(text: $0) }
        row.withBytes(4) { hash.append(text: $0) }
        row.withBytes(6) { hash.append($0) }
        computed.withUnsafeMutableBufferPointer { hash.finish(into: $0) }
        guard row.equals(7, computed) else { return (number, "its hash does not fit its fields") }
        return row.withBytes(3) { AuditErasure.isErasure($0) } ? checkErasure(row, number) : nil
    }

    private mutating func checkPayload(
        _ row: Row,
        _ number: Int64,
        _ hash: inout AuditHash,
        _ computed: inout [UInt8]
    ) -> Flaw? {
        guard row.isNull(17) else { return (number, "it is said to be erased and is not") }
        hash.start()
        row.withBytes(9) { hash.append($0) }
        for column in 10...16 {
            if row.isNull(column) {
                hash.append(field: UnsafeRawBufferPointer?.none)
            } else {
                row.withBytes(column) { hash.append(field: $0) }
            }
        }
        computed.withUnsafeMutableBufferPointer { hash.finish(into: $0) }
        return row.equals(6, computed) ? nil : (number, "its payload was changed")
    }

    private mutating func checkErased(_ row: Row, _ number: Int64) -> Flaw? {
        for column in 10...16 where !row.isNull(column) {
            return (number, "its payload was changed after it was erased")
        }
        let eraser = row.int64(17)
        guard eraser > number else { return (number, "its payload is gone without a record of its erasure") }
        erased += 1
        erasures[eraser, default: AuditErasure.Digest()].add(number)
        return nil
    }

    private mutating func checkErasure(_ row: Row, _ number: Int64) -> Flaw? {
        if number > headAtStart { sawErasureAfterStart = true }
        let found = erasures.removeValue(forKey: number) ?? AuditErasure.Digest()
        return row.string(4) == found.object ? nil : (number, "other entries were erased than it says")
    }
}

extension Row {
    fileprivate func equals(_ column: Int, _ bytes: [UInt8]) -> Bool {
        withBytes(column) { raw in
            raw.count == bytes.count
                && bytes.withUnsafeBytes { memcmp(raw.baseAddress!, $0.baseAddress!, raw.count) == 0 }
        }
    }
}
