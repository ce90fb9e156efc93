/// A prepared answer: `{{participant}}`, `{{organizer}}`, `{{event}}` and `{{queue}}` are filled in for a chat.
package struct CannedReply: Codable, Sendable, Equatable {
    package var id: ReplyID
    /// `agency/<id>`, `event/<id>`, or `own`.
    package var scope: String
    /// How it is found: a short word, unique in its scope; the nearest scope wins (own, event, agency).
    package var key: String
    package var text: String
    package var changedAt: Milliseconds

    package init(id: ReplyID, scope: String, key: String, text: String, changedAt: Milliseconds) {
        self.id = id
        self.scope = scope
        self.key = key
        self.text = text
        self.changedAt = changedAt
    }
}

package typealias ReplyID = ID<CannedReply>

/// Writes a canned reply, or rewrites the one with this key in this scope.
package struct ReplyDraft: Codable, Sendable {
    /// `agency/<id>`, `event/<id>`; absent or `own`: one's own.
    package var scope: String?
    package var key: String
    package var text: String

    package init(scope: String? = nil, key: String, text: String) {
        self.scope = scope
        self.key = key
        self.text = text
    }
}

package struct ReplyRef: Codable, Sendable {
    package var reply: ReplyID

    package init(_ reply: ReplyID) { self.reply = reply }
}

package struct ReplyQuery: Codable, Sendable {
    /// Absent: everything one can use.
    package var scope: String?
    package var limit: Int?
    package var cursor: String?

    package init(scope: String? = nil, limit: Int? = nil, cursor: String? = nil) {
        self.scope = scope
        self.limit = limit
        self.cursor = cursor
    }
}

/// A canned reply in a chat, by its key.
package struct ReplyUse: Codable, Sendable {
    package var chat: ChatID
    package var key: String

    package init(chat: ChatID, key: String) {
        self.chat = chat
        self.key = key
    }
}

/// A canned reply filled in for a chat, ready to be looked at, changed and sent.
package struct FilledReply: Codable, Sendable, Equatable {
    package var key: String
    package var text: String

    package init(key: String, text: String) {
        self.key = key
        self.text = text
    }
}

extension Endpoint where Input == ReplyQuery, Output == Page<CannedReply> {
    package static var listReplies: Self {
        Self("replies.list", .get, "/v1/replies", needs: .handleRequests, "list the canned replies one can use")
    }
}

extension Endpoint where Input == ReplyDraft, Output == CannedReply {
    package static var setReply: Self {
        Self("replies.set", .put, "/v1/replies", needs: .handleRequests, "write a canned reply")
    }
}

extension Endpoint where Input == ReplyRef, Output == Empty {
    package static var deleteReply: Self {
        Self("replies.delete", .delete, "/v1/replies/{reply}", needs: .handleRequests, "delete a canned reply")
    }
}

extension Endpoint where Input == ReplyUse, Output == FilledReply {
    package static var fillReply: Self {
        Self(
            "replies.fill",
            .get,
            "/v1/chats/{chat}/replies/{key}",
            needs: .handleRequests,
            "a canned reply with a chat's names filled in"
        )
    }
}
