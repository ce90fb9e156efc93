import ChatAPI
import TerminalUI

/// Wheel and clicks: channels, messages, links, members, the line, lists.
extension Model {
    mutating func take(_ mouse: MouseEvent) -> [Effect] {
        guard case .chat = screen else { return [] }
        if overlay != nil { return overlayMouse(mouse) }
        if let effects = takeSketch(mouse) { return effects }
        if case .press = mouse.kind { changeDesk { $0.hasKeys = false } }
        let layout = ScreenLayout(self)
        let point = mouse.point
        switch mouse.kind {
        case .wheel(let wheel):
            let step = wheel == .up ? 1 : wheel == .down ? -1 : 0
            if let area = layout.sidebar, area.contains(point) {
                sidebarOffset = max(0, SidebarPane.offset(self, height: area.height - 1) - step * 3)
            } else if let area = layout.members, area.contains(point) {
                membersOffset = max(0, min(membersOffset - step * 3, (room?.members?.count ?? 0) - 1))
            } else if page != nil {
                return takePage(Key(step > 0 ? .up : .down)) ?? []
            } else {
                scroll(by: step * 3)
            }
        case .press(.left): return click(point, layout)
        default: break
        }
        return []
    }

    private mutating func click(_ point: Point, _ layout: ScreenLayout) -> [Effect] {
        if let area = layout.sidebar, area.contains(point) {
            let row = point.y - area.y - 1 + SidebarPane.offset(self, height: area.height - 1)
            let rows = SidebarPane.rows(self)
            guard point.y > area.y, rows.indices.contains(row) else { return [] }
            switch rows[row] {
            case .room(let room, _): return show(room.id)
            case .work(let list): return open(list)
            case .heading, .blank: return []
            }
        }
        if let area = layout.members, area.contains(point) {
            let row = point.y - area.y - 1 + membersOffset
            let members = MembersPane.members(self)
            guard point.y > area.y, members.indices.contains(row), members[row].account != me?.id else { return [] }
            var effects: [Effect] = []
            _ = run("msg", members[row].name, &effects)
            return effects
        }
        if layout.composer.contains(point) {
            changeRoom { $0.selected = nil }
            let width = layout.composer.width - ComposerPane.promptWidth
            composer.moveCursor(
                to: Point(x: point.x - layout.composer.x - ComposerPane.promptWidth, y: point.y - layout.composer.y),
                width: width
            )
            return []
        }
        if page != nil { return clickPage(point, layout) }
        guard layout.timeline.contains(point), let room else { return [] }
        return clickTimeline(point, layout.timeline, room)
    }

    private mutating func clickTimeline(_ point: Point, _ area: Rect, _ room: Room) -> [Effect] {
        if point.y == area.endY - 1, room.anchor != .bottom, point.x > area.endX - 24 {
            scrollToBottom()
            return []
        }
        if let link = view(self).link(at: point), link.isSafe { return [.openLink(link.url)] }
        let window = TimelineLayout(self, room, width: area.width).window(height: area.height)
        let index = point.y - area.y - (area.height - window.lines.count)
        if window.lines.indices.contains(index), case .sketch(let id) = window.lines[index].kind { return open(id) }
        guard window.lines.indices.contains(index), let seq = window.lines[index].key.seq,
            window.lines[index].kind == .message
        else { return [] }
        changeRoom { $0.selected = $0.selected == seq ? nil : seq }
        return []
    }

    private mutating func overlayMouse(_ mouse: MouseEvent) -> [Effect] {
        switch mouse.kind {
        case .wheel(.up): return takeOverlay(Key(.up))
        case .wheel(.down): return takeOverlay(Key(.down))
        case .press(.left):
            if case .help = overlay { return [] }
            // Outside of the widest box.
            if !OverlayPane.box(size, wide: true).contains(mouse.point) { overlay = nil }
        default: break
        }
        return []
    }
}
