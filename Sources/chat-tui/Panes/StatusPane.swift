import ChatAPI
import ChatKit
import TerminalUI

/// The line above the composer: what just happened, who writes, whether the daemon is there, what is unread elsewhere.
struct StatusPane {
    let model: Model

    init(_ model: Model) { self.model = model }

    /// How many rows it needs: one, and for a fresh sentence that does not fit as many as it takes.
    func rows(width: Int) -> Int {
        guard model.freshNotice != nil else { return 1 }
        return max(1, lines(width: width, beside: Self.width(of: rightText)).count)
    }

    func draw(in frame: inout Frame, _ area: Rect) {
        let right = rightText
        let rightWidth = Self.width(of: right)
        let lines = lines(width: area.width, beside: rightWidth)
        for (row, line) in lines.enumerated() {
            let place = Rect(x: area.x, y: max(0, area.endY - lines.count + row), width: area.width, height: 1)
            if place.y < area.y { frame.fill(place) }
            frame.put(line, at: place.origin, in: place)
        }
        if rightWidth < area.width {
            frame.put(right, at: Point(x: area.endX - rightWidth, y: area.endY - 1), in: area)
        }
    }

    private func lines(width: Int, beside rightWidth: Int) -> [[Span]] {
        let leftWidth = max(0, width - rightWidth - 1)
        let left = leftText(width: leftWidth)
        guard model.freshNotice != nil, frameWidth(left.text) > leftWidth else {
            return [Text.truncated([left], width: leftWidth)]
        }
        // Rows above the last have the whole width for themselves; the last stands beside what is there always.
        var lines = Text.wrapped([left], width: max(10, width)).map(\.spans)
        if let last = lines.last, Self.width(of: last) > leftWidth { lines.append([]) }
        return lines.suffix(Self.noticeRows)
    }

    private static func width(of spans: [Span]) -> Int { spans.reduce(0) { $0 + frameWidth($1.text) } }

    /// The end of a sentence says what to do; beyond this the beginning is left out.
    private static let noticeRows = 4

    /// Whoever waits for longer than this is told how to wait less.
    private static let longWait: Milliseconds = 3_000

    private func leftText(width: Int) -> Span {
        let theme = model.theme
        if let notice = model.freshNotice {
            return Span(MessageText.oneLine(notice.text), theme[notice.kind == .trouble ? .trouble : .title])
        }
        if let hints = SketchHints(model) { return Span(hints.text(width: width), theme[.status]) }
        if let hint = commandHint { return Span(hint, theme[.status]) }
        if let typing = typingText { return Span(typing, theme[.status].adding(.italic)) }
        if case .offline(_, let retry) = model.connection, retry - (model.now - model.connectionAt) > Self.longWait {
            return Span("/reconnect tries now · what you write is kept", theme[.status])
        }
        if model.page != nil { return Span("Esc goes back · F1 help", theme[.status]) }
        if RequestLine.isHintNeeded(model) {
            return Span("/help TEXT asks for help · Ctrl+K switch · F1 help", theme[.status])
        }
        return Span("Ctrl+K switch · Alt+A next unread · F1 help", theme[.status])
    }

    /// What the command that is being written takes.
    private var commandHint: String? {
        let text = model.composer.text
        if text == "/" { return "Tab shows the commands" }
        guard case .command(let name, let rest) = ComposerLine(text) else { return nil }
        guard let command = SlashCommand.named(name) else { return "Tab completes · /help shows all commands" }
        if let hint = model.deskHint(command.name, text) { return hint }
        if command.name == SlashCommand.sketch.name, let word = Words(command: name, text: rest).first {
            guard let verb = SketchVerb.named(word) else { return "Tab completes: new, open, list …" }
            return "\(verb.line) — \(verb.summary)"
        }
        return "\(command.line) — \(command.summary)"
    }

    private var typingText: String? {
        guard let room = model.room else { return nil }
        let names = room.typing.filter { $0.value > model.now && $0.key != model.me?.id }.keys
            .map(model.name(of:)).sorted()
        switch names.count {
        case 0: return nil
        case 1: return "\(names[0]) is writing …"
        case 2: return "\(names[0]) and \(names[1]) are writing …"
        default: return "\(names.count) people are writing …"
        }
    }

    /// Asked of the model alone: the layout asks this pane how high it is.
    private var hasSidebar: Bool { model.showsSidebar && model.size.width >= ScreenLayout.sidebarFrom }

    /// Where no sidebar says it: which conversations have something new, in the order in which Alt+A goes there.
    private var unreadNames: [Span] {
        let all = model.orderedRooms.filter {
            $0.id != model.current && !model.muted.contains($0.id) && $0.unread.unread > 0
        }
        let isUrgent = { (room: Room) in room.unread.mentions > 0 || room.isDirect }
        let rooms = all.filter(isUrgent) + all.filter { !isUrgent($0) }
        var spans: [Span] = []
        // The other half of the line is for what just happened.
        var left = model.size.width / 2 - 4
        for room in rooms {
            let text = " \(model.shortTitle(of: room)) \(min(room.unread.unread, 999))"
            guard frameWidth(text) <= left else { break }
            left -= frameWidth(text)
            spans.append(Span(text, model.theme[isUrgent(room) ? .mention : .unread]))
        }
        if spans.count < rooms.count { spans.append(Span(" +\(rooms.count - spans.count)", model.theme[.unread])) }
        return spans
    }

    private var rightText: [Span] {
        let theme = model.theme
        var spans: [Span] = []
        let waiting = model.outbox.filter { $0.isOpen && $0.text != nil }.count
        let failed = model.failedItems.count
        if failed > 0 { spans.append(Span(" \(failed) not sent ", theme[.failed])) }
        if waiting > 0, !model.isLive { spans.append(Span(" \(waiting) waiting ", theme[.pending])) }
        if let silence = model.silence {
            spans.append(Span(" \(waiting) waiting, no answer for \(silence / 1_000) s ", theme[.pending]))
        }
        let strokes = model.book.queue.unanswered.count
        if strokes > 0, !model.isLive {
            spans.append(Span(" \(strokes) stroke\(strokes == 1 ? "" : "s") waiting ", theme[.pending]))
        }
        let others = model.rooms.values.filter { $0.id != model.current && $0.isMember && !model.muted.contains($0.id) }
        let mentions = others.reduce(0) { $0 + $1.unread.mentions + ($1.isDirect ? $1.unread.unread : 0) }
        let unread = others.filter { $0.unread.unread > 0 }.count
        if let waiting = model.help.availability?.queues.reduce(0, { $0 + $1.waiting }), waiting > 0 {
            spans.append(Span(" queue \(waiting)", theme[.unread]))
        }
        // What just happened, and what a drawing's keys do, needs the room that names would take.
        if hasSidebar || model.freshNotice != nil || model.book.desk != nil {
            if mentions > 0 { spans.append(Span(" @\(mentions)", theme[.mention])) }
            if unread > 0 { spans.append(Span(" \(unread) unread", theme[.unread])) }
        } else {
            spans += unreadNames
        }
        switch model.connection {
        case .live:
            if model.ownPresence == .away { spans.append(Span(" away", theme[.away])) }
            if model.ownPresence == .doNotDisturb { spans.append(Span(" do not disturb", theme[.busy])) }
        case .connecting: spans.append(Span(" connecting …", theme[.away]))
        case .offline(_, let retry):
            let left = retry - (model.now - model.connectionAt)
            spans.append(
                Span(left > 1_500 ? " offline, again in \((left + 999) / 1_000) s" : " offline", theme[.trouble])
            )
        case .stopped: spans.append(Span(" signed out", theme[.trouble]))
        }
        if spans.isEmpty { return [] }
        return spans
    }
}
