package import ChatAPI
package import ChatKit
import Transport

/// What commands need of a daemon: calls, raw calls, and streams that come back by themselves.
///
/// Closures, so that tests put an engine of their own process behind the very same commands.
package struct Daemon: Sendable {
    /// As people know it: `https://chat.example.org`, `unix:/run/chatd/chatd.sock`.
    package let address: String
    package let service: any Service
    package let raw: @Sendable (_ request: RESTRequest) async throws(APIError) -> RESTAnswer
    /// One log from a position on; ends the connection when nobody listens any more.
    package let follow: @Sendable (_ source: Tail.Source, _ after: Int64?) -> AsyncStream<[Tail.Event]>
    /// Calls over a live connection that looks somewhere: what only a connection can do.
    package let live: @Sendable (_ view: View) -> any Service
    /// Everything the live connection tells.
    package let watch: @Sendable (_ options: LiveConnection.Options) -> AsyncStream<[LiveEvent]>

    package init(
        address: String,
        service: any Service,
        raw: @escaping @Sendable (RESTRequest) async throws(APIError) -> RESTAnswer,
        follow: @escaping @Sendable (Tail.Source, Int64?) -> AsyncStream<[Tail.Event]>,
        live: @escaping @Sendable (View) -> any Service,
        watch: @escaping @Sendable (LiveConnection.Options) -> AsyncStream<[LiveEvent]>
    ) {
        self.address = address
        self.service = service
        self.raw = raw
        self.follow = follow
        self.live = live
        self.watch = watch
    }

    /// Batches that wait to be printed. More means that nobody reads our output: the stream ends, and who reads it
    /// begins again where it was.
    package static let batches = 4_096

    /// The daemon of a profile, over REST and the live connection, on one loop.
    static func remote(_ profile: Profile, timeout: Duration, trace: HTTPTrace?, on loop: EventLoop) -> Daemon {
        let agent = "chatctl/\(Version.number)"
        let credentials = Credentials(profile)
        let rest = RemoteService(
            profile.address,
            caFile: profile.caFile,
            credentials: credentials,
            options: .init(timeoutMilliseconds: timeout.wholeMilliseconds, trace: trace, agent: agent),
            on: loop
        )
        @Sendable func complete(_ options: LiveConnection.Options) -> LiveConnection.Options {
            var options = options
            options.trace = trace
            options.agent = agent
            options.device = "chatctl"
            return options
        }
        return Daemon(
            address: "\(profile.address)",
            service: rest,
            raw: { request throws(APIError) in try await rest.send(request, signed: true) },
            follow: { source, after in
                AsyncStream(bufferingPolicy: .bufferingOldest(batches)) { stream in
                    let tail = Tail(
                        source,
                        after: after,
                        of: profile.address,
                        caFile: profile.caFile,
                        credentials: credentials,
                        options: complete(.init()),
                        on: loop
                    ) { events in
                        if case .dropped = stream.yield(events) { stream.finish() }
                    }
                    stream.onTermination = { _ in Task { await tail.stop() } }
                    tail.start()
                }
            },
            live: { view in
                var options = complete(.init())
                options.view = view
                options.callsWait = true
                options.callTimeoutMilliseconds = timeout.wholeMilliseconds
                let live = LiveConnection(
                    profile.address,
                    caFile: profile.caFile,
                    credentials: credentials,
                    options: options,
                    on: loop
                ) { _ in }
                live.start()
                return live
            },
            watch: { options in
                AsyncStream(bufferingPolicy: .bufferingOldest(batches)) { stream in
                    let live = LiveConnection(
                        profile.address,
                        caFile: profile.caFile,
                        credentials: credentials,
                        options: complete(options),
                        on: loop
                    ) { events in
                        if case .dropped = stream.yield(events) { stream.finish() }
                    }
                    stream.onTermination = { _ in Task { await live.close() } }
                    live.start()
                }
            }
        )
    }
}
