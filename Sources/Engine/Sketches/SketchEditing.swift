package import ChatAPI
import Storage

/// The life of a sketch: making, renaming, deleting. Each is an entry of the channel's log.
extension Sketches {
    package func create(_ draft: SketchDraft, _ call: Call) async throws -> Sketch {
        let account = try call.caller.signedIn()
        let (width, height) = (draft.width ?? SketchCanvas.first.width, draft.height ?? SketchCanvas.first.height)
        try SketchRules.check(name: draft.name)
        try SketchRules.check(width: width, height: height)
        let channel = try await database.read { tx in
            try ChannelStore.access(draft.channel, for: call.caller, tx).id
        }
        return try await database.perform(call, touching: [.channel(channel)]) { tx in
            let facts = try tx.facts.channel(channel, in: tx)
            _ = try MessageRules.checkMember(account, of: facts)
            try tx.checkMayDraw(call.caller, account, in: facts, now: call.now)
            guard try SketchStore.count(of: channel, tx) < Limits.sketchesPerChannel else {
                throw APIError(
                    .conflict,
                    "\(try tx.shown(facts)) has \(Limits.sketchesPerChannel) sketches, the most there can be: delete one "
                        + "first"
                )
            }
            try Self.checkIsFree(draft.name, in: channel, tx)
            let sketch = Sketch(
                id: SketchID.fresh(at: call.now),
                channel: channel,
                name: draft.name,
                width: width,
                height: height,
                layers: SketchCanvas.first.layers,
                locks: [],
                createdBy: account,
                createdAt: call.now,
                seq: 0,
                changedAt: call.now,
                version: 1,
                drawing: []
            )
            var history = SketchHistory(canvas: .first)
            history.resize(width: width, height: height, by: account, seq: 1)
            try SketchStore.insert(sketch, history.canvas, tx)
            let board = try tx.facts.sketches.open(sketch.id, in: tx)
            let (sketches, id) = (tx.facts.sketches, sketch.id)
            tx.facts.change {
            } undo: {
                sketches.forget(id)
            }
            let size = SketchOperation.resize(width: width, height: height)
            try tx.append(board.next(size, cid: nil, by: account, now: call.now), history, to: board)
            try tx.note(.sketchCreated, sketch.name, of: board, facts, by: account, now: call.now)
            return board.sketch
        }
    }

    private static func checkIsFree(
        _ name: String,
        in channel: ChannelID,
        except id: SketchID? = nil,
        _ tx: borrowing Transaction
    ) throws {
        guard let other = try SketchStore.id(named: name, in: channel, tx), other != id else { return }
        throw APIError(.nameTaken, "there is a sketch '\(name)' in this channel already: choose another name")
    }

    package func update(_ change: SketchChange, _ call: Call) async throws -> Sketch {
        let caller = call.caller
        let account = try caller.signedIn()
        try SketchRules.check(name: change.name)
        let fan = fan
        return try await database.perform(call, touching: [.sketch(change.sketch)]) { tx in
            let (board, channel, actor) = try tx.sketch(change.sketch, for: caller, account, now: call.now)
            try SketchRules.checkManages(actor, "renames it")
            try board.check(call.options.ifMatch)
            if board.name != change.name {
                try Self.checkIsFree(change.name, in: board.channel, except: board.id, tx)
                var history = board.history
                history.advance(to: board.seq + 1)
                try tx.append(
                    board.next(.rename(change.name), cid: nil, by: account, now: call.now),
                    history,
                    to: board
                )
                let before = (name: board.name, version: board.version)
                tx.facts.change {
                    board.name = change.name
                    board.version += 1
                } undo: {
                    (board.name, board.version) = before
                }
                try SketchStore.rename(board.id, board.name, version: board.version, tx)
                try tx.note(.sketchRenamed, board.name, of: board, channel, by: account, now: call.now)
            }
            var sketch = board.sketch
            sketch.drawing = fan.drawing(in: board.id)
            return sketch
        }
    }

    package func delete(_ ref: SketchRef, _ call: Call) async throws -> Empty {
        let caller = call.caller
        let account = try caller.signedIn()
        return try await database.perform(call, touching: [.sketch(ref.sketch), .audit]) { tx in
            let (board, channel, actor) = try tx.sketch(
                ref.sketch,
                for: caller,
                account,
                now: call.now,
                moderating: true
            )
            try SketchRules.checkManages(actor, "deletes it")
            try SketchStore.markDeleted(board.id, at: call.now, tx)
            try tx.note(.sketchDeleted, board.name, of: board, channel, by: account, now: call.now)
            tx.facts.tell(.sketchDeleted(board.id))
            try tx.audit(
                call,
                on: "sketch/\(board.id)",
                before: ["name": .string(board.name), "channel": .string(board.channel.description)],
                severity: board.createdBy == account ? .info : .notice
            )
            // Nobody asks for it any more; a refusal opens it again by itself.
            tx.facts.sketches.forget(board.id)
            return Empty()
        }
    }
}

extension SketchBoard {
    /// The version that the caller saw, if it said one.
    func check(_ ifMatch: String?) throws(APIError) {
        guard let ifMatch, ifMatch != "*" else { return }
        let seen = ifMatch.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\"" && $0 != "W" && $0 != "/" } }
        if seen.contains(String(version)) { return }
        throw APIError(
            .preconditionFailed,
            "the sketch '\(name)' was changed in between: it is at version \(version), not \(ChannelRules.shortened(ifMatch))"
        )
    }
}
