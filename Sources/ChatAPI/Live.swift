/// The first frame of a live connection: who one is, where one stopped, what one looks at.
package struct Hello: Codable, Sendable, Equatable {
    /// An access token, or a bot's token. Absent only on the Unix socket for a local administrator.
    package var token: String?
    package var device: String?
    package var resume: Resume?
    package var view: View?
    /// What the client can do beyond the base: capabilities are negotiated, versions are never sniffed.
    package var caps: [String]?

    package init(
        token: String?,
        device: String? = nil,
        resume: Resume? = nil,
        view: View? = nil,
        caps: [String]? = nil
    ) {
        self.token = token
        self.device = device
        self.resume = resume
        self.view = view
        self.caps = caps
    }
}

/// A client's position: the last `seq` it has of each log. Logs are channel ids, `@me`, `@audit`, `sketch/<id>`.
package struct Resume: Codable, Sendable, Equatable {
    package var epoch: String?
    package var seq: [String: Int64]

    package init(epoch: String?, seq: [String: Int64]) {
        self.epoch = epoch
        self.seq = seq
    }
}

/// What a client looks at: only there do ephemeral pushes go.
package struct View: Codable, Sendable, Equatable {
    package var channels: [ChannelID]
    /// Pointers come from there, and its log may be followed: one at a time.
    package var sketch: SketchID?
    /// At most 200 people whose presence is shown.
    package var people: [AccountID]

    package init(channels: [ChannelID] = [], sketch: SketchID? = nil, people: [AccountID] = []) {
        self.channels = channels
        self.sketch = sketch
        self.people = people
    }
}

/// The answer to `hello`; catch-up follows it.
package struct Welcome: Codable, Sendable, Equatable {
    package var account: Account
    package var session: SessionID?
    package var capabilities: [Capability]
    /// One per database. Another one than the client's means: drop caches, keep the outbox.
    package var epoch: String
    package var heartbeatMs: Int64
    package var limits: LiveLimits
    package var caps: [String]
    package var logs: [LogState]

    package init(
        account: Account,
        session: SessionID?,
        capabilities: [Capability],
        epoch: String,
        heartbeatMs: Int64,
        limits: LiveLimits,
        caps: [String],
        logs: [LogState]
    ) {
        self.account = account
        self.session = session
        self.capabilities = capabilities
        self.epoch = epoch
        self.heartbeatMs = heartbeatMs
        self.limits = limits
        self.caps = caps
        self.logs = logs
    }
}

package struct LiveLimits: Codable, Sendable, Equatable {
    package var frameBytes: Int
    package var messageBytes: Int
    package var callsInFlight: Int
    package var viewPeople: Int

    package init(
        frameBytes: Int = Limits.frameBytes,
        messageBytes: Int = Limits.messageBytes,
        callsInFlight: Int = Limits.callsInFlight,
        viewPeople: Int = Limits.viewPeople
    ) {
        self.frameBytes = frameBytes
        self.messageBytes = messageBytes
        self.callsInFlight = callsInFlight
        self.viewPeople = viewPeople
    }
}

/// Where one log stands for this client.
package struct LogState: Codable, Sendable, Equatable {
    /// A channel's id, `@me`, `@audit`, `sketch/<id>`.
    package var log: String
    package var state: State
    package var head: Int64
    /// For a channel: the channel itself, and what is unread in it.
    package var channel: Channel?
    package var unread: Unread?

    package enum State: String, WireEnum {
        /// Live from the client's position, or from `head` if it had none: what lies between follows now.
        case ok
        /// Too much lies between: page through it, then `sync`. Pushes above `head` arrive all the same.
        case gap
        /// Not readable, or no such log.
        case denied
        /// What this program does not know.
        case unknown
    }

    package init(log: String, state: State, head: Int64, channel: Channel? = nil, unread: Unread? = nil) {
        self.log = log
        self.state = state
        self.head = head
        self.channel = channel
        self.unread = unread
    }
}

/// Says that entries are missing: page from `from` through `head`.
package struct Gap: Codable, Sendable, Equatable {
    package var log: String
    package var from: Int64
    package var head: Int64

    package init(log: String, from: Int64, head: Int64) {
        self.log = log
        self.from = from
        self.head = head
    }
}

/// Comes before a close that the daemon planned.
package struct Bye: Codable, Sendable, Equatable {
    package var code: Int
    /// Wait a random time of this range, then reconnect.
    package var retryMs: [Int64]

    package init(code: Int, retryMs: [Int64]) {
        self.code = code
        self.retryMs = retryMs
    }
}

/// Merged, unnumbered news of a channel or a sketch, only to those who look there: the newest value of each sender.
package struct Ephemeral: Codable, Sendable, Equatable {
    package var channel: ChannelID?
    /// The sketch that `pointers` are in.
    package var sketch: SketchID?
    package var presence: [Presence]?
    package var typing: [AccountID]?
    package var stoppedTyping: [AccountID]?
    package var online: Int?
    package var pointers: [SketchPresence]?
    /// Who draws in sketches of the channel.
    package var drawing: [SketchDrawing]?

    package init(
        channel: ChannelID?,
        presence: [Presence]? = nil,
        typing: [AccountID]? = nil,
        stoppedTyping: [AccountID]? = nil,
        online: Int? = nil,
        sketch: SketchID? = nil,
        pointers: [SketchPresence]? = nil,
        drawing: [SketchDrawing]? = nil
    ) {
        self.channel = channel
        self.sketch = sketch
        self.pointers = pointers
        self.drawing = drawing
        self.presence = presence
        self.typing = typing
        self.stoppedTyping = stoppedTyping
        self.online = online
    }
}

/// Close codes tell what to do: 4000–4499 reconnect, 4500–4999 do not.
package enum CloseCode: Int, Sendable, CaseIterable {
    /// Nothing is wrong with the client: the daemon cannot serve it now.
    case unavailable = 4000
    case slow = 4008
    case draining = 4010
    case heartbeat = 4011
    case tokenExpired = 4401
    case signedOut = 4500
    case banned = 4501
    case protocolError = 4502

    /// How a connection ends of which it cannot be said who it is: for good only if there is nobody to come back as.
    package init(whoIsUnknown error: APIError) {
        switch error.code {
        case .tokenExpired: self = .tokenExpired
        case _ where error.status >= 500 || error.code == .rateLimited: self = .unavailable
        default: self = .signedOut
        }
    }

    /// What a client does after a close with this number; unknown ones mean: reconnect with jitter.
    package static func verdict(_ code: Int) -> CloseVerdict {
        switch code {
        case 4401: .refreshThenReconnect
        case 4500...4999: .stop
        case 1002, 1003, 1007, 1009: .failCallThenReconnect
        default: .reconnect
        }
    }
}

package enum CloseVerdict: Sendable, Equatable {
    case reconnect
    case refreshThenReconnect
    /// The call that caused it is marked failed first: a poisoned outbox must not loop.
    case failCallThenReconnect
    case stop
}

extension Endpoint where Input == View, Output == Empty {
    package static var setView: Self {
        Self("view.set", .put, "/v1/live/view", needs: .read, "say what this connection looks at (live only)")
    }
}

/// Positions to be brought up to date: logs that had a gap, or whose numbers did not follow.
extension Endpoint where Input == Resume, Output == SyncAnswer {
    package static var sync: Self {
        Self("sync", .post, "/v1/live/sync", needs: .read, "follow logs from a position (live only)")
    }
}

package struct SyncAnswer: Codable, Sendable, Equatable {
    package var logs: [LogState]

    package init(logs: [LogState]) { self.logs = logs }
}
