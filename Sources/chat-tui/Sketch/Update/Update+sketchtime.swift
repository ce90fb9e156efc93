import ChatAPI
import ChatKit
import TerminalUI

/// What is due for drawings at this time: strokes to send, the pointer to tell, a replay's next strokes, pictures to make.
extension Model {
    mutating func settleSketches() -> [Effect] {
        var effects = flush()
        effects += point()
        effects += keepDrawings()
        effects += fetchCards()
        let now = now
        if book.desk?.replay?.isPlaying == true { changeDesk { $0.replay?.tick(now) } }
        if let desk = book.desk {
            let area = canvasRect
            if desk.showsMinimap, MinimapPane.isWanted(desk, area) { book.desk?.minimap.update(desk.board, at: now) }
            let idle = desk.peers.filter { now - $0.value.at > Peer.idleMilliseconds }
            if !idle.isEmpty { changeDesk { desk in for id in idle.keys { desk.peers[id] = nil } } }
            // A stroke of the mouse of which nothing is heard any more has ended without a word.
            if desk.isHeldByMouse, now - desk.handMovedAt > Self.silentMouseMilliseconds { effects += endHand() }
        }
        return effects
    }

    /// Nobody holds a button still for so long.
    static let silentMouseMilliseconds: Int64 = 20_000

    /// When something of this is due next; nil when nothing is.
    var sketchWake: Milliseconds? {
        var wakes: [Milliseconds] = []
        if isLive, book.queue.isReady {
            wakes.append(max(book.lastFlushAt + Sketchbook.flushMilliseconds, book.queue.notBefore))
        }
        if let desk = book.desk {
            if desk.replay?.isPlaying == true { wakes.append(now + Sketchbook.flushMilliseconds) }
            if isLive, pointer(desk) != desk.told { wakes.append(desk.toldAt + Sketchbook.flushMilliseconds) }
            if desk.isHeldByMouse { wakes.append(desk.handMovedAt + Self.silentMouseMilliseconds + 1) }
            if !desk.peers.isEmpty { wakes.append(now + 5_000) }
            if desk.showsMinimap, desk.minimap.revision != desk.board.revision, MinimapPane.isWanted(desk, canvasRect) {
                wakes.append(desk.minimap.madeAt + Minimap.everyMilliseconds)
            }
        }
        if !isLive, book.queue.unanswered.map(\.cid) != book.kept { wakes.append(book.keptAt + Self.keepMilliseconds) }
        return wakes.min()
    }

    private mutating func flush() -> [Effect] {
        guard isLive, book.queue.isReady, now - book.lastFlushAt >= Sketchbook.flushMilliseconds else { return [] }
        let draws = book.queue.take(at: now)
        guard !draws.isEmpty else { return [] }
        book.lastFlushAt = now
        return draws.map { .draw($0) }
    }

    // MARK: - Pointer

    private mutating func point() -> [Effect] {
        guard isLive, let desk = book.desk, now - desk.toldAt >= Sketchbook.flushMilliseconds else { return [] }
        let pointer = pointer(desk)
        guard pointer != desk.told else { return [] }
        book.desk?.told = pointer
        book.desk?.toldAt = now
        return [.point(pointer)]
    }

    private func pointer(_ desk: SketchDesk) -> SketchPointer {
        let cell = desk.cursorCell
        let area = canvasRect
        var pointer = SketchPointer(
            sketch: desk.board.id,
            x: max(0, min(cell.x, desk.board.width - 1)),
            y: max(0, min(cell.y, desk.board.height - 1)),
            tool: desk.pen.tool.rawValue,
            selection: desk.shownSelection.flatMap { $0.isEmpty ? nil : $0.intersection(Rect(desk.board.size)).sketch },
            viewport: desk.visible(in: area).sketch
        )
        // What is about to be drawn, not what the next click might do.
        switch desk.hand {
        case .shaping, .moving:
            let runs = desk.preview.sketchRuns
            let bytes = runs.reduce(0) { $0 + $1.text.utf8.count }
            if runs.count <= Limits.pointerPreviewRuns, bytes <= Limits.pointerPreviewBytes { pointer.preview = runs }
        default: break
        }
        return pointer
    }

    // MARK: - Disk

    /// Without a connection, what was drawn goes to the disk at most so often.
    static let keepMilliseconds: Int64 = 1_000

    /// Keeps what the daemon does not have, so that not even the end of the program loses it.
    private mutating func keepDrawings() -> [Effect] {
        let open = book.queue.unanswered
        let names = open.map(\.cid)
        guard names != book.kept else { return [] }
        // While the connection stands, strokes are confirmed faster than they could be written down.
        guard open.isEmpty || isQuitting || !isLive && now - book.keptAt >= Self.keepMilliseconds else { return [] }
        book.kept = names
        book.keptAt = now
        return [.keepDrawings(open)]
    }

    // MARK: - Cards

    /// Asks for the small pictures of the drawings whose cards are on the screen.
    private mutating func fetchCards() -> [Effect] {
        guard isLive, let room, room.isLoaded else { return [] }
        var effects: [Effect] = []
        for id in book.visibleCards {
            guard let sketch = book.known[id], book.desk?.board.id != id else { continue }
            var card = book.cards[id] ?? SketchCard()
            let isOld = card.seq < sketch.seq || !sketch.drawing.isEmpty || card.madeAt == 0
            guard isOld, !card.isAsked, now - card.madeAt >= SketchCard.everyMilliseconds else { continue }
            card.isAsked = true
            book.cards[id] = card
            effects.append(.ask(.sketch(.snapshot(id, .card))))
        }
        return effects
    }
}
