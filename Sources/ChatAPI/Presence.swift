/// Whether someone is there. Never stored: it is what the open connections say.
package enum PresenceState: String, WireEnum {
    case online
    case away
    case doNotDisturb
    case offline
    /// What this program does not know.
    case unknown
}

package struct Presence: Codable, Sendable, Equatable {
    package var account: AccountID
    package var state: PresenceState
    package var statusText: String?

    package init(account: AccountID, state: PresenceState, statusText: String? = nil) {
        self.account = account
        self.state = state
        self.statusText = statusText
    }
}

/// One's own presence, on this connection. The account shows the most present of its connections; do not disturb wins.
package struct PresenceDraft: Codable, Sendable {
    package var state: PresenceState

    package init(state: PresenceState) { self.state = state }
}

/// Who is there, of a channel's members.
package struct PresencePage: Codable, Sendable, Equatable {
    /// How many members have an open connection.
    package var online: Int
    package var people: [Presence]

    package init(online: Int, people: [Presence]) {
        self.online = online
        self.people = people
    }
}

/// Says that one is writing in a channel. Good for six seconds; `stopped` ends it at once.
package struct Typing: Codable, Sendable {
    package var channel: ChannelID
    package var stopped: Bool?

    package init(channel: ChannelID, stopped: Bool? = nil) {
        self.channel = channel
        self.stopped = stopped
    }
}

extension Endpoint where Input == PresenceDraft, Output == Empty {
    package static var setPresence: Self {
        Self("presence.set", .put, "/v1/me/presence", needs: .own, "say whether one is there")
    }
}

extension Endpoint where Input == ChannelRef, Output == PresencePage {
    package static var presence: Self {
        Self("presence.list", .get, "/v1/channels/{channel}/presence", needs: .read, "who of a channel is there")
    }
}

extension Endpoint where Input == Typing, Output == Empty {
    package static var typing: Self {
        Self("typing.set", .post, "/v1/channels/{channel}/typing", needs: .post, "say that one is writing")
    }
}
