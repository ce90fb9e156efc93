import ChatAPI
import Storage

// From `hello` to the answer and the catch-up behind it.
extension LiveSession {
    private struct HelloFrame: Decodable {
        let id: Int64
        let hello: Hello
    }

    func receiveHello(_ text: UnsafeRawBufferPointer) {
        let frame: HelloFrame
        do throws(APIError) {
            frame = try Coding.decode(HelloFrame.self, from: Array(text))
            guard frame.id > 0 else { throw .invalid("id", "must be above 0") }
            try check(frame.hello.view ?? View())
        } catch {
            return end(.protocolError, "the first frame must be hello: \(error.detail)")
        }
        phase = .greeting
        Task(executorPreference: services.executor) { [self] in await greet(frame.id, frame.hello) }
    }

    func check(_ view: View) throws(APIError) {
        if view.channels.count > Limits.viewChannels {
            throw .invalid("channels", "names \(view.channels.count) channels; the limit is \(Limits.viewChannels)")
        }
        if view.people.count > Limits.viewPeople {
            throw .invalid("people", "names \(view.people.count) people; the limit is \(Limits.viewPeople)")
        }
    }

    private func greet(_ id: Int64, _ hello: Hello) async {
        do throws(APIError) {
            caller = try await whoIs(hello)
            let account = try caller.signedIn()
            guard phase == .greeting else { return }
            try await join(account, id, hello)
        } catch {
            guard phase == .greeting else { return }
            // Whoever got as far as registering is taken out again by `closed`, once the peer has closed.
            send(LiveFrames.answer(id, error: error))
            end(CloseCode(whoIsUnknown: error), error.detail)
        }
    }

    private func whoIs(_ hello: Hello) async throws(APIError) -> Caller {
        if let token = hello.token {
            expiresAt = services.engine.authenticator.expiry(ofAccessToken: token)
            return try await services.engine.authenticator.caller(token: token, address: address)
        }
        if let local { return try await services.engine.authenticator.localCaller(local) }
        throw APIError(.notSignedIn, "hello has no token")
    }

    /// Registers first and reads after: whatever is committed in between waits in `Following`.
    private func join(_ account: AccountID, _ id: Int64, _ hello: Hello) async throws(APIError) {
        let engine = services.engine
        services.shard.attach(self, to: account)
        if let session = caller.session { engine.authenticator.live.opened(session) }
        // Whatever ended between the first look and here was told before this connection listened; what changes from here on is
        // told, and an answer that was read before it does not count.
        var answered: UInt32
        repeat {
            await asking?.value
            answered = changesOfRights
            caller = try await engine.authenticator.again(caller)
        } while answered != changesOfRights
        let memberships: [ChannelID]
        let place: SketchPlace?
        do {
            let found = try await engine.database.read { tx in
                let place = try hello.view?.sketch.flatMap { try SketchPlace($0, tx) }
                return (channels: try ChannelStore.visibleFrom(of: account, tx), place: place)
            }
            place = found.place
            memberships = found.channels.filter { $0.value < Membership.veiled }.keys.sorted()
            veiled = Set(found.channels.keys).subtracting(memberships).union(veiled)
        } catch { throw APIError(refusal: error) }
        guard phase == .greeting else { return }
        let me = LogID.me(account)
        var logs = [me] + memberships.map(LogID.channel)
        let sketch = place.flatMap { memberships.contains($0.channel) ? $0 : nil }
        var watched = (hello.resume?.seq.keys.sorted() ?? []).compactMap(LogID.watched).filter(mayRead)
        if let sketch, hello.resume?.seq[sketch.id.logName] != nil { watched.append(.sketch(sketch.id)) }
        logs += watched
        let greeted = watched
        following.reserveCapacity(logs.count)
        for log in logs where following[log] == nil {
            following[log] = Following()
            services.shard.subscribe(self, to: log)
        }
        let welcome: Greeting
        do {
            welcome = try await engine.database.read { tx in
                try Greeting(account: account, watched: greeted, tx)
            }
        } catch { throw APIError(refusal: error) }
        guard phase == .greeting else { return }
        isPresent = true
        blocked = welcome.blocked
        let isStaff = caller.capabilities.contains(.handleRequests)
        engine.desk.opened(account, isStaff: isStaff, now: engine.clock.now)
        engine.presence.opened(
            ObjectIdentifier(self),
            by: account,
            statusText: welcome.account.statusText,
            in: present
        )
        answer(id, hello, welcome, account, sketch)
    }

    /// The heads as one read transaction saw them.
    private struct Greeting: Sendable {
        let account: Account
        let channels: [JoinedChannel]
        let visibleFrom: [ChannelID: Int64]
        let blocked: Set<AccountID>
        let meHead: Int64
        /// Of the logs by capability, and of the sketch that is looked at.
        let watchedHeads: [LogID: Int64]
        /// The audit log begins behind this entry.
        let auditFrom: Int64

        init(account id: AccountID, watched: [LogID], _ tx: borrowing ReadTransaction) throws {
            account = try AccountStore.account(id, tx)
            channels = try JoinedChannels.list(for: id, tx)
            visibleFrom = try ChannelStore.visibleFrom(of: id, tx)
            blocked = try BlockStore.blocked(by: id, tx)
            meHead = try EntryStore.head(of: .me(id), tx).seq
            watchedHeads = try watched.reduce(into: [:]) { heads, log in
                switch log {
                case .audit: heads[log] = try AuditStore.head(tx).seq
                case .sketch(let sketch): heads[log] = try SketchLog.head(of: sketch, tx)
                case .queue, .me, .channel: heads[log] = try EntryStore.head(of: log, tx).seq
                }
            }
            auditFrom = watched.contains(.audit) ? try AuditAnchor.seq(tx) : 0
        }
    }

    private func answer(
        _ id: Int64,
        _ hello: Hello,
        _ greeting: Greeting,
        _ account: AccountID,
        _ sketch: SketchPlace?
    ) {
        let engine = services.engine
        let resume = hello.resume.flatMap { $0.epoch == nil || $0.epoch == engine.epoch ? $0.seq : nil } ?? [:]
        var states: [LogState] = []
        var pages: [CatchUp.Range] = []
        func place(
            _ log: LogID,
            head: Int64,
            visibleFrom: Int64,
            keptFrom: Int64 = 0,
            channel: JoinedChannel? = nil
        ) {
            let position = resume[log.wireName].map { max($0, visibleFrom) }
            let isGap =
                position.map { $0 > head || $0 < keptFrom || head - $0 > CatchUp.limit(of: log) } ?? false
            states.append(
                LogState(
                    log: log.wireName,
                    state: isGap ? .gap : .ok,
                    head: head,
                    channel: channel?.channel,
                    unread: channel?.unread
                )
            )
            if let position, !isGap, position < head {
                pages.append(CatchUp.Range(log: log, from: position, head: head, visibleFrom: visibleFrom))
            } else {
                pages.append(CatchUp.Range(log: log, from: head, head: head, visibleFrom: visibleFrom))
            }
        }
        place(.me(account), head: greeting.meHead, visibleFrom: 0)
        for joined in greeting.channels {
            place(
                .channel(joined.channel.id),
                head: joined.channel.head ?? 0,
                visibleFrom: greeting.visibleFrom[joined.channel.id] ?? 0,
                channel: joined
            )
        }
        for (log, head) in greeting.watchedHeads.sorted(by: { $0.key.wireName < $1.key.wireName })
        where following[log] != nil {
            place(log, head: head, visibleFrom: 0, keptFrom: log == .audit ? greeting.auditFrom : 0)
        }
        let known = Set(states.map(\.log))
        for (log, _) in resume.sorted(by: { $0.key < $1.key }) where !known.contains(log) {
            states.append(LogState(log: log, state: .denied, head: 0))
        }
        let welcome = Welcome(
            account: greeting.account,
            session: caller.session,
            capabilities: caller.capabilities.list,
            epoch: engine.epoch,
            heartbeatMs: services.limits.heartbeatMilliseconds,
            limits: LiveLimits(callsInFlight: services.limits.callsInFlight),
            caps: [],
            logs: states
        )
        phase = .live
        send(LiveFrames.answer(id, ok: Coding.encode(welcome)))
        setView(hello.view ?? View(), sketch)
        for page in pages { catchUp.add(page) }
        // A channel that was joined after the heads were read follows live from where it was joined.
        for log in following.keys where !known.contains(log.wireName) { startUnknown(log) }
        continueCatchUp()
    }

    /// Registered, but not among the heads that were read: left again meanwhile, or not readable.
    private func startUnknown(_ log: LogID) {
        guard var follow = following[log] else { return }
        for action in follow.caughtUp(through: follow.seq) { perform(action, log) }
        following[log] = follow
    }

    // MARK: - Catching up

    /// Reads the next page of the first log that is not caught up, as long as the outbox is low.
    func continueCatchUp() {
        while !catchUp.isReading, let range = catchUp.next, outbox.isLow, phase == .live, leaving == nil {
            if following[range.log] == nil || range.from >= range.head {
                finish(range)
            } else if catchUp.isOverBudget {
                send(LiveFrames.gap(Gap(log: range.log.wireName, from: range.from + 1, head: range.head)))
                finish(range)
            } else {
                catchUp.isReading = true
                Task(executorPreference: services.executor) { [self] in await readPage(range) }
            }
        }
    }

    private func finish(_ range: CatchUp.Range) {
        catchUp.finishFirst()
        guard var follow = following[range.log] else { return }
        let actions = follow.caughtUp(through: range.head)
        following[range.log] = follow
        for action in actions { perform(action, range.log) }
    }

    private func readPage(_ range: CatchUp.Range) async {
        let through = min(range.head, range.from + Int64(CatchUp.pageEntries))
        let budget = catchUp.bytesLeft
        let account = caller.account
        var page: Page?
        do {
            page = try await services.engine.database.read { tx in
                try Page(of: range.log, after: range.from, through: through, for: account, budget: budget, tx)
            }
        } catch {
            page = nil
        }
        catchUp.isReading = false
        guard phase == .live, leaving == nil else { return }
        if let page {
            if !page.payloads.isEmpty { send(services.engine.hub.seal(page.payloads)) }
            catchUp.advance(to: page.through, bytes: page.payloads.reduce(0) { $0 + $1.count })
        } else {
            // What cannot be read now is named, never left out.
            send(LiveFrames.gap(Gap(log: range.log.wireName, from: range.from + 1, head: range.head)))
            catchUp.advance(to: range.head, bytes: 0)
        }
        continueCatchUp()
    }

    /// What is sent of a log at a time.
    private struct Page: Sendable {
        let payloads: [[UInt8]]
        let through: Int64

        /// Ends at the entry that fills the budget. A log has no holes: so many payloads are as many entries.
        init(
            of log: LogID,
            after: Int64,
            through: Int64,
            for account: AccountID?,
            budget: Int,
            _ tx: borrowing ReadTransaction
        ) throws {
            let all: [[UInt8]]
            switch log {
            case .sketch(let id):
                let bodies = try SketchLog.bodies(
                    of: id,
                    after: after,
                    through: through,
                    limit: CatchUp.pageEntries,
                    bytes: min(CatchUp.pageBytes, max(budget, 1)),
                    tx
                )
                payloads = bodies.isEmpty ? [] : [SketchWriting.push(of: id, bodies)]
                self.through = bodies.isEmpty ? through : after + Int64(bodies.count)
                return
            case .audit: all = try AuditStore.pushes(after: after, through: through, tx)
            case .channel, .me, .queue:
                all = try EntryStore.pushes(of: log, after: after, through: through, for: account, tx)
            }
            let count = CatchUp.fitting(all, into: budget).count
            payloads = Array(all.prefix(count))
            self.through = count < all.count ? after + Int64(count) : through
        }
    }

    /// `sync`: follow logs from the positions that the client names.
    func sync(_ resume: Resume) async throws(APIError) -> SyncAnswer {
        let account = try caller.signedIn()
        let greeting: Greeting
        var logs: [LogID] = []
        for name in resume.seq.keys.sorted() {
            guard let log = LogID(wireName: name, of: account) else { continue }
            if case .sketch(let id) = log { followSketch(id) }
            if following[log] == nil {
                // A queue is looked into when somebody wants to, long after hello.
                guard case .queue = log, mayRead(log) else { continue }
                following[log] = Following()
                services.shard.subscribe(self, to: log)
            }
            // What is caught up with already is not begun again: what is held for it stays held.
            if !catchUp.isReading(log) { following[log]?.restart() }
            logs.append(log)
        }
        let sketch = view.sketch
        let watched = logs.filter { log in
            switch log {
            case .audit, .queue: true
            case .sketch(let id): id == sketch
            case .me, .channel: false
            }
        }
        do {
            greeting = try await services.engine.database.read { tx in
                try Greeting(account: account, watched: watched, tx)
            }
        } catch { throw APIError(refusal: error) }
        var states: [LogState] = []
        for log in logs where following[log] != nil {
            let position = resume.seq[log.wireName] ?? 0
            let head: Int64
            var visibleFrom: Int64 = 0
            var keptFrom: Int64 = 0
            switch log {
            case .me: head = greeting.meHead
            case .audit, .queue:
                head = greeting.watchedHeads[log] ?? 0
                if log == .audit { keptFrom = greeting.auditFrom }
            case .sketch:
                // It looks elsewhere by now: what it asked for does not concern it any more.
                guard let known = greeting.watchedHeads[log] else { continue }
                head = known
            case .channel(let id):
                head = greeting.channels.first { $0.channel.id == id }?.channel.head ?? 0
                visibleFrom = greeting.visibleFrom[id] ?? 0
            }
            let from = max(position, visibleFrom)
            let isGap = from > head || from < keptFrom || head - from > CatchUp.limit(of: log)
            states.append(LogState(log: log.wireName, state: isGap ? .gap : .ok, head: head))
            catchUp.add(CatchUp.Range(log: log, from: isGap ? head : from, head: head, visibleFrom: visibleFrom))
        }
        let answered = Set(states.map(\.log))
        for name in resume.seq.keys.sorted() where !answered.contains(name) {
            states.append(LogState(log: name, state: .denied, head: 0))
        }
        continueCatchUp()
        return SyncAnswer(logs: states)
    }
}
