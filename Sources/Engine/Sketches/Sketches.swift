package import ChatAPI
package import Storage

/// Drawing. What an operation is decided by, how it is stored, and that it is published, on one page.
package struct Sketches: Sendable {
    let database: EngineDatabase
    let clock: any Clock
    let rates: RateLimits
    let fan: SketchFan
    let snapshots = SketchSnapshotCache()

    /// Draws cells of a stroke. A repeat under the same cid gets the first answer.
    ///
    /// The write waits in `batch` until that is submitted. `reply` runs on the writer thread, together with its group's
    /// other replies: the hot path has no task.
    package func draw(
        _ draw: SketchDraw,
        by caller: Caller,
        in batch: WriteBatch<Facts>,
        reply: @escaping @Sendable (Result<SketchDrawn, APIError>) -> Void
    ) {
        let account: AccountID
        let spans: [SketchSpan]
        do throws(APIError) {
            (account, spans) = try prepared(draw, by: caller, now: clock.now)
        } catch {
            return reply(.failure(error))
        }
        let clock = clock
        batch.add(touching: [.sketch(draw.sketch)]) { tx in
            try Self.store(draw, spans, by: caller, account, now: clock.now, tx)
        } completion: { result in
            reply(result.mapError(APIError.init(refusal:)))
        }
    }

    package func draw(_ draw: SketchDraw, _ call: Call) async throws -> SketchDrawn {
        let caller = call.caller
        guard case .cells = draw.operation, call.options.key == nil, !call.options.dryRun else {
            return try await change(draw, call)
        }
        let (account, spans) = try prepared(draw, by: caller, now: call.now)
        return try await database.write(touching: [.sketch(draw.sketch)]) { tx in
            try Self.store(draw, spans, by: caller, account, now: call.now, tx)
        }
    }

    /// Whether somebody may draw in a sketch: asked for pointers, which leave no trace.
    func checkMayDraw(
        in sketch: SketchID,
        by caller: Caller,
        _ batch: WriteBatch<Facts>,
        reply: @escaping @Sendable (Result<Void, APIError>) -> Void
    ) {
        let account: AccountID
        do throws(APIError) {
            try caller.require(.post)
            account = try caller.signedIn()
        } catch {
            return reply(.failure(error))
        }
        let clock = clock
        batch.add(touching: []) { tx in
            _ = try tx.sketch(sketch, for: caller, account, now: clock.now)
        } completion: { result in
            reply(result.mapError(APIError.init(refusal:)))
        }
    }

    /// Everything that can be said about cells without the sketch, and the person's budget.
    private func prepared(
        _ draw: SketchDraw,
        by caller: Caller,
        now: Milliseconds
    ) throws(APIError) -> (account: AccountID, spans: [SketchSpan]) {
        try caller.require(.post)
        let account = try caller.signedIn()
        guard case .cells(_, _, let runs) = draw.operation else { return (account, []) }
        let spans = try SketchRules.spans(runs)
        try spend(SketchRules.cells(spans), caller, now: now)
        return (account, spans)
    }

    private func spend(_ cells: Int, _ caller: Caller, now: Milliseconds) throws(APIError) {
        if let refusal = rates.refusal(ofCells: cells, for: caller, now: now) { throw refusal }
    }

    private static func store(
        _ draw: SketchDraw,
        _ spans: [SketchSpan],
        by caller: Caller,
        _ account: AccountID,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> SketchDrawn {
        guard case .cells(let stroke, let layer, _) = draw.operation else {
            preconditionFailure("only cells come this way")
        }
        do {
            let (board, _, actor) = try tx.sketch(draw.sketch, for: caller, account, now: now)
            try SketchRules.check(spans, layer: layer, stroke: stroke, by: actor, board.history)
            let entry = try tx.append(draw.operation, spans, cid: draw.cid, by: account, to: board, now: now)
            if let entry { return SketchDrawn(seq: entry.seq, at: entry.at) }
        } catch let refusal as APIError {
            // What was stored stays acknowledged, even if it would be refused today.
            guard let drawn = try drawn(draw, by: account, tx) else { throw refusal }
            return drawn
        }
        guard let drawn = try drawn(draw, by: account, tx) else {
            preconditionFailure("a cid was refused as known and is not")
        }
        return drawn
    }

    /// The answer to a repeat; nil if the cid is new.
    static func drawn(
        _ draw: SketchDraw,
        by account: AccountID,
        _ tx: borrowing Transaction
    ) throws -> SketchDrawn? {
        guard let stored = try SketchLog.stored(cid: draw.cid, by: account, tx) else { return nil }
        guard stored.sketch == draw.sketch, stored.entry.operation.answers(draw.operation) else {
            throw APIError(.cidReused, "another operation of yours has the cid \(draw.cid)")
        }
        return SketchDrawn(stored.entry)
    }

    // MARK: - Everything but cells

    /// Works on a copy of the history, so that a refusal or a dry run leaves no trace.
    private func change(_ draw: SketchDraw, _ call: Call) async throws -> SketchDrawn {
        let caller = call.caller
        let account = try caller.signedIn()
        var spans: [SketchSpan] = []
        if case .cells(_, _, let runs) = draw.operation { spans = try SketchRules.spans(runs) }
        let (prepared, rates) = (spans, rates)
        return try await database.perform(call, touching: [.sketch(draw.sketch)]) { tx in
            if let drawn = try Self.drawn(draw, by: account, tx) { return drawn }
            let (board, channel, actor) = try tx.sketch(draw.sketch, for: caller, account, now: call.now)
            var work = SketchWork(board.history, actor, spans: prepared, at: board.at, now: call.now)
            let cost = try work.cost(of: draw.operation)
            if let refusal = rates.refusal(ofCells: cost, for: caller, now: call.now) { throw refusal }
            let entry = try work.entry(for: draw)
            try tx.keepWhatGoes(by: draw.operation, board, channel, by: account, now: call.now)
            try tx.append(entry, work.history, to: board)
            switch entry.operation {
            case .resize, .layer, .lock, .unlock: try SketchStore.setShape(of: board.id, work.history.canvas, tx)
            case .clear(_, nil, nil):
                try tx.note(.sketchCleared, board.name, of: board, channel, by: account, now: call.now)
            default: break
            }
            return SketchDrawn(entry)
        }
    }

    /// Removes what someone drew: their own work, or as someone who manages the sketch, who also brings it back.
    package func wipe(_ wipe: SketchWipe, _ call: Call) async throws -> SketchDrawn {
        let caller = call.caller
        let account = try caller.signedIn()
        return try await database.perform(call, touching: [.sketch(wipe.sketch), .audit]) { tx in
            let (board, _, actor) = try tx.sketch(wipe.sketch, for: caller, account, now: call.now, moderating: true)
            let person = try AccountID(wipe.by) ?? AccountStore.resolve(wipe.by, tx).id
            let undone = wipe.undo == true
            if undone {
                try SketchRules.checkManages(actor, "brings back what was wiped")
            } else if person != account {
                try SketchRules.checkManages(actor, "removes what someone else drew")
            }
            var history = board.history
            if undone, history.strokes(of: person, since: wipe.since, areWiped: true).isEmpty {
                throw APIError(.conflict, "nothing that this person drew here was wiped")
            }
            if !undone, history.strokes(of: person, since: wipe.since, areWiped: false).isEmpty {
                let when = wipe.since == nil ? "" : " since then"
                throw APIError(.conflict, "this person drew nothing here\(when): there is nothing to wipe")
            }
            let seq = board.seq + 1
            let change =
                undone
                ? history.unwipe(person, since: wipe.since, seq: seq)
                : history.wipe(person, since: wipe.since, seq: seq)
            let operation = SketchOperation.wipe(account: person, since: wipe.since, undone: undone)
            var entry = board.next(operation, cid: nil, by: account, now: call.now)
            entry.patches = change.patches
            entry.skipped = change.skipped
            try tx.append(entry, history, to: board)
            try tx.audit(
                call,
                on: "sketch/\(board.id)",
                after: [
                    "account": .string(person.description), "seq": .integer(entry.seq), "undone": .bool(undone),
                ],
                severity: person == account ? .info : .warning
            )
            return SketchDrawn(entry)
        }
    }
}

extension SketchDrawn {
    /// What was answered to whoever made this entry.
    init(_ entry: SketchEntry) {
        self.init(seq: entry.seq, at: entry.at, skipped: entry.skipped)
        switch entry.operation {
        case .undo(let stroke), .redo(let stroke): self.stroke = stroke
        case .restore(let stroke, _, _, _, _): self.stroke = stroke
        default: break
        }
    }
}

extension SketchOperation {
    /// Whether this stored operation is what the other one asked for: an undo that named no stroke was given one.
    func answers(_ asked: SketchOperation) -> Bool {
        switch (self, asked) {
        case (.undo, .undo(nil)), (.redo, .redo(nil)): true
        default: self == asked
        }
    }
}

extension Transaction {
    /// An entry of the channel's log about one of its sketches.
    func note(
        _ kind: EntryKind,
        _ text: String,
        of board: SketchBoard,
        _ channel: ChannelFacts,
        by account: AccountID,
        now: Milliseconds
    ) throws {
        var entry = Entry(kind: kind, channel: channel.id, seq: 0, by: account, at: 0)
        entry.sketch = board.id
        entry.text = text
        _ = try append(entry, to: .channel(channel.id), now: now)
    }
}
