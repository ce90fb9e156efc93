import ChatAPI
import ChatKit
import TerminalUI

/// Channels and conversations with what is unread in them.
struct SidebarPane {
    let model: Model

    init(_ model: Model) { self.model = model }

    enum Row {
        case work(WorkList)
        case heading(String)
        /// The number is that of Alt+1 … Alt+9; nil behind the ninth.
        case room(Room, number: Int?)
        case blank
    }

    /// The rows as they are listed, for drawing and for clicks.
    static func rows(_ model: Model) -> [Row] {
        var rows = WorkList.all(model).map(Row.work)
        var heading: String?
        for (index, room) in model.orderedRooms.enumerated() {
            let next = Self.heading(of: room)
            if next != heading {
                if !rows.isEmpty { rows.append(.blank) }
                rows.append(.heading(next))
                heading = next
            }
            rows.append(.room(room, number: index < Self.numbered ? index + 1 : nil))
        }
        return rows
    }

    /// As many have a key of their own.
    static let numbered = 9

    /// Channels stand under the name of their event or agency.
    private static func heading(of room: Room) -> String {
        switch room.channel.kind {
        case .chat: "Chats"
        case .direct: "People"
        default: room.channel.spaceName ?? "Channels"
        }
    }

    /// The first row that is shown, so that the current room is always in sight.
    static func offset(_ model: Model, height: Int) -> Int {
        let rows = rows(model)
        var offset = min(model.sidebarOffset, max(0, rows.count - height))
        let current = rows.firstIndex {
            if case .room(let room, _) = $0 { room.id == model.current && model.page == nil } else { false }
        }
        if let current, model.sidebarOffset == 0 {
            if current < offset { offset = current }
            if current >= offset + height { offset = current - height + 1 }
        }
        return max(0, offset)
    }

    func draw(in frame: inout Frame, _ area: Rect) {
        let theme = model.theme
        let border = area.splitRight(1)
        frame.fill(border.right, with: "│", style: theme[.border])
        let inner = border.rest
        let name = model.me.map { model.name(of: $0.id) } ?? model.serverName
        frame.fill(inner.row(0), style: theme[.header])
        frame.put(
            " " + Text.truncated(name, width: inner.width - 2),
            at: inner.origin,
            in: inner,
            style: theme[.header]
        )
        let list = inner.splitTop(1).rest
        let rows = Self.rows(model)
        let offset = Self.offset(model, height: list.height)
        for (line, row) in rows.dropFirst(offset).prefix(list.height).enumerated() {
            draw(row, in: &frame, list.row(line))
        }
        if offset + list.height < rows.count {
            frame.put("↓", at: Point(x: border.right.x, y: area.endY - 1), style: theme[.unread])
        }
        if offset > 0 { frame.put("↑", at: Point(x: border.right.x, y: list.y), style: theme[.unread]) }
    }

    private func draw(_ row: Row, in frame: inout Frame, _ area: Rect) {
        let theme = model.theme
        switch row {
        case .blank: return
        case .work(let list): list.draw(model, in: &frame, area)
        case .heading(let text): frame.put(" " + text, at: area.origin, in: area, style: theme[.faint])
        case .room(let room, let number):
            let isCurrent = room.id == model.current && model.page == nil
            let isMuted = model.muted.contains(room.id)
            var style = theme[.sidebar]
            if room.unread.unread > 0, !isMuted { style = theme[.unread] }
            if room.unread.mentions > 0 || room.isDirect && room.unread.unread > 0, !isMuted { style = theme[.mention] }
            if isMuted { style = theme[.faint] }
            if isCurrent { style = theme[.sidebarCurrent] }
            frame.fill(area, style: isCurrent ? style : .plain)
            if let number {
                frame.put(String(number), at: area.origin, in: area, style: isCurrent ? style : theme[.faint])
            }
            let count = badge(room, isMuted: isMuted)
            let badgeWidth = count.isEmpty ? 0 : count.utf8.count + 1
            let space = area.width - badgeWidth - 4
            let title = model.shortTitle(of: room)
            if room.channel.kind == .chat, let chat = model.chat(of: room), chat.state.isOver, !isCurrent {
                style = theme[.faint]
            }
            if let partner = model.partner(of: room) {
                let state = model.state(of: partner)
                frame.put(
                    state.dot,
                    at: Point(x: area.x + 2, y: area.y),
                    in: area,
                    style: isCurrent ? style : theme[state.role]
                )
                frame.put(
                    Text.truncated(String(title.dropFirst()), width: space - 1),
                    at: Point(x: area.x + 4, y: area.y),
                    in: area,
                    style: style
                )
            } else {
                frame.put(
                    Text.truncated(title, width: space + 1),
                    at: Point(x: area.x + 2, y: area.y),
                    in: area,
                    style: style
                )
            }
            if !count.isEmpty {
                frame.put(count, at: Point(x: area.endX - badgeWidth, y: area.y), in: area, style: style)
            }
        }
    }

    private func badge(_ room: Room, isMuted: Bool) -> String {
        if model.failedItems.contains(where: { $0.channel == room.id }) { return "!" }
        guard room.unread.unread > 0 else { return "" }
        let number = room.unread.unread > 999 ? "999+" : String(room.unread.unread)
        if isMuted { return "" }
        guard room.unread.mentions > 0 else { return number }
        let mentions = "@\(min(room.unread.mentions, 99))"
        return room.unread.mentions < room.unread.unread ? "\(mentions) \(number)" : mentions
    }
}

extension PresenceState {
    var dot: String {
        switch self {
        case .online: "●"
        case .away: "◐"
        case .doNotDisturb: "⊖"
        case .offline, .unknown: "○"
        }
    }

    var role: Theme.Role {
        switch self {
        case .online: .online
        case .away: .away
        case .doNotDisturb: .busy
        case .offline, .unknown: .offline
        }
    }

    var word: String {
        switch self {
        case .online: "online"
        case .away: "away"
        case .doNotDisturb: "does not want to be disturbed"
        case .offline: "offline"
        case .unknown: "unknown"
        }
    }
}
