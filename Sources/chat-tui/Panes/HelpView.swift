import TerminalUI

/// Help, made of the tables of keys and commands.
package struct HelpView {
    let model: Model

    init(_ model: Model) { self.model = model }

    package struct Line: Sendable, Equatable {
        package let left: String
        package let right: String
        package let isHeading: Bool
    }

    package static let lines: [Line] = {
        var lines: [Line] = []
        for place in KeyBinding.Place.allCases {
            lines.append(Line(left: place.rawValue, right: "", isHeading: true))
            for binding in KeyBinding.table where binding.place == place {
                if case .sketch(.color(let number)) = binding.command {
                    // Ten lines for ten colours say as little as nine for nine channels.
                    if number == 0 {
                        lines.append(Line(left: "0 … 9", right: "the first colours of the palette", isHeading: false))
                    }
                    continue
                }
                // Nine lines for nine channels say nothing.
                if case .nthRoom(let number) = binding.command, number != 1 { continue }
                let keys = binding.command == .nthRoom(1) ? "Alt+1 … Alt+9" : binding.keys.joined(separator: ", ")
                let sentence = binding.command == .nthRoom(1) ? "the first nine channels of the list" : binding.sentence
                let condition = binding.condition == .always ? "" : " (\(binding.condition.rawValue))"
                lines.append(Line(left: keys, right: sentence + condition, isHeading: false))
            }
            lines.append(Line(left: "", right: "", isHeading: false))
        }
        for group in SlashCommand.Group.allCases {
            lines.append(Line(left: "Commands: " + group.rawValue, right: "", isHeading: true))
            for command in SlashCommand.table where command.group == group {
                lines.append(Line(left: command.line, right: command.summary, isHeading: false))
            }
            lines.append(Line(left: "", right: "", isHeading: false))
        }
        lines.append(Line(left: "Commands: Drawings", right: "", isHeading: true))
        for verb in SketchVerb.table { lines.append(Line(left: verb.line, right: verb.summary, isHeading: false)) }
        lines.append(Line(left: "", right: "", isHeading: false))
        lines.append(Line(left: "Editing the line", right: "", isHeading: true))
        for binding in EditCommand.bindings {
            lines.append(Line(left: binding.keys.joined(separator: ", "), right: binding.sentence, isHeading: false))
        }
        return lines
    }()

    func draw(_ help: HelpPane, in frame: inout Frame, _ box: Rect) {
        let theme = model.theme
        let inner = OverlayPane.open(box, "Help", "Up, Down, PageDown · Esc", theme, in: &frame)
        let offset = min(help.offset, max(0, Self.lines.count - inner.height))
        let column = min(34, inner.width / 2)
        for (row, line) in Self.lines.dropFirst(offset).prefix(inner.height).enumerated() {
            let area = inner.row(row)
            if line.isHeading {
                frame.put(Text.truncated(line.left, width: area.width), at: area.origin, in: area, style: theme[.title])
                continue
            }
            frame.put(Text.truncated(line.left, width: column - 1), at: area.origin, in: area, style: theme[.key])
            frame.put(
                Text.truncated(line.right, width: area.width - column),
                at: Point(x: area.x + column, y: area.y),
                in: area
            )
        }
    }

    static func page(_ size: Size) -> Int { max(1, OverlayPane.box(size, wide: true).height - 4) }
}
