package import ChatAPI

/// A change that waits to reach the daemon, or that did not: what the user typed, until it is durable elsewhere.
package struct OutboxItem: Sendable, Equatable, Identifiable {
    /// Its place in the outbox; the order of a channel.
    package let id: Int64
    package let call: OutboxCall
    /// Names the call to the daemon, so that a repeat is not a second one. A message has its `cid` instead.
    package let key: String
    package let queuedAt: Milliseconds
    package var state: State
    /// How often it was answered by something that asks for patience.
    package var attempts: Int
    /// Not sent again before this time (Unix milliseconds).
    package var notBefore: Milliseconds

    package enum State: Sendable, Equatable {
        case pending
        /// On its way; no answer yet.
        case sending
        /// Durable at the daemon. A message has its number. The item is out of the outbox.
        case sent(seq: Int64?)
        /// Refused for good, or too old. Stays until it is repeated or discarded.
        case failed(APIError)
        /// Thrown away by the user, or overtaken by a newer value of the same thing. The item is out of the outbox.
        case discarded
    }

    package init(
        id: Int64,
        call: OutboxCall,
        key: String,
        queuedAt: Milliseconds,
        state: State = .pending,
        attempts: Int = 0,
        notBefore: Milliseconds = 0
    ) {
        self.id = id
        self.call = call
        self.key = key
        self.queuedAt = queuedAt
        self.state = state
        self.attempts = attempts
        self.notBefore = notBefore
    }

    /// Waiting or on its way.
    package var isOpen: Bool {
        switch state {
        case .pending, .sending: true
        case .sent, .failed, .discarded: false
        }
    }

    package var cid: ClientID? { if case .message(let message) = call { message.cid } else { nil } }
    package var channel: ChannelID? { call.channel }
    /// A message's text, or an edit's.
    package var text: String? {
        switch call {
        case .message(let message): message.text
        case .edit(let edit): edit.text
        default: nil
        }
    }
}

/// The changes that can wait for a connection.
package enum OutboxCall: Sendable {
    case message(Message)
    case edit(MessageEdit)
    case delete(MessageRef)
    case react(ReactionRef)
    case unreact(ReactionRef)
    case pin(MessageRef)
    case unpin(MessageRef)
    case marker(MarkerDraft)
    case draft(DraftChange)
    case register(RegisterDraft)
}

extension OutboxCall: Equatable {
    package static func == (left: Self, right: Self) -> Bool {
        left.operation == right.operation && left.input == right.input
    }
}

extension OutboxCall {
    /// The operation's name on the wire.
    package var operation: String {
        switch self {
        case .message: Endpoint<Message, Sent>.sendMessage.name
        case .edit: Endpoint<MessageEdit, Entry>.editMessage.name
        case .delete: Endpoint<MessageRef, Empty>.deleteMessage.name
        case .react: Endpoint<ReactionRef, Empty>.react.name
        case .unreact: Endpoint<ReactionRef, Empty>.unreact.name
        case .pin: Endpoint<MessageRef, Empty>.pinMessage.name
        case .unpin: Endpoint<MessageRef, Empty>.unpinMessage.name
        case .marker: Endpoint<MarkerDraft, Unread>.setMarker.name
        case .draft: Endpoint<DraftChange, Register>.setDraft.name
        case .register: Endpoint<RegisterDraft, Register>.setRegister.name
        }
    }

    /// The input as JSON.
    package var input: [UInt8] {
        switch self {
        case .message(let input): Coding.encode(input)
        case .edit(let input): Coding.encode(input)
        case .delete(let input), .pin(let input), .unpin(let input): Coding.encode(input)
        case .react(let input), .unreact(let input): Coding.encode(input)
        case .marker(let input): Coding.encode(input)
        case .draft(let input): Coding.encode(input)
        case .register(let input): Coding.encode(input)
        }
    }

    /// Reads what was stored; nil if this program does not know the operation.
    init?(operation: String, input: [UInt8]) {
        func decode<Input: Decodable>(_ make: (Input) -> OutboxCall) -> OutboxCall? {
            (try? Coding.decode(Input.self, from: input)).map(make)
        }
        let call: OutboxCall? =
            switch operation {
            case Endpoint<Message, Sent>.sendMessage.name: decode(Self.message)
            case Endpoint<MessageEdit, Entry>.editMessage.name: decode(Self.edit)
            case Endpoint<MessageRef, Empty>.deleteMessage.name: decode(Self.delete)
            case Endpoint<ReactionRef, Empty>.react.name: decode(Self.react)
            case Endpoint<ReactionRef, Empty>.unreact.name: decode(Self.unreact)
            case Endpoint<MessageRef, Empty>.pinMessage.name: decode(Self.pin)
            case Endpoint<MessageRef, Empty>.unpinMessage.name: decode(Self.unpin)
            case Endpoint<MarkerDraft, Unread>.setMarker.name: decode(Self.marker)
            case Endpoint<DraftChange, Register>.setDraft.name: decode(Self.draft)
            case Endpoint<RegisterDraft, Register>.setRegister.name: decode(Self.register)
            default: nil
            }
        guard let call else { return nil }
        self = call
    }

    /// Its order is kept within this channel.
    package var channel: ChannelID? {
        switch self {
        case .message(let input): input.channel.id
        case .edit(let input): input.channel.id
        case .delete(let input), .pin(let input), .unpin(let input): ChannelID(input.channel)
        case .react(let input), .unreact(let input): input.channel.id
        case .marker(let input): input.channel
        case .draft(let input): input.channel
        case .register: nil
        }
    }

    /// Calls of one lane are sent one after the other; lanes do not wait for each other.
    ///
    /// Markers, drafts and registers have lanes of their own: a refused message must not hold them up, and of these only
    /// the newest value counts.
    var lane: String {
        switch self {
        case .marker(let input): "marker/\(input.channel)"
        case .draft(let input): "draft/\(input.channel)"
        case .register(let input): "register/\(input.key)"
        default: channel?.description ?? ""
        }
    }

    /// Whether a newer call of the same lane makes this one pointless.
    var isReplaceable: Bool {
        switch self {
        case .marker, .draft, .register: true
        default: false
        }
    }
}
