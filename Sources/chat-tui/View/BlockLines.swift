import ChatAPI
import ChatKit
import TerminalUI

/// The lines of one block: the day, the read line and gaps above it, then the message or the event itself.
struct BlockLines {
    typealias Line = (spans: [Span], kind: TimelineLayout.Kind)

    let layout: TimelineLayout
    /// The message that names its author although it goes on a group.
    let opening: Int64?
    var model: Model { layout.model }
    private var room: Room { layout.room }
    var theme: Theme { layout.model.theme }
    var width: Int { layout.width }

    init(_ layout: TimelineLayout, opening: Int64? = nil) {
        self.layout = layout
        self.opening = opening
    }

    /// From this width on, names stand in a column of their own.
    static let columnWidth = 60
    static let nameCells = 12
    /// Messages of one person within this time are one group.
    static let groupMilliseconds: Int64 = 300_000

    /// Cells before the text.
    var indent: Int { width >= Self.columnWidth ? 6 + Self.nameCells + 1 : 6 }

    func entry(at index: Int) -> [Line] {
        let entry = room.timeline[index]
        var lines: [Line] = []
        let before = index > 0 ? room.timeline[index - 1] : nil
        if let before, before.seq + 1 < entry.seq {
            lines.append(
                (
                    rule("\(entry.seq - before.seq - 1) entries are not loaded yet …", .faint),
                    .gap(before.seq + 1...entry.seq - 1)
                )
            )
        }
        guard let content = content(of: entry, at: index) else { return lines }
        lines += above(entry.at, seq: entry.seq, before: lastShown(before: index))
        return lines + content
    }

    func waiting(_ item: OutboxItem) -> [Line] {
        guard case .message(let message) = item.call else { return [] }
        let last = lastShown(before: room.timeline.count)
        var lines: [Line] = []
        if item.id == layout.waiting.first?.id { lines += above(item.queuedAt, seq: nil, before: last) }
        let author = model.me?.id
        var entry = Entry(
            kind: .message,
            channel: room.id,
            seq: Int64.max,
            by: author ?? AccountID(high: 0, low: 0),
            at: item.queuedAt
        )
        entry.text = message.text
        entry.replyTo = message.replyTo
        switch item.state {
        case .failed(let error):
            lines += self.message(entry, isGrouped: false, style: theme[.text], mark: Span("✗", theme[.failed]))
            let sentence = Span("not sent: \(error.detail) · /retry or /discard", theme[.failed])
            let margin = Span(String(repeating: " ", count: indent))
            lines += Text.wrapped([sentence], width: width - indent).map { ([margin] + $0.spans, .message) }
        default:
            lines += self.message(entry, isGrouped: false, style: theme[.pending], mark: Span("…", theme[.pending]))
        }
        return lines
    }

    // MARK: - Above

    private func lastShown(before index: Int) -> Entry? {
        var index = index - 1
        // Changes are no rows; a long run of them is rare.
        while index >= 0 {
            let entry = room.timeline[index]
            if Self.isShown(entry.kind) { return entry }
            index -= 1
        }
        return nil
    }

    static func isShown(_ kind: EntryKind) -> Bool {
        switch kind {
        case .message, .join, .leave, .role, .topic, .renamed, .created, .deleted, .pin, .chat, .posting, .glassBroken:
            true
        case .sketchCreated, .sketchRenamed, .sketchVersion, .sketchRestored, .sketchCleared, .sketchDeleted: true
        default: false
        }
    }

    private func above(_ at: Milliseconds, seq: Int64?, before: Entry?) -> [Line] {
        var lines: [Line] = []
        let moment = model.zone.moment(at)
        if before.map({ !model.zone.moment($0.at).isSameDay(moment) }) ?? true {
            lines.append((rule(moment.longDate, .day), .day))
        }
        if let readLine = room.readLine, let seq, seq > readLine, before.map({ $0.seq <= readLine }) ?? (readLine > 0) {
            lines.append((rule("new", .readLine), .readLine))
        }
        return lines
    }

    private func rule(_ text: String, _ role: Theme.Role) -> [Span] {
        let shown = " " + Text.truncated(text, width: max(1, width - 4)) + " "
        let left = max(0, (width - CellWidth.of(shown)) / 2)
        let right = max(0, width - left - CellWidth.of(shown))
        return [
            Span(String(repeating: "─", count: left), theme[role == .readLine ? .readLine : .border]),
            Span(shown, theme[role]),
            Span(String(repeating: "─", count: right), theme[role == .readLine ? .readLine : .border]),
        ]
    }

    // MARK: - Content

    private func content(of entry: Entry, at index: Int) -> [Line]? {
        guard Self.isShown(entry.kind) else { return nil }
        if entry.kind == .sketchCreated { return card(entry) }
        guard entry.kind == .message else { return event(entry) }
        let before = lastShown(before: index)
        let isGrouped = before.map { before in
            opening != entry.seq && before.kind == .message && before.by == entry.by
                && entry.at - before.at < Self.groupMilliseconds
                && entry.replyTo == nil && model.zone.moment(before.at).isSameDay(model.zone.moment(entry.at))
                && !(room.readLine.map { before.seq <= $0 && entry.seq > $0 } ?? false)
        }
        return message(entry, isGrouped: isGrouped ?? false, style: theme[.text], mark: nil)
    }

    private func head(_ entry: Entry, isGrouped: Bool, mark: Span?) -> [Span] {
        let name = model.name(of: entry.by)
        let nameStyle = Style(theme.color(of: entry.by.low), on: .default, .bold)
        let time = Span(model.zone.moment(entry.at).clock + (mark == nil ? " " : ""), theme[.time])
        var spans = [time]
        if let mark { spans.append(mark) }
        if width >= Self.columnWidth {
            spans.append(
                Span(Text.padded(isGrouped ? "" : name, width: Self.nameCells, toRight: true) + " ", nameStyle)
            )
        } else if !isGrouped {
            spans.append(Span(name + ": ", nameStyle))
        }
        return spans
    }

    private func message(_ entry: Entry, isGrouped: Bool, style: Style, mark: Span?) -> [Line] {
        var lines: [Line] = []
        if let target = entry.replyTo {
            let quoted = room.timeline[seq: target]
            let text = quoted.map { quoted in
                quoted.redactedAt != nil
                    ? "(deleted)"
                    : model.unheard[quoted.by] != nil ? "(folded)" : MessageText.oneLine(quoted.text ?? "")
            }
            let line = quoted.map { "\(model.name(of: $0.by)): \(text ?? "")" } ?? "message #\(target)"
            let spans = [Span(String(repeating: " ", count: indent)), Span("↱ " + line, theme[.reply])]
            lines.append((Text.truncated(spans, width: width), .message))
        }
        let head = head(entry, isGrouped: isGrouped, mark: mark)
        var body: [Span]
        if entry.redactedAt != nil {
            body = [Span("message deleted", theme[.faint].adding(.italic))]
        } else if model.unheard[entry.by] != nil {
            body = [Span("folded: you muted them, /unmute opens it", theme[.faint].adding(.italic))]
        } else {
            let isMention = entry.by != model.me?.id && room.isMention(entry, of: model.me?.id)
            let base = isMention ? style.adding(.bold) : style
            body = MessageText.spans(
                entry.text ?? "",
                base: base,
                theme: theme,
                me: model.me?.name,
                linkID: "m\(entry.seq)"
            )
            if let location = entry.location { body.append(Span(" ⌖ " + location.text, theme[.faint])) }
            if entry.editedAt != nil { body.append(Span(" (edited)", theme[.faint])) }
            if entry.pinned == true { body.append(Span(" [pinned]", theme[.faint])) }
        }
        lines += wrapped(head, body, naming: opening == entry.seq).map { ($0, .message) }
        if let picture = entry.picture, entry.redactedAt == nil { lines += self.picture(picture) }
        if let reactions = entry.reactions, !reactions.isEmpty { lines.append((self.reactions(reactions), .message)) }
        return lines
    }

    /// The text beside its head; all lines of it begin in one column, with the name again where its beginning is not seen.
    private func wrapped(_ head: [Span], _ body: [Span], naming: Bool = false) -> [[Span]] {
        let margin = Span(String(repeating: " ", count: indent))
        if width >= Self.columnWidth {
            let side = naming ? [Span("      ")] + head.suffix(1) : [margin]
            return Text.wrapped(body, width: width - indent).enumerated().map { index, line in
                (index == 0 ? head : side) + line.spans
            }
        }
        let rest = Array(head.dropFirst())
        return Text.wrapped(rest + body, width: width - indent).enumerated().map { index, line in
            (index == 0 ? [head[0]] : [margin]) + line.spans
        }
    }

    private func reactions(_ reactions: [Reaction]) -> [Span] {
        var spans = [Span(String(repeating: " ", count: indent))]
        for reaction in reactions {
            let isMine = model.me.map { reaction.by.contains($0.id) } ?? false
            let names =
                reaction.by.count <= 3
                ? reaction.by.map(model.name(of:)).joined(separator: ", ") : "\(reaction.by.count)"
            spans.append(Span("\(reaction.emoji) \(names)", theme[isMine ? .ownReaction : .reaction]))
            spans.append(Span("  "))
        }
        return Text.truncated(spans, width: width)
    }

    private func event(_ entry: Entry) -> [Line] {
        let by = model.name(of: entry.by)
        let whom = entry.account.map(model.name(of:)) ?? by
        let sentence: String
        switch entry.kind {
        case .join: sentence = whom == by ? "\(by) joined" : "\(by) added \(whom)"
        case .leave: sentence = whom == by ? "\(by) left" : "\(by) removed \(whom)"
        case .role: sentence = "\(by) made \(whom) \(entry.role == .admin ? "an admin" : "a member")"
        case .topic:
            let topic = entry.text ?? ""
            sentence = topic.isEmpty ? "\(by) removed the topic" : "\(by) set the topic: \(MessageText.oneLine(topic))"
        case .renamed: sentence = "\(by) renamed this channel to #\(entry.text ?? "")"
        case .created where room.channel.kind == .chat: sentence = "\(by) asked for help"
        case .created: sentence = room.isDirect ? "\(by) began this conversation" : "\(by) made this channel"
        case .deleted: sentence = "\(by) deleted this channel"
        case .posting: sentence = "\(by) changed who may write here: \(MessageText.oneLine(entry.text ?? ""))"
        case .glassBroken:
            sentence = "\(by) reads this conversation for an hour: \(MessageText.oneLine(entry.text ?? ""))"
        case .pin:
            let text =
                entry.target.flatMap { room.timeline[seq: $0] }.flatMap { model.unheard[$0.by] == nil ? $0.text : nil }
                .map { ": " + MessageText.oneLine($0) } ?? ""
            sentence = "\(by) pinned a message\(text)"
        case .chat: sentence = entry.chat.map { model.sentence(of: $0, by: entry.by) } ?? ""
        default:
            sentence =
                Self.sketchSentence(entry, by: by, name: entry.sketch.flatMap { model.book.known[$0]?.name }) ?? ""
        }
        let head = [Span(model.zone.moment(entry.at).clock + " ", theme[.time])]
        let mark = width >= Self.columnWidth ? Text.padded("·", width: Self.nameCells, toRight: true) + " " : "· "
        // A reason is read to its end: what does not fit goes on below.
        return wrapped(head + [Span(mark, theme[.event])], [Span(sentence, theme[.event])]).map { ($0, .event) }
    }
}
