/// A place of the audit chain, signed by the daemon's key: what is kept somewhere else and compared later.
///
/// Signed (Ed25519) are these lines, each ended by a line feed: `plaza-audit-head-v1`, then epoch, seq, at and the two
/// hexadecimal texts hash and key. Whoever kept such a head, and nothing else, can tell a chain that was written anew
/// from the one that the daemon had then.
package struct SignedHead: Codable, Sendable, Equatable {
    /// Which life of the database: a restore begins another.
    package var epoch: String
    package var seq: Int64
    /// When it was signed.
    package var at: Milliseconds
    /// The hash of entry `seq`, hexadecimal.
    package var hash: String
    /// The public key, hexadecimal.
    package var key: String
    /// Hexadecimal.
    package var signature: String

    package init(
        epoch: String,
        seq: Int64,
        at: Milliseconds,
        hash: String,
        key: String,
        signature: String = ""
    ) {
        self.epoch = epoch
        self.seq = seq
        self.at = at
        self.hash = hash
        self.key = key
        self.signature = signature
    }

    /// What the signature is over.
    package var signed: [UInt8] {
        Array("plaza-audit-head-v1\n\(epoch)\n\(seq)\n\(at)\n\(hash)\n\(key)\n".utf8)
    }
}

package struct AuditHeadQuery: Codable, Sendable {
    package var limit: Int?
    /// Heads of entries below this number.
    package var cursor: String?

    package init(limit: Int? = nil, cursor: String? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

/// Up to where the log is cut: through an entry, or through the last one before a time. One of the two.
package struct AuditTrim: Codable, Sendable {
    package var through: Int64?
    package var before: Milliseconds?

    package init(through: Int64? = nil, before: Milliseconds? = nil) {
        self.through = through
        self.before = before
    }
}

/// What a cut left: the chain begins behind entry `through`, whose signed head stands for all that went.
package struct AuditTrimmed: Codable, Sendable, Equatable {
    /// Entries that went by this cut.
    package var entries: Int64
    package var head: SignedHead

    package init(entries: Int64, head: SignedHead) {
        self.entries = entries
        self.head = head
    }
}

extension Endpoint where Input == Empty, Output == SignedHead {
    package static var signAudit: Self {
        Self(
            "audit.sign",
            .post,
            "/v1/audit/heads",
            needs: .readAudit,
            "sign the end of the audit log, write it to the file of heads and answer with it"
        )
    }
}

extension Endpoint where Input == AuditHeadQuery, Output == Page<SignedHead> {
    package static var auditHeads: Self {
        Self("audit.heads", .get, "/v1/audit/heads", needs: .readAudit, "list signed heads, newest first")
    }
}

extension Endpoint where Input == AuditTrim, Output == AuditTrimmed {
    package static var trimAudit: Self {
        Self(
            "audit.trim",
            .post,
            "/v1/audit/trim",
            needs: .operate,
            "cut the old end off the audit log behind a signed head; the rest stays verifiable"
        )
    }
}
