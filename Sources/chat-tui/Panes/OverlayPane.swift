import ChatAPI
import TerminalUI

/// What stands before the chat: a box in the middle, the rest of the screen dimmed.
struct OverlayPane {
    let model: Model
    let overlay: Overlay

    init(_ model: Model, _ overlay: Overlay) {
        self.model = model
        self.overlay = overlay
    }

    func draw(in frame: inout Frame) {
        frame.restyle(frame.bounds) { $0.attributes.insert(.dim) }
        switch overlay {
        case .switcher(let switcher): drawSwitcher(switcher, &frame)
        case .search(let search): SearchView(model, search).draw(in: &frame, Self.box(model.size, wide: true))
        case .help(let help): HelpView(model).draw(help, in: &frame, Self.box(model.size, wide: true))
        case .list(let list): drawList(list, &frame)
        case .paste(let paste): drawPaste(paste, &frame)
        case .form(let form): drawForm(form, &frame)
        case .emoji(let emoji): drawEmoji(emoji, &frame)
        case .text(let text): drawText(text, &frame)
        }
    }

    private func drawText(_ text: TextPane, _ frame: inout Frame) {
        let inner = Self.open(
            Self.box(model.size, wide: true),
            text.title,
            "Up, Down, PageDown · Esc",
            model.theme,
            in: &frame
        )
        for (row, line) in text.lines.dropFirst(text.offset).prefix(inner.height).enumerated() {
            frame.put(line, at: inner.row(row).origin, in: inner)
        }
    }

    /// The outer edge of a box; small screens give it all.
    static func box(_ size: Size, wide: Bool = false, height: Int? = nil) -> Rect {
        let full = Rect(size)
        let width = size.width < 60 ? size.width : min(size.width - 4, wide ? 100 : 72)
        return full.centered(
            width: width,
            height: min(size.height - (size.height < 16 ? 0 : 2), height ?? (wide ? 40 : 24))
        )
    }

    /// Clears the box and draws its edge; returns what is inside.
    static func open(_ box: Rect, _ title: String, _ hint: String, _ theme: Theme, in frame: inout Frame) -> Rect {
        frame.fill(box)
        frame.box(box, style: theme[.border], title: title)
        if !hint.isEmpty, box.width > 8 {
            let shown = " " + Text.truncated(hint, width: box.width - 6) + " "
            frame.put(
                shown,
                at: Point(x: box.endX - 2 - frameWidth(shown), y: box.endY - 1),
                in: box,
                style: theme[.faint]
            )
        }
        return box.inset(horizontal: 2, vertical: 1)
    }

    /// A line with a cursor in it.
    static func input(
        _ editor: LineEditor,
        prompt: String,
        _ area: Rect,
        isSecret: Bool = false,
        hasCursor: Bool = true,
        _ theme: Theme,
        in frame: inout Frame
    ) {
        let x = frame.put(prompt, at: area.origin, in: area, style: theme[.prompt])
        let room = max(1, area.endX - x - 1)
        let before = isSecret ? String(repeating: "•", count: editor.cursor) : String(editor.text.prefix(editor.cursor))
        let all =
            isSecret ? String(repeating: "•", count: editor.text.count) : MessageText.oneLineKeepingEnds(editor.text)
        // Long texts show what stands before the cursor.
        let shift = max(0, frameWidth(before) - room)
        let text = Rect(x: x, y: area.y, width: area.endX - x, height: 1)
        frame.put(all, at: Point(x: x - shift, y: area.y), in: text)
        if hasCursor {
            frame.cursor = Point(x: min(x + frameWidth(before) - shift, area.endX - 1), y: area.y)
            frame.cursorShape = .bar
        }
    }

    /// Rows with one selected, scrolled so that it is seen.
    static func rows(
        _ count: Int,
        selected: Int,
        _ area: Rect,
        _ theme: Theme,
        in frame: inout Frame,
        _ spans: (Int) -> (left: [Span], right: String)
    ) {
        let first = max(0, min(selected - area.height / 2, count - area.height))
        for (line, index) in (first..<max(first, min(count, first + area.height))).enumerated() {
            let row = area.row(line)
            let (left, right) = spans(index)
            let rightText = Text.truncated(right, width: row.width * 2 / 5)
            let rightWidth = frameWidth(rightText)
            frame.put(
                Text.truncated(left, width: row.width - rightWidth - (rightWidth > 0 ? 2 : 0)),
                at: row.origin,
                in: row
            )
            frame.put(rightText, at: Point(x: row.endX - rightWidth, y: row.y), in: row, style: theme[.faint])
            if index == selected { frame.restyle(row) { $0.attributes.insert(.reverse) } }
        }
    }

    // MARK: - Boxes

    private func drawSwitcher(_ switcher: Switcher, _ frame: inout Frame) {
        let theme = model.theme
        let items = switcher.items(model)
        let inner = Self.open(
            Self.box(model.size),
            "Go to",
            "# channels · @ people · / commands · ? messages",
            theme,
            in: &frame
        )
        let (top, rest) = inner.splitTop(1)
        Self.input(switcher.editor, prompt: "› ", top, theme, in: &frame)
        if items.isEmpty { frame.put("nothing fits", at: rest.origin, in: rest, style: theme[.faint]) }
        Self.rows(items.count, selected: switcher.selected, rest, theme, in: &frame) { index in
            ([Span(items[index].text)], items[index].detail)
        }
    }

    private func drawList(_ list: ListPane, _ frame: inout Frame) {
        let theme = model.theme
        let box = Self.box(model.size, height: max(8, list.rows.count + 2))
        let inner = Self.open(box, list.title, "Enter: \(list.verb) · Esc", theme, in: &frame)
        if list.rows.isEmpty {
            frame.put(
                list.isLoading ? "loading …" : list.emptySentence,
                at: inner.origin,
                in: inner,
                style: theme[.faint]
            )
        }
        Self.rows(list.rows.count, selected: list.selected, inner, theme, in: &frame) { index in
            ([Span(list.rows[index].text)], list.rows[index].detail)
        }
    }

    private func drawPaste(_ paste: PasteGuard, _ frame: inout Frame) {
        let theme = model.theme
        let box = Self.box(model.size, height: 12)
        let inner = Self.open(box, "Paste", "Esc: forget it", theme, in: &frame)
        var y = inner.y
        for line in Text.wrapped(paste.sentence, width: inner.width) {
            frame.put(line, at: Point(x: inner.x, y: y), in: inner, style: theme[.title])
            y += 1
        }
        for line in paste.lines.prefix(3) {
            frame.put(
                "  " + Text.truncated(line, width: inner.width - 2),
                at: Point(x: inner.x, y: y),
                in: inner,
                style: theme[.faint]
            )
            y += 1
        }
        var choices = [("e", "put it into the line, to edit")]
        if paste.fitsOneMessage { choices.insert(("Enter", "send as one message"), at: 0) }
        if paste.messages.count <= PasteGuard.mostMessages {
            choices.append(("l", "send \(paste.messages.count) messages"))
        }
        for (key, what) in choices {
            y += 1
            guard y < inner.endY else { break }
            let x = frame.put(key, at: Point(x: inner.x, y: y), in: inner, style: theme[.key])
            frame.put("  " + what, at: Point(x: x, y: y), in: inner)
        }
    }

    private func drawForm(_ form: FormPane, _ frame: inout Frame) {
        let theme = model.theme
        let box = Self.box(model.size, height: form.fields.count * 2 + 5)
        let inner = Self.open(box, form.title, "Tab: next · Enter: do it · Esc: no", theme, in: &frame)
        FieldsView(fields: form.fields, focus: form.focus, problem: form.problem, theme: theme).draw(in: &frame, inner)
    }

    private func drawEmoji(_ pane: EmojiPane, _ frame: inout Frame) {
        let theme = model.theme
        let found = Emoji.matching(pane.editor.text, limit: 200)
        let inner = Self.open(Self.box(model.size, height: 14), "React", "Enter: react · Esc", theme, in: &frame)
        let (top, rest) = inner.splitTop(1)
        Self.input(pane.editor, prompt: ": ", top, theme, in: &frame)
        Self.rows(found.count, selected: pane.selected, rest, theme, in: &frame) { index in
            ([Span(found[index].emoji + "  " + found[index].name)], "")
        }
    }
}

extension MessageText {
    static func oneLineKeepingEnds(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }
}

extension PasteGuard {
    /// More is no conversation any more.
    package static let mostMessages = 50
}
