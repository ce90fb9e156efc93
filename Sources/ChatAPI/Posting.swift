/// Who may do what in one channel, and how often. Its admins and whoever moderates there always may.
package struct Posting: Codable, Sendable, Equatable {
    package var channel: ChannelID
    /// Milliseconds between two messages of one person; 0: no limit.
    package var slowModeMs: Int64
    /// From the general to the particular; what a later one says wins.
    package var rules: [PostingRule]
    /// Nil unless one is on where the channel is.
    package var emergency: Emergency?
    /// What the asker may do here now.
    package var may: [PostingAct]

    package init(
        channel: ChannelID,
        slowModeMs: Int64,
        rules: [PostingRule],
        emergency: Emergency? = nil,
        may: [PostingAct] = PostingAct.words
    ) {
        self.channel = channel
        self.slowModeMs = slowModeMs
        self.rules = rules
        self.emergency = emergency
        self.may = may
    }
}

/// What may be allowed or denied in a channel.
package enum PostingAct: String, WireEnum {
    /// Write messages.
    case post
    case react
    case pin
    /// `@all` and `@here`.
    case mentionAll
    case draw
    /// What this program does not know.
    case unknown
}

/// Whom a rule is about, from the general to the particular.
package enum PostingGroup: String, WireEnum {
    case everyone
    /// Who has no account of their own but a join code.
    case guest
    /// Who was given the floor: speakers, and everybody who answers or runs something there.
    case speaker
    /// What this program does not know.
    case unknown
}

package struct PostingRule: Codable, Sendable, Equatable {
    package var group: PostingGroup
    package var allow: [PostingAct]
    package var deny: [PostingAct]

    package init(_ group: PostingGroup, allow: [PostingAct] = [], deny: [PostingAct] = []) {
        self.group = group
        self.allow = allow
        self.deny = deny
    }
}

/// What is absent stays.
package struct PostingChange: Codable, Sendable {
    package var channel: String
    package var slowModeMs: Int64?
    /// In place of all there were.
    package var rules: [PostingRule]?

    package init(channel: String, slowModeMs: Int64? = nil, rules: [PostingRule]? = nil) {
        self.channel = channel
        self.slowModeMs = slowModeMs
        self.rules = rules
    }
}

/// The emergency switch: in a whole place only some may speak, until it ends by itself.
package struct Emergency: Codable, Sendable, Equatable {
    package var scope: Scope
    /// What the place is called: `devconf`, `devconf/stage`; absent if it is gone.
    package var scopeName: String?
    package var voice: EmergencyVoice
    package var until: Milliseconds
    package var reason: String?
    package var by: AccountID?
    package var at: Milliseconds

    package init(
        scope: Scope,
        voice: EmergencyVoice,
        until: Milliseconds,
        reason: String?,
        by: AccountID?,
        at: Milliseconds
    ) {
        self.scope = scope
        self.voice = voice
        self.until = until
        self.reason = reason
        self.by = by
        self.at = at
    }
}

/// Who may still speak.
package enum EmergencyVoice: String, WireEnum {
    case moderators
    /// Moderators, and whoever was given the floor.
    case speakers
    /// What this program does not know.
    case unknown
}

package struct EmergencyDraft: Codable, Sendable {
    /// `event/<id or slug>`, `agency/<id or slug>`, `channel/<id or name>` or `platform`.
    package var scope: String
    /// `speakers` if absent.
    package var voice: EmergencyVoice?
    /// Milliseconds: a minute to a day.
    package var forMs: Int64
    package var reason: String?

    package init(scope: String, voice: EmergencyVoice? = nil, forMs: Int64, reason: String? = nil) {
        self.scope = scope
        self.voice = voice
        self.forMs = forMs
        self.reason = reason
    }
}

/// Names a place, as moderators do.
package struct ScopeRef: Codable, Sendable {
    package var scope: String

    package init(_ scope: String) { self.scope = scope }
}

extension Endpoint where Input == ChannelRef, Output == Posting {
    package static var posting: Self {
        Self(
            "posting.get",
            .get,
            "/v1/channels/{channel}/posting",
            needs: .read,
            "show who may write in a channel, how often, and what one may oneself"
        )
    }
}

extension Endpoint where Input == PostingChange, Output == Posting {
    package static var setPosting: Self {
        Self(
            "posting.set",
            .put,
            "/v1/channels/{channel}/posting",
            needs: .read,
            "set slow mode and who may write in a channel"
        )
    }
}

extension Endpoint where Input == EmergencyDraft, Output == Emergency {
    package static var startEmergency: Self {
        Self(
            "emergencies.start",
            .post,
            "/v1/emergencies",
            needs: .moderate,
            "let only some speak in a whole event, for a time"
        )
    }
}

extension Endpoint where Input == ScopeRef, Output == Empty {
    package static var endEmergency: Self {
        Self("emergencies.end", .post, "/v1/emergencies/end", needs: .moderate, "let everybody speak again")
    }
}

extension Endpoint where Input == Empty, Output == Page<Emergency> {
    package static var listEmergencies: Self {
        Self("emergencies.list", .get, "/v1/emergencies", needs: .read, "list the emergencies that are on")
    }
}
