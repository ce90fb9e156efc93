import ChatAPI
import Storage

/// Tables `audit_entry` and `audit_payload`: the chain, and beside it everything that can be erased.
///
/// An entry keeps its number, time, action, object, severity and hashes for good. Who did it and what it was before and
/// after lie in `audit_payload` with their salt; erasing sets them to NULL and names the entry that recorded the erasure
/// in `erased_by`, so that a payload that vanished without a record is found.
enum AuditStore {
    static let schema = """
        CREATE TABLE audit_entry (
            seq INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            action TEXT NOT NULL,
            object TEXT NOT NULL,
            severity INTEGER NOT NULL,
            previous_hash BLOB NOT NULL,
            payload_hash BLOB NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        CREATE INDEX audit_entry_object ON audit_entry (object, seq);
        CREATE TABLE audit_payload (
            seq INTEGER PRIMARY KEY,
            salt BLOB,
            actor BLOB,
            actor_name TEXT,
            session BLOB,
            address TEXT,
            request_id TEXT,
            before TEXT,
            after TEXT,
            erased_by INTEGER
        ) STRICT;
        CREATE INDEX audit_payload_actor ON audit_payload (actor, seq) WHERE actor IS NOT NULL;
        """

    private static let insertEntry: SQL = """
        INSERT INTO audit_entry (seq, at, action, object, severity, previous_hash, payload_hash, hash)
        VALUES (:seq, :at, :action, :object, :severity, :previousHash, :payloadHash, :hash)
        """
    private static let insertPayload: SQL = """
        INSERT INTO audit_payload (seq, salt, actor, actor_name, session, address, request_id, before, after)
        VALUES (:seq, :salt, :actor, :actorName, :session, :address, :requestID, :before, :after)
        """
    private static let selectHead: SQL = "SELECT seq, at, hash FROM audit_entry ORDER BY seq DESC LIMIT 1"

    /// Where the chain ends: what the next entry is linked to.
    struct Head: Equatable {
        var seq: Int64 = 0
        var at: Milliseconds = 0
        var hash = AuditHash.genesis
    }

    static func head(_ tx: borrowing some Reading & ~Copyable) throws -> Head {
        try tx.first(selectHead) { Head(seq: $0.int64(0), at: $0.int64(1), hash: $0.bytes(2)) } ?? Head()
    }

    /// What is hashed and stored of one entry.
    struct Draft {
        var action: String
        var object: String
        var severity: AuditEntry.Severity
        var actor: AccountID?
        var actorName: String?
        var session: SessionID?
        var address: String?
        var requestID: String?
        var before: JSON?
        var after: JSON?
    }

    static func insert(
        _ draft: Draft,
        after head: Head,
        at: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> (entry: AuditEntry, head: Head) {
        let salt = RandomBytes.make(AuditHash.saltLength)
        let before = draft.before.map { String(decoding: $0.bytes, as: UTF8.self) }
        let after = draft.after.map { String(decoding: $0.bytes, as: UTF8.self) }
        let seq = head.seq + 1
        let payloadHash = Self.payloadHash(draft, salt: salt, before: before, after: after)
        var chain = AuditHash()
        chain.append(head.hash)
        chain.append(seq)
        chain.append(at)
        chain.append(severity: draft.severity)
        chain.append(text: draft.action)
        chain.append(text: draft.object)
        chain.append(payloadHash)
        let hash = chain.finish()
        try tx.run(insertEntry) {
            $0.bind("seq", seq)
            $0.bind("at", at)
            $0.bind("action", draft.action)
            $0.bind("object", draft.object)
            $0.bind("severity", Int64(draft.severity.number))
            $0.bind("previousHash", head.hash)
            $0.bind("payloadHash", payloadHash)
            $0.bind("hash", hash)
        }
        try tx.run(insertPayload) {
            $0.bind("seq", seq)
            $0.bind("salt", salt)
            $0.bind("actor", draft.actor)
            $0.bind("actorName", draft.actorName)
            $0.bind("session", draft.session)
            $0.bind("address", draft.address)
            $0.bind("requestID", draft.requestID)
            $0.bind("before", before)
            $0.bind("after", after)
        }
        let entry = AuditEntry(
            seq: seq,
            at: at,
            actor: draft.actor,
            actorName: draft.actorName,
            session: draft.session,
            address: draft.address,
            requestID: draft.requestID,
            action: draft.action,
            object: draft.object,
            severity: draft.severity,
            before: draft.before,
            after: draft.after,
            isErased: false,
            previousHash: Hash.hexadecimal(head.hash),
            payloadHash: Hash.hexadecimal(payloadHash),
            hash: Hash.hexadecimal(hash)
        )
        return (entry, Head(seq: seq, at: at, hash: hash))
    }

    private static func payloadHash(_ draft: Draft, salt: [UInt8], before: String?, after: String?) -> [UInt8] {
        var payload = AuditHash()
        payload.append(salt)
        payload.append(id: draft.actor)
        payload.append(field: draft.actorName)
        payload.append(id: draft.session)
        payload.append(field: draft.address)
        payload.append(field: draft.requestID)
        payload.append(field: before)
        payload.append(field: after)
        return payload.finish()
    }
}

extension AuditHash {
    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(text: UnsafeRawBufferPointer($0)) }
    }

    mutating func append(field text: String?) {
        guard var text else { return append(field: UnsafeRawBufferPointer?.none) }
        text.withUTF8 { append(field: UnsafeRawBufferPointer($0)) }
    }

    mutating func append<Owner>(id: ID<Owner>?) {
        guard let id else { return append(field: UnsafeRawBufferPointer?.none) }
        id.bytes.withUnsafeBytes { append(field: $0) }
    }
}
