import ChatAPI
import TerminalUI

/// The line above the conversation: its name, its topic, how many are there.
struct HeaderPane {
    let model: Model

    init(_ model: Model) { self.model = model }

    func draw(in frame: inout Frame, _ area: Rect) {
        let theme = model.theme
        frame.fill(area, style: theme[.header])
        guard let room = model.room else {
            frame.put(" no channel", at: area.origin, in: area, style: theme[.header])
            return
        }
        var right = ""
        if let chat = model.chat(of: room) { right = Self.text(of: chat, model) }
        if let online = room.online, !room.channel.kind.isPrivate {
            right = "\(online)/\(room.channel.memberCount) here"
        }
        if let partner = model.partner(of: room), room.channel.kind == .direct {
            right = model.state(of: partner).word
            if let status = model.presence[partner]?.statusText ?? model.accounts[partner]?.statusText, !status.isEmpty
            {
                right = MessageText.oneLine(status) + " · " + right
            }
        }
        if !model.hasMouse { right += right.isEmpty ? "mouse off" : " · mouse off" }
        right = Text.truncated(right, width: area.width / 2)
        let title = model.title(of: room)
        let x = frame.put(
            " " + Text.truncated(title, width: area.width - 2),
            at: area.origin,
            in: area,
            style: theme[.header]
        )
        let space = area.endX - x - frameWidth(right) - 4
        let about = room.channel.topic ?? model.chat(of: room)?.topic ?? Self.sentence(about: room.channel.kind)
        let topic = room.channel.kind == .direct ? "" : MessageText.oneLine(about)
        if !topic.isEmpty, space > 4 {
            frame.put(
                " " + Text.truncated(topic, width: space),
                at: Point(x: x + 1, y: area.y),
                in: area,
                style: theme[.topic]
            )
        }
        if !right.isEmpty, area.endX - frameWidth(right) - 1 > x {
            frame.put(right, at: Point(x: area.endX - frameWidth(right) - 1, y: area.y), in: area, style: theme[.topic])
        }
    }

    /// `on hold · first answer in 3 min`.
    private static func text(of chat: Chat, _ model: Model) -> String {
        var parts = [model.stateText(chat)]
        if let clock = chat.clocks?.first(where: { $0.state == .running && $0.pausedAt == nil }), !chat.state.isOver {
            let due = model.dueText(clock.dueAt).text
            parts.append((clock.kind == .firstAnswer ? "answer due " : "to be solved ") + due)
        }
        let other = chat.participant == model.me?.id ? chat.organizer : chat.participant
        if let other, !chat.state.isOver { parts.append(model.state(of: other).word) }
        if let rating = chat.rating { parts.append(String(repeating: "★", count: rating.stars)) }
        return parts.joined(separator: " · ")
    }

    private static func sentence(about kind: ChannelKind) -> String {
        switch kind {
        case .announce: "read here what everybody is told"
        case .staff: "only the staff of the event is here"
        default: ""
        }
    }
}

/// Cells of a text as it is shown.
func frameWidth(_ text: String) -> Int { CellWidth.of(Text.neutralised(text)) }
