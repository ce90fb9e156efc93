package import TerminalUI

/// Small drawings that are printed with one click.
package struct Stamp: Hashable, Sendable {
    package let name: String
    package let clip: Clip

    init(_ name: String, _ lines: String...) {
        self.name = name
        clip = Clip(lines.joined(separator: "\n"))
    }

    package init(_ name: String, _ clip: Clip) {
        self.name = name
        self.clip = clip
    }

    package static func named(_ name: String) -> Stamp? { library.first { $0.name == name } }

    package static let library: [Stamp] = [
        Stamp("person", #" o "#, #"/|\"#, #"/ \"#),
        Stamp("server", "┌─────┐", "│▪ ───│", "├─────┤", "│▪ ───│", "└─────┘"),
        Stamp("database", "╭────╮", "├────┤", "├────┤", "╰────╯"),
        Stamp("cloud", "  .--.", ".-(    )-.", "(________)"),
        Stamp("laptop", " ┌────┐ ", " │ >_ │ ", "╱└────┘╲"),
        Stamp("phone", "╭──╮", "│  │", "│▫ │", "╰──╯"),
        Stamp("lock", " ╭─╮ ", "╭┴─┴╮", "│ • │", "╰───╯"),
        Stamp("document", "┌──┐╲", "│≡≡╰─┤", "│≡≡≡≡│", "└────┘"),
        Stamp("folder", "╭──╮___", "│      │", "╰──────╯"),
        Stamp("table", "┌───┬───┐", "├───┼───┤", "│   │   │", "└───┴───┘"),
        Stamp("door", "┌───┐", "│   │", "│  •│", "│   │"),
        Stamp("desk", "╔═════╗", "║     ║", "╚═════╝"),
        Stamp("chair", "╭─╮", "│ │", "╰─╯"),
        Stamp("tree", "  ▲  ", " ▲▲▲ ", "▲▲▲▲▲", "  ║  "),
        Stamp("house", "  ╱╲  ", " ╱  ╲ ", "│ ▫▫ │", "│ ╭╮ │"),
        Stamp("star", "  ★  "),
        Stamp("check", "✔"),
        Stamp("cross", "✘"),
        Stamp("cat", #" /\_/\ "#, #"( o.o )"#, #" > ^ < "#),
        Stamp("speech", "╭───────╮", "│       │", "╰─╮╭────╯", "  ╰╯"),
    ]
}

/// Prints the stamp with its middle under the hand.
package enum StampTool {
    package static func draw(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        let cell = pen.resolution.cell(of: gesture.current)
        return patch(pen.stamp.clip, around: cell, style: pen.style)
    }

    package static func patch(_ clip: Clip, around point: Point, style: Style) -> InkPatch {
        let origin = Point(x: point.x - clip.width / 2, y: point.y - clip.height / 2)
        var patch = clip.patch(at: origin)
        // A stamp without colours of its own takes the pen's.
        for (point, ink) in patch.cells where ink.style == .plain { patch[point] = Ink(ink.glyph, style) }
        return patch
    }
}
