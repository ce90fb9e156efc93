import ChatAPI
import TerminalUI
import Testing
import chat_tui

/// Names beside pointers can be read, however many people stand where.
@Suite struct NameTagTests {
    private static let area = Rect(x: 3, y: 2, width: 40, height: 12)

    private func pointer(_ x: Int, _ y: Int, _ texts: String...) -> NameTags.Pointer {
        NameTags.Pointer(place: Point(x: x, y: y), texts: texts)
    }

    private func starts(_ pointers: [NameTags.Pointer], except: [Point] = []) -> [String] {
        NameTags(pointers, in: Self.area, except: except).tags.map { tag in
            tag.map { "\($0.text) \($0.place.x),\($0.place.y)" } ?? "-"
        }
    }

    @Test func `a name stands to the right of its pointer, and where there is no room to the left`() {
        #expect(starts([pointer(10, 5, "ana")]) == ["ana 11,5"])
        #expect(starts([pointer(41, 5, "ana")]) == ["ana 38,5"])
    }

    @Test func `people on one cell are named beside each other, not over each other`() {
        #expect(
            starts([pointer(10, 5, "ana"), pointer(10, 5, "bob"), pointer(10, 5, "carol")])
                == ["ana 11,5", "bob 7,5", "carol 10,6"]
        )
    }

    @Test func `a name covers no pointer and not one's own hand`() {
        #expect(starts([pointer(10, 5, "ana"), pointer(12, 5, "bob")]) == ["ana 7,5", "bob 13,5"])
        #expect(starts([pointer(10, 5, "ana")], except: [Point(x: 11, y: 5)]) == ["ana 7,5"])
    }

    @Test func `in a crowd the tool goes before the name, and the name before it is unreadable`() {
        let narrow = Rect(x: 0, y: 0, width: 8, height: 1)
        let tags = NameTags([pointer(2, 0, "ana line", "ana"), pointer(7, 0, "bob")], in: narrow).tags
        #expect(tags[0]?.text == "ana" && tags[0]?.place == Point(x: 3, y: 0))
        #expect(tags[1] == nil)
    }

    @Test(arguments: UInt64(1)...200)
    func `no two names share a cell, and none leaves the paper`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let size = Int.random(in: 0...24, using: &random)
        let pointers = (0..<size).map { index in
            let x = Int.random(in: Self.area.x..<Self.area.endX, using: &random)
            let y = Int.random(in: Self.area.y..<Self.area.endY, using: &random)
            let name = String(repeating: ["a", "日"][index % 2], count: Int.random(in: 1...9, using: &random))
            return pointer(x, y, name + " box", name)
        }
        var taken = Set(pointers.map(\.place))
        let tags = NameTags(pointers, in: Self.area).tags
        #expect(tags.count == pointers.count)
        for case let tag? in tags {
            for x in tag.place.x..<tag.place.x + CellWidth.of(tag.text) {
                let cell = Point(x: x, y: tag.place.y)
                #expect(Self.area.contains(cell), "seed \(seed)")
                #expect(taken.insert(cell).inserted, "seed \(seed): \(tag) covers something")
            }
        }
    }
}
