import ChatAPI
import ChatKit
import TerminalUI

/// The line that one writes in, which grows; above it, what is answered or changed.
struct ComposerPane {
    let model: Model
    static let promptWidth = 2

    init(_ model: Model) { self.model = model }

    func draw(in frame: inout Frame, _ area: Rect) {
        let theme = model.theme
        let prompt = model.composer.isInNormalMode ? "▮ " : model.chord != nil ? "^ " : "› "
        let isNote = model.isWritingNote
        frame.put(isNote ? "✎ " : prompt, at: area.origin, in: area, style: theme[isNote ? .note : .prompt])
        let (_, text) = area.splitLeft(Self.promptWidth)
        let layout = model.composer.layout(width: text.width)
        // The row of the cursor is always seen.
        let first = max(0, min(layout.cursor.y - area.height + 1, layout.lines.count - area.height))
        if let search = model.composer.history.searchPrompt {
            frame.put(
                Text.truncated(search + model.composer.text, width: text.width),
                at: text.origin,
                in: text,
                style: theme[.title]
            )
            frame.cursor = Point(x: min(text.x + frameWidth(search), text.endX - 1), y: text.y)
            return
        }
        for (row, line) in layout.lines.dropFirst(first).prefix(area.height).enumerated() {
            frame.put(
                line.text,
                at: Point(x: text.x, y: text.y + row),
                in: text,
                style: isNote ? theme[.noteText] : .plain
            )
        }
        if model.composer.isEmpty {
            frame.put(placeholder(text.width), at: text.origin, in: text, style: theme[.faint])
        }
        frame.cursor = Point(x: min(text.x + layout.cursor.x, text.endX - 1), y: text.y + layout.cursor.y - first)
        frame.cursorShape = model.composer.isInNormalMode ? .block : .bar
    }

    private func placeholder(_ width: Int) -> String {
        if let page = model.page { return Text.truncated(Self.hint(page, for: model.capabilities), width: width) }
        guard let room = model.room else { return Text.truncated("/join #channel", width: width) }
        if room.selected != nil {
            return Text.truncated("r reply · e edit · d delete · + react · p pin · y copy · o open · Esc", width: width)
        }
        if !room.isMember { return Text.truncated("you only read here: /join \(model.title(of: room))", width: width) }
        if let chat = model.chat(of: room) {
            let sentence =
                chat.state.isOver
                ? "this chat has ended; Alt+S goes back"
                : "\(model.other(in: chat)) reads what you write — / for commands"
            return Text.truncated(sentence, width: width)
        }
        return Text.truncated("message \(model.title(of: room)) — / for commands, ? for help", width: width)
    }

    /// What the keys of a page do, the most useful first; none that is refused to whoever reads it.
    private static func hint(_ page: Page, for capabilities: [Capability]) -> String {
        func may(_ needed: Capability, _ words: String) -> String? { capabilities.contains(needed) ? words : nil }
        let words: [String?] =
            switch page.kind {
            case .queue: ["Enter take", "h hold", "r release", "x refuse", "m hand on", "/ commands"]
            case .chats, .archive: ["Enter opens", "/ commands"]
            case .events:
                [
                    "Enter opens", may(.manageEvents, "a publish"), may(.manageIssues, "i issues"),
                    may(.manageEvents, "x call off"), "/ commands",
                ]
            case .event:
                [
                    "Enter opens", may(.manageEvents, "a publish"), may(.manageIssues, "i issues"),
                    may(.manageEvents, "x call off"), may(.manageEvents, "/code"), may(.manageEvents, "d end a code"),
                ]
            case .attendees:
                [
                    may(.checkIn, "c has arrived"), may(.manageEvents, "a approve"), may(.manageEvents, "d decline"),
                    "/ commands",
                ]
            case .issues, .issue: ["Enter opens", "c close or open", "/issue new TITLE", "/comment TEXT"]
            case .agencies, .agency:
                [
                    "Enter opens", may(.manageAgencies, "a approve"), may(.manageAgencies, "x suspend"),
                    may(.manageAgencies, "/revoke NAME"), "/ commands",
                ]
            case .people:
                [
                    may(.manageStaff, "Enter what they may do") ?? may(.manageAccounts, "Enter what they may do"),
                    may(.manageAccounts, "d disable"), "/people WORDS",
                ]
            case .reports: ["Enter goes there", "a something was done", "d nothing had to be"]
            case .sanctions: ["d lifts it", "/ban, /timeout NAME TIME REASON"]
            case .invited: ["Enter joins", "d says no"]
            case .invitations: ["d takes it back", "/invite makes one"]
            case .posting: ["/slow TIME", "/deny, /allow GROUP ACT", "/posting open"]
            case .grants:
                capabilities.contains(.manageStaff) || capabilities.contains(.manageGrants)
                    ? ["d takes it away", "/grant NAME ROLE WHERE"] : []
            }
        return (words.compactMap(\.self) + ["Esc back"]).joined(separator: " · ")
    }

    /// `↱ reply to bob: hello there — Esc ends it`.
    func drawBanner(in frame: inout Frame, _ area: Rect) {
        if let key = model.help.preview, model.composing == .new {
            let text = "canned reply '\(key)': look at it, change it, Enter sends it"
            frame.put(
                Text.truncated(text, width: area.width - 12),
                at: area.origin,
                in: area,
                style: model.theme[.reply]
            )
            frame.put(" Esc: no", at: Point(x: area.endX - 9, y: area.y), in: area, style: model.theme[.faint])
            return
        }
        guard let seq = model.composing.seq else { return }
        let entry = model.room?.timeline[seq: seq]
        let who = entry.map { model.name(of: $0.by) } ?? "#\(seq)"
        let what: String
        if case .edit = model.composing { what = "✎ change your message" } else { what = "↱ answer \(who)" }
        let text = "\(what): \(MessageText.oneLine(entry?.text ?? ""))"
        frame.put(Text.truncated(text, width: area.width - 12), at: area.origin, in: area, style: model.theme[.reply])
        frame.put(" Esc: no", at: Point(x: area.endX - 9, y: area.y), in: area, style: model.theme[.faint])
    }
}

/// The candidates of a completion, just above the status line.
struct CompletionPane {
    let model: Model
    let completion: Completion

    init(_ model: Model, _ completion: Completion) {
        self.model = model
        self.completion = completion
    }

    func draw(in frame: inout Frame, above area: Rect) {
        let rows = completion.candidates
        guard rows.count > 1 else { return }
        let width = min(area.width, max(24, rows.map { frameWidth($0.text) + frameWidth($0.detail) + 4 }.max() ?? 24))
        let height = min(rows.count, max(1, area.y - 2))
        let box = Rect(x: area.x, y: area.y - height, width: width, height: height)
        for (row, candidate) in rows.prefix(height).enumerated() {
            let line = box.row(row)
            let isSelected = row == completion.selected
            let style = isSelected ? model.theme[.selection] : model.theme[.header]
            frame.fill(line, style: style)
            let end = frame.put(
                " " + Text.truncated(candidate.text, width: width - 2),
                at: line.origin,
                in: line,
                style: style
            )
            frame.put(
                "  " + Text.truncated(candidate.detail, width: max(0, line.endX - end - 3)),
                at: Point(x: end, y: line.y),
                in: line,
                style: style
            )
        }
    }
}
