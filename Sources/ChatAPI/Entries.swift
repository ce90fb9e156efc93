/// One thing that happened in a log, with its gap-free number: the push, the item of history, the line of an export.
///
/// A message is always served in its current form, with `rev`, the last `seq` that was applied to it. What other kinds
/// use of the optional members is written at each kind.
package struct Entry: Codable, Sendable, Equatable {
    /// What happened. It is the member `push` on the wire, so that history and pushes are one form.
    package var kind: EntryKind
    /// The channel; nil in `@me`.
    package var channel: ChannelID?
    package var seq: Int64
    /// Who did it.
    package var by: AccountID
    /// Never decreases within a log.
    package var at: Milliseconds
    /// Message: the author's name for it. Also acknowledges.
    package var cid: ClientID?
    /// Message and edit: the text. Topic: the topic. Join: the name of who joined. Renamed: the new name.
    package var text: String?
    /// Message: the number of the message it answers.
    package var replyTo: Int64?
    /// Edit, redaction, reaction, unreaction, pin, unpin: the message it is about.
    package var target: Int64?
    package var emoji: String?
    /// Join, leave, role: whom it happened to, if not `by`.
    package var account: AccountID?
    package var role: MemberRole?
    /// `@me`: which registers changed.
    package var registers: [Register]?
    package var session: SessionID?
    /// Message: accounts it mentions.
    package var mentions: [AccountID]?
    /// Message: it says `@all`.
    package var mentionsAll: Bool?
    /// Message: where its author is, if it says so.
    package var location: Location?
    /// `@queue/<id>`: the queue whose log it is.
    package var queue: QueueID?
    /// Request: what happened to it.
    package var request: RequestNews?
    /// Chat: what happened to it.
    package var chat: ChatNews?
    /// Counters: how a work list stands.
    package var counters: QueueCounters?
    /// Message in its current form: the last `seq` applied to it; absent if it is as sent.
    package var rev: Int64?
    package var editedAt: Milliseconds?
    /// The text is gone for good.
    package var redactedAt: Milliseconds?
    /// Who reacted, by emoji, in the order of first use.
    package var reactions: [Reaction]?
    package var pinned: Bool?
    /// What happened to a sketch: which one; its name is `text`, or the version's name.
    package var sketch: SketchID?
    /// Message: a drawing that it shows.
    package var picture: SketchPicture?
    /// Messages in the log up to and with this entry: unread is a difference of two of these.
    package var messagesSoFar: Int64
    /// Mentions of everybody up to and with this entry.
    package var broadcastsSoFar: Int64

    private enum CodingKeys: String, CodingKey {
        case kind = "push"
        case channel, seq, by, at, cid, text, replyTo, target, emoji, account, role, registers, session, mentions
        case mentionsAll, location, queue, request, chat, counters, rev, editedAt, redactedAt, reactions, pinned, sketch
        case picture, messagesSoFar, broadcastsSoFar
    }

    package init(
        kind: EntryKind,
        channel: ChannelID?,
        seq: Int64,
        by: AccountID,
        at: Milliseconds,
        messagesSoFar: Int64 = 0,
        broadcastsSoFar: Int64 = 0
    ) {
        self.kind = kind
        self.channel = channel
        self.seq = seq
        self.by = by
        self.at = at
        self.messagesSoFar = messagesSoFar
        self.broadcastsSoFar = broadcastsSoFar
    }
}

extension Entry {
    /// Of a kind that this program does not know only its place is read: whatever else it holds, its `seq` counts.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        kind = try members.decode(EntryKind.self, forKey: .kind)
        channel = try members.decodeIfPresent(ChannelID.self, forKey: .channel)
        seq = try members.decode(Int64.self, forKey: .seq)
        by = try members.decode(AccountID.self, forKey: .by)
        at = try members.decode(Milliseconds.self, forKey: .at)
        queue = try members.decodeIfPresent(QueueID.self, forKey: .queue)
        messagesSoFar = try members.decode(Int64.self, forKey: .messagesSoFar)
        broadcastsSoFar = try members.decode(Int64.self, forKey: .broadcastsSoFar)
        guard kind != .unknown else { return }
        func read<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            try members.decodeIfPresent(Value.self, forKey: key)
        }
        cid = try read(.cid)
        text = try read(.text)
        replyTo = try read(.replyTo)
        target = try read(.target)
        emoji = try read(.emoji)
        account = try read(.account)
        role = try read(.role)
        registers = try read(.registers)
        session = try read(.session)
        mentions = try read(.mentions)
        mentionsAll = try read(.mentionsAll)
        location = try read(.location)
        request = try read(.request)
        chat = try read(.chat)
        counters = try read(.counters)
        rev = try read(.rev)
        editedAt = try read(.editedAt)
        redactedAt = try read(.redactedAt)
        reactions = try read(.reactions)
        pinned = try read(.pinned)
        sketch = try read(.sketch)
        picture = try read(.picture)
    }
}

/// What can happen in a log. A client shows nothing for a kind it does not know and still counts its `seq`.
package enum EntryKind: String, WireEnum {
    // In a channel.
    case message
    case edit
    case redaction
    case reaction
    case unreaction
    case pin
    case unpin
    case join
    case leave
    case role
    case topic
    case renamed
    case created
    case deleted
    /// Somebody outside reads this private conversation for a while; the text is the reason.
    case glassBroken
    case sketchCreated
    case sketchRenamed
    case sketchVersion
    case sketchRestored
    case sketchCleared
    case sketchDeleted
    /// Who may write here, or how often, was changed: `posting.get` says how it is now.
    case posting
    /// Something that the reader has blocked: the number counts, there is nothing to show.
    case hidden
    // In `@me`.
    case channelJoined
    case channelLeft
    case registersChanged
    case sessionStarted
    case sessionEnded
    case profileChanged
    case grantsChanged
    case blocksChanged
    /// A ban, a time-out or their end: `text` says it in a sentence.
    case sanctionsChanged
    /// Somebody invites to a channel: `text` is its name.
    case invited
    /// Somebody showed a message to the moderators, of whom one is the reader: `target` is its number.
    case reported
    /// Moderators decided about a message that the reader had reported: `text` is the report's state, `target` the number.
    case reportDecided
    /// An agency offers a role: `text` is the agency's slug, the role, and where it would hold.
    case roleOffered
    case availabilityChanged
    /// How a work list stands now.
    case counters
    // In `@queue/<id>`, in `@me` of those it concerns; what happened to a chat also in its channel.
    case request
    case chat
    /// One's place in an event: the text is the event's slug, a space, and the new state (`AttendeeState`).
    case registrationChanged
    /// A kind that this program does not know.
    case unknown

    /// Also where an answer is stored and read again later.
    package init(from decoder: any Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        self = Self(rawValue: name) ?? .unknown
    }

    /// Whether it happens in `@me`, though it may name a channel.
    package var isOfMe: Bool {
        switch self {
        case .channelJoined, .channelLeft, .registersChanged, .sessionStarted, .sessionEnded, .profileChanged,
            .grantsChanged, .blocksChanged, .sanctionsChanged, .invited, .reported, .reportDecided, .roleOffered,
            .availabilityChanged,
            .counters:
            true
        default: false
        }
    }
}

extension Entry {
    /// A ban, a time-out or their end, said to whom it is about; a kick is over when it is read.
    package var sanctionSentence: String {
        let text = text ?? ""
        return (text.hasPrefix("removed ") ? "you were " : "you are ") + text
    }
}

package struct Reaction: Codable, Sendable, Equatable {
    package var emoji: String
    package var by: [AccountID]

    package init(emoji: String, by: [AccountID]) {
        self.emoji = emoji
        self.by = by
    }
}

/// Which entries of a channel: the newest if nothing is given. At most one of `after`, `before` and `around`, or both
/// `from` and `through`.
package struct EntryQuery: Codable, Sendable {
    package var channel: String
    package var after: Int64?
    package var before: Int64?
    package var around: Int64?
    package var from: Int64?
    package var through: Int64?
    package var limit: Int?

    package init(
        channel: String,
        after: Int64? = nil,
        before: Int64? = nil,
        around: Int64? = nil,
        from: Int64? = nil,
        through: Int64? = nil,
        limit: Int? = nil
    ) {
        self.channel = channel
        self.after = after
        self.before = before
        self.around = around
        self.from = from
        self.through = through
        self.limit = limit
    }
}

/// A piece of one log, ascending, and where the log stood when it was read.
package struct EntryPage: Codable, Sendable, Equatable {
    package var entries: [Entry]
    package var head: Int64
    package var hasEarlier: Bool
    package var hasLater: Bool

    package init(entries: [Entry], head: Int64, hasEarlier: Bool, hasLater: Bool) {
        self.entries = entries
        self.head = head
        self.hasEarlier = hasEarlier
        self.hasLater = hasLater
    }
}

extension Endpoint where Input == EntryQuery, Output == EntryPage {
    package static var entries: Self {
        Self(
            "entries.list",
            .get,
            "/v1/channels/{channel}/entries",
            needs: .read,
            "page through a channel: after, before, around, or from and through"
        )
    }
}
