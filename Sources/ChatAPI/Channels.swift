/// A named timeline with members, or a direct conversation without a name.
package struct Channel: Codable, Sendable, Equatable {
    package var id: ChannelID
    package var kind: ChannelKind
    /// Unique in its space after folding: `general`. Nil for direct conversations.
    package var name: String?
    package var topic: String?
    /// True if joining takes a secret; such a channel is listed by name and read only by members.
    package var hasSecret: Bool
    package var memberCount: Int
    /// The people of a direct conversation.
    package var people: [AccountID]?
    package var createdBy: AccountID?
    package var createdAt: Milliseconds
    /// The `seq` of its newest entry; 0 if there is none. Nil to those who may not read it.
    package var head: Int64?
    /// Grows with each edit: the `ETag` of REST.
    package var version: Int64
    /// What the asker is in it; nil if not a member.
    package var role: MemberRole?
    /// The event or the agency whose space it is in; nil for the platform's own and for direct conversations.
    package var space: Scope?
    /// The slug of that event or agency: the channel is also called `<slug>/<name>`.
    package var spaceName: String?

    package init(
        id: ChannelID,
        kind: ChannelKind,
        name: String?,
        topic: String?,
        hasSecret: Bool,
        memberCount: Int,
        people: [AccountID]?,
        createdBy: AccountID?,
        createdAt: Milliseconds,
        head: Int64?,
        version: Int64,
        role: MemberRole?,
        space: Scope? = nil,
        spaceName: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.topic = topic
        self.hasSecret = hasSecret
        self.memberCount = memberCount
        self.people = people
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.head = head
        self.version = version
        self.role = role
        self.space = space
        self.spaceName = spaceName
    }
}

package enum ChannelKind: String, WireEnum {
    case text
    /// Everybody in its event reads, those who may announce write.
    case announce
    /// Between people, without a name.
    case direct
    /// Of a chat request: a participant and the organizer who took it, without a name.
    case chat
    /// For an agency's staff only; to others it does not exist.
    case staff
    /// A kind that this program does not know.
    case unknown

    /// Conversations without a name: who is not in one does not find it.
    package var isPrivate: Bool { self == .direct || self == .chat }
}

package enum MemberRole: String, WireEnum {
    case member
    case admin
    /// A role that this program does not know.
    case unknown
}

package struct Member: Codable, Sendable, Equatable {
    package var account: AccountID
    package var name: String
    package var displayName: String?
    package var kind: AccountKind
    package var role: MemberRole
    package var joinedAt: Milliseconds

    package init(
        account: AccountID,
        name: String,
        displayName: String?,
        kind: AccountKind,
        role: MemberRole,
        joinedAt: Milliseconds
    ) {
        self.account = account
        self.name = name
        self.displayName = displayName
        self.kind = kind
        self.role = role
        self.joinedAt = joinedAt
    }
}

package struct ChannelDraft: Codable, Sendable {
    package var name: String
    package var topic: String?
    package var secret: String?
    /// `event/<id>` or `agency/<id>`: whose space it is made in; the platform's if absent.
    package var space: Scope?
    /// `text`, `announce` or `staff`; text if absent. The others take a space.
    package var kind: ChannelKind?

    package init(
        name: String,
        topic: String? = nil,
        secret: String? = nil,
        space: Scope? = nil,
        kind: ChannelKind? = nil
    ) {
        self.name = name
        self.topic = topic
        self.secret = secret
        self.space = space
        self.kind = kind
    }
}

/// Names a channel by id or by name, with or without `#`; in an event's or agency's space as `<slug>/<name>`.
package struct ChannelRef: Codable, Sendable {
    package var channel: String

    package init(_ channel: String) { self.channel = channel }
    package init(_ channel: ChannelID) { self.channel = channel.description }
}

/// What is absent stays; an empty topic or secret is removed.
package struct ChannelChange: Codable, Sendable {
    package var channel: String
    package var name: String?
    package var topic: String?
    package var secret: String?

    package init(channel: String, name: String? = nil, topic: String? = nil, secret: String? = nil) {
        self.channel = channel
        self.name = name
        self.topic = topic
        self.secret = secret
    }
}

package struct ChannelQuery: Codable, Sendable {
    /// Names or topics that contain this.
    package var query: String?
    /// Only those one is a member of.
    package var joined: Bool?
    /// Only those of this space.
    package var space: Scope?
    package var limit: Int?
    package var cursor: String?

    package init(
        query: String? = nil,
        joined: Bool? = nil,
        space: Scope? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) {
        self.query = query
        self.joined = joined
        self.space = space
        self.limit = limit
        self.cursor = cursor
    }
}

package struct ChannelJoin: Codable, Sendable {
    package var channel: String
    package var secret: String?

    package init(channel: String, secret: String? = nil) {
        self.channel = channel
        self.secret = secret
    }
}

/// Another member of a channel: to add, to remove, or to give a role.
package struct MemberRef: Codable, Sendable {
    package var channel: String
    package var account: String

    package init(channel: String, account: String) {
        self.channel = channel
        self.account = account
    }
}

package struct MemberChange: Codable, Sendable {
    package var channel: String
    package var account: String
    package var role: MemberRole

    package init(channel: String, account: String, role: MemberRole) {
        self.channel = channel
        self.account = account
        self.role = role
    }
}

package struct MemberQuery: Codable, Sendable {
    package var channel: String
    package var query: String?
    package var limit: Int?
    package var cursor: String?

    package init(channel: String, query: String? = nil, limit: Int? = nil, cursor: String? = nil) {
        self.channel = channel
        self.query = query
        self.limit = limit
        self.cursor = cursor
    }
}

/// Opens the direct conversation with just these people, or finds the one there is.
package struct DirectDraft: Codable, Sendable {
    /// Ids or names of the others.
    package var people: [String]

    package init(people: [String]) { self.people = people }
}

extension Endpoint where Input == ChannelDraft, Output == Channel {
    package static var createChannel: Self {
        Self(
            "channels.create",
            .post,
            "/v1/channels",
            needs: .createChannels,
            "make a channel and join it as its admin"
        )
    }
}

extension Endpoint where Input == ChannelQuery, Output == Page<Channel> {
    package static var listChannels: Self {
        Self("channels.list", .get, "/v1/channels", needs: .read, "list channels")
    }
}

extension Endpoint where Input == ChannelRef, Output == Channel {
    package static var channel: Self {
        Self("channels.get", .get, "/v1/channels/{channel}", needs: .read, "show a channel")
    }
}

extension Endpoint where Input == ChannelChange, Output == Channel {
    package static var changeChannel: Self {
        Self(
            "channels.update",
            .patch,
            "/v1/channels/{channel}",
            needs: .manageChannels,
            "change a channel's name, topic or secret"
        )
    }
}

extension Endpoint where Input == ChannelRef, Output == Empty {
    package static var deleteChannel: Self {
        Self(
            "channels.delete",
            .delete,
            "/v1/channels/{channel}",
            needs: .manageChannels,
            "delete a channel with everything in it"
        )
    }
    package static var leaveChannel: Self {
        Self("channels.leave", .post, "/v1/channels/{channel}/leave", needs: .join, "leave a channel")
    }
}

extension Endpoint where Input == ChannelJoin, Output == Channel {
    package static var joinChannel: Self {
        Self("channels.join", .post, "/v1/channels/{channel}/join", needs: .join, "join a channel")
    }
}

extension Endpoint where Input == DirectDraft, Output == Channel {
    package static var openDirect: Self {
        Self("directs.open", .post, "/v1/directs", needs: .join, "open a direct conversation")
    }
}

extension Endpoint where Input == MemberQuery, Output == Page<Member> {
    package static var listMembers: Self {
        Self("members.list", .get, "/v1/channels/{channel}/members", needs: .read, "list a channel's members")
    }
}

extension Endpoint where Input == MemberRef, Output == Member {
    package static var addMember: Self {
        Self(
            "members.add",
            .post,
            "/v1/channels/{channel}/members/{account}",
            needs: .join,
            "add someone to a channel one administers or a direct conversation one is in"
        )
    }
}

extension Endpoint where Input == MemberChange, Output == Member {
    package static var changeMember: Self {
        Self(
            "members.setRole",
            .put,
            "/v1/channels/{channel}/members/{account}",
            needs: .manageChannels,
            "make a member an admin, or an admin a member; the last admin stays"
        )
    }
}

extension Endpoint where Input == MemberRef, Output == Empty {
    package static var removeMember: Self {
        Self(
            "members.remove",
            .delete,
            "/v1/channels/{channel}/members/{account}",
            needs: .manageChannels,
            "take a member out of a channel"
        )
    }
}
