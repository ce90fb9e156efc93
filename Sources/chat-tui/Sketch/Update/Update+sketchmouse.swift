import ChatAPI
import TerminalUI

/// The mouse on a drawing: real strokes, the other button, the wheel, the strip of tools and colours, the map.
extension Model {
    /// Nil when the mouse is not on the drawing, and does not hold it.
    mutating func takeSketch(_ mouse: MouseEvent) -> [Effect]? {
        guard let desk = book.desk, overlay == nil, page == nil, let layout = SketchLayout(self) else { return nil }
        if desk.isHeldByMouse, let effects = takeHeld(mouse, desk, layout.canvas) { return effects }
        if layout.canvas.contains(mouse.point) { return takeCanvas(mouse, desk, layout.canvas) }
        if let tools = layout.tools, tools.contains(mouse.point) { return takeTools(mouse, tools) }
        guard layout.title.contains(mouse.point) else { return nil }
        if case .press(.left) = mouse.kind { changeDesk { $0.hasKeys = true } }
        return []
    }

    /// While a button is down everything belongs to the stroke, wherever the mouse is.
    private mutating func takeHeld(_ mouse: MouseEvent, _ desk: SketchDesk, _ area: Rect) -> [Effect]? {
        switch mouse.kind {
        case .drag:
            if case .pulling(let from, let origin) = desk.hand {
                let to = Point(x: origin.x + from.x - mouse.x, y: origin.y + from.y - mouse.y)
                changeDesk { $0.scroll(to: to, in: area) }
            } else {
                moveHand(to: desk.dot(at: mouse.point, in: area))
                scrollAtEdge(mouse.point, area)
            }
            return []
        case .release:
            if case .pulling = desk.hand {} else { moveHand(to: desk.dot(at: mouse.point, in: area)) }
            return endHand()
        case .move:
            // The release happened outside of the window and was never told.
            return endHand()
        case .press:
            // So was this one; the new stroke begins after the old one has ended.
            _ = endHand()
            return nil
        case .wheel: return nil
        }
    }

    /// A stroke that reaches the edge of the window takes the paper with it.
    private mutating func scrollAtEdge(_ point: Point, _ area: Rect) {
        guard let desk = book.desk else { return }
        var origin = desk.origin
        if point.x <= area.x { origin.x -= 1 } else if point.x >= area.endX - 1 { origin.x += 1 }
        if point.y <= area.y { origin.y -= 1 } else if point.y >= area.endY - 1 { origin.y += 1 }
        guard origin != desk.origin else { return }
        changeDesk { $0.scroll(to: origin, in: area) }
    }

    private mutating func takeCanvas(_ mouse: MouseEvent, _ desk: SketchDesk, _ area: Rect) -> [Effect] {
        let dot = desk.dot(at: mouse.point, in: area)
        switch mouse.kind {
        case .move:
            // A hand that the keys hold down is the keys'.
            if case .typing = desk.hand { return [] }
            moveHand(to: clamped(dot, desk))
        case .press(let button):
            if let map = MinimapPane.area(self, area), map.contains(mouse.point) {
                showPart(at: Point(x: mouse.x - map.x - 1, y: mouse.y - map.y - 1), area)
                return []
            }
            changeDesk { desk in
                desk.hasKeys = true
                desk.following = nil
            }
            if desk.replay != nil { return [] }
            if button == .middle {
                changeDesk { desk in
                    desk.hand = .pulling(from: mouse.point, origin: desk.origin)
                    desk.isHeldByMouse = true
                }
                return []
            }
            guard button == .left || button == .right else { return [] }
            var effects: [Effect] = []
            // A click elsewhere ends a line of typing and begins another; with two clicks a box is drawn as well.
            if case .typing = desk.hand {
                effects = endHand()
            } else if !desk.hand.isResting, !desk.isHeldByMouse {
                moveHand(to: clamped(dot, desk))
                return effects + endHand()
            }
            moveHand(to: clamped(dot, desk))
            beginHand(isSecondary: button == .right, byMouse: true)
            return effects
        case .wheel(let wheel): turnWheel(wheel, mouse.modifiers, area)
        case .drag, .release: break
        }
        return []
    }

    private func clamped(_ dot: Point, _ desk: SketchDesk) -> Point {
        Point(x: max(0, min(dot.x, desk.dotSize.width - 1)), y: max(0, min(dot.y, desk.dotSize.height - 1)))
    }

    private mutating func turnWheel(_ wheel: MouseEvent.Wheel, _ modifiers: Key.Modifiers, _ area: Rect) {
        let isSideways = !modifiers.isEmpty
        changeDesk { desk in
            desk.following = nil
            var origin = desk.origin
            switch wheel {
            case .up: if isSideways { origin.x -= 4 } else { origin.y -= 2 }
            case .down: if isSideways { origin.x += 4 } else { origin.y += 2 }
            case .left: origin.x -= 4
            case .right: origin.x += 4
            }
            desk.scroll(to: origin, in: area)
        }
    }

    private mutating func showPart(at point: Point, _ area: Rect) {
        changeDesk { desk in
            desk.following = nil
            let cell = desk.minimap.cell(at: point)
            let span = desk.span(in: area)
            desk.scroll(to: Point(x: cell.x - span.width / 2, y: cell.y - span.height / 2), in: area)
        }
    }

    private mutating func takeTools(_ mouse: MouseEvent, _ area: Rect) -> [Effect] {
        guard case .press(let button) = mouse.kind, let desk = book.desk, desk.replay == nil else { return [] }
        changeDesk { $0.hasKeys = true }
        switch ToolStrip(self, width: area.width).target(at: mouse.x - area.x) {
        case .tool(let tool): choose(tool)
        case .color(let color):
            changeDesk { desk in
                if button == .right { desk.pen.background = color } else { desk.pen.foreground = color }
            }
        case .command(let command): return perform(command)
        case nil: break
        }
        return []
    }
}
