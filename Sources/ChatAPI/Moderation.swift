/// What keeps somebody from talking in a place, or out of it, and until when.
package struct Sanction: Codable, Sendable, Equatable {
    package var account: AccountID
    package var name: String
    package var kind: SanctionKind
    /// `channel/<id>`, `event/<id>`, `agency/<id>` or `platform`: it holds in everything inside.
    package var scope: Scope
    /// What the place is called: `devconf`, `devconf/stage`; absent if it is gone.
    package var scopeName: String?
    /// Nil: until somebody reinstates.
    package var until: Milliseconds?
    package var reason: String?
    /// Nil if the account is gone.
    package var by: AccountID?
    package var at: Milliseconds

    package init(
        account: AccountID,
        name: String,
        kind: SanctionKind,
        scope: Scope,
        until: Milliseconds?,
        reason: String?,
        by: AccountID?,
        at: Milliseconds
    ) {
        self.account = account
        self.name = name
        self.kind = kind
        self.scope = scope
        self.until = until
        self.reason = reason
        self.by = by
        self.at = at
    }
}

package enum SanctionKind: String, WireEnum {
    /// Not in it, does not read it, does not get in.
    case ban
    /// Reads along and says nothing.
    case timeOut
    /// What this program does not know.
    case unknown
}

/// Whom, where, for how long and why.
package struct SanctionDraft: Codable, Sendable {
    package var account: String
    /// `platform`, `event/<id or slug>`, `agency/<id or slug>`, `channel/<id or name>`; or the bare name of a channel, or,
    /// if there is none of that name, of an event or agency.
    package var scope: String
    /// Milliseconds; a ban without it has no end, a time-out needs it.
    package var forMs: Int64?
    package var reason: String?

    package init(account: String, scope: String, forMs: Int64? = nil, reason: String? = nil) {
        self.account = account
        self.scope = scope
        self.forMs = forMs
        self.reason = reason
    }
}

package struct SanctionQuery: Codable, Sendable {
    package var scope: String
    package var account: String?
    package var limit: Int?
    package var cursor: String?

    package init(scope: String, account: String? = nil, limit: Int? = nil, cursor: String? = nil) {
        self.scope = scope
        self.account = account
        self.limit = limit
        self.cursor = cursor
    }
}

/// What is lifted: all of it if no kind is said.
package struct Reinstatement: Codable, Sendable {
    package var account: String
    package var scope: String
    package var kind: SanctionKind?

    package init(account: String, scope: String, kind: SanctionKind? = nil) {
        self.account = account
        self.scope = scope
        self.kind = kind
    }
}

/// How many channels somebody was taken out of.
package struct Kicked: Codable, Sendable, Equatable {
    package var channels: Int

    package init(channels: Int) { self.channels = channels }
}

extension Endpoint where Input == SanctionQuery, Output == Page<Sanction> {
    package static var listSanctions: Self {
        Self(
            "moderation.list",
            .get,
            "/v1/moderation",
            needs: .read,
            "list who is banned or timed out in a place one moderates"
        )
    }
}

extension Endpoint where Input == SanctionDraft, Output == Kicked {
    package static var kick: Self {
        Self(
            "moderation.kick",
            .post,
            "/v1/moderation/kick",
            needs: .read,
            "take somebody out of a channel, or of all channels of an event; they may come back"
        )
    }
}

extension Endpoint where Input == SanctionDraft, Output == Sanction {
    package static var ban: Self {
        Self(
            "moderation.ban",
            .post,
            "/v1/moderation/ban",
            needs: .read,
            "take somebody out and keep them out, for a time or until they are reinstated"
        )
    }
    package static var timeOut: Self {
        Self(
            "moderation.timeOut",
            .post,
            "/v1/moderation/time-out",
            needs: .read,
            "let somebody read and say nothing for a time"
        )
    }
}

extension Endpoint where Input == Reinstatement, Output == Empty {
    package static var reinstate: Self {
        Self("moderation.reinstate", .post, "/v1/moderation/reinstate", needs: .read, "lift a ban or a time-out")
    }
}
