import ChatAPI
import TerminalUI

/// Private notes of a chat, apart from what is said and in a colour of their own: the participant never sees them.
struct NotesPane {
    let model: Model

    static let width = 30
    /// From this width of the conversation on, they stand beside it.
    static let besideFrom = 84
    static let mostRows = 5

    init(_ model: Model) { self.model = model }

    static func isNeeded(_ model: Model) -> Bool {
        guard model.page == nil, model.help.showsNotes, let chat = model.openChat, model.handles(chat) else {
            return false
        }
        return model.help.notes[chat.id]?.isEmpty == false
    }

    private var notes: [ChatNote] { model.openChat.flatMap { model.help.notes[$0.id] } ?? [] }

    /// Rows under a conversation of a height: the heading and the newest notes, never more than a third.
    static func rows(_ model: Model, height: Int) -> Int {
        let pane = NotesPane(model)
        let lines = pane.notes.count
        return min(min(lines, mostRows) + 1, max(2, height / 3))
    }

    func draw(in frame: inout Frame, _ area: Rect) {
        let theme = model.theme
        let isBeside = area.width == Self.width
        let (border, inner) = isBeside ? area.splitLeft(1) : (area, area)
        if isBeside { frame.fill(border, with: "│", style: theme[.note]) }
        frame.fill(inner.row(0), style: theme[.note])
        let chat = model.openChat
        let who = chat.map(model.other(in:)) ?? "they"
        let heading = isBeside ? " Private notes" : " Private: \(who) does not see this"
        frame.put(Text.truncated(heading, width: inner.width), at: inner.origin, in: inner, style: theme[.note])
        let list = inner.splitTop(1).rest
        var lines: [[Span]] = []
        for note in notes {
            let head = "\(model.zone.moment(note.at).clock) \(note.name): "
            let spans = [Span(head, theme[.faint]), Span(MessageText.oneLine(note.text), theme[.noteText])]
            if isBeside {
                lines += Text.wrapped(spans, width: list.width - 2, indent: 2).map(\.spans)
            } else {
                lines.append(Text.truncated(spans, width: list.width - 2))
            }
        }
        for (row, line) in lines.suffix(list.height).enumerated() {
            let place = list.row(row)
            if !isBeside { frame.put("▌", at: place.origin, in: place, style: theme[.noteText]) }
            frame.put(line, at: Point(x: place.x + 1, y: place.y), in: place)
        }
        if isBeside, lines.isEmpty { frame.put(" none", at: list.origin, in: list, style: theme[.faint]) }
    }
}
