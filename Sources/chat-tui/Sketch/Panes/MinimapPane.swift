import TerminalUI

/// The small map in the corner of a drawing that does not fit its window; a click goes there.
struct MinimapPane {
    let model: Model
    let desk: SketchDesk

    init(_ model: Model, _ desk: SketchDesk) {
        self.model = model
        self.desk = desk
    }

    /// Only where it hides little, and the drawing is larger than what is seen of it.
    static func isWanted(_ desk: SketchDesk, _ area: Rect) -> Bool {
        guard desk.showsMinimap, area.width >= 40, area.height >= 14 else { return false }
        let seen = desk.visible(in: area)
        // A map of what is nearly all on the screen would hide more than it shows.
        return seen.width * seen.height * 3 < desk.board.width * desk.board.height * 2
    }

    /// With its edge; nil when it is not shown.
    static func area(_ model: Model, _ area: Rect) -> Rect? {
        guard let desk = model.book.desk, isWanted(desk, area), !desk.minimap.rows.isEmpty else { return nil }
        let size = Size(width: desk.minimap.size.width + 2, height: desk.minimap.size.height + 2)
        return Rect(x: area.endX - size.width, y: area.endY - size.height, width: size.width, height: size.height)
    }

    func draw(in frame: inout Frame, _ area: Rect) {
        guard let box = Self.area(model, area) else { return }
        frame.fill(box)
        frame.box(box, style: model.theme[.border])
        let inner = box.inset(horizontal: 1, vertical: 1)
        for (y, row) in desk.minimap.rows.enumerated() {
            frame.put(row, at: Point(x: inner.x, y: inner.y + y), in: inner, style: model.theme[.text])
        }
        let seen = desk.minimap.area(of: desk.visible(in: area))
        let part = Rect(x: inner.x + seen.x, y: inner.y + seen.y, width: seen.width, height: seen.height)
        frame.restyle(part.intersection(inner)) { $0.attributes.insert(.reverse) }
    }
}
