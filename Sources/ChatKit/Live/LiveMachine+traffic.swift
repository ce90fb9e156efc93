package import ChatAPI

/// What the machine does while it is connected: frames, order and gaps of logs, calls, and what is due.
extension LiveMachine {
    /// A text frame came.
    package mutating func received(_ bytes: [UInt8], at now: Int64) -> [LiveAction] {
        heard(at: now)
        let frame: IncomingFrame
        do throws(APIError) {
            frame = try IncomingFrame.read(bytes)
        } catch {
            return isConnected ? abandon("the daemon sent what cannot be read: \(error.detail)", at: now) : []
        }
        switch (phase, frame) {
        case (.greeting, .answer(LiveFrames.helloID, let error)):
            if let error { return refused(error, at: now) }
            do throws(APIError) {
                return greeted(try LiveFrames.output(Welcome.self, of: bytes), at: now)
            } catch {
                return refused(error, at: now)
            }
        case (.live, .answer(let id, let error)): return answered(id, error, bytes, at: now)
        case (.live, .entry(let entry)): return take(entry, at: now)
        case (.live, .audit(let entry)):
            return take(LogName.audit, entry.seq, .audit([entry]), at: now)
        case (.live, .sketch(let push)): return take(push, at: now)
        case (.live, .gap(let gap)) where LogName.isSketch(gap.log):
            guard positions.seq[gap.log] != nil else { return [] }
            return lose(gap)
        case (.live, .gap(let gap)):
            guard let gap = positions.skip(gap) else { return [] }
            // The daemon stopped this log's pushes: having come here, this client has read what there was.
            positions.markSyncing(gap.log)
            return [.deliver(.gap(gap))] + sync([gap.log], at: now)
        case (.live, .ended(let log)):
            positions.forget(log)
            return [.deliver(.logs([LogState(log: log, state: .denied, head: 0)]))]
        case (.live, .ephemeral(let news)): return [.deliver(.ephemeral(news))]
        case (.greeting, .bye(let bye)), (.live, .bye(let bye)):
            if bye.retryMs.count == 2, bye.retryMs[0] >= 0, bye.retryMs[0] <= bye.retryMs[1] {
                byeRetry = bye.retryMs[0]...bye.retryMs[1]
            }
            return [.deliver(.bye(bye))]
        default: return []
        }
    }

    private var isConnected: Bool {
        switch phase {
        case .greeting, .live: true
        default: false
        }
    }

    /// Hello was answered by an error: what it says decides, whatever the close says.
    private mutating func refused(_ error: APIError, at now: Int64) -> [LiveAction] {
        [.close(code: 1000)] + lost(.failed(error), at: now)
    }

    private mutating func greeted(_ welcome: Welcome, at now: Int64) -> [LiveAction] {
        var actions: [LiveAction] = []
        if let epoch, epoch != welcome.epoch {
            actions.append(.deliver(.epochChanged(from: epoch, to: welcome.epoch)))
            positions.removeAll()
        }
        epoch = welcome.epoch
        self.welcome = welcome
        phase = .live(since: now)
        hasRenewed = false
        actions.append(.deliver(.state(.live)))
        actions.append(.deliver(.welcome(welcome)))
        for state in welcome.logs {
            actions += settle(state)
        }
        return actions + send()
    }

    private mutating func settle(_ state: LogState) -> [LiveAction] {
        guard let gap = positions.settle(state) else { return [] }
        return LogName.isSketch(gap.log) ? lose(gap) : [.deliver(.gap(gap))]
    }

    /// The cure of a sketch's gap is a snapshot: whoever shows it fetches one and follows from there. Nothing of it is told
    /// until then.
    private mutating func lose(_ gap: Gap) -> [LiveAction] {
        positions.forget(gap.log)
        return [.deliver(.gap(gap))]
    }

    // MARK: - Logs

    private mutating func take(_ entry: Entry, at now: Int64) -> [LiveAction] {
        let log = entry.log
        let actions = take(log, entry.seq, .entries(log: log, [entry]), at: now)
        if entry.kind == .channelLeft, let channel = entry.channel { positions.forget(channel.description) }
        return actions
    }

    /// Entries of a sketch that is followed; those of another one, which was left just now, are passed over.
    private mutating func take(_ push: SketchPush, at now: Int64) -> [LiveAction] {
        let log = push.sketch.logName
        guard positions.seq[log] != nil else { return [] }
        var continuing: [SketchEntry] = []
        var rest: [LiveAction] = []
        for entry in push.operations {
            let actions = take(log, entry.seq, .sketch(push.sketch, [entry]), at: now)
            if case .deliver(.sketch(_, let entries))? = actions.first {
                continuing += entries
            } else if !actions.isEmpty {
                rest = actions
                break
            }
        }
        return (continuing.isEmpty ? [] : [.deliver(.sketch(push.sketch, continuing))]) + rest
    }

    /// Delivers what continues its log; asks for what is missing otherwise.
    private mutating func take(_ log: String, _ seq: Int64, _ event: LiveEvent, at now: Int64) -> [LiveAction] {
        switch positions.take(log, seq) {
        case .next: [.deliver(event)]
        case .duplicate, .awaited: []
        case .missing: sync([log], at: now)
        case .hopeless: abandon("the daemon left out entries and did not send them when asked", at: now)
        }
    }

    /// Asks the daemon to follow logs from here on.
    private mutating func sync(_ logs: [String], at now: Int64) -> [LiveAction] {
        var seq: [String: Int64] = [:]
        for log in logs { seq[log] = positions.seq[log] }
        let id = calls.takeID()
        let input = Coding.encode(Resume(epoch: epoch, seq: seq))
        let frame = LiveFrames.call(
            id: id,
            name: Endpoint<Resume, SyncAnswer>.sync.name,
            input: input,
            options: .init()
        )
        syncs[id] = now + Self.callTimeoutMilliseconds
        return [.send(frame)]
    }

    /// Follows a log from a position: a channel that is not joined, the audit log, or one whose gap was paged through.
    package mutating func follow(_ log: String, after position: Int64, at now: Int64) -> [LiveAction] {
        positions.follow(log, after: position)
        guard isLive else { return [] }
        positions.markSyncing(log)
        return sync([log], at: now)
    }

    package mutating func unfollow(_ log: String) { positions.forget(log) }

    // MARK: - Calls

    /// Sends a call, or keeps it until there is a connection.
    package mutating func call(_ call: LiveCall, at now: Int64) -> (id: Int64, actions: [LiveAction]) {
        let id = calls.takeID()
        func refused(_ error: APIError) -> (id: Int64, actions: [LiveAction]) {
            (id, [.answer(id: id, .failure(error))])
        }
        if case .stopped(let error) = phase { return refused(error) }
        if !call.waits && !isLive { return refused(APIError(.unavailable, "not connected to the daemon")) }
        let frame = LiveFrames.call(id: id, name: call.name, input: call.input, options: call.options)
        let limit = welcome?.limits.frameBytes ?? Limits.frameBytes
        guard frame.count <= limit else {
            return refused(APIError(.tooLarge, "the call is \(frame.count) bytes; at most \(limit) are taken"))
        }
        let isTaken = calls.add(
            LiveCalls.Call(
                id: id,
                name: call.name,
                frame: frame,
                repeats: call.repeats,
                deadline: now + call.timeoutMilliseconds,
                timeout: call.timeoutMilliseconds
            )
        )
        guard isTaken else {
            return refused(APIError(.overloaded, "\(LiveCalls.waitingLimit) calls wait already"))
        }
        return (id, send())
    }

    /// Nobody waits for this answer any more.
    package mutating func cancel(_ id: Int64) -> [LiveAction] {
        calls.cancel(id)
        return send()
    }

    /// What this client looks at; told again after every reconnect.
    package mutating func look(at view: View, now: Int64) -> [LiveAction] {
        guard view != self.view else { return [] }
        self.view = view
        guard isLive else { return [] }
        let call = LiveCall(
            name: Endpoint<View, Empty>.setView.name,
            input: Coding.encode(view),
            repeats: false,
            waits: false
        )
        return self.call(call, at: now).actions
    }

    private mutating func send() -> [LiveAction] {
        guard isLive else { return [] }
        // Two of the daemon's limit are left for syncs.
        let limit = max(1, (welcome?.limits.callsInFlight ?? Limits.callsInFlight) - 2)
        return calls.ready(limit: limit).map { .send($0) }
    }

    private mutating func answered(_ id: Int64, _ error: APIError?, _ frame: [UInt8], at now: Int64) -> [LiveAction] {
        if syncs.removeValue(forKey: id) != nil { return synced(error, frame, at: now) }
        guard calls.answered(id) != nil else { return [] }
        return [.answer(id: id, error.map { .failure($0) } ?? .success(frame))] + send()
    }

    private mutating func synced(_ error: APIError?, _ frame: [UInt8], at now: Int64) -> [LiveAction] {
        do throws(APIError) {
            if let error { throw error }
            let answer = try LiveFrames.output(SyncAnswer.self, of: frame)
            var actions: [LiveAction] = [.deliver(.logs(answer.logs))]
            for state in answer.logs {
                actions += settle(state)
            }
            return actions
        } catch {
            return abandon("the daemon could not bring logs up to date: \(error.detail)", at: now)
        }
    }

    // MARK: - Time

    /// Does what is due: time-outs, the next attempt, renewing the token.
    package mutating func tick(at now: Int64) -> [LiveAction] {
        var actions: [LiveAction] = calls.expired(at: now).map { call in
            let detail =
                "no answer to \(call.name) in \(call.timeout / 1_000) s: it may have happened, repeat it as it was"
            return .answer(id: call.id, .failure(APIError(.timedOut, detail)))
        }
        switch phase {
        case .waiting(let until) where until <= now: actions += open(at: now)
        case .opening(let until) where until <= now:
            actions += abandon("the daemon could not be reached in time", at: now)
        case .greeting(let until) where until <= now:
            actions += abandon("the daemon did not answer hello in time", at: now)
        case .live:
            if let welcome, now >= lastHeard + max(welcome.heartbeatMs, 1_000) + Self.silenceMilliseconds {
                actions += abandon("nothing was heard of the daemon for too long", at: now)
            } else if let late = syncs.values.min(), late <= now {
                actions += abandon("the daemon did not bring logs up to date in time", at: now)
            } else if let due = refreshAt, due <= now {
                refreshAt = nil
                actions.append(.refresh(inBand: true))
            }
            actions += send()
        default: break
        }
        return actions
    }
}
