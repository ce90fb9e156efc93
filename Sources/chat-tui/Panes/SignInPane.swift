import ChatAPI
import TerminalUI

/// The first start: one question at a time, in the middle of an empty screen.
struct SignInPane {
    let model: Model
    let form: SignInForm

    init(_ model: Model, _ form: SignInForm) {
        self.model = model
        self.form = form
    }

    func draw(in frame: inout Frame) {
        let theme = model.theme
        let lines = form.options.count + form.fields.count * 2
        let box = OverlayPane.box(model.size, height: max(11, lines + 8))
        let hint = form.options.isEmpty ? "Tab: next · Enter: go on · Esc: back" : "Up, Down, Enter · Ctrl+Q: quit"
        let inner = OverlayPane.open(box, "Plaza", hint, theme, in: &frame)
        var area = inner
        for line in Text.wrapped(headline, width: inner.width) {
            frame.put(line, at: area.origin, in: area, style: theme[.title])
            area = area.splitTop(1).rest
        }
        area = area.splitTop(area.height > 6 ? 1 : 0).rest
        for (index, option) in form.options.enumerated() {
            let isSelected = index == form.selected && form.focus < 0 || index == form.selected && form.step == .way
            let row = area.row(0)
            frame.put(
                (isSelected ? "› " : "  ") + Text.truncated(option, width: row.width - 2),
                at: row.origin,
                in: row,
                style: isSelected ? theme[.title].adding(.reverse) : .plain
            )
            area = area.splitTop(1).rest
        }
        if case .working(let way) = form.step {
            frame.put(way == .signIn ? "signing in …" : "one moment …", at: area.origin, in: area, style: theme[.faint])
        }
        let showsFields: Bool
        switch form.step {
        case .fields: showsFields = true
        case .server: showsFields = form.focus >= 0
        case .way, .working: showsFields = false
        }
        FieldsView(
            fields: showsFields ? form.fields : [],
            focus: form.focus,
            problem: form.problem,
            theme: theme
        ).draw(in: &frame, area)
    }

    private var headline: String {
        switch form.step {
        case .server:
            form.sockets.isEmpty
                ? "Where is the daemon? There is none on this machine at the usual places." : "Which daemon?"
        case .way: "You are not signed in at \(form.server ?? "")."
        case .fields(let way): "\(way.label) — \(form.server ?? "")"
        case .working: form.server ?? ""
        }
    }
}

/// Labels with lines to type into, and what is wrong.
struct FieldsView {
    let fields: [FormField]
    let focus: Int
    let problem: String?
    let theme: Theme

    func draw(in frame: inout Frame, _ area: Rect) {
        let labelWidth = min(22, (fields.map { frameWidth($0.label) }.max() ?? 0) + 2)
        var rest = area
        for (index, field) in fields.enumerated() {
            let row = rest.row(0)
            let label = Text.padded(field.label, width: labelWidth)
            frame.put(label, at: row.origin, in: row, style: index == focus ? theme[.title] : theme[.faint])
            let (_, line) = row.splitLeft(labelWidth)
            OverlayPane.input(
                field.editor,
                prompt: index == focus ? "› " : "  ",
                line,
                isSecret: field.isSecret,
                hasCursor: index == focus,
                theme,
                in: &frame
            )
            rest = rest.splitTop(1).rest
        }
        rest = rest.splitTop(fields.isEmpty ? 0 : 1).rest
        if let problem {
            for line in Text.wrapped(problem, width: max(10, rest.width)) {
                frame.put(line, at: rest.origin, in: rest, style: theme[.trouble])
                rest = rest.splitTop(1).rest
            }
        } else if fields.indices.contains(focus), !fields[focus].hint.isEmpty {
            frame.put(
                Text.truncated(fields[focus].hint, width: rest.width),
                at: rest.origin,
                in: rest,
                style: theme[.faint]
            )
        }
    }
}
