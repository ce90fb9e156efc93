/// Asks to read a private conversation of others, with a reason that both sides see.
package struct GlassDraft: Codable, Sendable {
    package var channel: String
    package var reason: String

    package init(channel: String, reason: String) {
        self.channel = channel
        self.reason = reason
    }
}

/// Somebody outside reads a private conversation for a while: it stands in its log, and in the audit log.
package struct BrokenGlass: Codable, Sendable, Equatable {
    package var channel: ChannelID
    package var account: AccountID
    package var reason: String
    package var at: Milliseconds
    package var until: Milliseconds

    package init(channel: ChannelID, account: AccountID, reason: String, at: Milliseconds, until: Milliseconds) {
        self.channel = channel
        self.account = account
        self.reason = reason
        self.at = at
        self.until = until
    }
}

extension Endpoint where Input == GlassDraft, Output == BrokenGlass {
    package static var breakGlass: Self {
        Self(
            "channels.breakGlass",
            .post,
            "/v1/channels/{channel}/glass",
            needs: .breakGlass,
            "read a private conversation of others for an hour, with a reason that is audited and shown to both sides"
        )
    }
}
