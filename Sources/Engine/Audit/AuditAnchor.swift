import ChatAPI
import Storage

/// Tables `audit_anchor` and `audit_carry`: where a trimmed chain begins, and what its gone part has to do with the rest.
///
/// The anchor is a signed head: entry `seq` with its hash, in place of everything up to it. An entry `audit.trimmed` behind
/// it names the same place, so that an anchor nobody recorded is found. What went may have been erased by an entry that
/// stays: the digest as far as it had come is carried over, and so are the keys and the restores that the gone part named.
struct AuditAnchor: Sendable, Equatable {
    static let action = "audit.trimmed"

    static let schema = """
        CREATE TABLE audit_anchor (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            seq INTEGER NOT NULL CHECK (seq > 0),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            head TEXT NOT NULL,
            named TEXT NOT NULL
        ) STRICT;
        CREATE TABLE audit_carry (
            erased_by INTEGER PRIMARY KEY,
            count INTEGER NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32)
        ) STRICT;
        CREATE INDEX audit_payload_session ON audit_payload (session, seq) WHERE session IS NOT NULL;
        CREATE INDEX audit_payload_address ON audit_payload (address, seq) WHERE address IS NOT NULL;
        CREATE INDEX audit_payload_request ON audit_payload (request_id, seq) WHERE request_id IS NOT NULL;
        """

    var seq: Int64 = 0
    var hash = AuditHash.genesis
    /// Nil while nothing is trimmed.
    var head: SignedHead?
    var named = AuditNames()

    /// What the entry that records the cut says it was done to; one of the fixed fields.
    var object: String { "trim/\(seq)/\(Hash.hexadecimal(hash))" }

    private static let select: SQL = "SELECT seq, hash, head, named FROM audit_anchor"
    private static let upsert: SQL = """
        INSERT INTO audit_anchor (id, seq, hash, head, named) VALUES (1, :seq, :hash, :head, :named)
        ON CONFLICT (id) DO UPDATE
        SET seq = excluded.seq, hash = excluded.hash, head = excluded.head, named = excluded.named
        """
    private static let selectCarried: SQL = "SELECT erased_by, count, digest FROM audit_carry"
    private static let deleteCarried: SQL = "DELETE FROM audit_carry"
    private static let insertCarried: SQL =
        "INSERT INTO audit_carry (erased_by, count, digest) VALUES (:by, :count, :digest)"
    private static let selectSeq: SQL = "SELECT seq FROM audit_anchor"

    static func read(_ tx: borrowing some Reading & ~Copyable) throws -> AuditAnchor {
        let anchor = try tx.first(select) { row in
            AuditAnchor(
                seq: row.int64(0),
                hash: row.bytes(1),
                // Rows that were not written by us are found by the walk: their signature does not fit.
                head: try? Coding.decode(SignedHead.self, from: row.optionalBytes(2) ?? []),
                named: (try? Coding.decode(AuditNames.self, from: row.optionalBytes(3) ?? [])) ?? AuditNames()
            )
        }
        return anchor ?? AuditAnchor()
    }

    /// The entry behind which the log begins: 0 unless it was trimmed.
    static func seq(_ tx: borrowing some Reading & ~Copyable) throws -> Int64 {
        try tx.first(selectSeq) { $0.int64(0) } ?? 0
    }

    /// Erasures that began in the gone part, by the entry that records them.
    static func carried(_ tx: borrowing some Reading & ~Copyable) throws -> [Int64: AuditErasure.Digest] {
        let rows = try tx.all(selectCarried) {
            ($0.int64(0), AuditErasure.Digest(count: $0.int64(1), value: $0.bytes(2)))
        }
        return Dictionary(rows, uniquingKeysWith: { $1 })
    }

    func store(carrying erasures: [Int64: AuditErasure.Digest], _ tx: borrowing Transaction) throws {
        try tx.run(Self.upsert) {
            $0.bind("seq", seq)
            $0.bind("hash", hash)
            $0.bind("head", head.map { String(decoding: Coding.encode($0), as: UTF8.self) } ?? "")
            $0.bind("named", String(decoding: Coding.encode(named), as: UTF8.self))
        }
        try tx.run(Self.deleteCarried)
        for (eraser, digest) in erasures {
            try tx.run(Self.insertCarried) {
                $0.bind("by", eraser)
                $0.bind("count", digest.count)
                $0.bind("digest", digest.value)
            }
        }
    }
}

/// What the chain says about who may sign heads: its keys, and the lives of the database that a restore ended.
struct AuditNames: Codable, Sendable, Equatable {
    /// Public keys, hexadecimal.
    var keys: [String] = []
    /// Heads of an earlier epoch count up to the entry at which the backup was taken; behind it that life went another way.
    var restores: [Restore] = []

    struct Restore: Codable, Sendable, Equatable {
        var epoch: String
        var cut: Int64

        /// What the entry that records it says it was done to: `restore/<cut>/<epoch>`.
        var object: String { "restore/\(cut)/\(epoch)" }

        init(epoch: String, cut: Int64) {
            self.epoch = epoch
            self.cut = cut
        }

        init?(object: String) {
            let parts = object.split(separator: "/")
            guard parts.count == 3, parts[0] == "restore", let cut = Int64(parts[1]) else { return nil }
            self.init(epoch: String(parts[2]), cut: cut)
        }
    }

    static let keyAction = "audit.key"
    static let restoreAction = "audit.restored"

    mutating func take(_ note: AuditSegment.Note) {
        switch note.kind {
        case .key where note.object.hasPrefix("key/"): keys.append(String(note.object.dropFirst(4)))
        case .restore: if let restore = Restore(object: note.object) { restores.append(restore) }
        default: break
        }
    }
}
