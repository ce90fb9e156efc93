/// One line of the audit log: who did what to what, from where, and the link that makes changes visible.
///
/// `hash = H(previousHash ‖ fixed fields ‖ H(salt ‖ payload))`. The payload can be erased later; the chain stays.
package struct AuditEntry: Codable, Sendable, Equatable {
    package var seq: Int64
    package var at: Milliseconds
    /// Nil once erased, or if the daemon itself acted.
    package var actor: AccountID?
    package var actorName: String?
    package var session: SessionID?
    package var address: String?
    package var requestID: String?
    /// An operation's name, or what the daemon did: `accounts.create`, `server.started`.
    package var action: String
    /// What it was done to: `channel/<id>`, `account/<id>`.
    package var object: String
    /// What that is called now, in lists: `bo` for an account, its session, request or chat, `devconf/stage` for a channel.
    /// No part of the record; absent where there is no name, or not any more.
    package var objectName: String?
    package var severity: Severity
    package var before: JSON?
    package var after: JSON?
    package var isErased: Bool
    /// Hexadecimal.
    package var previousHash: String
    package var payloadHash: String
    package var hash: String

    package enum Severity: String, WireEnum {
        case info
        case notice
        case warning
        case critical
        /// What this program does not know.
        case unknown
    }

    private enum CodingKeys: String, CodingKey {
        case seq, at, actor, actorName, session, address
        case requestID = "requestId"
        case action, object, objectName, severity, before, after, isErased, previousHash, payloadHash, hash
    }

    package init(
        seq: Int64,
        at: Milliseconds,
        actor: AccountID?,
        actorName: String?,
        session: SessionID?,
        address: String?,
        requestID: String?,
        action: String,
        object: String,
        severity: Severity,
        before: JSON?,
        after: JSON?,
        isErased: Bool,
        previousHash: String,
        payloadHash: String,
        hash: String
    ) {
        self.seq = seq
        self.at = at
        self.actor = actor
        self.actorName = actorName
        self.session = session
        self.address = address
        self.requestID = requestID
        self.action = action
        self.object = object
        self.severity = severity
        self.before = before
        self.after = after
        self.isErased = isErased
        self.previousHash = previousHash
        self.payloadHash = payloadHash
        self.hash = hash
    }
}

package struct AuditQuery: Codable, Sendable {
    package var after: Int64?
    package var before: Int64?
    package var since: Milliseconds?
    package var until: Milliseconds?
    /// By id or name.
    package var actor: String?
    /// An action, or the start of one: `accounts.`
    package var action: String?
    /// As entries name it, `account/<id>`; also `account/<name>`, `channel/<name>`, `event/<slug>`, `agency/<slug>`.
    package var object: String?
    package var session: SessionID?
    package var address: String?
    /// The request's id: everything that one call did.
    package var request: String?
    package var severity: AuditEntry.Severity?
    /// Only what concerns one event or agency, `event/<id or slug>`: read by whoever may read the audit log there.
    package var scope: String?
    package var limit: Int?

    package init(
        after: Int64? = nil,
        before: Int64? = nil,
        since: Milliseconds? = nil,
        until: Milliseconds? = nil,
        actor: String? = nil,
        action: String? = nil,
        object: String? = nil,
        session: SessionID? = nil,
        address: String? = nil,
        request: String? = nil,
        severity: AuditEntry.Severity? = nil,
        scope: String? = nil,
        limit: Int? = nil
    ) {
        self.after = after
        self.before = before
        self.since = since
        self.until = until
        self.actor = actor
        self.action = action
        self.object = object
        self.session = session
        self.address = address
        self.request = request
        self.severity = severity
        self.scope = scope
        self.limit = limit
    }
}

/// A piece of the audit log, ascending. Some answers skip entries that do not match; `head` is the newest there is.
package struct AuditPage: Codable, Sendable, Equatable {
    package var entries: [AuditEntry]
    package var head: Int64
    package var hasEarlier: Bool
    package var hasLater: Bool

    package init(entries: [AuditEntry], head: Int64, hasEarlier: Bool, hasLater: Bool) {
        self.entries = entries
        self.head = head
        self.hasEarlier = hasEarlier
        self.hasLater = hasLater
    }
}

/// What the daemon found when it walked the chain from its first entry, and compared it with every head it ever signed.
package struct AuditVerification: Codable, Sendable, Equatable {
    package var isClean: Bool
    package var checked: Int64
    /// The entry behind which the chain begins; 0 unless the log was trimmed.
    package var trimmedThrough: Int64
    /// Signed heads whose signature and place in the chain were checked.
    package var heads: Int64
    /// The newest entry that a head covers: what came later is covered by the chain alone. Nil if none is signed.
    package var signedThrough: Int64?
    package var erased: Int64
    package var head: Int64
    package var headHash: String
    /// The first entry whose link is broken.
    package var brokenAt: Int64?
    package var reason: String?

    package init(
        isClean: Bool,
        checked: Int64,
        erased: Int64,
        head: Int64,
        headHash: String,
        trimmedThrough: Int64 = 0,
        heads: Int64 = 0,
        signedThrough: Int64? = nil,
        brokenAt: Int64? = nil,
        reason: String? = nil
    ) {
        self.isClean = isClean
        self.checked = checked
        self.trimmedThrough = trimmedThrough
        self.heads = heads
        self.signedThrough = signedThrough
        self.erased = erased
        self.head = head
        self.headHash = headHash
        self.brokenAt = brokenAt
        self.reason = reason
    }
}

extension Endpoint where Input == AuditQuery, Output == AuditPage {
    package static var audit: Self {
        Self("audit.list", .get, "/v1/audit", needs: .readAudit, "read the audit log")
    }
}

extension Endpoint where Input == Empty, Output == AuditVerification {
    package static var verifyAudit: Self {
        Self(
            "audit.verify",
            .get,
            "/v1/audit/verification",
            needs: .readAudit,
            "check the audit log's hash chain and signed heads"
        )
    }
}
