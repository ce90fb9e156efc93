import TerminalUI
import Testing
import chat_tui

/// What each tool makes of a gesture, as pictures.
@Suite struct ToolTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let pen: Pen
        let gesture: String
        let before: [String]
        let after: [String]

        init(_ name: String, _ pen: Pen, _ gesture: String, on before: [String]? = nil, _ after: [String]) {
            self.name = name
            self.pen = pen
            self.gesture = gesture
            let width = after.map { $0.count }.max() ?? 1
            self.before = before ?? [String](repeating: String(repeating: " ", count: width), count: after.count)
            self.after = after
        }

        var testDescription: String { name }
    }

    static let examples: [Example] = [
        Example("pencil, a slope", Pen(.pencil) { $0.glyph = "#" }, "0,0 > 5,2", ["##", "  ##", "    ##"]),
        Example("eraser", Pen(.eraser), "1,0 > 2,0", on: ["abcd"], ["a  d"]),
        Example("line, flat", Pen(.line), "0,0 > 4,0", ["─────"]),
        Example("line, upright", Pen(.line) { $0.lines = .double }, "0,0 > 0,2", ["║", "║", "║"]),
        Example("line, steps", Pen(.line) { $0.lines = .rounded }, "0,0 > 5,2", ["──╮", "  ╰─╮", "    ╰─"]),
        Example("line of one cell", Pen(.line), "0,0", ["─"]),
        Example("line, ASCII down", Pen(.line) { $0.lines = .ascii }, "0,0 > 3,3", ["\\", " \\", "  \\", "   \\"]),
        Example("line, ASCII up", Pen(.line) { $0.lines = .ascii }, "0,2 > 2,0", ["  /", " /", "/"]),
        Example("line, ASCII flat", Pen(.line) { $0.lines = .ascii }, "0,0 > 3,0", ["----"]),
        Example("box", Pen(.box), "0,0 > 4,2", ["┌───┐", "│   │", "└───┘"]),
        Example("box, backwards", Pen(.box) { $0.lines = .double }, "4,2 > 0,0", ["╔═══╗", "║   ║", "╚═══╝"]),
        Example("box, rounded", Pen(.box) { $0.lines = .rounded }, "0,0 > 3,1", ["╭──╮", "╰──╯"]),
        Example("box, ASCII", Pen(.box) { $0.lines = .ascii }, "0,0 > 3,2", ["+--+", "|  |", "+--+"]),
        Example(
            "box, filled",
            Pen(.box) {
                $0.isFilled = true
                $0.glyph = "."
            },
            "0,0 > 4,2",
            ["┌───┐", "│...│", "└───┘"]
        ),
        Example("box, flat, is a line", Pen(.box), "0,0 > 3,0", ["────"]),
        Example(
            "box beside a box shares its wall",
            Pen(.box),
            "3,0 > 6,2",
            on: ["┌──┐   ", "│  │   ", "└──┘   "],
            ["┌──┬──┐", "│  │  │", "└──┴──┘"]
        ),
        Example(
            "double box over a single one",
            Pen(.box) { $0.lines = .double },
            "2,1 > 5,3",
            on: ["┌───┐ ", "│   │ ", "└───┘ ", "      "],
            ["┌───┐", "│ ╔═╪╗", "└─╫─┘║", "  ╚══╝"]
        ),
        Example(
            "line from wall to wall",
            Pen(.line),
            "0,1 > 4,1",
            on: ["┌───┐", "│   │", "└───┘"],
            ["┌───┐", "├───┤", "└───┘"]
        ),
        Example(
            "line across",
            Pen(.line) { $0.lines = .double },
            "0,1 > 4,1",
            on: ["  │  ", "  │  ", "  │  "],
            ["  │", "══╪══", "  │"]
        ),
        Example(
            "ASCII across",
            Pen(.line) { $0.lines = .ascii },
            "0,1 > 4,1",
            on: ["  |  ", "  |  ", "  |  "],
            ["  |", "--+--", "  |"]
        ),
        Example(
            "a single line meets an ASCII corner",
            Pen(.line),
            "2,0 > 5,0",
            on: ["+-+   ", "| |   ", "+-+   "],
            ["+-┬───", "| |", "+-+"]
        ),
        Example(
            "ellipse",
            Pen(.ellipse),
            "0,0 > 8,4",
            ["  ╭───╮", "╭─╯   ╰─╮", "│       │", "╰─╮   ╭─╯", "  ╰───╯"]
        ),
        Example("ellipse, flat, is a box", Pen(.ellipse), "0,0 > 3,1", ["┌──┐", "└──┘"]),
        Example("arrow right", Pen(.arrow), "0,0 > 4,0", ["────▶"]),
        Example("arrow down", Pen(.arrow), "0,0 > 3,2", ["───┐", "   │", "   ▼"]),
        Example("arrow up left", Pen(.arrow) { $0.lines = .rounded }, "3,2 > 0,0", ["▲", "│", "╰───"]),
        Example("arrow, ASCII", Pen(.arrow) { $0.lines = .ascii }, "3,0 > 0,0", ["<---"]),
        Example(
            "fill stops at walls",
            Pen(.fill) { $0.glyph = "." },
            "2,1",
            on: ["┌───┐ ", "│   │ ", "└───┘ "],
            ["┌───┐", "│...│", "└───┘"]
        ),
        Example(
            "fill around a corner",
            Pen(.fill) { $0.glyph = "~" },
            "0,0",
            on: ["  #  ", " ##  ", "     "],
            ["~~#~~", "~##~~", "~~~~~"]
        ),
        Example("fill of what is so already changes nothing", Pen(.fill) { $0.glyph = "x" }, "0,0", on: ["xx"], ["xx"]),
        Example("shade darkens", Pen(.shade), "0,0 > 3,0", on: [" ░▒█"], ["░▒▓█"]),
        Example("shade, ASCII", Pen(.shade) { $0.ramp = .ascii }, "0,0 > 2,0", on: [" .@"], [".:@"]),
        Example(
            "stamp, its middle under the hand",
            Pen(.stamp) { $0.stamp = Stamp.named("person") ?? $0.stamp },
            "2,1",
            ["  o", " /|\\", " / \\"]
        ),
        Example(
            "mirror, sides",
            Pen(.pencil) {
                $0.glyph = "/"
                $0.mirror = .sides
            },
            "0,0",
            on: ["     "],
            ["/   \\"]
        ),
        Example(
            "mirror, all four, of a box",
            Pen(.box) { $0.mirror = .both },
            "0,0 > 2,1",
            on: ["        ", "        ", "        ", "        "],
            ["┌─┐  ┌─┐", "└─┘  └─┘", "┌─┐  ┌─┐", "└─┘  └─┘"]
        ),
        Example(
            "mirror across the axis joins",
            Pen(.line) { $0.mirror = .sides },
            "0,0 > 2,0",
            on: ["     "],
            ["─────"]
        ),
    ]

    @Test(arguments: examples)
    func `a tool draws`(example: Example) {
        let grid = TextGrid(example.before)
        let patch = DrawingTool.patch(Gesture(example.gesture), example.pen, on: grid)
        let after = grid.drawing(patch)
        #expect(after.lines == example.after, "\(example.name): \(after)")
    }

    @Test(arguments: DrawingTool.allCases)
    func `no tool draws outside of the paper, wherever the hand goes`(tool: DrawingTool) {
        var random = SeededRandom(seed: 7)
        for _ in 0..<200 {
            let grid = TextGrid(
                width: Int.random(in: 1...12, using: &random),
                height: Int.random(in: 1...8, using: &random)
            )
            var pen = Pen(tool)
            pen.resolution = Resolution.allCases.randomElement(using: &random) ?? .cell
            pen.mirror = Mirror.allCases.randomElement(using: &random) ?? .none
            pen.lines = LineStyle.allCases.randomElement(using: &random) ?? .single
            pen.isFilled = Bool.random(using: &random)
            pen.glyph = ["█", "日", "x"].randomElement(using: &random) ?? "x"
            let place = {
                Point(x: Int.random(in: -9...40, using: &random), y: Int.random(in: -9...40, using: &random))
            }
            let patch = DrawingTool.patch(Gesture(from: place(), to: place()), pen, on: grid)
            for (point, ink) in patch.cells {
                #expect(grid.contains(point) && point.x + ink.width <= grid.width, "\(tool) at \(point), seed 7")
            }
        }
    }

    @Test func `a shade darkens a cell once in a stroke, and the other button lightens`() {
        let grid = TextGrid(["░░"])
        var gesture = Gesture("0,0 > 1,0")
        gesture.visited = [Point(x: 0, y: 0)]
        #expect(grid.drawing(DrawingTool.patch(gesture, Pen(.shade), on: grid)).lines == ["░▒"])
        let lighter = Gesture(from: Point(x: 0, y: 0), to: Point(x: 1, y: 0), isSecondary: true)
        #expect(grid.drawing(DrawingTool.patch(lighter, Pen(.shade), on: grid)).lines == [""])
    }

    @Test func `a fill of the largest drawing is few runs`() {
        let grid = TextGrid(width: 512, height: 256)
        let patch = DrawingTool.patch(Gesture("100,100"), Pen(.fill) { $0.glyph = "." }, on: grid)
        #expect(patch.count == 512 * 256)
        #expect(patch.runs.count == 256)
        #expect(patch.parts(of: 4_096, runs: 512).count == 32)
    }
}

/// The same numbers in every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
