import TerminalUI

/// What a key asks of a drawing.
package enum SketchCommand: Hashable, Sendable {
    case tool(DrawingTool)
    case step(LineArms.Direction, far: Bool)
    case rowStart, rowEnd, pageUp, pageDown
    case use, hold, erase
    case leave, line, close, whole
    case undo, redo
    case glyph, glyphStep(Int)
    case color(Int), colorStep(Int), groundStep(Int), swap, bold, underline
    case resolution, mirror, lines, filled
    case copy, cut, paste, flip(Mirror)
    case layers, nextLayer, who, follow, zoom, minimap, post, replay
    // While a replay runs.
    case pause, faster, slower, back, forth, start, end
}

/// The keys of drawings, in the table of all keys.
extension KeyBinding {
    static let sketchTable: [KeyBinding] =
        DrawingTool.table.map { KeyBinding(.canvas, .sketch(.tool($0.tool)), [$0.key], $0.sentence) } + [
            KeyBinding(.canvas, .sketch(.use), ["Space"], "use the tool here; again ends a line, a box, a selection"),
            KeyBinding(.canvas, .sketch(.hold), ["Enter"], "pen down and up: moving draws; puts down what is pasted"),
            KeyBinding(.canvas, .sketch(.step(.left, far: false)), ["Left"], "one to the left"),
            KeyBinding(.canvas, .sketch(.step(.right, far: false)), ["Right"], "one to the right"),
            KeyBinding(.canvas, .sketch(.step(.up, far: false)), ["Up"], "one up"),
            KeyBinding(.canvas, .sketch(.step(.down, far: false)), ["Down"], "one down"),
            KeyBinding(.canvas, .sketch(.step(.left, far: true)), ["Shift+Left", "Ctrl+Left"], "eight to the left"),
            KeyBinding(
                .canvas,
                .sketch(.step(.right, far: true)),
                ["Shift+Right", "Ctrl+Right"],
                "eight to the right"
            ),
            KeyBinding(.canvas, .sketch(.step(.up, far: true)), ["Shift+Up", "Ctrl+Up"], "four up"),
            KeyBinding(.canvas, .sketch(.step(.down, far: true)), ["Shift+Down", "Ctrl+Down"], "four down"),
            KeyBinding(.canvas, .sketch(.rowStart), ["Home"], "to the left edge"),
            KeyBinding(.canvas, .sketch(.rowEnd), ["End"], "to the right edge"),
            KeyBinding(.canvas, .sketch(.pageUp), ["PageUp"], "a screen up"),
            KeyBinding(.canvas, .sketch(.pageDown), ["PageDown"], "a screen down"),
            KeyBinding(.canvas, .sketch(.erase), ["Delete", "Backspace"], "erase the cell, or what is selected"),
            KeyBinding(.canvas, .sketch(.undo), ["u", "Ctrl+Z"], "take your last stroke back; others' work stays"),
            KeyBinding(.canvas, .sketch(.redo), ["U", "Ctrl+Y"], "bring it back"),
            KeyBinding(.canvas, .sketch(.glyph), ["g"], "the next key is the pen's glyph"),
            KeyBinding(.canvas, .sketch(.glyphStep(-1)), ["["], "the glyph before"),
            KeyBinding(.canvas, .sketch(.glyphStep(1)), ["]"], "the next glyph"),
        ] + (0...9).map { KeyBinding(.canvas, .sketch(.color($0)), ["\($0)"], "colour \($0) of the palette") } + [
            KeyBinding(.canvas, .sketch(.colorStep(-1)), [","], "the colour before"),
            KeyBinding(.canvas, .sketch(.colorStep(1)), ["."], "the next colour"),
            KeyBinding(.canvas, .sketch(.groundStep(-1)), ["<"], "the background before"),
            KeyBinding(.canvas, .sketch(.groundStep(1)), [">"], "the next background"),
            KeyBinding(.canvas, .sketch(.swap), ["x"], "colour and background change places"),
            KeyBinding(.canvas, .sketch(.bold), ["*"], "bold or not"),
            KeyBinding(.canvas, .sketch(.underline), ["_"], "underlined or not"),
            KeyBinding(.canvas, .sketch(.resolution), ["r"], "draw in cells, half blocks or braille dots"),
            KeyBinding(.canvas, .sketch(.zoom), ["z"], "zoom: every half block or dot by itself, or not"),
            KeyBinding(.canvas, .sketch(.lines), ["j"], "lines single, double, rounded, ASCII"),
            KeyBinding(.canvas, .sketch(.filled), ["h"], "boxes and ellipses hollow or filled"),
            KeyBinding(.canvas, .sketch(.mirror), ["m"], "mirror what is drawn: sides, heights, both, not"),
            KeyBinding(.canvas, .sketch(.copy), ["y"], "copy what is selected"),
            KeyBinding(.canvas, .sketch(.cut), ["X"], "cut it"),
            KeyBinding(.canvas, .sketch(.paste), ["v"], "paste: Space or a click puts it down, Esc drops it"),
            KeyBinding(.canvas, .sketch(.flip(.sides)), ["H"], "turn what is selected or pasted left to right"),
            KeyBinding(.canvas, .sketch(.flip(.heights)), ["V"], "turn it upside down"),
            KeyBinding(.canvas, .sketch(.layers), ["n"], "layers: choose, show, hide"),
            KeyBinding(.canvas, .sketch(.nextLayer), ["N"], "draw on the next layer"),
            KeyBinding(.canvas, .sketch(.who), ["w"], "who drew this"),
            KeyBinding(.canvas, .sketch(.follow), ["@"], "follow a person; again the next, then nobody"),
            KeyBinding(.canvas, .sketch(.minimap), ["M"], "the small map on or off"),
            KeyBinding(.canvas, .sketch(.post), ["P"], "post what is selected, or everything, as a message"),
            KeyBinding(.canvas, .sketch(.replay), ["R"], "watch how it came to be"),
            KeyBinding(.canvas, .sketch(.whole), ["F6"], "beside the chat, or the whole window"),
            KeyBinding(.canvas, .sketch(.leave), ["Tab"], "to the line, and from an empty one back"),
            KeyBinding(.canvas, .sketch(.line), ["/"], "write a command"),
            KeyBinding(.canvas, .sketch(.close), ["q"], "close the drawing"),
            KeyBinding(.canvas, .help, ["?"], "help"),

            KeyBinding(.replay, .sketch(.pause), ["Space"], "stop and go on"),
            KeyBinding(.replay, .sketch(.faster), ["+", "Up"], "twice as fast"),
            KeyBinding(.replay, .sketch(.slower), ["-", "Down"], "half as fast"),
            KeyBinding(.replay, .sketch(.back), ["Left"], "back"),
            KeyBinding(.replay, .sketch(.forth), ["Right"], "forth"),
            KeyBinding(.replay, .sketch(.start), ["Home"], "to the beginning"),
            KeyBinding(.replay, .sketch(.end), ["End"], "to the end"),
            KeyBinding(.replay, .sketch(.replay), ["R", "q"], "end the replay"),
            KeyBinding(.replay, .sketch(.whole), ["F6"], "beside the chat, or the whole window"),
            KeyBinding(.replay, .help, ["?"], "help"),
        ]
}
