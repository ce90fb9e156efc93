import ChatAPI
import Glibc
import Storage

/// One piece of the audit chain with every hash recomputed; whether it continues what comes before is `AuditWalk`'s to say.
///
/// A piece begins from the hash that is stored before it, so several can be checked at once, each by a reader of its own.
struct AuditSegment: Sendable {
    /// Entries of one piece: some 20 ms of a reader.
    static let entries: Int64 = 10_000

    /// Something that the chain says about itself.
    struct Note: Sendable {
        enum Kind: Sendable {
            case erasure
            case trim
            case restore
            case key
        }

        let seq: Int64
        let kind: Kind
        let object: String
    }

    /// The hash that the piece was begun from; nil if the entry before it is not there.
    private(set) var start: [UInt8]?
    /// Its last intact entry, and that entry's hash.
    private(set) var seq: Int64
    private(set) var hash: [UInt8]
    private(set) var checked: Int64 = 0
    private(set) var flaw: AuditFlaw?
    /// Erased entries and the entry that says it erased them, ascending by the former.
    private(set) var erased: [(seq: Int64, by: Int64)] = []
    private(set) var notes: [Note] = []
    /// The hashes of the entries that were asked for.
    private(set) var found: [Int64: [UInt8]] = [:]

    private static let selectHash: SQL = "SELECT hash FROM audit_entry WHERE seq = :seq"
    private static let select: SQL = """
        SELECT e.seq, e.at, e.severity, e.action, e.object, e.previous_hash, e.payload_hash, e.hash,
            p.seq, p.salt, p.actor, p.actor_name, p.session, p.address, p.request_id, p.before, p.after, p.erased_by
        FROM audit_entry e LEFT JOIN audit_payload p ON p.seq = e.seq
        WHERE e.seq > :after AND e.seq <= :through ORDER BY e.seq
        """

    /// - Parameters:
    ///   - start: the hash it begins from, where that is known; read from the entry before otherwise.
    ///   - wanted: entries whose hashes are wanted, ascending, all of this piece.
    init(
        after: Int64,
        through: Int64,
        start known: [UInt8]?,
        wanted: [Int64],
        _ tx: borrowing some Reading & ~Copyable
    ) throws {
        start =
            try known
            ?? tx.first(Self.selectHash) {
                $0.bind("seq", after)
            } row: {
                $0.bytes(0)
            }
        seq = after
        hash = start ?? AuditHash.genesis
        var buffer = AuditHash()
        var computed = [UInt8](repeating: 0, count: AuditHash.length)
        var next = 0
        guard start != nil else { return }
        try tx.each(Self.select) {
            $0.bind("after", after)
            $0.bind("through", through)
        } row: { row in
            if let flaw = check(row, &buffer, &computed) {
                self.flaw = flaw
                return false
            }
            seq += 1
            checked += 1
            swap(&hash, &computed)
            if next < wanted.count, wanted[next] == seq {
                found[seq] = hash
                next += 1
            }
            return true
        }
        if flaw == nil, seq < through { flaw = AuditFlaw(seq + 1, "entry \(seq + 1) is missing") }
    }

    // MARK: - One entry

    /// Leaves the entry's hash in `computed`.
    private mutating func check(_ row: Row, _ buffer: inout AuditHash, _ computed: inout [UInt8]) -> AuditFlaw? {
        let number = row.int64(0)
        guard number == seq + 1 else { return AuditFlaw(seq + 1, "entry \(seq + 1) is missing") }
        guard row.equals(5, hash) else { return AuditFlaw(number, "it is not linked to the entry before it") }
        guard let severity = AuditEntry.Severity(number: row.int64(2)) else {
            return AuditFlaw(number, "its severity is unknown")
        }
        guard !row.isNull(8) else { return AuditFlaw(number, "its payload is missing") }
        if let flaw = row.isNull(9) ? checkErased(row, number) : checkPayload(row, number, &buffer, &computed) {
            return flaw
        }
        buffer.start()
        buffer.append(hash)
        buffer.append(number)
        buffer.append(row.int64(1))
        buffer.append(severity: severity)
        row.withBytes(3) { buffer.append(text: $0) }
        row.withBytes(4) { buffer.append(text: $0) }
        row.withBytes(6) { buffer.append($0) }
        computed.withUnsafeMutableBufferPointer { buffer.finish(into: $0) }
        guard row.equals(7, computed) else { return AuditFlaw(number, "its hash does not fit its fields") }
        if let kind = row.withBytes(3, { Note.Kind(action: $0) }) {
            notes.append(Note(seq: number, kind: kind, object: row.string(4)))
        }
        return nil
    }

    private func checkPayload(
        _ row: Row,
        _ number: Int64,
        _ buffer: inout AuditHash,
        _ computed: inout [UInt8]
    ) -> AuditFlaw? {
        guard row.isNull(17) else { return AuditFlaw(number, "it is said to be erased and is not") }
        buffer.start()
        row.withBytes(9) { buffer.append($0) }
        for column in 10...16 {
            if row.isNull(column) {
                buffer.append(field: UnsafeRawBufferPointer?.none)
            } else {
                row.withBytes(column) { buffer.append(field: $0) }
            }
        }
        computed.withUnsafeMutableBufferPointer { buffer.finish(into: $0) }
        return row.equals(6, computed) ? nil : AuditFlaw(number, "its payload was changed")
    }

    private mutating func checkErased(_ row: Row, _ number: Int64) -> AuditFlaw? {
        for column in 10...16 where !row.isNull(column) {
            return AuditFlaw(number, "its payload was changed after it was erased")
        }
        let eraser = row.int64(17)
        guard eraser > number else {
            return AuditFlaw(number, "its payload is gone without a record of its erasure")
        }
        erased.append((number, eraser))
        return nil
    }
}

/// The first entry that is not what it should be, and why.
struct AuditFlaw: Sendable, Equatable {
    let seq: Int64
    let reason: String

    init(_ seq: Int64, _ reason: String) {
        self.seq = seq
        self.reason = reason
    }
}

extension AuditSegment.Note.Kind {
    private static let actions: [(name: [UInt8], kind: Self)] = [
        (Array(AuditErasure.action.utf8), .erasure), (Array(AuditAnchor.action.utf8), .trim),
        (Array(AuditNames.restoreAction.utf8), .restore), (Array(AuditNames.keyAction.utf8), .key),
    ]
    private static let prefix = Array("audit.".utf8)

    /// Nearly every action is none of these, which six bytes tell.
    init?(action: UnsafeRawBufferPointer) {
        guard action.starts(with: Self.prefix),
            let known = Self.actions.first(where: { action.elementsEqual($0.name) })
        else { return nil }
        self = known.kind
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
