import ChatAPI
import TerminalUI

/// Who is in the channel, those who are there first.
struct MembersPane {
    let model: Model

    init(_ model: Model) { self.model = model }

    /// In the order in which they are shown.
    static func members(_ model: Model) -> [Member] {
        guard let members = model.room?.members else { return [] }
        func rank(_ member: Member) -> Int {
            switch model.state(of: member.account) {
            case .online: 0
            case .away: 1
            case .doNotDisturb: 1
            case .offline, .unknown: 2
            }
        }
        return members.sorted { (rank($0), $0.name) < (rank($1), $1.name) }
    }

    func draw(in frame: inout Frame, _ area: Rect) {
        let theme = model.theme
        let (border, inner) = area.splitLeft(1)
        frame.fill(border, with: "│", style: theme[.border])
        frame.fill(inner.row(0), style: theme[.header])
        let members = Self.members(model)
        let count = model.room?.channel.memberCount ?? members.count
        frame.put(" \(count) member\(count == 1 ? "" : "s")", at: inner.origin, in: inner, style: theme[.header])
        let list = inner.splitTop(1).rest
        if model.room?.members == nil { frame.put(" loading …", at: list.origin, in: list, style: theme[.faint]) }
        let offset = min(model.membersOffset, max(0, members.count - list.height))
        for (line, member) in members.dropFirst(offset).prefix(list.height).enumerated() {
            let row = list.row(line)
            let state = model.state(of: member.account)
            frame.put(state.dot, at: Point(x: row.x + 1, y: row.y), in: row, style: theme[state.role])
            let style = state == .offline ? theme[.faint] : Style(theme.color(of: member.account.low))
            let mark = member.role == .admin ? "*" : member.kind == .bot ? "+" : ""
            let name = Text.truncated(model.name(of: member.account) + mark, width: row.width - 4)
            let end = frame.put(name, at: Point(x: row.x + 3, y: row.y), in: row, style: style)
            if let status = model.presence[member.account]?.statusText, !status.isEmpty, row.endX - end > 6 {
                frame.put(
                    " " + Text.truncated(MessageText.oneLine(status), width: row.endX - end - 2),
                    at: Point(x: end, y: row.y),
                    in: row,
                    style: theme[.faint]
                )
            }
        }
    }
}
