import ChatAPI
import TerminalUI

/// Keys on a drawing.
extension Model {
    /// Keys go to the drawing: one is open, looks at them, and nothing stands before it.
    var isDrawing: Bool { book.desk?.hasKeys == true && overlay == nil && page == nil }

    mutating func takeCanvas(_ key: Key) -> [Effect] {
        guard let desk = book.desk else { return [] }
        let place: KeyBinding.Place = desk.replay == nil ? .canvas : .replay
        if desk.awaitsGlyph, let scalar = key.typed {
            changeDesk { desk in
                desk.awaitsGlyph = false
                if SketchGlyph(String(scalar)) != nil, scalar != " " { desk.pen.glyph = String(scalar) }
            }
            return []
        }
        if case .typing = desk.hand, let effects = takeTyping(key) { return effects }
        guard let command = KeyBinding.command(key, in: place, editor: LineEditor()) else { return takeElsewhere(key) }
        switch command {
        case .sketch(let command): return perform(command)
        case .cancel:
            if desk.replay != nil { return perform(.replay) }
            if !dropHand() { changeDesk { $0.hasKeys = false } }
            return []
        default: return perform(command)
        }
    }

    /// Keys that work in the chat and mean nothing on a drawing work here as well: other channels, the switcher, help.
    private mutating func takeElsewhere(_ key: Key) -> [Effect] {
        guard key.typed == nil, let command = KeyBinding.command(key, in: .chat, editor: LineEditor()) else {
            return []
        }
        switch command {
        case .switcher, .nextUnread, .nextRoom, .previousRoom, .lastRoom, .nthRoom, .sidebar, .members, .inbox, .search,
            .interrupt, .help:
            return perform(command)
        default: return []
        }
    }

    /// Nil for a key that is no typing.
    private mutating func takeTyping(_ key: Key) -> [Effect]? {
        if let scalar = key.typed {
            typeOnCanvas(String(scalar))
            return []
        }
        switch key.code {
        case .enter: typeOnCanvas("\n")
        case .backspace: eraseTyped()
        case .left, .right, .up, .down, .home, .end, .pageUp, .pageDown, .escape:
            let effects = endHand()
            guard key.code != .escape else { return effects }
            let moved = KeyBinding.command(key, in: .canvas, editor: LineEditor())
            if case .sketch(let command)? = moved { _ = perform(command) }
            beginHand()
            return effects
        default: return nil
        }
        return []
    }

    mutating func perform(_ command: SketchCommand) -> [Effect] {
        switch command {
        case .tool(let tool): choose(tool)
        case .step(let direction, let far): step(direction, far: far)
        case .rowStart, .rowEnd, .pageUp, .pageDown: jump(command)
        case .use: return use()
        case .hold: return hold()
        case .erase: eraseHere()
        case .leave: changeDesk { $0.hasKeys = false }
        case .line:
            let isEmpty = composer.isEmpty
            changeDesk { desk in
                desk.hasKeys = false
                desk.lendsKeys = isEmpty
            }
            if isEmpty { composer.set("/") }
        case .close: return closeDesk()
        case .whole: changeDesk { $0.isWhole.toggle() }
        case .undo: return endHand() + undo(.undo(stroke: nil))
        case .redo: return endHand() + undo(.redo(stroke: nil))
        case .glyph:
            changeDesk { $0.awaitsGlyph = true }
        case .copy: return copySelection()
        case .cut:
            let effects = copySelection()
            if book.desk?.clip != nil { eraseHere() }
            return effects
        case .paste: paste()
        case .flip(let mirror): flip(mirror)
        case .layers: overlay = .list(layerList)
        case .nextLayer: nextLayer()
        case .who: return who()
        case .follow: followNext()
        case .minimap: changeDesk { $0.showsMinimap.toggle() }
        case .zoom: zoom()
        case .post: return post(text: nil)
        case .replay:
            guard book.desk?.replay != nil else { return startReplay(nil) }
            changeDesk { $0.replay = nil }
        case .pause, .faster, .slower, .back, .forth, .start, .end: steer(command)
        default: changePen(command)
        }
        return []
    }

    private mutating func undo(_ operation: SketchOperation) -> [Effect] {
        send(operation)
        return []
    }

    private mutating func steer(_ command: SketchCommand) {
        let now = now
        changeDesk { desk in
            switch command {
            case .pause: desk.replay?.toggle(at: now)
            case .faster: desk.replay?.changeSpeed(1)
            case .slower: desk.replay?.changeSpeed(-1)
            case .back: desk.replay?.skip(-5)
            case .forth: desk.replay?.skip(5)
            case .start: desk.replay?.seek(0)
            case .end: desk.replay?.seek(.max)
            default: break
            }
        }
    }

    // MARK: - Going about

    private mutating func step(_ direction: LineArms.Direction, far: Bool) {
        guard let desk = book.desk else { return }
        var dot = desk.cursor
        let isSideways = direction == .left || direction == .right
        for _ in 0..<(far ? (isSideways ? 8 : 4) : 1) { dot = direction.step(from: dot) }
        goTo(dot)
    }

    private mutating func jump(_ command: SketchCommand) {
        guard let desk = book.desk else { return }
        let page = desk.span(in: canvasRect).height * desk.dots.height
        switch command {
        case .rowStart: goTo(Point(x: 0, y: desk.cursor.y))
        case .rowEnd: goTo(Point(x: desk.dotSize.width - 1, y: desk.cursor.y))
        case .pageUp: goTo(Point(x: desk.cursor.x, y: desk.cursor.y - page))
        default: goTo(Point(x: desk.cursor.x, y: desk.cursor.y + page))
        }
    }

    /// By keys the cursor stays on the paper, and the paper comes along.
    mutating func goTo(_ dot: Point) {
        guard let desk = book.desk else { return }
        let inside = Point(
            x: max(0, min(dot.x, desk.dotSize.width - 1)),
            y: max(0, min(dot.y, desk.dotSize.height - 1))
        )
        moveHand(to: inside)
        let area = canvasRect
        changeDesk { desk in
            desk.following = nil
            desk.reveal(desk.cursorCell, in: area)
        }
    }

    /// Space: a dot, or one corner and then the other.
    private mutating func use() -> [Effect] {
        guard let desk = book.desk else { return [] }
        switch desk.hand {
        case .rest:
            beginHand()
            if case .drawing = book.desk?.hand { return endHand() }
            return []
        case .typing: return []
        default: return endHand()
        }
    }

    /// Enter: holds the hand down, or lets it go.
    private mutating func hold() -> [Effect] {
        guard let desk = book.desk else { return [] }
        if desk.hand.isResting {
            beginHand()
            if case .drawing = book.desk?.hand { tell("the pen is down: the arrows draw, Enter lifts it") }
            return []
        }
        return endHand()
    }
}
