import ChatAPI
import ChatKit
import TerminalUI

/// What the daemon tells about drawings: strokes, pointers, who draws, what became of one's own strokes.
extension Model {
    /// The next entries of a drawing's log.
    mutating func take(_ entries: [SketchEntry], of id: SketchID) -> [Effect] {
        guard book.desk?.board.id == id else { return [] }
        var isWhole = true
        var hasLost = false
        var isOurs = false
        for entry in entries {
            let isApplied = changed(by: entry)
            if !isApplied || entry.operation == .unknown {
                isWhole = false
                break
            }
            if let cid = entry.cid, let item = book.queue.confirm(cid) {
                isOurs = true
                // The log came before the answer: it says as much.
                if item.answered == nil, case .other(let operation) = item.kind {
                    tell(operation, SketchDrawn(seq: entry.seq, at: entry.at, skipped: entry.skipped))
                }
            }
            if case .layer = entry.operation { hasLost = true }
            if case .restore = entry.operation { hasLost = true }
        }
        let seq = book.desk?.board.canvas.seq ?? 0
        book.queue.advance(id, to: seq)
        if isOurs || book.queue.has(id) {
            let queue = book.queue
            changeDesk { $0.board.show(queue) }
        }
        if hasLost { changeDesk { $0.keepLayer() } }
        if var sketch = book.known[id], let board = book.desk?.board {
            sketch.seq = seq
            sketch.name = board.sketch.name
            sketch.changedAt = board.sketch.changedAt
            book.known[id] = sketch
        }
        return isWhole ? [] : refetch()
    }

    private mutating func changed(by entry: SketchEntry) -> Bool {
        isDirty = true
        // In place: a copy of the cells for every entry would cost more than drawing them.
        return book.desk?.board.apply(entry) ?? true
    }

    /// Entries are missing: the whole picture is asked for anew.
    mutating func refetch() -> [Effect] {
        guard let desk = book.desk, !desk.isRefetching, isLive else { return [] }
        changeDesk { $0.isRefetching = true }
        return [.ask(.sketch(.snapshot(desk.board.id, .refetch)))]
    }

    mutating func takeSketchNews(_ news: Ephemeral) {
        for drawing in news.drawing ?? [] {
            book.known[drawing.sketch]?.drawing = drawing.people
            isDirty = true
        }
        guard let sketch = news.sketch, book.desk?.board.id == sketch else { return }
        let me = me?.id
        let now = now
        changeDesk { desk in
            for presence in news.pointers ?? [] where presence.by != me {
                guard let pointer = presence.pointer else {
                    desk.peers[presence.by] = nil
                    continue
                }
                desk.peers[presence.by, default: Peer(pointer, at: now)].hear(pointer, at: now)
            }
        }
        followPeer()
    }

    /// Shows what the followed person sees; in a smaller window the part of it where their hand is.
    mutating func followPeer() {
        guard let following = book.desk?.following else { return }
        let area = canvasRect
        changeDesk { desk in
            guard let pointer = desk.peers[following]?.pointer else { return }
            if let viewport = pointer.viewport { desk.scroll(to: Point(x: viewport.x, y: viewport.y), in: area) }
            // Who has scrolled away from their own hand looks elsewhere.
            if let x = pointer.x, let y = pointer.y, pointer.viewport?.contains(x: x, y: y) != false {
                desk.reveal(Point(x: x, y: y), in: area)
            }
        }
    }

    /// Where the open drawing's log stands: a gap is closed by a new picture, a refusal closes the drawing.
    mutating func takeSketch(_ state: LogState) -> [Effect] {
        guard let desk = book.desk, state.log == LogName.sketch(desk.board.id) else { return [] }
        switch state.state {
        case .ok: return []
        case .gap, .unknown: return refetch()
        case .denied:
            tell("the drawing \(MessageText.oneLine(desk.board.sketch.name)) is not yours to see any more", .trouble)
            return closeDesk()
        }
    }

    /// What became of an operation that was sent.
    mutating func drawn(_ cid: ClientID, _ result: Result<SketchDrawn, APIError>) -> [Effect] {
        guard let item = book.queue.items.first(where: { $0.cid == cid }) else { return [] }
        switch result {
        case .success(let drawn):
            let isFollowed = book.desk?.board.id == item.sketch
            book.queue.acknowledge(cid, seq: drawn.seq, isFollowed: isFollowed)
            if let seq = book.desk?.board.canvas.seq, isFollowed { book.queue.advance(item.sketch, to: seq) }
            if case .other(let operation) = item.kind { tell(operation, drawn) }
        case .failure(let error):
            if let given = book.queue.refuse(cid, error, at: now) {
                tell("not drawn: \(given.sentence)", .trouble)
                if error.code == .notFound { return forgetSketch(item.sketch) }
            }
        }
        let queue = book.queue
        changeDesk { $0.board.show(queue) }
        return []
    }

    private mutating func tell(_ operation: SketchOperation, _ drawn: SketchDrawn) {
        let skipped = drawn.skipped ?? 0
        let rest = skipped == 0 ? "" : "; \(skipped) cell\(skipped == 1 ? "" : "s") that others drew over stay"
        switch operation {
        case .undo: tell("taken back\(rest)")
        case .redo: tell("brought back\(rest)")
        case .clear: tell("cleared; u brings it back")
        case .resize(let width, let height): tell("the paper has \(width)×\(height) cells now")
        case .lock: tell("nobody else draws in there now")
        case .unlock: tell("everybody draws there again")
        case .layer(let change): tell(change)
        default: break
        }
    }

    private mutating func tell(_ change: SketchLayerChange) {
        switch (change.removed, change.hidden, change.locked) {
        case (true, _, _): tell("the layer is gone")
        case (_, true, _): tell("the layer is hidden from everybody")
        case (_, false, _): tell("the layer is shown again")
        case (_, _, true): tell("nobody else draws on the layer now")
        case (_, _, false): tell("everybody draws on the layer again")
        default: break
        }
    }

    /// The connection came or went.
    mutating func connectionChanged() -> [Effect] {
        guard !isLive else {
            guard let desk = book.desk else { return [] }
            // The log goes on where it stopped; what was not answered goes again.
            changeDesk { $0.told = nil }
            return [.followSketch(desk.board.id, after: desk.board.canvas.seq)]
        }
        book.queue.disconnected()
        book.askedLists = []
        changeDesk { desk in
            desk.peers = [:]
            desk.isRefetching = false
        }
        return []
    }

    /// What a channel's log says about its drawings.
    mutating func noteSketch(_ entry: Entry) -> [Effect] {
        guard let id = entry.sketch, let channel = entry.channel else { return [] }
        switch entry.kind {
        case .sketchDeleted: return forgetSketch(id)
        case .sketchRenamed:
            book.known[id]?.name = entry.text ?? ""
            return []
        case .sketchCreated: return isLive && channel == current ? [.ask(.sketch(.list(channel)))] : []
        default: return isLive && book.isNameless(entry) ? askSketches(of: channel) : []
        }
    }
}
