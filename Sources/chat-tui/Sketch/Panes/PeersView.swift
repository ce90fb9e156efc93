import ChatAPI
import TerminalUI

/// Where the others are: a cell of their colour with their name beside it, what they select, what they are about to draw.
struct PeersView {
    let model: Model
    let desk: SketchDesk

    init(_ model: Model, _ desk: SketchDesk) {
        self.model = model
        self.desk = desk
    }

    func draw(in frame: inout Frame, _ area: Rect) {
        let peers = desk.peers.filter { !$0.value.isFaded }.sorted { model.name(of: $0.key) < model.name(of: $1.key) }
        for (_, peer) in peers { drawPreview(peer, in: &frame, area) }
        for (person, peer) in peers { drawSelection(person, peer, in: &frame, area) }
        drawPointers(peers, in: &frame, area)
    }

    private func style(_ person: AccountID) -> Style {
        let color = model.theme.color(of: person.low)
        return color == .default ? Style(.default, on: .default, .reverse) : Style(.black, on: color)
    }

    private func drawPreview(_ peer: Peer, in frame: inout Frame, _ area: Rect) {
        guard let runs = peer.pointer.preview, !desk.isZoomed else { return }
        for (point, ink) in InkPatch(runs).cells {
            guard let place = desk.place(of: point, in: area) else { continue }
            var style = ink.style.adding(.dim)
            if model.colorDepth == .mono { style = Style(.default, on: .default, style.attributes) }
            frame.put(ink.glyph, at: place, in: area, style: style)
        }
    }

    private func drawSelection(_ person: AccountID, _ peer: Peer, in frame: inout Frame, _ area: Rect) {
        guard let region = peer.pointer.selection, !desk.isZoomed else { return }
        let color = style(person).background
        PaperView.outline(Rect(region).intersection(Rect(desk.board.size)), desk, in: &frame, area) { style in
            if color == .default { style.attributes.insert(.underline) } else { style.background = color }
        }
    }

    private func drawPointers(_ peers: [(key: AccountID, value: Peer)], in frame: inout Frame, _ area: Rect) {
        let shown = peers.compactMap { person, peer -> (style: Style, pointer: NameTags.Pointer)? in
            guard let x = peer.pointer.x, let y = peer.pointer.y,
                let place = desk.place(of: Point(x: x, y: y), in: area), area.contains(place)
            else { return nil }
            return (style(person), NameTags.Pointer(place: place, texts: texts(person, peer)))
        }
        let own = desk.place(of: desk.cursorCell, in: area)
        let names = NameTags(shown.map(\.pointer), in: area, except: [own].compactMap(\.self))
        for ((style, pointer), tag) in zip(shown, names.tags) {
            frame.restyle(Rect(origin: pointer.place, size: Size(width: 1, height: 1))) { $0 = style }
            if let tag { frame.put(tag.text, at: tag.place, in: area, style: style) }
        }
    }

    /// The name and the tool, the name alone. A pencil needs no mention.
    private func texts(_ person: AccountID, _ peer: Peer) -> [String] {
        let name = model.name(of: person)
        guard let tool = peer.pointer.tool, tool != DrawingTool.pencil.rawValue else { return [name] }
        return [name + " " + MessageText.oneLine(String(tool.prefix(Limits.pointerToolBytes))), name]
    }
}
