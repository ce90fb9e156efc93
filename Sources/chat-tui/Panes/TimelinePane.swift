import ChatAPI
import ChatKit
import TerminalUI

/// The conversation: what is seen of it, the selected message, "new below".
struct TimelinePane {
    let model: Model

    init(_ model: Model) { self.model = model }

    func draw(in frame: inout Frame, _ area: Rect) {
        let theme = model.theme
        guard let room = model.room else {
            let sentence =
                model.isLive
                ? "You are in no channel. /channels shows all; Ctrl+K finds people."
                : "Connecting to \(model.serverName) …"
            for (row, line) in Text.wrapped(sentence, width: max(10, area.width - 4)).enumerated() {
                frame.put(line, at: Point(x: area.x + 2, y: area.y + 1 + row), in: area, style: theme[.faint])
            }
            return
        }
        let layout = TimelineLayout(model, room, width: area.width)
        let window = layout.window(height: area.height)
        let suggestions = Self.suggestions(model, room, window)
        let blank = area.height - window.lines.count
        // Few messages stand at the bottom, next to the line that one writes in.
        var y = area.y + blank
        if blank > suggestions.count, !suggestions.isEmpty {
            for (row, line) in suggestions.enumerated() {
                frame.put(
                    Text.truncated(line, width: area.width - 2),
                    at: Point(x: area.x + 2, y: area.y + blank - suggestions.count + row),
                    in: area
                )
            }
        }
        let numbers = showsNumbers ? Self.numbers(model, window) : [:]
        for line in window.lines {
            let row = Rect(x: area.x, y: y, width: area.width, height: 1)
            frame.put(line.spans, at: row.origin, in: row)
            if case .entry(let seq) = line.key, line.kind.isSelectable {
                if seq == room.selected { frame.restyle(row) { $0.attributes.insert(.reverse) } }
                if let number = numbers[seq], line.row == firstRow(seq, window) {
                    let text = " \(number) "
                    frame.put(text, at: Point(x: area.endX - text.utf8.count, y: y), in: row, style: theme[.key])
                }
            }
            y += 1
        }
        drawTop(in: &frame, area, room, window)
        drawBelow(in: &frame, area, layout, day: layout.earlierDay(window))
    }

    /// Short numbers stand beside messages when a command is written that takes one, or one is selected.
    private var showsNumbers: Bool {
        if model.room?.selected != nil { return true }
        guard case .command(let name, _) = ComposerLine(model.composer.text) else { return false }
        return SlashCommand.named(name)?.completes == .message
    }

    static func numbers(_ model: Model, _ window: TimelineLayout.Window) -> [Int64: Int] {
        var result: [Int64: Int] = [:]
        for line in window.lines where line.kind == .message {
            guard let seq = line.key.seq, result[seq] == nil else { continue }
            result[seq] = model.relativeNumber(of: seq)
        }
        return result
    }

    private func firstRow(_ seq: Int64, _ window: TimelineLayout.Window) -> Int? {
        window.lines.first { $0.key == .entry(seq) && $0.kind == .message }?.row
    }

    private func drawTop(in frame: inout Frame, _ area: Rect, _ room: Room, _ window: TimelineLayout.Window) {
        guard window.isAtTop, room.timeline.hasEarlier, !room.isExhausted, !room.loading.isEmpty else { return }
        let text = " loading … "
        frame.put(
            text,
            at: Point(x: area.x + max(0, (area.width - 11) / 2), y: area.y),
            in: area,
            style: model.theme[.faint]
        )
    }

    private func drawBelow(in frame: inout Frame, _ area: Rect, _ layout: TimelineLayout, day: String?) {
        let below = layout.below()
        guard below.all > 0 || model.wayBack != nil else { return }
        var text = below.new > 0 ? " ↓ \(below.new) new below " : below.all > 0 ? " ↓ \(below.all) below " : ""
        if model.wayBack != nil { text += " Esc: back " } else { text += "· End " }
        if let day { text = " \(day)" + (text.hasPrefix(" ↓") ? " ·" : "") + text }
        let width = frameWidth(text)
        let style = below.new > 0 ? model.theme[.mention].adding(.reverse) : model.theme[.header]
        frame.put(text, at: Point(x: max(area.x, area.endX - width - 1), y: area.endY - 1), in: area, style: style)
    }

    /// What to try first, in #general while there is little to read.
    static func suggestions(_ model: Model, _ room: Room, _ window: TimelineLayout.Window) -> [String] {
        guard room.channel.name == "general", window.isAtTop, !room.timeline.hasEarlier || room.timeline.isEmpty else {
            return []
        }
        if let event = room.channel.spaceName {
            let ask =
                model.isOrganizer
                ? "  2. F7 shows who waits for help; Enter takes the first."
                : "  2. Need help? /help TEXT asks the organizers."
            return [
                "Welcome to \(event). Three things to try:", "  1. Say hello: type it below and press Enter.", ask,
                "  3. #announcements tells what everybody is told.", "F1 shows all keys and commands.", "",
            ]
        }
        return [
            "Welcome to #general. Three things to try:",
            "  1. Say hello: type it below and press Enter.",
            "  2. Press Ctrl+K to go to a channel or a person.",
            "  3. Press Up to select a message, then + to react.",
            "F1 shows all keys and commands.",
            "",
        ]
    }
}
