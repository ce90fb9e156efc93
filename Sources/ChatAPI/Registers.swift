/// Something an account keeps in step on all its devices: a read marker, a draft, a mute, the sidebar's pins.
///
/// Keys are `marker/<channel>`, `draft/<channel>`, `mute/<channel>`, `sidebar`, and `client/…` for what clients like.
/// A register is a value and a version, not a log: only the newest value counts.
package struct Register: Codable, Sendable, Equatable {
    package var key: String
    /// Nil once it is cleared.
    package var value: JSON?
    /// Grows with each change of any register of the account.
    package var version: Int64

    package init(key: String, value: JSON?, version: Int64) {
        self.key = key
        self.value = value
        self.version = version
    }
}

package struct RegisterDraft: Codable, Sendable {
    package var key: String
    /// Nil clears.
    package var value: JSON?

    package init(key: String, value: JSON?) {
        self.key = key
        self.value = value
    }
}

package struct RegisterQuery: Codable, Sendable {
    /// Only those changed after this version.
    package var after: Int64?
    /// Only keys that start with this.
    package var prefix: String?

    package init(after: Int64? = nil, prefix: String? = nil) {
        self.after = after
        self.prefix = prefix
    }
}

/// How far one has read. It only moves forward, unless `force` says that messages are to be unread again.
package struct MarkerDraft: Codable, Sendable {
    package var channel: ChannelID
    package var seq: Int64
    package var force: Bool?

    package init(channel: ChannelID, seq: Int64, force: Bool? = nil) {
        self.channel = channel
        self.seq = seq
        self.force = force
    }
}

/// What is unread in a channel.
package struct Unread: Codable, Sendable, Equatable {
    package var channel: ChannelID
    package var marker: Int64
    package var unread: Int64
    package var mentions: Int64

    package init(channel: ChannelID, marker: Int64, unread: Int64, mentions: Int64) {
        self.channel = channel
        self.marker = marker
        self.unread = unread
        self.mentions = mentions
    }
}

/// The text being written; an empty one clears.
package struct DraftChange: Codable, Sendable {
    package var channel: ChannelID
    package var text: String
    package var replyTo: Int64?

    package init(channel: ChannelID, text: String, replyTo: Int64? = nil) {
        self.channel = channel
        self.text = text
        self.replyTo = replyTo
    }
}

extension Endpoint where Input == RegisterQuery, Output == Page<Register> {
    package static var listRegisters: Self {
        Self("registers.list", .get, "/v1/me/registers", needs: .own, "list one's registers")
    }
}

extension Endpoint where Input == RegisterDraft, Output == Register {
    package static var setRegister: Self {
        Self("registers.set", .put, "/v1/me/registers", needs: .own, "set or clear a register")
    }
}

extension Endpoint where Input == MarkerDraft, Output == Unread {
    package static var setMarker: Self {
        Self("markers.set", .put, "/v1/channels/{channel}/marker", needs: .own, "say how far one has read")
    }
}

extension Endpoint where Input == DraftChange, Output == Register {
    package static var setDraft: Self {
        Self("drafts.set", .put, "/v1/channels/{channel}/draft", needs: .own, "keep the text being written")
    }
}
