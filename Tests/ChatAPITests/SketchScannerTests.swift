import ChatAPI
import ChatTestKit
import Testing

/// The scanners of what draws thirty times a second agree with the general decoder wherever they answer, and answer
/// nothing else.
@Suite("Sketch scanners")
struct SketchScannerTests {
    private struct DrawFrame: Codable {
        var id: Int64
        var call: String
        var `in`: SketchDraw
    }

    private struct PointerFrame: Codable {
        var id: Int64
        var call: String
        var `in`: SketchPointer
    }

    private func scan(_ bytes: [UInt8]) -> SketchScanner.Frame? { bytes.withUnsafeBytes { SketchScanner.scan($0) } }
    private func scan(_ text: String) -> SketchScanner.Frame? { scan(Array(text.utf8)) }
    private func pointer(_ bytes: [UInt8]) -> SketchScanner.PointerFrame? {
        bytes.withUnsafeBytes { SketchScanner.scanPointer($0) }
    }
    private func push(_ bytes: [UInt8]) -> SketchPush? { bytes.withUnsafeBytes { SketchScanner.push($0) } }
    private func entry(_ bytes: [UInt8]) -> SketchEntry? { bytes.withUnsafeBytes { SketchScanner.entry($0) } }

    // MARK: - Random values

    private static let letters = Array("ab #─世é\"\\█⣿/".unicodeScalars)

    private func id<Owner>(_ generator: inout SeededGenerator) -> ID<Owner> {
        ID.make(at: 1_700_000_000_000, using: &generator)
    }

    private func run(_ generator: inout SeededGenerator) -> SketchRun {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<8, using: &generator) {
            if let letter = Self.letters.randomElement(using: &generator) { text.append(letter) }
        }
        let colors: [SketchColor] = [.none, .rgb(0xFF8000), .palette(7), .rgb(0)]
        return SketchRun(
            x: Int.random(in: -3..<600, using: &generator),
            y: Int.random(in: -3..<300, using: &generator),
            text: String(text),
            foreground: colors.randomElement(using: &generator) ?? .none,
            background: colors.randomElement(using: &generator) ?? .none,
            attributes: SketchAttributes(rawValue: UInt8.random(in: 0..<64, using: &generator) & 5)
        )
    }

    private func runs(_ generator: inout SeededGenerator) -> [SketchRun] {
        (0..<Int.random(in: 0..<5, using: &generator)).map { _ in run(&generator) }
    }

    private func entry(_ generator: inout SeededGenerator, seq: Int64 = 812) -> SketchEntry {
        let cells = SketchOperation.cells(
            stroke: id(&generator),
            layer: Int.random(in: 0..<8, using: &generator),
            runs: runs(&generator)
        )
        let by: AccountID = id(&generator)
        let others: [SketchOperation] = [
            .undo(stroke: id(&generator)), .redo(stroke: nil), .resize(width: 80, height: 24),
            .clear(stroke: id(&generator), region: SketchRegion(x: 1, y: 2, width: 3, height: 4), layer: 1),
            .layer(SketchLayerChange(layer: 2, name: "ink \"two\"", locked: true, position: 0)),
            .lock(SketchRegion(x: 0, y: 0, width: 8, height: 4)), .rename("plan"), .wipe(account: by, since: 12),
            .wipe(account: by, since: nil, undone: true),
        ]
        let isCells = Int.random(in: 0..<3, using: &generator) > 0
        var entry = SketchEntry(
            seq: seq,
            by: by,
            at: 1_700_000_000_123,
            cid: Bool.random(using: &generator) ? id(&generator) : nil,
            operation: isCells ? cells : others.randomElement(using: &generator) ?? cells
        )
        if !isCells, Bool.random(using: &generator) {
            entry.patches = [
                SketchPatch(by: nil, layer: 0, runs: runs(&generator)),
                SketchPatch(by: id(&generator), layer: 1, runs: runs(&generator)),
            ]
            entry.skipped = 3
        }
        return entry
    }

    // MARK: - Agreement

    @Test
    func `a frame of cells is what the decoder says, and no prefix of it is anything`() throws {
        var generator = SeededGenerator(seed: 3)
        for number in 0..<300 {
            let operation = SketchOperation.cells(
                stroke: id(&generator),
                layer: number % 8,
                runs: runs(&generator)
            )
            let draw = SketchDraw(sketch: id(&generator), cid: id(&generator), operation: operation)
            let text =
                "{\"id\":\(number),\"call\":\"sketches.draw\",\"in\":\(String(decoding: Coding.encode(draw), as: UTF8.self))}"
            let found = try #require(scan(text))
            #expect(found.id == Int64(number) && found.draw == draw)
            let decoded = try Coding.decode(DrawFrame.self, from: Array(text.utf8))
            #expect(decoded.in == draw)
            if number < 20 {
                for length in 0..<text.utf8.count { #expect(scan(Array(text.utf8.prefix(length))) == nil) }
            }
        }
    }

    @Test
    func `what the writer writes is what both readers read`() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<500 {
            let entry = entry(&generator)
            let bytes = SketchWriting.encode(entry)
            #expect(try Coding.decode(SketchEntry.self, from: bytes) == entry)
            if case .cells = entry.operation {
                #expect(self.entry(bytes) == entry)
            } else {
                #expect(self.entry(bytes) == nil)
            }
        }
    }

    @Test
    func `a push of any entries is read whole, or not at all`() throws {
        var generator = SeededGenerator(seed: 5)
        for number in 0..<100 {
            let sketch: SketchID = id(&generator)
            let entries = (1...Int.random(in: 1..<5, using: &generator)).map { entry(&generator, seq: Int64($0)) }
            let bytes = SketchWriting.push(of: sketch, entries.map { SketchWriting.encode($0) })
            #expect(push(bytes) == SketchPush(sketch: sketch, operations: entries))
            #expect(try Coding.decode(SketchPush.self, from: bytes).operations == entries)
            if number < 5 {
                for length in 0..<bytes.count { #expect(push(Array(bytes.prefix(length))) == nil) }
            }
        }
    }

    @Test
    func `a pointer is what the decoder says`() throws {
        var generator = SeededGenerator(seed: 6)
        for number in 0..<200 {
            let value = SketchPointer(
                sketch: id(&generator),
                x: number % 3 == 0 ? nil : number,
                y: number,
                tool: number % 2 == 0 ? "pencil \"2\"" : nil,
                selection: number % 5 == 0 ? SketchRegion(x: 1, y: -2, width: 3, height: 4) : nil,
                preview: number % 4 == 0 ? runs(&generator) : nil,
                viewport: number % 7 == 0 ? SketchRegion(x: 0, y: 0, width: 80, height: 24) : nil
            )
            let input = String(decoding: Coding.encode(value), as: UTF8.self)
            let text = Array("{\"id\":\(number),\"call\":\"sketches.pointer\",\"in\":\(input)}".utf8)
            #expect(pointer(text)?.id == Int64(number) && pointer(text)?.pointer == value)
            #expect(try Coding.decode(PointerFrame.self, from: text).in == value)
            if number < 10 { for length in 0..<text.count { #expect(pointer(Array(text.prefix(length))) == nil) } }
        }
    }

    @Test
    func `mangled frames are refused or read as the decoder reads them`() throws {
        var generator = SeededGenerator(seed: 8)
        let operation = SketchOperation.cells(
            stroke: id(&generator),
            layer: 0,
            runs: [run(&generator), run(&generator)]
        )
        let draw = SketchDraw(sketch: id(&generator), cid: id(&generator), operation: operation)
        let input = String(decoding: Coding.encode(draw), as: UTF8.self)
        let good = Array("{\"id\":7,\"call\":\"sketches.draw\",\"in\":\(input)}".utf8)
        for _ in 0..<4_000 {
            var bytes = good
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: place)
            default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
            }
            guard let found = scan(bytes) else { continue }
            let decoded = try Coding.decode(DrawFrame.self, from: bytes)
            #expect(decoded.in == found.draw && decoded.id == found.id, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test(arguments: [
        "{\"id\":1,\"call\":\"sketches.draw\",\"key\":\"k\",\"in\":{}}",
        "{\"id\":1,\"in\":{},\"call\":\"sketches.draw\"}",
        "{\"id\":1,\"call\":\"messages.send\",\"in\":{}}",
        "{\"id\":1,\"call\":\"sketches.draw\",\"in\":{\"op\":\"undo\"}}",
    ])
    func `other calls and options are the general path's`(_ text: String) {
        #expect(scan(text) == nil)
    }

    @Test
    func `a place beyond any drawing is refused by both readers`() {
        let far = "[[99999999999,0,\"a\"]]"
        let json =
            "{\"sketch\":\"0190a0b0-c0d0-7000-8000-000000000001\",\"cid\":\"0190a0b0-c0d0-7000-8000-000000000002\","
            + "\"op\":\"cells\",\"stroke\":\"0190a0b0-c0d0-7000-8000-000000000003\",\"runs\":\(far)}"
        #expect(scan("{\"id\":1,\"call\":\"sketches.draw\",\"in\":\(json)}") == nil)
        #expect(throws: APIError.self) { try Coding.decode(SketchDraw.self, from: Array(json.utf8)) }
    }
}
