/// Everything a client needs to start, or after a gap in `@me`: who one is, where one is, what is unread.
package struct Me: Codable, Sendable, Equatable {
    package var account: Account
    package var session: SessionID?
    package var capabilities: [Capability]
    package var channels: [JoinedChannel]
    package var registers: [Register]
    /// The head of `@me` that this answer is as new as.
    package var head: Int64
    package var epoch: String

    package init(
        account: Account,
        session: SessionID?,
        capabilities: [Capability],
        channels: [JoinedChannel],
        registers: [Register],
        head: Int64,
        epoch: String
    ) {
        self.account = account
        self.session = session
        self.capabilities = capabilities
        self.channels = channels
        self.registers = registers
        self.head = head
        self.epoch = epoch
    }
}

// As in `Welcome`: what a newer daemon names and this program does not know is left out.
extension Me {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        account = try container.decode(Account.self, forKey: .account)
        session = try container.decodeIfPresent(SessionID.self, forKey: .session)
        capabilities = try container.decode([String].self, forKey: .capabilities).compactMap(Capability.init(rawValue:))
        channels = try container.decode([JoinedChannel].self, forKey: .channels)
        registers = try container.decode([Register].self, forKey: .registers)
        head = try container.decode(Int64.self, forKey: .head)
        epoch = try container.decode(String.self, forKey: .epoch)
    }
}

package struct JoinedChannel: Codable, Sendable, Equatable {
    package var channel: Channel
    package var unread: Unread

    package init(channel: Channel, unread: Unread) {
        self.channel = channel
        self.unread = unread
    }
}

/// Which entries of `@me`.
package struct MeQuery: Codable, Sendable {
    package var after: Int64?
    package var limit: Int?

    package init(after: Int64? = nil, limit: Int? = nil) {
        self.after = after
        self.limit = limit
    }
}

extension Endpoint where Input == Empty, Output == Me {
    package static var me: Self {
        Self("me.get", .get, "/v1/me", needs: .own, "who one is, where one is, what is unread")
    }
}

extension Endpoint where Input == MeQuery, Output == EntryPage {
    package static var meEntries: Self {
        Self("me.entries", .get, "/v1/me/entries", needs: .own, "page through one's own log")
    }
}

extension Endpoint where Input == ProfileChange, Output == Account {
    package static var changeProfile: Self {
        Self("me.update", .patch, "/v1/me", needs: .own, "change one's profile")
    }
}

extension Endpoint where Input == PasswordChange, Output == Empty {
    package static var changePassword: Self {
        Self("me.password", .put, "/v1/me/password", needs: .own, "change one's password; ends the other sessions")
    }
}

extension Endpoint where Input == AccountDeletion, Output == Empty {
    package static var deleteMe: Self {
        Self("me.delete", .delete, "/v1/me", needs: .own, "delete one's account: messages stay, the name does not")
    }
}
