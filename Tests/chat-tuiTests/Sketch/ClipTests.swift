import TerminalUI
import Testing
import chat_tui

/// Pieces: copied, moved, turned; and typing on a drawing.
@Suite struct ClipTests {
    private let grid = TextGrid(["ab   ", "/日  ", "     "])

    @Test func `moving leaves blanks behind and covers what is there`() {
        let rect = Rect(x: 0, y: 0, width: 3, height: 2)
        let moved = grid.drawing(SelectTool.moved(rect, to: Point(x: 1, y: 1), on: grid))
        #expect(moved.lines == ["", " ab", " /日"])
        // Onto itself, by one.
        let shifted = grid.drawing(SelectTool.moved(rect, to: Point(x: 1, y: 0), on: grid))
        #expect(shifted.lines == [" ab", " /日", ""])
    }

    @Test func `turning keeps wide glyphs whole and turns signs`() {
        let rect = Rect(x: 0, y: 0, width: 3, height: 2)
        let turned = grid.drawing(SelectTool.mirrored(rect, .sides, on: grid))
        // b and d, p and q are each other's image.
        #expect(turned.lines == [" da", "日\\", ""])
        #expect(Clip(grid, rect).mirrored(.heights).text == "\\日\nap")
        #expect(Clip(grid, rect).mirrored(.sides).mirrored(.sides) == Clip(grid, rect))
        #expect(Clip(grid, rect).mirrored(.both).mirrored(.both) == Clip(grid, rect))
    }

    @Test func `half of a wide glyph is not copied`() {
        #expect(Clip(grid, Rect(x: 0, y: 1, width: 2, height: 1)).text == "/")
        #expect(Clip(grid, Rect(x: 2, y: 1, width: 2, height: 1)).text == "")
    }

    @Test func `text becomes a piece, and what cannot be shown does not come along`() {
        let clip = Clip("a\u{202E}b\u{1B}[31m\n日本")
        #expect(clip.height == 2)
        for y in 0..<clip.height {
            for x in 0..<clip.width {
                for scalar in clip[x, y].glyph.unicodeScalars {
                    #expect(scalar.value >= 0x20 && !(0x202A...0x202E).contains(scalar.value))
                }
            }
        }
        #expect(clip[0, 1].glyph == "日" && clip[1, 1].glyph.isEmpty && clip[2, 1].glyph == "本")
    }

    @Test func `typing wraps below its first letter, and backspace goes back`() {
        var grid = TextGrid(width: 6, height: 3)
        var tool = TextTool(at: Point(x: 2, y: 0))
        for letter in ["a", "b", "c", "d", "日", "x"] {
            guard let patch = tool.type(letter, .plain, on: grid) else {
                Issue.record("no place for \(letter)")
                continue
            }
            grid = grid.drawing(patch)
        }
        #expect(grid.lines == ["  abcd", "  日x", ""])
        grid = grid.drawing(tool.erase(on: grid))
        grid = grid.drawing(tool.erase(on: grid))
        #expect(grid.lines == ["  abcd", "", ""])
        // Over the beginning of the line, to the end of the one before.
        grid = grid.drawing(tool.erase(on: grid))
        #expect(tool.cursor == Point(x: 6, y: 0))
        grid = grid.drawing(tool.erase(on: grid))
        #expect(grid.lines == ["  abc", "", ""])
    }

    @Test func `typing ends at the bottom, and refuses what no cell may hold`() {
        let grid = TextGrid(width: 2, height: 1)
        var tool = TextTool(at: Point(x: 0, y: 0))
        for (text, isTaken) in [("\u{1B}", false), ("\u{301}", false), ("日", true), ("x", false)] {
            let patch = tool.type(text, .plain, on: grid)
            #expect((patch != nil) == isTaken)
        }
        let hasNext = tool.newLine(on: grid)
        #expect(!hasNext)
    }

    @Test func `every stamp is made of signs that cells hold`() {
        for stamp in Stamp.library {
            let patch = stamp.clip.patch(at: Point(x: 0, y: 0))
            #expect(!patch.isEmpty, "\(stamp.name)")
            for ink in patch.cells.values where ink.width > 0 {
                #expect(ink.cell != nil, "\(stamp.name): \(ink.glyph)")
            }
        }
        #expect(Set(Stamp.library.map(\.name)).count == Stamp.library.count)
    }

    @Test func `the eyedropper takes what is there`() {
        let picked = PickTool.picked(at: Point(x: 1, y: 0), Pen(.pick), on: grid)
        #expect(picked.glyph == "b")
        #expect(PickTool.picked(at: Point(x: 4, y: 2), Pen(.pick) { $0.glyph = "z" }, on: grid).glyph == "z")
    }
}
