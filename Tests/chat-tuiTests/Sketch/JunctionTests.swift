import TerminalUI
import Testing
import chat_tui

/// Where lines meet: signs as arms.
@Suite struct JunctionTests {
    @Test func `every sign is what its arms name`() {
        for glyph in LineArms.glyphs {
            guard let arms = LineArms(glyph) else {
                Issue.record("\(glyph) has no arms")
                continue
            }
            let style: LineStyle = "╭╮╰╯".contains(glyph) ? .rounded : "-|+".contains(glyph) ? .ascii : .single
            // Heavy signs are read and written as single ones.
            if "━┃┏┓┗┛┣┫┳┻╋".contains(glyph) { continue }
            #expect(arms.glyph(style) == glyph)
        }
    }

    @Test func `any arms have a sign in any style that reaches at least as far`() {
        let weights: [LineArms.Weight] = [.none, .single, .double]
        for up in weights {
            for right in weights {
                for down in weights {
                    for left in weights {
                        let arms = LineArms(up: up, right: right, down: down, left: left)
                        for style in LineStyle.allCases where !arms.isEmpty {
                            let glyph = arms.glyph(style)
                            guard let shown = LineArms(glyph) else {
                                Issue.record("\(arms) is \(glyph) in \(style)")
                                continue
                            }
                            for direction in LineArms.Direction.allCases where arms[direction] != .none {
                                #expect(shown[direction] != LineArms.Weight.none, "\(arms) is \(glyph) in \(style)")
                            }
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ("│", "─", "┼"), ("║", "─", "╫"), ("│", "═", "╪"), ("║", "═", "╬"), ("┌", "┘", "┼"), ("└", "┌", "├"),
        ("╔", "─", "╥"), ("╰", "─", "┴"), ("|", "─", "┼"), ("┃", "─", "┼"),
    ])
    func `two signs join`(old: String, new: String, both: String) {
        guard let oldArms = LineArms(old), let newArms = LineArms(new) else {
            Issue.record("\(old) or \(new) is no line")
            return
        }
        #expect(oldArms.joined(newArms).glyph(.single) == both)
    }

    @Test(arguments: [
        ("┌", Mirror.sides, "┐"), ("╭", .heights, "╰"), ("╠", .sides, "╣"), ("┬", .heights, "┴"), ("/", .sides, "\\"),
        ("(", .sides, ")"), ("▲", .heights, "▼"), ("⠁", .sides, "⠈"), ("⠁", .heights, "⡀"), ("⠁", .both, "⢀"),
        ("x", .both, "x"), ("+", .sides, "+"), ("b", .sides, "d"),
    ])
    func `signs in a mirror`(glyph: String, mirror: Mirror, image: String) {
        #expect(mirror.image(of: glyph) == image)
    }

    @Test func `a mirror of a mirror is the thing itself`() {
        for mirror in Mirror.allCases {
            for glyph in LineArms.glyphs + Palette.glyphs where !"━┃┏┓┗┛┣┫┳┻╋,_".contains(glyph) {
                #expect(mirror.image(of: mirror.image(of: glyph)) == glyph)
            }
            let gesture = Gesture("3,1 > 8,4")
            let size = Size(width: 20, height: 10)
            for (flip, image) in zip(mirror.flips, mirror.images(of: gesture, size: size)) {
                #expect(flip.image(of: image.anchor, size: size) == gesture.anchor)
                #expect(flip.image(of: image.current, size: size) == gesture.current)
            }
        }
    }
}
