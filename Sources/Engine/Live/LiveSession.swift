package import ChatAPI

/// One live connection, from `hello` to its end: who it is, what it follows, what it calls. Knows no sockets.
///
/// Confined to its loop. The steps of hello: say who it is; register with the hub for the account and for each log, so
/// that nothing new is missed; read the heads; answer; catch up log by log; then what was held back follows.
package final class LiveSession: Subscriber, @unchecked Sendable {
    let services: LiveServices
    /// The socket and its session hold each other until `closed`, which every connection comes to exactly once.
    private(set) var peer: (any LivePeer)?
    package let address: String
    /// On the Unix socket, for those who may act as a local administrator.
    let local: LocalIdentity?

    var phase = Phase.waiting
    package internal(set) var caller: Caller
    package internal(set) var outbox = Outbox()
    var following = SortedMap<LogID, Following>()
    /// Nil while it looks at nothing.
    var gaze: Gaze?
    /// Some log in `following` is lagging: only then does a drain look for which.
    private var hasLaggingLogs = false
    /// Under way while what the caller may do is being asked again. The peer holds the frames that come meanwhile.
    private(set) var asking: Task<Void, Never>?
    /// How often that has changed. An answer counts if it is still the same number as when it was asked.
    private(set) var changesOfRights: UInt32 = 0
    /// Channels in which it counts as one of the people and of which it is told nothing.
    var veiled: Set<ChannelID> = []
    /// Whose typing and pointing it is not shown.
    var blocked: Set<AccountID> = []
    var callsInFlight = 0
    /// Messages that could not be handed to the writer when they came, and the last of them.
    var sendsWaiting = 0
    var sending: Task<Void, Never>?
    /// Set once the connection is to close after the answers to its calls: it hears and may do nothing more.
    var leaving: (code: CloseCode, reason: String)?
    /// When the access token ends, unless it is refreshed in band. Nil for bots and local administrators.
    var expiresAt: Milliseconds?
    var catchUp = CatchUp()
    /// The help desk was told that somebody is there.
    var isPresent = false

    enum Phase {
        /// For `hello`, ten seconds at most.
        case waiting
        case greeting
        case live
        case closed
    }

    package init(services: LiveServices, peer: any LivePeer, address: String, local: LocalIdentity? = nil) {
        self.services = services
        self.peer = peer
        self.address = address
        self.local = local
        caller = .anonymous(address: address)
    }

    package var isGreeted: Bool { phase == .live }

    /// The access token ended and was not refreshed on this connection: close with 4401.
    package var isExpired: Bool { expiresAt.map { $0 < services.engine.clock.now } ?? false }

    // MARK: - From the peer

    /// One text message, whole and valid UTF-8.
    package func received(_ text: UnsafeRawBufferPointer) {
        switch phase {
        case .waiting: receiveHello(text)
        case .greeting: end(.protocolError, "wait for the answer to hello before calling")
        case .live: if leaving == nil { receiveCall(text) }
        case .closed: break
        }
    }

    /// The connection is gone. Nothing is sent any more.
    package func closed() {
        guard phase != .closed else { return }
        let wasGreeted = phase == .live || phase == .greeting
        phase = .closed
        peer = nil
        guard wasGreeted, let account = caller.account else { return }
        services.shard.detach(self, from: account, logs: following.keys)
        if let session = caller.session { services.engine.authenticator.live.closed(session) }
        services.shard.unview(self, view)
        if let sketch = view.sketch { services.engine.sketchFan.point(nil, in: sketch, by: account) }
        if isPresent { services.engine.desk.closed(account, now: services.engine.clock.now) }
        services.engine.presence.closed(
            ObjectIdentifier(self),
            by: account,
            in: present,
            now: services.engine.clock.steady
        )
        following.removeAll()
        veiled.removeAll()
    }

    /// Takes what waits, in order, while the peer has room.
    package func drain(room: Int, _ send: (Frame) -> Void) {
        let hub = services.engine.hub
        outbox.take(room: room, seal: { hub.seal([LiveFrames.ephemeral($0)]) }, send)
        guard outbox.isLow else { return }
        if hasLaggingLogs { sendGaps() }
        if !catchUp.ranges.isEmpty { continueCatchUp() }
    }

    package func end(_ code: CloseCode, _ reason: String) {
        guard phase != .closed else { return }
        peer?.close(code, reason: reason)
    }

    /// Closes once the calls that were accepted are answered; whoever signs out hears that it worked. Nothing else is told
    /// or accepted any more.
    package func leave(_ code: CloseCode, _ reason: String) {
        guard leaving == nil else { return }
        guard callsInFlight > 0 else { return end(code, reason) }
        leaving = (code, reason)
    }

    /// Says goodbye first: the client waits a random time of the range, then reconnects.
    package func drainAway(retryMilliseconds: ClosedRange<Int64>) {
        let bye = Bye(
            code: CloseCode.draining.rawValue,
            retryMs: [retryMilliseconds.lowerBound, retryMilliseconds.upperBound]
        )
        send(LiveFrames.bye(bye))
    }

    // MARK: - From the hub

    package func entries(of log: LogID, first: Int64, last: Int64, _ frame: Frame) {
        guard leaving == nil, var follow = following[log] else { return }
        let action = follow.receive(first: first, last: last, frame, hasRoom: outbox.takesLivePushes)
        if follow.isLagging { hasLaggingLogs = true }
        following[log] = follow
        perform(action, log)
    }

    package func changed(_ news: News) {
        switch news {
        case .entry, .maskedEntry, .operation, .silenced, .desk, .timerSet: break
        case .sketchDeleted(let sketch): if view.sketch == sketch { leaveSketch() }
        case .placeChanged: if phase == .live { endUnreadableLogs() }
        case .joined(_, let channel, let head): follow(channel, from: head)
        case .veiled(_, let channel): veil(channel)
        case .blocksChanged(_, let people): blocked = people
        case .left(_, let channel), .channelDeleted(let channel): unfollow(channel)
        case .sessionEnded(let session, let code):
            if session == caller.session { leave(code, "the session has ended") }
        case .tokenEnded(let token):
            if token == caller.token { leave(.signedOut, "the token was revoked") }
        case .capabilitiesChanged, .standingsChanged: askAgainWhoThisIs()
        case .statusChanged(let account, let text):
            services.engine.presence.set(statusText: text, of: account)
        }
    }

    package func ephemeral(_ news: Ephemeral, _ frame: Frame) {
        guard phase == .live, leaving == nil else { return }
        if !blocked.isEmpty, news.shows(blocked) {
            guard let rest = news.without(blocked) else { return }
            outbox.append(rest, frame: services.engine.hub.seal([LiveFrames.ephemeral(rest)]))
        } else {
            outbox.append(news, frame: frame)
        }
        peer?.needsFlush()
    }

    // MARK: - To the peer

    func send(_ json: [UInt8]) {
        send(services.engine.hub.seal([json]))
    }

    func send(_ frame: Frame) {
        // Nothing overtakes what waits.
        if outbox.isEmpty, let peer, peer.takes(frame) { return }
        outbox.append(frame)
        if outbox.isHopeless {
            end(.slow, "this connection reads too slowly: \(outbox.byteCount) bytes wait")
        } else {
            peer?.needsFlush()
        }
    }

    func perform(_ action: Following.Action, _ log: LogID) {
        switch action {
        case .nothing: break
        case .send(let frame): send(frame)
        case .gap(let from, let head): send(LiveFrames.gap(Gap(log: log.wireName, from: from, head: head)))
        }
    }

    private func sendGaps() {
        hasLaggingLogs = false
        for log in Array(following.keys) where following[log]?.isLagging == true {
            guard var gap = following[log]?.resumeIfLagging() else { continue }
            gap.log = log.wireName
            send(LiveFrames.gap(gap))
        }
    }

    // MARK: - What it follows

    /// The channels in which this connection makes its account one who is there.
    var present: Set<ChannelID> { veiled.union(following.keys.lazy.compactMap(\.channel)) }

    private func follow(_ channel: ChannelID, from head: Int64) {
        let log = LogID.channel(channel)
        guard following[log] == nil else { return }
        let wasVeiled = veiled.remove(channel) != nil
        services.shard.subscribe(self, to: log)
        var follow = Following(from: head)
        if phase == .greeting {
            following[log] = follow
            return
        }
        // The join's own entry and all after it arrive live.
        _ = follow.caughtUp(through: head)
        following[log] = follow
        if !wasVeiled, let account = caller.account { services.engine.presence.joined(account, channel) }
    }

    private func veil(_ channel: ChannelID) {
        guard following[.channel(channel)] == nil, veiled.insert(channel).inserted, phase == .live else { return }
        if let account = caller.account { services.engine.presence.joined(account, channel) }
    }

    private func unfollow(_ channel: ChannelID) {
        let log = LogID.channel(channel)
        if let gaze, gaze.sketchChannel == channel { leaveSketch() }
        if veiled.remove(channel) != nil, let account = caller.account {
            services.engine.presence.left(account, channel)
        }
        guard following.removeValue(forKey: log) != nil else { return }
        services.shard.unsubscribe(self, from: log)
        if let account = caller.account { services.engine.presence.left(account, channel) }
    }

    /// Logs by capability end with it.
    private func endUnreadableLogs() {
        for log in following.keys where !mayRead(log) {
            following[log] = nil
            services.shard.unsubscribe(self, from: log)
            send(LiveFrames.ended(log))
        }
    }

    /// Whether a log by capability may be read; the others follow from memberships.
    func mayRead(_ log: LogID) -> Bool {
        switch log {
        case .audit: caller.may(.readAudit, in: .platform)
        case .queue(let queue): services.engine.desk.mayFollow(queue, caller)
        case .channel, .me, .sketch: true
        }
    }

    /// Grants changed: what comes next on this connection is judged by the new ones, and logs by capability end if they may
    /// no longer be read.
    ///
    /// Meanwhile the peer hands over nothing: what comes keeps its order, and waits where it is bounded anyway. Calls that
    /// have begun before wait in their tasks.
    private func askAgainWhoThisIs() {
        changesOfRights &+= 1
        guard asking == nil else { return }
        peer?.hold()
        asking = Task(executorPreference: services.executor) { [self] in
            var answered: UInt32
            repeat {
                answered = changesOfRights
                await askWhoThisIs()
            } while answered != changesOfRights && phase != .closed
            asking = nil
            peer?.resume()
        }
    }

    private func askWhoThisIs() async {
        do throws(APIError) {
            let now = try await services.engine.authenticator.again(caller)
            guard phase != .closed else { return }
            caller = now
            if leaving == nil { endUnreadableLogs() }
        } catch {
            leave(CloseCode(whoIsUnknown: error), error.detail)
        }
    }
}

extension LogID {
    var channel: ChannelID? { if case .channel(let id) = self { id } else { nil } }
}
