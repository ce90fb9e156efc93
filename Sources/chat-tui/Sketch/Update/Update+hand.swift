import ChatAPI
import TerminalUI

/// What the hand does with the tool: begins, moves, ends. Mouse and keys are the same hand.
extension Model {
    /// The hand goes down where the cursor is.
    mutating func beginHand(isSecondary: Bool = false, byMouse: Bool = false) {
        guard let desk = book.desk, desk.replay == nil else { return }
        let cursor = desk.cursor
        let now = now
        changeDesk { desk in
            desk.isHeldByMouse = byMouse
            desk.handMovedAt = now
        }
        if desk.isPasting {
            pasteHere()
            return
        }
        var tool = desk.pen.tool
        // The other button erases with what draws freehand, and picks with the rest.
        if isSecondary, tool != .shade { tool = tool == .pencil || tool == .eraser ? .eraser : .pick }
        switch tool {
        case .pick: pick()
        case .text: startTyping()
        case .select:
            if let selection = desk.selection, selection.contains(desk.cursorCell) {
                changeDesk { $0.hand = .moving(from: desk.cursorCell, to: desk.cursorCell) }
            } else {
                changeDesk { desk in
                    desk.selection = nil
                    desk.hand = .selecting(Gesture(at: cursor))
                }
            }
        default:
            guard mayDraw() else { return }
            switch tool.manner {
            case .shape: changeDesk { $0.hand = .shaping(Gesture(at: cursor)) }
            case .point:
                put(DrawingTool.patch(Gesture(at: cursor), desk.pen, on: desk.toolGrid), nextStroke())
                changeDesk { $0.hand = .rest }
            default:
                let stroke = nextStroke()
                changeDesk { $0.hand = .drawing(Gesture(at: cursor, isSecondary: isSecondary), stroke) }
                drawOn()
            }
        }
    }

    /// The hand, down or not, goes to a dot.
    mutating func moveHand(to dot: Point) {
        guard let desk = book.desk else { return }
        let now = now
        changeDesk { desk in
            if dot != desk.cursor { desk.finishedAt = nil }
            desk.cursor = dot
            desk.handMovedAt = now
        }
        switch desk.hand {
        case .drawing(var gesture, let stroke):
            guard gesture.current != dot else { return }
            gesture.move(to: dot)
            changeDesk { $0.hand = .drawing(gesture, stroke) }
            drawOn()
        case .shaping(var gesture):
            gesture.move(to: dot)
            changeDesk { $0.hand = .shaping(gesture) }
        case .selecting(var gesture):
            gesture.move(to: dot)
            changeDesk { $0.hand = .selecting(gesture) }
        case .moving(let from, _):
            let cell = desk.pen.resolution.cell(of: dot)
            changeDesk { $0.hand = .moving(from: from, to: cell) }
        case .rest, .typing, .pulling: break
        }
    }

    /// A freehand stroke draws from where it was to where it is.
    private mutating func drawOn() {
        guard let desk = book.desk, case .drawing(var gesture, let stroke) = desk.hand else { return }
        var pen = desk.pen
        if gesture.isSecondary, pen.tool != .shade { pen.tool = .eraser }
        let patch = DrawingTool.patch(gesture, pen, on: desk.board.grid(layer: desk.layer))
        put(patch, stroke)
        gesture.visited.formUnion(patch.cells.keys)
        changeDesk { $0.hand = .drawing(gesture, stroke) }
    }

    /// The hand leaves the paper: what it was making is made.
    mutating func endHand() -> [Effect] {
        guard let desk = book.desk else { return [] }
        changeDesk { desk in
            desk.hand = .rest
            desk.isHeldByMouse = false
        }
        switch desk.hand {
        case .shaping(let gesture):
            put(DrawingTool.patch(gesture, desk.pen, on: desk.toolGrid), nextStroke())
            changeDesk { $0.finishedAt = $0.cursor }
        case .selecting:
            // A click without a move selects nothing.
            changeDesk { $0.selection = desk.shownSelection.flatMap { $0.width * $0.height > 1 ? $0 : nil } }
        case .moving(let from, let to):
            guard from != to, let selection = desk.selection else { return [] }
            let place = Point(x: selection.x + to.x - from.x, y: selection.y + to.y - from.y)
            let grid = desk.board.grid(layer: desk.layer)
            put(SelectTool.moved(selection, to: place, on: grid).effective(on: grid), nextStroke())
            changeDesk { $0.selection = Rect(origin: place, size: selection.size).intersection(Rect($0.board.size)) }
        case .drawing, .typing, .pulling, .rest: break
        }
        return []
    }

    /// Gives up what the hand was about to make. False when there was nothing to give up.
    mutating func dropHand() -> Bool {
        guard let desk = book.desk else { return false }
        if desk.awaitsGlyph || desk.isPasting {
            changeDesk { desk in
                desk.awaitsGlyph = false
                desk.isPasting = false
            }
            return true
        }
        if !desk.hand.isResting {
            changeDesk { desk in
                desk.hand = .rest
                desk.isHeldByMouse = false
            }
            return true
        }
        if desk.selection != nil {
            changeDesk { $0.selection = nil }
            return true
        }
        if desk.following != nil {
            changeDesk { $0.following = nil }
            tell("you look for yourself again")
            return true
        }
        return false
    }

    private mutating func pick() {
        guard let desk = book.desk else { return }
        let picked = PickTool.picked(at: desk.cursor, desk.pen, on: desk.board.seen)
        changeDesk { $0.pen = picked }
        tell(
            "the pen is \(picked.glyph), colour \(Palette.name(picked.foreground)) on \(Palette.name(picked.background))"
        )
    }

    // MARK: - Pasting

    mutating func pasteHere() {
        guard let desk = book.desk, let clip = desk.clip, mayDraw() else { return }
        let grid = desk.board.grid(layer: desk.layer)
        put(StampTool.patch(clip, around: desk.cursorCell, style: .plain).effective(on: grid), nextStroke())
        changeDesk { desk in
            desk.isPasting = false
            desk.isHeldByMouse = false
            desk.hand = .rest
        }
    }

    // MARK: - Typing

    /// A pause of so long ends a burst: undo takes words back, not everything that was ever typed.
    static let typingBurstMilliseconds: Int64 = 1_000

    private mutating func startTyping() {
        guard mayDraw() else { return }
        let stroke = nextStroke()
        changeDesk { desk in
            desk.hand = .typing(TextTool(at: desk.cursorCell), stroke)
            // One types with both hands: the release of the button ends nothing.
            desk.isHeldByMouse = false
        }
    }

    mutating func typeOnCanvas(_ text: String) {
        guard let desk = book.desk, case .typing(var tool, var stroke) = desk.hand else { return }
        if now - desk.handMovedAt > Self.typingBurstMilliseconds { stroke = nextStroke() }
        let grid = desk.board.grid(layer: desk.layer)
        for grapheme in text {
            if grapheme == "\n" {
                tool.newLine(on: grid)
            } else if let patch = tool.type(String(grapheme), desk.pen.style, on: grid) {
                put(patch, stroke)
            }
        }
        keep(tool, stroke)
    }

    mutating func eraseTyped() {
        guard let desk = book.desk, case .typing(var tool, let stroke) = desk.hand else { return }
        put(tool.erase(on: desk.board.grid(layer: desk.layer)), stroke)
        keep(tool, stroke)
    }

    private mutating func keep(_ tool: TextTool, _ stroke: StrokeID) {
        let area = canvasRect
        let now = now
        changeDesk { desk in
            desk.hand = .typing(tool, stroke)
            desk.handMovedAt = now
            let cell = Point(x: min(tool.cursor.x, desk.board.width - 1), y: tool.cursor.y)
            desk.cursor = desk.pen.resolution.dot(of: cell)
            desk.reveal(cell, in: area)
        }
    }
}
