import ChatAPI

// Calls over the live connection: the same table as REST, with a fast path for sending.
extension LiveSession {
    func receiveCall(_ text: UnsafeRawBufferPointer) {
        if let frame = SendScanner.scan(text) { return receiveSend(frame.id, frame.message) }
        if let frame = SketchScanner.scan(text) { return receiveDraw(frame.id, frame.draw) }
        if let frame = SketchScanner.scanPointer(text) { return receivePointer(frame.id, frame.pointer) }
        guard let envelope = CallScanner.scan(text) else {
            return end(.protocolError, "a frame is {\"id\":…,\"call\":…,\"in\":{…}}")
        }
        guard begin(envelope.id) else { return }
        let options = CallOptions(
            key: envelope.key,
            dryRun: envelope.dryRun,
            ifMatch: envelope.ifMatch,
            requestID: CallOptions.freshRequestID()
        )
        if envelope.call == "messages.send" { return receiveSend(envelope, options) }
        // It counts from here, not from when its task begins: what comes in the same breath waits for it.
        let changesView = envelope.call == "view.set"
        if changesView { beginViewChange() }
        Task(executorPreference: services.executor) { [self] in
            defer { if changesView { endViewChange() } }
            await asking?.value
            let raw = RawCall(caller: caller, options: options, body: envelope.input)
            do throws(APIError) {
                let json = try await answer(envelope.call, raw)
                finish(envelope.id, LiveFrames.answer(envelope.id, ok: json))
            } catch {
                finish(envelope.id, LiveFrames.answer(envelope.id, error: error.about(envelope.call)))
            }
        }
    }

    /// The hot path: no task, no decoder; the reply comes from the writer in a batch with its group's.
    private func receiveSend(_ id: Int64, _ message: Message) {
        guard begin(id) else { return }
        if sendsWaiting == 0 { return handOver(id, message) }
        sendInTurn { self.handOver(id, message) }
    }

    /// What the scanner leaves: a channel by its name, a place, an option. Finding the channel takes a while; what the
    /// connection sends meanwhile waits, so that its messages keep their order.
    private func receiveSend(_ envelope: CallScanner.Envelope, _ options: CallOptions) {
        sendInTurn { [self] in
            let raw = RawCall(caller: caller, options: options, body: envelope.input)
            do {
                guard options.key == nil, !options.dryRun else {
                    services.submit()
                    let json = try await services.engine.api.perform(envelope.call, raw)
                    return finish(envelope.id, LiveFrames.answer(envelope.id, ok: json))
                }
                try caller.require(.post)
                var message = try Coding.decode(Message.self, from: raw.body)
                message.channel = .id(try await services.engine.messages.channelID(message.channel))
                handOver(envelope.id, message)
            } catch {
                var refusal = APIError(refusal: error).about(envelope.call)
                refusal.requestID = options.requestID
                finish(envelope.id, LiveFrames.answer(envelope.id, error: refusal))
            }
        }
    }

    /// Runs after all that this connection has sent before it is handed to the writer.
    private func sendInTurn(_ send: @escaping @Sendable () async -> Void) {
        let before = sending
        sendsWaiting += 1
        sending = Task(executorPreference: services.executor) { [self] in
            await before?.value
            await asking?.value
            await send()
            sendsWaiting -= 1
            if sendsWaiting == 0 { sending = nil }
        }
    }

    private func handOver(_ id: Int64, _ message: Message) {
        let engine = services.engine
        if let refusal = engine.rates.refusal(of: "messages.send", for: caller, now: engine.clock.now) {
            return finish(id, LiveFrames.answer(id, error: refusal.about("messages.send")))
        }
        let post = services.post
        services.collect { batch in
            engine.messages.send(message, by: caller, in: batch) { [self] result in
                let json: [UInt8] =
                    switch result {
                    case .success(let sent): LiveFrames.answer(id, sent: sent)
                    case .failure(let error): LiveFrames.answer(id, error: error.about("messages.send"))
                    }
                let frame = engine.hub.seal([json])
                post { self.finish(frame) }
            }
        }
    }

    /// False if the call is refused before anything is done.
    func begin(_ id: Int64) -> Bool {
        guard callsInFlight < services.limits.callsInFlight else {
            let limit = services.limits.callsInFlight
            let error = APIError(
                .rateLimited,
                "\(limit) calls have no answer yet; wait for one",
                retryAfterMilliseconds: 100
            )
            send(LiveFrames.answer(id, error: error))
            return false
        }
        callsInFlight += 1
        return true
    }

    func finish(_ id: Int64, _ json: [UInt8]) {
        finish(services.engine.hub.seal([json]))
    }

    func finish(_ frame: Frame) {
        callsInFlight -= 1
        guard phase == .live else { return }
        send(frame)
        if callsInFlight == 0, let leaving { end(leaving.code, leaving.reason) }
    }

    /// Five operations concern this connection; all others are rows of the table.
    private func answer(_ name: String, _ raw: RawCall) async throws(APIError) -> [UInt8] {
        switch name {
        case "view.set":
            try caller.require(.read)
            let view = try Coding.decode(View.self, from: raw.body)
            try check(view)
            let place = try await place(of: view.sketch)
            setView(view, place)
            return Coding.encode(Empty())
        case "presence.set":
            let draft = try Coding.decode(PresenceDraft.self, from: raw.body)
            let account = try caller.signedIn()
            services.engine.presence.set(draft.state, on: ObjectIdentifier(self), of: account)
            return Coding.encode(Empty())
        case "sketches.pointer":
            await viewIsSet()
            try await point(try Coding.decode(SketchPointer.self, from: raw.body))
            return Coding.encode(Empty())
        case "sync":
            await viewIsSet()
            return Coding.encode(try await sync(try Coding.decode(Resume.self, from: raw.body)))
        case "session.refresh":
            let json = try await services.engine.api.perform(name, raw)
            extend(try Coding.decode(Tokens.self, from: json))
            return json
        default:
            return try await services.engine.api.perform(name, raw)
        }
    }

    /// A refresh in band keeps the connection: it lives as long as the new access token, if that is of the same session.
    private func extend(_ tokens: Tokens) {
        let authenticator = services.engine.authenticator
        guard let session = caller.session, authenticator.session(ofAccessToken: tokens.accessToken) == session else {
            return
        }
        expiresAt = tokens.accessExpiresAt
    }

    /// Looks only where it may: channels it follows, people it shares one with, a sketch of one of its channels.
    func setView(_ wanted: View, _ sketch: SketchPlace?) {
        services.shard.unview(self, view)
        let sketch = sketch.flatMap { following[.channel($0.channel)] == nil ? nil : $0 }
        if let left = view.sketch, left != sketch?.id { stopFollowing(left) }
        let channels = wanted.channels.filter { following[.channel($0)] != nil }
        let presence = services.engine.presence
        let mine = following.keys.compactMap(\.channel)
        let people = wanted.people.filter { person in mine.contains { presence.isOnline(person, in: $0) } }
        look(at: View(channels: channels, sketch: sketch?.id, people: people), sketchIn: sketch?.channel)
        services.shard.view(self, view)
        if let sketch { tellPointers(of: sketch.id) }
        for channel in channels {
            let page = presence.page(of: channel)
            let drawing = services.engine.sketchFan.drawing(in: channel)
            var news = Ephemeral(channel: channel, presence: page.people, online: page.online)
            if !drawing.isEmpty { news.drawing = drawing }
            ephemeral(news, services.engine.hub.seal([LiveFrames.ephemeral(news)]))
        }
    }
}

extension APIError {
    /// Says which call it belongs to, if it does not.
    func about(_ call: String) -> APIError {
        var error = self
        if error.instance == nil { error.instance = call }
        return error
    }
}
