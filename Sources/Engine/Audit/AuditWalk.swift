import ChatAPI
import Storage

/// The pieces of one walk along the audit chain, put together: links between them, erasures and what recorded them, the
/// cut of a trimmed log, and every head that was ever signed.
struct AuditWalk: Sendable {
    let anchor: AuditAnchor
    /// Where the chain ended when the walk began: it goes this far.
    let end: Int64
    private(set) var seq: Int64
    private(set) var hash: [UInt8]
    private(set) var flaw: AuditFlaw?
    /// Erasures that are under way at this place, by the entry that records them, which comes later.
    private(set) var erasures: [Int64: AuditErasure.Digest]
    private(set) var names: AuditNames
    private var checked: Int64 = 0
    private var erased: Int64 = 0
    private var headCount: Int64 = 0
    private var signedThrough: Int64?
    private var isCutRecorded: Bool
    /// The hashes of entries that have a signed head.
    private var found: [Int64: [UInt8]] = [:]
    /// Something changed under the walk: what it says of it may be wrong.
    private(set) var wasOvertaken = false
    /// Signed heads by entry: from the file, and the anchor's own.
    private let heads: [Int64: [SignedHead]]
    private let wanted: [Int64]
    private let epoch: String

    private static let selectEnds: SQL = """
        SELECT (SELECT MAX(seq) FROM audit_payload), (SELECT MAX(seq) FROM audit_entry)
        """

    /// - Parameter end: the newest entry, or where the walk is to stop.
    init(
        through end: Int64? = nil,
        heads: [SignedHead],
        epoch: String,
        _ tx: borrowing some Reading & ~Copyable
    ) throws {
        anchor = try AuditAnchor.read(tx)
        self.end = try end ?? AuditStore.head(tx).seq
        erasures = try AuditAnchor.carried(tx)
        seq = anchor.seq
        hash = anchor.hash
        names = anchor.named
        isCutRecorded = anchor.seq == 0
        self.epoch = epoch
        self.heads = Dictionary(grouping: heads + (anchor.head.map { [$0] } ?? []), by: \.seq)
        wanted = self.heads.keys.sorted()
    }

    var isAtEnd: Bool { flaw != nil || seq >= end }

    typealias Range = (after: Int64, through: Int64)

    /// The ranges of the next pieces, at most so many.
    func pieces(_ count: Int) -> [Range] {
        var pieces: [Range] = []
        var after = seq
        while pieces.count < count, after < end {
            let through = min(after + AuditSegment.entries, end)
            pieces.append((after, through))
            after = through
        }
        return pieces
    }

    /// Entries of a piece that have a signed head.
    func wanted(_ range: Range) -> [Int64] { wanted.filter { $0 > range.after && $0 <= range.through } }

    // MARK: - Going on

    /// Takes the piece that follows.
    mutating func take(_ piece: AuditSegment) {
        guard flaw == nil else { return }
        guard let start = piece.start else {
            flaw = AuditFlaw(seq, "entry \(seq) is missing")
            return
        }
        // The piece that ended here saw the entry as it was; this one was read after it, or beside it.
        guard start == hash else {
            flaw = AuditFlaw(seq, "its hash does not fit its fields")
            return
        }
        for (number, eraser) in piece.erased { erasures[eraser, default: AuditErasure.Digest()].add(number) }
        erased += Int64(piece.erased.count)
        for note in piece.notes {
            names.take(note)
            if note.kind == .trim, note.object == anchor.object { isCutRecorded = true }
            guard note.kind == .erasure, flaw == nil else { continue }
            let found = erasures.removeValue(forKey: note.seq) ?? AuditErasure.Digest()
            if note.object != found.object { flaw = AuditFlaw(note.seq, "other entries were erased than it says") }
        }
        found.merge(piece.found) { $1 }
        seq = piece.seq
        hash = piece.hash
        checked += piece.checked
        // The earlier of two flaws is the one to name.
        if let other = piece.flaw, flaw.map({ other.seq < $0.seq }) ?? true { flaw = other }
    }

    /// Heads of an earlier life of the database are bound up to the cut that a restore made.
    private func applies(_ head: SignedHead) -> Bool {
        head.epoch == epoch || names.restores.contains { $0.epoch == head.epoch && head.seq <= $0.cut }
    }

    /// What can only be said at the end.
    mutating func finish(_ tx: borrowing some Reading & ~Copyable) throws {
        if try AuditAnchor.read(tx) != anchor { wasOvertaken = true }
        if flaw == nil, !isCutRecorded {
            flaw = AuditFlaw(anchor.seq, "what came up to it is gone, and no entry says that the log was trimmed")
        }
        if flaw == nil, let claimed = erasures.keys.min() {
            flaw = AuditFlaw(claimed, "entries say that entry \(claimed) erased them, and it did not")
            if claimed > end { wasOvertaken = true }
        }
        if flaw == nil {
            let (payload, entry) = try tx.first(Self.selectEnds) { ($0.int64(0), $0.int64(1)) } ?? (0, 0)
            if payload > entry {
                flaw = AuditFlaw(entry + 1, "entry \(entry + 1) is missing; its payload is there")
            }
        }
        checkHeads()
    }

    /// Every head has our signature and an entry, whatever life of the database it is of.
    private mutating func checkHeads() {
        for number in wanted {
            for head in heads[number] ?? [] {
                guard flaw.map({ number < $0.seq }) ?? true else { return }
                flaw = complaint(about: head).map { AuditFlaw(number, $0) } ?? flaw
                headCount += 1
                if applies(head) { signedThrough = max(signedThrough ?? 0, number) }
            }
        }
    }

    private func complaint(about head: SignedHead) -> String? {
        if !head.isSigned { return "the signature of its head is wrong" }
        if !names.keys.contains(head.key) { return "its head is signed with a key that the log does not name" }
        if head.epoch != epoch, !names.restores.contains(where: { $0.epoch == head.epoch }) {
            return "its head is of another life of the database, and no entry says that a backup was restored"
        }
        // What was cut off before the log's beginning is not there to be compared.
        guard applies(head), head.seq >= anchor.seq else { return nil }
        guard let hash = head.seq == anchor.seq ? anchor.hash : found[head.seq] else {
            return "it was signed and is missing"
        }
        return head.hash == Hash.hexadecimal(hash)
            ? nil : "it is not the entry that was signed: the chain was written anew"
    }

    var verification: AuditVerification {
        AuditVerification(
            isClean: flaw == nil,
            checked: checked,
            erased: erased,
            head: seq,
            headHash: Hash.hexadecimal(hash),
            trimmedThrough: anchor.seq,
            heads: headCount,
            signedThrough: signedThrough,
            brokenAt: flaw?.seq,
            reason: flaw?.reason
        )
    }
}
