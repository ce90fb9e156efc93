/// A way into a channel that does not take its secret: a code for several, or for one person only.
package struct ChannelInvitation: Codable, Sendable, Equatable {
    package var id: InvitationID
    package var channel: ChannelID
    package var channelName: String?
    /// The event or agency that the channel is of: `devconf`. Nil on the platform.
    package var spaceName: String?
    /// Whom it is for; nil for a code that anybody may use.
    package var account: AccountID?
    /// Shown once, to whoever made it.
    package var code: String?
    /// Nil: as often as one likes.
    package var usesLeft: Int?
    package var expiresAt: Milliseconds
    package var by: AccountID?
    package var at: Milliseconds

    package init(
        id: InvitationID,
        channel: ChannelID,
        channelName: String?,
        spaceName: String? = nil,
        account: AccountID?,
        code: String?,
        usesLeft: Int?,
        expiresAt: Milliseconds,
        by: AccountID?,
        at: Milliseconds
    ) {
        self.id = id
        self.channel = channel
        self.channelName = channelName
        self.spaceName = spaceName
        self.account = account
        self.code = code
        self.usesLeft = usesLeft
        self.expiresAt = expiresAt
        self.by = by
        self.at = at
    }

    /// By this name joining finds the channel from anywhere: `vault`, `devconf/crew`. Nil if the channel has none.
    package var path: String? { channelName.map { name in spaceName.map { "\($0)/\(name)" } ?? name } }
}

extension [ChannelInvitation] {
    /// Those to a channel that is called so: in the space that is named, or else in any.
    package func named(_ name: String) -> [ChannelInvitation] {
        let found = filter { $0.path == name }
        return found.isEmpty ? filter { $0.channelName == name } : found
    }
}

package typealias InvitationID = ID<ChannelInvitation>

package struct ChannelInvitationDraft: Codable, Sendable {
    package var channel: String
    /// For this person only, who hears of it.
    package var account: String?
    /// 1 to 10,000; without it, as often as one likes. An invitation of a person is used once.
    package var uses: Int?
    /// Milliseconds: a minute to 90 days; a week if absent.
    package var forMs: Int64?

    package init(channel: String, account: String? = nil, uses: Int? = nil, forMs: Int64? = nil) {
        self.channel = channel
        self.account = account
        self.uses = uses
        self.forMs = forMs
    }
}

package struct InvitationRef: Codable, Sendable {
    package var channel: String
    package var invitation: InvitationID

    package init(channel: String, invitation: InvitationID) {
        self.channel = channel
        self.invitation = invitation
    }
}

/// An invitation that is for the caller.
package struct OwnInvitationRef: Codable, Sendable {
    package var invitation: InvitationID

    package init(_ invitation: InvitationID) { self.invitation = invitation }
}

/// A code, or the id of an invitation that is for the caller.
package struct InvitationCode: Codable, Sendable {
    /// What every such code begins with.
    package static let prefix = "plz_h_"

    package var code: String

    package init(_ code: String) { self.code = code }
}

extension Endpoint where Input == ChannelInvitationDraft, Output == ChannelInvitation {
    package static var inviteToChannel: Self {
        Self(
            "invitations.create",
            .post,
            "/v1/channels/{channel}/invitations",
            needs: .manageChannels,
            "make a code that lets people into a channel, or invite one person"
        )
    }
}

extension Endpoint where Input == ChannelRef, Output == Page<ChannelInvitation> {
    package static var listInvitations: Self {
        Self(
            "invitations.list",
            .get,
            "/v1/channels/{channel}/invitations",
            needs: .manageChannels,
            "list the invitations to a channel that can still be used"
        )
    }
}

extension Endpoint where Input == InvitationRef, Output == Empty {
    package static var revokeInvitation: Self {
        Self(
            "invitations.revoke",
            .delete,
            "/v1/channels/{channel}/invitations/{invitation}",
            needs: .manageChannels,
            "take an invitation back"
        )
    }
}

extension Endpoint where Input == InvitationCode, Output == Channel {
    package static var acceptInvitation: Self {
        Self("invitations.accept", .post, "/v1/invitations/accept", needs: .join, "join a channel by an invitation")
    }
}

extension Endpoint where Input == Empty, Output == Page<ChannelInvitation> {
    package static var ownInvitations: Self {
        Self("me.invitations", .get, "/v1/me/invitations", needs: .own, "list the channels that one is invited to")
    }
}

extension Endpoint where Input == OwnInvitationRef, Output == Empty {
    package static var declineInvitation: Self {
        Self(
            "invitations.decline",
            .post,
            "/v1/invitations/{invitation}/decline",
            needs: .own,
            "refuse an invitation to a channel; one cannot be invited there again for a week"
        )
    }
}
