import ChatAPI
import ChatKit
import TerminalUI

/// What is due for drawings at this time: strokes to send, the pointer to tell, a replay's next strokes, pictures to make.
extension Model {
    mutating func settleSketches() -> [Effect] {
        // What is sent is on the disk before.
        var effects = keepDrawings()
        effects += flush()
        effects += point()
        effects += fetchCards()
        effects += fetchSketchNames()
        let now = now
        if book.desk?.replay?.isPlaying == true { changeDesk { $0.replay?.tick(now) } }
        if let desk = book.desk {
            let area = canvasRect
            if desk.showsMinimap, MinimapPane.isWanted(desk, area) { book.desk?.minimap.update(desk.board, at: now) }
            if cardWake(desk).map({ $0 <= now }) == true {
                book.cards[desk.board.id] = SketchCard(desk.board.canvas, at: now)
                isDirty = true
            }
            for (person, peer) in desk.peers {
                var peer = peer
                if peer.isGone(at: now) {
                    changeDesk { $0.peers[person] = nil }
                } else if peer.rest(at: now) {
                    changeDesk { $0.peers[person] = peer }
                }
            }
            // A stroke of the mouse of which nothing is heard any more has ended without a word.
            if desk.isHeldByMouse, now - desk.handMovedAt > Self.silentMouseMilliseconds { effects += endHand() }
        }
        return effects
    }

    /// Asks once what the drawings are called, where the conversation tells of one by its id alone.
    private mutating func fetchSketchNames() -> [Effect] {
        guard isLive, let room, !book.askedLists.contains(room.id) else { return [] }
        let timeline = room.timeline
        let isWanted = (max(0, timeline.count - 200)..<timeline.count).contains { book.isNameless(timeline[$0]) }
        return isWanted ? askSketches(of: room.id) : []
    }

    mutating func askSketches(of channel: ChannelID) -> [Effect] {
        guard book.askedLists.insert(channel).inserted else { return [] }
        book.pendingLists.insert(channel)
        return [.ask(.sketch(.list(channel)))]
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
            if isLive {
                let isNews = pointer(desk) != desk.told
                wakes.append(desk.toldAt + (isNews ? Sketchbook.flushMilliseconds : Sketchbook.sayMilliseconds))
            }
            if desk.isHeldByMouse { wakes.append(desk.handMovedAt + Self.silentMouseMilliseconds + 1) }
            if !desk.peers.isEmpty { wakes.append(now + 5_000) }
            if desk.showsMinimap, desk.minimap.revision != desk.board.revision, MinimapPane.isWanted(desk, canvasRect) {
                wakes.append(desk.minimap.madeAt + Minimap.everyMilliseconds)
            }
        }
        if let desk = book.desk, let wake = cardWake(desk) { wakes.append(wake) }
        if book.queue.isDiskBehind { wakes.append(book.keptAt + Sketchbook.flushMilliseconds) }
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
        guard pointer != desk.told || now - desk.toldAt >= Sketchbook.sayMilliseconds else { return [] }
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

    /// Keeps what the daemon has not answered, with connection and without: what is seen on the screen is on the disk before,
    /// so that not even the sudden end of the program loses it. What is answered leaves the disk a little later.
    private mutating func keepDrawings() -> [Effect] {
        let isDue = book.queue.isDiskBehind && (isQuitting || now - book.keptAt >= Sketchbook.flushMilliseconds)
        guard book.queue.isUnkept || isDue else { return [] }
        book.keptAt = now
        let change = book.queue.takeChange()
        return change.isEmpty ? [] : [.keepDrawings(change)]
    }

    // MARK: - Cards

    /// When the card of the open drawing is due; nil while it is as the drawing is, or nobody sees it.
    private func cardWake(_ desk: SketchDesk) -> Milliseconds? {
        guard book.visibleCards.contains(desk.board.id), !timelineRect.isEmpty else { return nil }
        let card = book.cards[desk.board.id] ?? SketchCard()
        return card.seq < desk.board.canvas.seq ? card.madeAt + SketchCard.openEveryMilliseconds : nil
    }

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
