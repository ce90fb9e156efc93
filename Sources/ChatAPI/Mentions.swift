/// A message that calls somebody by name or with everybody, wherever it was said.
package struct Mention: Codable, Sendable, Equatable {
    /// The message in its current form.
    package var entry: Entry
    /// The channel's name; nil in a direct conversation.
    package var channelName: String?
    /// Above the read marker of its channel.
    package var isUnread: Bool

    package init(entry: Entry, channelName: String?, isUnread: Bool) {
        self.entry = entry
        self.channelName = channelName
        self.isUnread = isUnread
    }
}

package struct MentionQuery: Codable, Sendable {
    /// Only those above the read markers.
    package var unread: Bool?
    package var limit: Int?
    package var cursor: String?

    package init(unread: Bool? = nil, limit: Int? = nil, cursor: String? = nil) {
        self.unread = unread
        self.limit = limit
        self.cursor = cursor
    }
}

extension Endpoint where Input == MentionQuery, Output == Page<Mention> {
    package static var listMentions: Self {
        Self(
            "mentions.list",
            .get,
            "/v1/me/mentions",
            needs: .read,
            "list who called one, newest first, over all one's channels"
        )
    }
}
