import ChatAPI
import Storage

/// Who waits for the answer to a pointer. Belongs to the connection's loop; the writer only hands it back.
private final class PointerReply: @unchecked Sendable {
    let reply: (Result<Void, APIError>) -> Void

    init(_ reply: @escaping (Result<Void, APIError>) -> Void) { self.reply = reply }
}

/// A sketch and the channel whose members may follow it.
struct SketchPlace: Sendable {
    let id: SketchID
    let channel: ChannelID

    /// Nil if there is no such sketch.
    init?(_ id: SketchID, _ tx: borrowing ReadTransaction) throws {
        guard let channel = try SketchStore.channel(of: id, tx) else { return nil }
        self.id = id
        self.channel = channel
    }
}

// Looking at a sketch: drawing and pointing without a task, following its log, leaving it.
extension LiveSession {
    /// The hot path of drawing: no task, no decoder; the reply comes from the writer in a batch with its group's.
    func receiveDraw(_ id: Int64, _ draw: SketchDraw) {
        guard begin(id) else { return }
        let engine = services.engine
        if let refusal = engine.rates.refusal(of: "sketches.draw", for: caller, now: engine.clock.now) {
            return finish(id, LiveFrames.answer(id, error: refusal.about("sketches.draw")))
        }
        let post = services.post
        services.collect { batch in
            engine.domains.sketches.draw(draw, by: caller, in: batch) { [self] result in
                let json: [UInt8] =
                    switch result {
                    case .success(let drawn): LiveFrames.answer(id, drawn: drawn)
                    case .failure(let error): LiveFrames.answer(id, error: error.about("sketches.draw"))
                    }
                let frame = engine.hub.seal([json])
                post { self.finish(frame) }
            }
        }
    }

    /// A pointer is not stored, and whoever looks hears of it with the next tick. It can show text, so the writer is asked
    /// whether its owner may draw here at all; it goes there with what the tick's strokes want written.
    func receivePointer(_ id: Int64, _ pointer: SketchPointer) {
        guard begin(id) else { return }
        if gaze?.changes ?? 0 == 0 { return answer(pointer, id) }
        Task(executorPreference: services.executor) { [self] in
            await viewIsSet()
            answer(pointer, id)
        }
    }

    private func answer(_ pointer: SketchPointer, _ id: Int64) {
        point(pointer) { [self] result in
            switch result {
            case .success: finish(id, LiveFrames.answer(id, ok: Self.done))
            case .failure(let error): finish(id, LiveFrames.answer(id, error: error.about("sketches.pointer")))
            }
        }
    }

    private static let done = Array("{}".utf8)

    /// The same as a task.
    func point(_ pointer: SketchPointer) async throws(APIError) {
        let result: Result<Void, APIError> = await withCheckedContinuation { waiter in
            point(pointer) { waiter.resume(returning: $0) }
        }
        try result.get()
    }

    /// - Parameter reply: called once, on the loop.
    private func point(_ pointer: SketchPointer, reply: @escaping (Result<Void, APIError>) -> Void) {
        let engine = services.engine
        let account: AccountID
        do throws(APIError) {
            if let refusal = engine.rates.refusal(of: "sketches.pointer", for: caller, now: engine.clock.now) {
                throw refusal
            }
            account = try caller.signedIn()
            try checkLooks(at: pointer.sketch)
            try SketchRules.check(pointer)
        } catch {
            return reply(.failure(error))
        }
        let answer = PointerReply(reply)
        let post = services.post
        let silences = engine.sketchFan.silences
        services.collect { batch in
            engine.domains.sketches.checkMayDraw(in: pointer.sketch, by: caller, batch) { [self] result in
                post { self.show(pointer, of: account, after: silences, result, answer) }
            }
        }
    }

    private func show(
        _ pointer: SketchPointer,
        of account: AccountID,
        after silences: Int,
        _ result: Result<Void, APIError>,
        _ answer: PointerReply
    ) {
        do throws(APIError) {
            try result.get()
            // It may have looked away meanwhile: then nobody would take the pointer back.
            try checkLooks(at: pointer.sketch)
            let isGone = pointer.x == nil && pointer.y == nil
            let shown = isGone ? nil : pointer
            services.engine.sketchFan.point(shown, in: pointer.sketch, by: account, after: isGone ? nil : silences)
            answer.reply(.success(()))
        } catch {
            answer.reply(.failure(error))
        }
    }

    private func checkLooks(at sketch: SketchID) throws(APIError) {
        if phase != .live || sketch != view.sketch {
            throw .invalid("sketch", "is not what this connection looks at: set its view first")
        }
    }

    // MARK: - Looking

    /// Calls are answered in any order, but what may be followed and pointed at depends on what is looked at: a client that
    /// sets its view and follows the sketch's log, or points, in one breath means both.
    func viewIsSet() async {
        await withCheckedContinuation { continuation in
            // Looked at here and not before: waiting may begin a turn of the loop later, and the change have ended in between.
            guard let gaze, gaze.changes > 0 else { return continuation.resume() }
            gaze.waiting.append(continuation)
        }
    }

    /// Where a sketch is; nil if there is none.
    func place(of sketch: SketchID?) async throws(APIError) -> SketchPlace? {
        guard let sketch else { return nil }
        do {
            return try await services.engine.database.read { tx in try SketchPlace(sketch, tx) }
        } catch { throw APIError(refusal: error) }
    }

    /// Where everybody is, at the beginning.
    func tellPointers(of sketch: SketchID) {
        let pointers = services.engine.sketchFan.pointers(in: sketch, but: caller.account)
        guard !pointers.isEmpty else { return }
        let news = Ephemeral(channel: nil, sketch: sketch, pointers: pointers)
        ephemeral(news, services.engine.hub.seal([LiveFrames.ephemeral(news)]))
    }

    /// Registers for the log of the sketch that it looks at; of no other one.
    func followSketch(_ sketch: SketchID) {
        let log = LogID.sketch(sketch)
        guard view.sketch == sketch, following[log] == nil else { return }
        following[log] = Following()
        services.shard.subscribe(self, to: log)
    }

    /// Looks elsewhere from now on.
    func stopFollowing(_ sketch: SketchID) {
        if let account = caller.account { services.engine.sketchFan.point(nil, in: sketch, by: account) }
        let log = LogID.sketch(sketch)
        guard following.removeValue(forKey: log) != nil else { return }
        services.shard.unsubscribe(self, from: log)
    }

    /// The sketch is gone, or the channel is left: it may not be looked at any longer.
    func leaveSketch() {
        var rest = view
        guard let sketch = rest.sketch else { return }
        services.shard.unview(self, rest)
        stopFollowing(sketch)
        rest.sketch = nil
        look(at: rest, sketchIn: nil)
        services.shard.view(self, rest)
        send(LiveFrames.ended(.sketch(sketch)))
    }
}
