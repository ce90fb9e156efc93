import ChatAPI
import TerminalUI

/// Choosing a tool and what it draws with; pieces of a drawing; layers.
extension Model {
    /// A tool; its key again takes the next of what it offers.
    mutating func choose(_ tool: DrawingTool) {
        guard let desk = book.desk else { return }
        _ = endHand()
        let isAgain = desk.pen.tool == tool
        changeDesk { desk in
            desk.isPasting = false
            desk.changePen { pen in
                pen.tool = tool
                guard isAgain else { return }
                switch tool {
                case .line, .box, .arrow, .ellipse: pen.lines = pen.lines.next
                case .shade: pen.ramp = pen.ramp.next
                case .stamp: pen.stamp = Stamp.after(pen.stamp)
                default: break
                }
            }
        }
        // Whoever takes the text tool wants to type.
        if tool == .text { beginHand() }
    }

    mutating func changePen(_ command: SketchCommand) {
        let depth = colorDepth
        changeDesk { desk in
            desk.changePen { pen in
                switch command {
                case .glyphStep(let step): pen.glyph = Palette.glyph(pen.glyph, step)
                case .color(let index):
                    let colors = Palette.colors(depth)
                    if colors.indices.contains(index) { pen.foreground = colors[index] }
                case .colorStep(let step): pen.foreground = Palette.step(pen.foreground, step, depth)
                case .groundStep(let step): pen.background = Palette.step(pen.background, step, depth)
                case .swap: (pen.foreground, pen.background) = (pen.background, pen.foreground)
                case .bold: pen.attributes.formSymmetricDifference(.bold)
                case .underline: pen.attributes.formSymmetricDifference(.underline)
                case .resolution: pen.resolution = pen.resolution.next
                case .mirror: pen.mirror = pen.mirror.next
                case .lines: pen.lines = pen.lines.next
                case .filled: pen.isFilled.toggle()
                default: break
                }
            }
        }
        let area = canvasRect
        changeDesk { $0.reveal($0.cursorCell, in: area) }
        if command == .mirror, let mirror = book.desk?.pen.mirror {
            tell(mirror == .none ? "no mirror" : "mirrored: \(mirror.rawValue)")
        }
    }

    mutating func zoom() {
        guard let desk = book.desk else { return }
        guard desk.pen.resolution != .cell else {
            tell("zoom shows half blocks and braille dots: r chooses them")
            return
        }
        let area = canvasRect
        changeDesk { desk in
            desk.isZoomed.toggle()
            desk.reveal(desk.cursorCell, in: area)
        }
    }

    // MARK: - Pieces

    mutating func copySelection() -> [Effect] {
        guard let desk = book.desk, let selection = desk.selection else {
            tell("select something first: s, then a corner and the other", .trouble)
            return []
        }
        let clip = Clip(desk.board.grid(layer: desk.layer), selection)
        changeDesk { $0.clip = clip }
        tell("copied \(clip.width)×\(clip.height) cells; v pastes")
        return [.copy(clip.text)]
    }

    mutating func eraseHere() {
        guard let desk = book.desk else { return }
        let grid = desk.board.grid(layer: desk.layer)
        let rect = desk.selection ?? Rect(origin: desk.cursorCell, size: Size(width: 1, height: 1))
        put(SelectTool.erased(rect, on: grid).effective(on: grid), nextStroke())
    }

    mutating func paste() {
        guard let desk = book.desk else { return }
        guard desk.clip != nil else {
            tell("nothing is copied", .trouble)
            return
        }
        changeDesk { desk in
            desk.hand = .rest
            desk.isPasting = true
        }
    }

    mutating func flip(_ mirror: Mirror) {
        guard let desk = book.desk else { return }
        if desk.isPasting {
            changeDesk { $0.clip = $0.clip?.mirrored(mirror) }
        } else if let selection = desk.selection {
            let grid = desk.board.grid(layer: desk.layer)
            put(SelectTool.mirrored(selection, mirror, on: grid).effective(on: grid), nextStroke())
        } else {
            tell("select something first: s, then a corner and the other", .trouble)
        }
    }

    /// Text from the clipboard becomes a piece in the hand, or typing.
    mutating func pasteOnCanvas(_ text: String) {
        guard let desk = book.desk else { return }
        if case .typing = desk.hand {
            typeOnCanvas(text)
            return
        }
        let clip = Clip(text.trimmingLineEnds(), desk.pen.style)
        guard clip.width > 0, fits(clip) else { return }
        changeDesk { $0.clip = clip }
        paste()
    }

    /// Whether a piece can be put down here at all; says it when it cannot.
    mutating func fits(_ clip: Clip) -> Bool {
        guard let board = book.desk?.board else { return false }
        if clip.width <= board.width, clip.height <= board.height { return true }
        tell("that is \(clip.width)×\(clip.height) cells; the drawing has \(board.width)×\(board.height)", .trouble)
        return false
    }

    // MARK: - Layers and people

    var layerList: ListPane {
        let rows = (book.desk?.board.canvas.layers ?? []).reversed().map { layer in
            var parts: [String] = []
            if layer.hidden { parts.append("hidden") }
            if let by = layer.lockedBy { parts.append("locked by \(by == me?.id ? "you" : name(of: by))") }
            let mark = layer.id == book.desk?.layer ? "● " : "  "
            return ListPane.Row(
                mark + MessageText.oneLine(layer.name),
                detail: parts.joined(separator: ", "),
                .layer(layer.id)
            )
        }
        return ListPane("Layers, the highest first", rows: rows, verb: "draw on it", empty: "there is no layer")
    }

    mutating func nextLayer() {
        guard let desk = book.desk else { return }
        let layers = desk.board.canvas.layers
        let index = layers.firstIndex { $0.id == desk.layer } ?? 0
        chooseLayer(layers[(index + 1) % layers.count].id)
    }

    mutating func chooseLayer(_ id: Int) {
        _ = endHand()
        changeDesk { $0.layer = id }
        tell("you draw on layer \(MessageText.oneLine(book.desk?.board.canvas.layer(id)?.name ?? ""))")
    }

    func who() -> [Effect] {
        guard let desk = book.desk else { return [] }
        let cell = desk.cursorCell
        return [.ask(.sketch(.origin(desk.board.id, x: cell.x, y: cell.y)))]
    }

    /// Nobody, then each of the others, then nobody.
    mutating func followNext() {
        guard let desk = book.desk else { return }
        let others = desk.peers.keys.sorted { name(of: $0) < name(of: $1) }
        guard !others.isEmpty else {
            changeDesk { $0.following = nil }
            tell("nobody else looks at this drawing")
            return
        }
        let next: AccountID?
        if let following = desk.following {
            next = others.first { name(of: $0) > name(of: following) }
        } else {
            next = others.first
        }
        changeDesk { $0.following = next }
        tell(next.map { "you follow \(name(of: $0))" } ?? "you look for yourself again")
        followPeer()
    }

    mutating func post(text: String?) -> [Effect] {
        guard let desk = book.desk else { return [] }
        // What is on its way belongs to the picture.
        guard !book.queue.has(desk.board.id) else {
            tell("your last strokes are still on their way: again in a moment", .trouble)
            return []
        }
        return [
            .ask(.sketch(.post(desk.board.id, nextClientID(), region: desk.selection?.sketch, text: text)))
        ]
    }
}

extension Stamp {
    static func after(_ stamp: Stamp) -> Stamp {
        let index = library.firstIndex { $0.name == stamp.name } ?? -1
        return library[(index + 1) % library.count]
    }
}
