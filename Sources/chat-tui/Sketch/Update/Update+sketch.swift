import ChatAPI
import ChatKit
import TerminalUI

/// Opening and closing a drawing, and what was asked about drawings.
extension Model {
    /// Works on the open drawing in place; nothing happens without one.
    mutating func changeDesk(_ change: (inout SketchDesk) -> Void) {
        guard var desk = book.desk else { return }
        book.desk = nil
        change(&desk)
        book.desk = desk
        isDirty = true
    }

    /// Where the paper is on the screen.
    var canvasRect: Rect { SketchLayout(self)?.canvas ?? Rect(x: 0, y: 0, width: 1, height: 1) }

    mutating func open(_ sketch: SketchID) -> [Effect] {
        if book.desk?.board.id == sketch {
            changeDesk { $0.hasKeys = true }
            return []
        }
        guard isLive else {
            tell("there is no connection: a drawing is opened from the daemon", .trouble)
            return []
        }
        book.opening = sketch
        return [.ask(.sketch(.snapshot(sketch, .open)))]
    }

    /// A command that was begun on the drawing is done: the next key draws, it is not said to everybody.
    mutating func takeKeysBack(after line: String) {
        guard let desk = book.desk, desk.lendsKeys else { return }
        let isCommand = if case .command = ComposerLine(line) { true } else { false }
        let comesBack = isCommand && desk.board.sketch.channel == current
        changeDesk { desk in
            desk.lendsKeys = false
            if comesBack { desk.hasKeys = true }
        }
    }

    mutating func closeDesk() -> [Effect] {
        guard let desk = book.desk else { return [] }
        var effects = endHand()
        book.lastPen = desk.pen
        book.cards[desk.board.id] = SketchCard(desk.board.canvas, at: now)
        book.desk = nil
        isDirty = true
        effects += [
            .point(SketchPointer(sketch: desk.board.id, x: nil, y: nil)), .unfollowSketch(desk.board.id), .hover(false),
        ]
        return effects
    }

    // MARK: - Answers

    mutating func take(_ request: SketchRequest, _ reply: SketchReply) -> [Effect] {
        switch (request, reply) {
        case (.list(let channel), .list(let sketches)):
            book.pendingLists.remove(channel)
            isDirty = true
            for id in book.known.values.filter({ $0.channel == channel }).map(\.id) { book.known[id] = nil }
            for sketch in sketches { book.known[sketch.id] = sketch }
            if case .list(let list) = overlay, list.isLoading, list.title.hasPrefix("Drawings") {
                overlay = .list(sketchList(of: channel))
            }
        case (.create, .sketch(let sketch)):
            book.known[sketch.id] = sketch
            return open(sketch.id)
        case (.rename, .sketch(let sketch)):
            book.known[sketch.id] = sketch
            changeDesk { if $0.board.id == sketch.id { $0.board.sketch.name = sketch.name } }
            tell("the drawing is called \(MessageText.oneLine(sketch.name)) now")
        case (.snapshot(_, let purpose), .snapshot(let snapshot)): return take(snapshot, purpose)
        case (.delete(let id), _): return forgetSketch(id)
        case (.post, .sent): tell("posted")
        case (.versions(let id), .versions(let versions)): showVersions(versions, of: id)
        case (.nameVersion, .version(let version)):
            tell("kept as version \(version.version), \(MessageText.oneLine(version.name))")
        case (.restore, .drawn): tell("the version is back; undo takes it away again")
        case (.wipe(_, let by, false), .drawn):
            tell("everything that \(by) drew is gone; /sketch unwipe \(by) brings it back")
        case (.wipe(_, let by, true), .drawn): tell("what was wiped of \(by) is back")
        case (.origin(_, let x, let y), .origin(let origin)): tell(sentence(origin, x: x, y: y))
        case (.history(let id, _), .history(let page)): return take(page, of: id)
        default: break
        }
        return []
    }

    /// Returns false for what nobody asked for by hand.
    mutating func failed(_ request: SketchRequest, _ error: APIError) -> Bool {
        switch request {
        case .list(let channel):
            book.pendingLists.remove(channel)
            if case .list(let list) = overlay, list.isLoading { return true }
            return false
        case .snapshot(let id, .card):
            book.cards[id]?.isAsked = false
            return false
        case .snapshot(let id, let purpose):
            if book.opening == id { book.opening = nil }
            changeDesk { $0.isRefetching = false }
            if purpose == .refetch, error.code != .notFound, error.code != .forbidden { return false }
        case .history: changeDesk { $0.replay = nil }
        default: break
        }
        return true
    }

    private mutating func take(_ snapshot: SketchSnapshot, _ purpose: SnapshotPurpose) -> [Effect] {
        guard let canvas = snapshot.canvas() else {
            tell("that drawing cannot be read by this version of the program", .trouble)
            book.opening = nil
            return []
        }
        let sketch = snapshot.sketch
        book.known[sketch.id] = sketch
        switch purpose {
        case .card: book.cards[sketch.id] = SketchCard(canvas, at: now)
        case .show: overlay = .text(describe(sketch, canvas))
        case .refetch: return refreshed(sketch, canvas)
        case .open:
            guard book.opening == sketch.id else { return [] }
            book.opening = nil
            return opened(sketch, canvas)
        }
        return []
    }

    private mutating func opened(_ sketch: Sketch, _ canvas: SketchCanvas) -> [Effect] {
        var effects = book.desk == nil ? [] : closeDesk()
        if sketch.channel != current { effects += show(sketch.channel) }
        var desk = SketchDesk(SketchBoard(sketch, canvas))
        desk.pen = book.lastPen
        desk.pen.resolution = .cell
        desk.board.show(book.queue)
        book.cards[sketch.id] = SketchCard(canvas, at: now)
        desk.handMovedAt = now
        book.desk = desk
        overlay = nil
        isDirty = true
        let area = canvasRect
        changeDesk { desk in
            // Where something is drawn, or the corner.
            let start = canvas.drawnRegion.map { Point(x: $0.x, y: $0.y) } ?? Point(x: 0, y: 0)
            let middle = Point(x: min(area.width, desk.board.width) / 2, y: min(area.height, desk.board.height) / 2)
            desk.scroll(to: Point(x: start.x - 2, y: start.y - 1), in: area)
            desk.cursor = Point(x: desk.origin.x + middle.x, y: desk.origin.y + middle.y)
        }
        return effects + [.followSketch(sketch.id, after: canvas.seq), .hover(true)]
    }

    /// A newer picture of the whole, because entries were missed.
    private mutating func refreshed(_ sketch: Sketch, _ canvas: SketchCanvas) -> [Effect] {
        guard book.desk?.board.id == sketch.id else { return [] }
        book.queue.advance(sketch.id, to: canvas.seq)
        let queue = book.queue
        changeDesk { desk in
            desk.isRefetching = false
            guard canvas.seq >= desk.board.canvas.seq else { return }
            desk.board.replace(sketch, canvas)
            desk.board.show(queue)
            desk.keepLayer()
        }
        return [.followSketch(sketch.id, after: canvas.seq)]
    }

    /// The drawing is deleted, here or by somebody else.
    mutating func forgetSketch(_ id: SketchID) -> [Effect] {
        book.known[id] = nil
        book.cards[id] = nil
        book.queue.forget(id)
        guard book.desk?.board.id == id else { return [] }
        let name = book.desk?.board.sketch.name ?? ""
        tell("the drawing \(MessageText.oneLine(name)) is deleted")
        return closeDesk()
    }

    private func sentence(_ origin: SketchOrigin, x: Int, y: Int) -> String {
        guard let by = origin.by else { return "nobody drew at \(x),\(y)" }
        var text = by == me?.id ? "you drew this" : "\(name(of: by)) drew this"
        if let at = origin.at {
            let moment = zone.moment(at)
            text += moment.isSameDay(zone.moment(now)) ? " at \(moment.clock)" : " on \(moment.date) at \(moment.clock)"
        }
        if let layer = origin.layer, let desk = book.desk, desk.board.canvas.layers.count > 1 {
            text += ", on layer \(MessageText.oneLine(desk.board.canvas.layer(layer)?.name ?? "\(layer)"))"
        }
        return text
    }

    /// A file that shall become a piece in the hand.
    mutating func takeFile(_ path: String, _ result: Result<[UInt8], FileProblem>) {
        guard let desk = book.desk else { return }
        isDirty = true
        switch result {
        case .failure(let problem): tell(problem.sentence, .trouble)
        case .success(let bytes):
            do throws(SketchImport.Refusal) {
                let clip = try SketchFiles.clip(bytes, width: desk.board.width)
                guard fits(clip) else { return }
                changeDesk { desk in
                    desk.clip = clip
                    desk.hasKeys = true
                }
                paste()
            } catch {
                tell("\(path): \(error.description)", .trouble)
            }
        }
    }

    // MARK: - Replay

    mutating func startReplay(_ speed: Int?) -> [Effect] {
        guard let desk = book.desk else { return [] }
        var effects = endHand()
        let now = now
        changeDesk { desk in
            desk.replay = SketchReplay(.first, speed: speed ?? 4, at: now)
        }
        effects.append(.ask(.sketch(.history(desk.board.id, after: nil))))
        return effects
    }

    private mutating func take(_ page: SketchOperationPage, of id: SketchID) -> [Effect] {
        guard book.desk?.board.id == id, book.desk?.replay != nil else { return [] }
        if let base = page.base?.canvas() {
            changeDesk { $0.replay?.begin(with: base) }
            tell("entries before \(page.first) are not kept: it begins with the drawing as it was then")
        }
        changeDesk { desk in
            desk.replay?.append(page.operations)
            desk.replay?.isLoading = page.hasLater && !page.operations.isEmpty
        }
        guard page.hasLater, let last = page.operations.last else {
            if book.desk?.replay?.entries.isEmpty == true {
                changeDesk { $0.replay = nil }
                tell("nothing has been drawn here yet")
            }
            return []
        }
        return [.ask(.sketch(.history(id, after: last.seq)))]
    }
}

extension SketchDesk {
    /// The layer that is drawn on may be gone.
    mutating func keepLayer() {
        if let wantedLayer, board.canvas.layer(wantedLayer) != nil {
            layer = wantedLayer
            self.wantedLayer = nil
        }
        if board.canvas.layer(layer) == nil { layer = board.canvas.layers.last?.id ?? 0 }
    }
}
