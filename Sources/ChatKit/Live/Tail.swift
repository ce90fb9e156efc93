package import ChatAPI
package import Transport

/// One log from a position on, without end: every entry once, in order, through gaps and reconnects. `… tail -f`.
package final class Tail: Sendable {
    package enum Source: Sendable, Equatable {
        case channel(ChannelID)
        case queue(QueueID)
        case audit
    }

    package enum Event: Sendable, Equatable {
        /// Whether it is connected, truthfully.
        case state(LiveState)
        case entries([Entry])
        case audit([AuditEntry])
        /// The daemon has another database: what follows starts at its head.
        case restarted
        /// The log is not readable, or not any more. Nothing follows.
        case denied
        /// Missing entries could not be read; it is tried again after the next reconnect.
        case failed(APIError)
    }

    private let live: LiveConnection
    private let loop: EventLoop
    private let state: Confined

    private struct Confined: @unchecked Sendable {
        let follower: TailFollower
    }

    /// - Parameters:
    ///   - after: The last number that is known; nil to begin with what happens from now on.
    ///   - deliver: Called on the loop, once per batch.
    package init(
        _ source: Source,
        after seq: Int64?,
        of address: ServerAddress,
        caFile: String? = nil,
        credentials: Credentials?,
        options: LiveConnection.Options = .init(),
        on loop: EventLoop,
        deliver: @escaping @Sendable ([Event]) -> Void
    ) {
        self.loop = loop
        let follower = TailFollower(source, after: seq, deliver: deliver)
        let confined = Confined(follower: follower)
        state = confined
        var options = options
        options.callsWait = false
        // The audit log is followed if hello names it. From its beginning, if it is not known where one stands: what comes of
        // it then lies before the head and is not told.
        if let position = seq ?? (source == .audit ? 0 : nil) { options.resume.seq[source.log] = position }
        live = LiveConnection(
            address,
            caFile: caFile,
            credentials: credentials,
            options: options,
            on: loop
        ) { events in
            confined.follower.take(events)
        }
        follower.live = live
    }

    package func start() { live.start() }

    package func stop() async { await live.close() }

    /// The last number that was told, to go on from another day.
    package func position() async -> Int64? {
        let state = state
        return (try? await loop.run { state.follower.position }) ?? nil
    }
}

extension Tail.Source {
    package var log: String {
        switch self {
        case .channel(let id): id.description
        case .queue(let id): LogName.queue(id)
        case .audit: LogName.audit
        }
    }
}
