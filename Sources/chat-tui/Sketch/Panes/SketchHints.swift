import TerminalUI

/// What the status line says while one draws: the tool, and the keys that matter now. Made of the tables.
struct SketchHints {
    let model: Model
    let desk: SketchDesk

    init?(_ model: Model) {
        guard let desk = model.book.desk, model.isDrawing || desk.replay != nil && desk.hasKeys else { return nil }
        self.model = model
        self.desk = desk
    }

    var text: String {
        if desk.replay != nil { return Self.keys([.pause, .faster, .slower, .forth, .replay], in: .replay) }
        if desk.awaitsGlyph { return "press the key that the pen shall draw · Esc" }
        if desk.isPasting { return "Space or a click puts it down · H V turn it · Esc drops it" }
        switch desk.hand {
        case .typing: return "type · Enter: next line · Esc ends"
        case .shaping: return "\(desk.pen.tool.rawValue): Space or Enter ends it · Esc gives it up"
        case .selecting: return "Space ends the selection · Esc"
        default: break
        }
        if desk.selection != nil { return "y copy · X cut · v paste · Del · H V turn · P post · drag moves · Esc" }
        return "\(desk.pen.tool.row.sentence) · " + Self.keys([.use, .undo, .leave, .close], in: .canvas) + " · ? help"
    }

    /// `Space use · u undo`: first keys and first words out of the table.
    private static func keys(_ commands: [SketchCommand], in place: KeyBinding.Place) -> String {
        commands.compactMap { command in
            KeyBinding.table.first { $0.place == place && $0.command == .sketch(command) }.map { binding in
                let words = binding.sentence.prefix { $0 != "," && $0 != ";" && $0 != ":" }
                return "\(binding.keys[0]) \(Text.truncated(String(words), width: 24))"
            }
        }.joined(separator: " · ")
    }
}
