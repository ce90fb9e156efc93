package import ChatAPI

/// What the live machine wants done. Whoever runs it has the socket, the clock and the credentials.
package enum LiveAction: Sendable, Equatable {
    /// Open a connection with a good token; then call `opened`, or `lost` if that fails.
    case open
    /// Send this text frame.
    case send([UInt8])
    /// Close and forget the connection. `lost` is not called for it.
    case close(code: Int)
    /// Renew the token: over this connection while it is live, otherwise by another way. Then call `refreshed` or
    /// `refreshFailed`.
    case refresh(inBand: Bool)
    case deliver(LiveEvent)
    /// The answer to a call: the whole frame, whose `ok` is the output.
    case answer(id: Int64, Result<[UInt8], APIError>)
}

/// How a connection ended.
package enum LiveLoss: Sendable, Equatable {
    /// With a WebSocket close frame.
    case closed(code: Int, reason: String)
    /// Without: refused, cut, timed out; or the upgrade was answered by an error.
    case failed(APIError)

    var sentence: String {
        switch self {
        case .closed(let code, let reason):
            reason.isEmpty ? "the daemon closed the connection (\(code))" : "\(reason) (\(code))"
        case .failed(let error): error.detail
        }
    }
}

/// A call as the machine takes it.
package struct LiveCall: Sendable {
    package var name: String
    /// The input as JSON.
    package var input: [UInt8]
    package var options: CallOptions
    /// Whether it may be sent again after a reconnect: reads, calls with a key, messages with their cid.
    package var repeats: Bool
    /// Whether it may wait for a connection; otherwise it is refused at once while there is none.
    package var waits: Bool
    package var timeoutMilliseconds: Int64

    package init(
        name: String,
        input: [UInt8],
        options: CallOptions = CallOptions(),
        repeats: Bool,
        waits: Bool,
        timeoutMilliseconds: Int64 = LiveMachine.callTimeoutMilliseconds
    ) {
        self.name = name
        self.input = input
        self.options = options
        self.repeats = repeats
        self.waits = waits
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}
