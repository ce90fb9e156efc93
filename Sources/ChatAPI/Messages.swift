/// A message to send. The `cid` is the author's name for it, for good: a repeat is answered with the first answer.
package struct Message: Codable, Sendable, Equatable {
    package var channel: ChannelKey
    package var cid: ClientID
    package var text: String
    /// The number of the message it answers.
    package var replyTo: Int64?
    /// Where its author is.
    package var location: Location?

    package init(
        channel: ChannelKey,
        cid: ClientID,
        text: String,
        replyTo: Int64? = nil,
        location: Location? = nil
    ) {
        self.channel = channel
        self.cid = cid
        self.text = text
        self.replyTo = replyTo
        self.location = location
    }

    package init(
        channel: ChannelID,
        cid: ClientID,
        text: String,
        replyTo: Int64? = nil,
        location: Location? = nil
    ) {
        self.init(channel: .id(channel), cid: cid, text: text, replyTo: replyTo, location: location)
    }
}

/// The answer to a message that is durable.
package struct Sent: Codable, Sendable, Equatable {
    package var seq: Int64
    package var at: Milliseconds

    package init(seq: Int64, at: Milliseconds) {
        self.seq = seq
        self.at = at
    }
}

package struct MessageEdit: Codable, Sendable {
    package var channel: ChannelKey
    package var seq: Int64
    package var text: String

    package init(channel: ChannelID, seq: Int64, text: String) {
        self.channel = .id(channel)
        self.seq = seq
        self.text = text
    }
}

/// A message is its channel and its number: `#general/812`.
package struct MessageRef: Codable, Sendable {
    package var channel: String
    package var seq: Int64

    package init(channel: String, seq: Int64) {
        self.channel = channel
        self.seq = seq
    }
    package init(channel: ChannelID, seq: Int64) {
        self.init(channel: channel.description, seq: seq)
    }
}

package struct ReactionRef: Codable, Sendable {
    package var channel: ChannelKey
    package var seq: Int64
    package var emoji: String

    package init(channel: ChannelID, seq: Int64, emoji: String) {
        self.channel = .id(channel)
        self.seq = seq
        self.emoji = emoji
    }
}

/// Words to look for. `"a phrase"`, `word*` and `-word` work; all words must be there.
package struct SearchQuery: Codable, Sendable {
    package var q: String
    package var channel: String?
    /// Only by this author, by id or name.
    package var by: String?
    package var since: Milliseconds?
    package var until: Milliseconds?
    package var limit: Int?
    package var cursor: String?

    package init(
        q: String,
        channel: String? = nil,
        by: String? = nil,
        since: Milliseconds? = nil,
        until: Milliseconds? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) {
        self.q = q
        self.channel = channel
        self.by = by
        self.since = since
        self.until = until
        self.limit = limit
        self.cursor = cursor
    }
}

package struct SearchHit: Codable, Sendable, Equatable {
    package var entry: Entry
    /// Ranges of the text that matched, as offsets in bytes of UTF-8: `[start, end)`.
    package var highlights: [[Int]]

    package init(entry: Entry, highlights: [[Int]]) {
        self.entry = entry
        self.highlights = highlights
    }
}

/// What was found, newest first, and how far the index had come.
package struct SearchPage: Codable, Sendable, Equatable {
    package var hits: [SearchHit]
    package var nextCursor: String?
    /// Everything stored up to this time is in the index.
    package var indexedTo: Milliseconds

    package init(hits: [SearchHit], nextCursor: String?, indexedTo: Milliseconds) {
        self.hits = hits
        self.nextCursor = nextCursor
        self.indexedTo = indexedTo
    }
}

extension Endpoint where Input == Message, Output == Sent {
    package static var sendMessage: Self {
        Self("messages.send", .post, "/v1/channels/{channel}/messages", needs: .post, "send a message")
    }
}

extension Endpoint where Input == MessageRef, Output == Entry {
    package static var message: Self {
        Self(
            "messages.get",
            .get,
            "/v1/channels/{channel}/messages/{seq}",
            needs: .read,
            "show a message in its current form"
        )
    }
}

extension Endpoint where Input == MessageEdit, Output == Entry {
    package static var editMessage: Self {
        Self("messages.edit", .patch, "/v1/channels/{channel}/messages/{seq}", needs: .post, "change one's message")
    }
}

extension Endpoint where Input == MessageRef, Output == Empty {
    package static var deleteMessage: Self {
        Self(
            "messages.delete",
            .delete,
            "/v1/channels/{channel}/messages/{seq}",
            needs: .post,
            "remove a message's text for good: the author, or an admin of the channel"
        )
    }
    package static var pinMessage: Self {
        Self("pins.add", .put, "/v1/channels/{channel}/pins/{seq}", needs: .post, "pin a message")
    }
    package static var unpinMessage: Self {
        Self("pins.remove", .delete, "/v1/channels/{channel}/pins/{seq}", needs: .post, "unpin a message")
    }
}

extension Endpoint where Input == ChannelRef, Output == Page<Entry> {
    package static var listPins: Self {
        Self("pins.list", .get, "/v1/channels/{channel}/pins", needs: .read, "list pinned messages, newest pin first")
    }
}

extension Endpoint where Input == ReactionRef, Output == Empty {
    package static var react: Self {
        Self(
            "reactions.add",
            .put,
            "/v1/channels/{channel}/messages/{seq}/reactions/{emoji}",
            needs: .post,
            "react to a message; again changes nothing"
        )
    }
    package static var unreact: Self {
        Self(
            "reactions.remove",
            .delete,
            "/v1/channels/{channel}/messages/{seq}/reactions/{emoji}",
            needs: .post,
            "take one's reaction back"
        )
    }
}

extension Endpoint where Input == SearchQuery, Output == SearchPage {
    package static var search: Self {
        Self("messages.search", .get, "/v1/search", needs: .read, "search the messages one may read")
    }
}
