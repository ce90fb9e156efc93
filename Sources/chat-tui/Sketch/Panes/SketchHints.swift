import TerminalUI

/// What the status line says while one draws: the tool, and the keys that matter now. What finds no room goes in the order in
/// which it is missed least: whoever does not know how to draw can try, whoever does not know how to leave is lost.
struct SketchHints {
    let model: Model
    let desk: SketchDesk

    /// One of the things that are said.
    private struct Hint {
        let text: String
        /// 0 stays as long as anything does.
        let rank: Int

        init(_ rank: Int, _ text: String) {
            self.text = text
            self.rank = rank
        }

        /// With the key that the table has for it.
        init(_ rank: Int, _ command: KeyCommand, _ word: String, in place: KeyBinding.Place) {
            let key = KeyBinding.table.first { $0.place == place && $0.command == command }?.keys.first
            self.init(rank, [key, word].compactMap(\.self).joined(separator: " "))
        }
    }

    init?(_ model: Model) {
        guard let desk = model.book.desk, model.isDrawing || desk.replay != nil && desk.hasKeys else { return nil }
        self.model = model
        self.desk = desk
    }

    func text(width: Int) -> String {
        var hints = hints
        while Self.line(hints).width > width, hints.count > 1, let last = hints.map(\.rank).max() {
            hints.removeAll { $0.rank == last }
        }
        return Self.line(hints).text
    }

    private static func line(_ hints: [Hint]) -> (text: String, width: Int) {
        let text = hints.map(\.text).joined(separator: " · ")
        return (text, frameWidth(text))
    }

    private var hints: [Hint] {
        if desk.replay != nil { return Self.replay }
        if desk.awaitsGlyph { return [Hint(1, "press the key that the pen shall draw"), Hint(0, "Esc")] }
        if desk.isPasting {
            return [Hint(1, "Space or a click puts it down"), Hint(2, "H V turn it"), Hint(0, "Esc drops it")]
        }
        switch desk.hand {
        case .typing: return [Hint(1, "type"), Hint(2, "Enter: next line"), Hint(0, "Esc ends")]
        case .shaping:
            return [Hint(1, "\(desk.pen.tool.rawValue): Space or Enter ends it"), Hint(0, "Esc gives it up")]
        case .selecting: return [Hint(1, "Space ends the selection"), Hint(0, "Esc")]
        default: break
        }
        if desk.selection != nil { return Self.selection }
        let use = Hint(2, .sketch(.use), Self.verb(desk.pen.tool), in: .canvas)
        return [Hint(5, desk.pen.tool.row.sentence), use] + Self.rest
    }

    /// What Space does with a tool.
    private static func verb(_ tool: DrawingTool) -> String {
        switch tool {
        case .pencil: "draw"
        case .eraser: "erase"
        case .line, .box, .ellipse, .arrow: "begin"
        case .text: "type"
        case .shade: "darken"
        case .fill, .select, .pick, .stamp: tool.rawValue
        }
    }

    private static let rest = [
        Hint(3, .sketch(.undo), "undo", in: .canvas),
        Hint(4, .sketch(.leave), "to the line", in: .canvas), Hint(1, .sketch(.close), "close", in: .canvas),
        Hint(0, .help, "help", in: .canvas),
    ]

    private static let selection = [
        Hint(1, .sketch(.copy), "copy", in: .canvas), Hint(2, .sketch(.cut), "cut", in: .canvas),
        Hint(3, .sketch(.paste), "paste", in: .canvas), Hint(5, "Del"), Hint(6, "H V turn"),
        Hint(4, .sketch(.post), "post", in: .canvas), Hint(7, "drag moves"), Hint(0, "Esc"),
    ]

    private static let replay = [
        Hint(1, .sketch(.pause), "stop and go on", in: .replay), Hint(2, .sketch(.faster), "faster", in: .replay),
        Hint(3, .sketch(.slower), "slower", in: .replay), Hint(4, .sketch(.forth), "forth", in: .replay),
        Hint(0, .sketch(.replay), "end", in: .replay),
    ]
}
