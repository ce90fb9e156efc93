import ChatAPI
import TerminalUI

/// An open drawing: its title, the paper with what is drawn, what is about to be drawn, and who else is there.
struct SketchPane {
    let model: Model
    let desk: SketchDesk
    private var theme: Theme { model.theme }

    init?(_ model: Model) {
        guard let desk = model.book.desk else { return nil }
        self.model = model
        self.desk = desk
    }

    func draw(in frame: inout Frame, _ area: Rect) {
        let layout = SketchLayout(area)
        drawTitle(in: &frame, layout.title)
        PaperView(model, desk).draw(in: &frame, layout.canvas)
        if let replay = desk.replay {
            if let tools = layout.tools { drawReplay(replay, in: &frame, tools) }
            return
        }
        drawSelection(in: &frame, layout.canvas)
        PeersView(model, desk).draw(in: &frame, layout.canvas)
        MinimapPane(model, desk).draw(in: &frame, layout.canvas)
        if let tools = layout.tools { ToolStrip(model, width: tools.width).draw(in: &frame, tools) }
        placeCursor(in: &frame, layout.canvas)
    }

    /// `▦ plan 80×24 · ana, bob` and, on the right, where one is and on which layer.
    private func drawTitle(in frame: inout Frame, _ area: Rect) {
        let style = theme[desk.hasKeys ? .header : .topic]
        frame.fill(area, style: style)
        let sketch = desk.board.sketch
        var left = " ▦ \(MessageText.oneLine(sketch.name)) \(desk.board.width)×\(desk.board.height)"
        let people = desk.peers.keys.map(model.name(of:)).sorted()
        if let following = desk.following {
            left += " · following \(model.name(of: following))"
        } else if !people.isEmpty {
            left += " · with " + people.joined(separator: ", ")
        }
        var right = ""
        if desk.board.canvas.layers.count > 1, let layer = desk.board.canvas.layer(desk.layer) {
            right += "layer \(MessageText.oneLine(layer.name)) "
        }
        if desk.pen.mirror != .none { right += "mirror " }
        let cell = desk.cursorCell
        right += "\(cell.x),\(cell.y) "
        let room = area.width - frameWidth(right) - 1
        frame.put(Text.truncated(left, width: max(0, room)), at: area.origin, in: area, style: style)
        frame.put(right, at: Point(x: area.endX - frameWidth(right), y: area.y), in: area, style: style)
    }

    /// ` ▶ ×4 ━━━━●──────── 12:31 ana`.
    private func drawReplay(_ replay: SketchReplay, in frame: inout Frame, _ area: Rect) {
        let head = " \(replay.isPlaying ? "▶" : "‖") ×\(replay.speed) "
        var tail = replay.isLoading ? " loading …" : ""
        if let entry = replay.entry {
            let moment = model.zone.moment(entry.at)
            tail = " \(moment.date) \(moment.clock) \(model.name(of: entry.by)) " + tail
        }
        let width = max(1, area.width - frameWidth(head) - frameWidth(tail))
        let done = replay.length == 0 ? 0 : Int(Int64(width - 1) * replay.position / replay.length)
        var x = frame.put(head, at: area.origin, in: area, style: theme[.title])
        for step in 0..<width {
            let sign = step == done ? "●" : step < done ? "━" : "─"
            x = frame.put(sign, at: Point(x: x, y: area.y), in: area, style: theme[step <= done ? .key : .faint])
        }
        frame.put(tail, at: Point(x: x, y: area.y), in: area, style: theme[.faint])
    }

    /// The selection is seen by what is around it: its own cells keep their colours, its edge is reversed.
    private func drawSelection(in frame: inout Frame, _ area: Rect) {
        guard let selection = desk.shownSelection, !desk.isZoomed else { return }
        PaperView.outline(selection, desk, in: &frame, area) { $0.attributes.formSymmetricDifference(.reverse) }
    }

    private func placeCursor(in frame: inout Frame, _ area: Rect) {
        guard desk.hasKeys, let place = cursorPlace(area), area.contains(place) else { return }
        frame.cursor = place
        frame.cursorShape = if case .typing = desk.hand { .bar } else { .underline }
    }

    private func cursorPlace(_ area: Rect) -> Point? {
        guard let cell = desk.place(of: desk.cursorCell, in: area) else { return nil }
        guard desk.isZoomed, desk.pen.resolution != .cell else { return cell }
        let inner = Point(
            x: desk.cursor.x - desk.cursorCell.x * desk.dots.width,
            y: desk.cursor.y - desk.cursorCell.y * desk.dots.height
        )
        return Point(x: cell.x + inner.x * SketchDesk.zoomWidth, y: cell.y + inner.y)
    }
}
