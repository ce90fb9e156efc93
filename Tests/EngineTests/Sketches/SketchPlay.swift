import ChatAPI
import ChatTestKit
import Engine

/// People who draw at random in one sketch, without a daemon: the rules, the history and the entries are the real ones.
struct SketchPlay {
    var history: SketchHistory
    private(set) var entries: [SketchEntry] = []
    private(set) var refusals = 0
    var generator: SeededGenerator
    let people: [AccountID]
    private var strokes: [(id: StrokeID, by: AccountID)] = []
    private var version: SketchCanvas?

    /// Glyphs of one and of two cells: halves of wide ones are where canvases disagree.
    private static let glyphs = ["a", "b", "#", " ", "─", "é", "世", "界", "⣿", "🎨"]

    init(seed: UInt64, width: Int = 10, height: Int = 5, people: Int = 4) {
        generator = SeededGenerator(seed: seed)
        self.people = (0..<people).map { AccountID(high: 0x7000, low: 0x8000_0000_0000_0000 | UInt64($0)) }
        history = SketchHistory(canvas: .first)
        let size = SketchOperation.resize(width: width, height: height)
        history.resize(width: width, height: height, by: self.people[0], seq: 1)
        entries.append(SketchEntry(seq: 1, by: self.people[0], at: 0, cid: nil, operation: size))
    }

    var seq: Int64 { history.canvas.seq }

    mutating func id<Owner>() -> ID<Owner> { ID.make(at: seq, using: &generator) }

    private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }

    /// One thing that somebody does, as the engine would decide it. Nil if it is refused.
    mutating func step() -> SketchEntry? {
        let index = number(0..<people.count)
        let operation = operation(by: people[index])
        return apply(operation, by: people[index], manages: index == 0)
    }

    mutating func apply(_ operation: SketchOperation, by person: AccountID, manages: Bool = false) -> SketchEntry? {
        var work = SketchWork(
            history,
            SketchRules.Actor(account: person, manages: manages),
            spans: Self.spans(operation),
            now: seq
        )
        let draw = SketchDraw(sketch: SketchID(high: 1, low: 1), cid: id(), operation: operation)
        guard let entry = try? work.entry(for: draw) else {
            refusals += 1
            return nil
        }
        history = work.history
        entries.append(entry)
        if let stroke = entry.operation.stroke, !strokes.contains(where: { $0.id == stroke }) {
            strokes.append((stroke, person))
        }
        return entry
    }

    /// Removes what somebody drew, and what a version brings back: they come through calls of their own.
    mutating func special() -> SketchEntry? {
        let person = people[0]
        var entry = SketchEntry(seq: seq + 1, by: person, at: seq, cid: nil, operation: .unknown)
        if let version, Bool.random(using: &generator) {
            let stroke: StrokeID = id()
            entry.operation = .restore(
                stroke: stroke,
                version: 1,
                width: version.width,
                height: version.height,
                layers: version.layers
            )
            entry.patches = history.restore(version, 1, stroke: stroke, by: person, seq: seq + 1, at: seq)
            strokes.append((stroke, person))
        } else if number(0..<3) == 0 {
            version = history.canvas
            return nil
        } else {
            let victim = people[number(0..<people.count)]
            let since = Int64(number(0..<Int(seq) + 1))
            let undone = number(0..<3) == 0
            entry.operation = .wipe(account: victim, since: since, undone: undone)
            entry.patches =
                undone
                ? history.unwipe(victim, since: since, seq: seq + 1).patches
                : history.wipe(victim, since: since, seq: seq + 1).patches
        }
        entries.append(entry)
        return entry
    }

    private mutating func operation(by person: AccountID) -> SketchOperation {
        switch number(0..<20) {
        case 0..<11: return .cells(stroke: stroke(of: person), layer: layer(), runs: runs())
        case 11: return .clear(stroke: stroke(of: person), region: region(), layer: number(0..<3) == 0 ? nil : 0)
        case 12, 13: return .undo(stroke: nil)
        case 14: return .undo(stroke: known(of: person))
        case 15, 16: return .redo(stroke: nil)
        case 17: return .redo(stroke: known(of: person))
        case 18: return shape()
        default: return .resize(width: 8 + number(0..<4), height: 4 + number(0..<2))
        }
    }

    /// Layers are hidden, shown and moved; regions are locked, and most of the locks taken away again.
    private mutating func shape() -> SketchOperation {
        switch number(0..<4) {
        case 0: return .layer(SketchLayerChange(layer: number(0..<2), hidden: Bool.random(using: &generator)))
        case 1: return .layer(SketchLayerChange(layer: number(0..<2), position: number(0..<2)))
        case 2:
            let region = SketchRegion(x: number(0..<6), y: number(0..<3), width: 1 + number(0..<2), height: 1)
            return .lock(region)
        default:
            return .unlock(history.canvas.locks.first?.region ?? SketchRegion(x: 0, y: 0, width: 1, height: 1))
        }
    }

    /// Now and then a stroke goes on.
    private mutating func stroke(of person: AccountID) -> StrokeID {
        number(0..<3) == 0 ? known(of: person) ?? id() : id()
    }

    /// A stroke that there is; now and then someone else's, which is refused.
    private mutating func known(of person: AccountID) -> StrokeID? {
        let isAnybodys = number(0..<8) == 0
        return strokes.filter { isAnybodys || $0.by == person }.suffix(6).randomElement(using: &generator)?.id
    }

    private mutating func layer() -> Int {
        number(0..<12) == 0 ? 1 : history.canvas.layers.randomElement(using: &generator)?.id ?? 0
    }

    private mutating func runs() -> [SketchRun] {
        (0..<1 + number(0..<3)).map { _ in
            var text = ""
            for _ in 0..<1 + number(0..<4) { text += Self.glyphs[number(0..<Self.glyphs.count)] }
            let x = number(0..<history.canvas.width - 5)
            let background: SketchColor = number(0..<4) == 0 ? .palette(UInt8(number(0..<4))) : .none
            return SketchRun(
                x: x,
                y: number(0..<history.canvas.height),
                text: text,
                foreground: .rgb(UInt32(number(0..<3))),
                background: background,
                attributes: number(0..<5) == 0 ? [.bold] : []
            )
        }
    }

    private mutating func region() -> SketchRegion? {
        if number(0..<4) == 0 { return nil }
        return SketchRegion(x: number(0..<6), y: number(0..<3), width: 1 + number(0..<4), height: 1 + number(0..<2))
    }

    private static func spans(_ operation: SketchOperation) -> [SketchSpan] {
        guard case .cells(_, _, let runs) = operation else { return [] }
        return runs.compactMap { try? SketchSpan($0) }
    }

    /// Where the canvas does not show what the chains of writes say; nil if it does everywhere.
    func disagreement() -> String? {
        let canvas = history.canvas
        for layer in canvas.layers.map(\.id) {
            for y in 0..<canvas.height {
                for x in 0..<canvas.width {
                    let seen = canvas.cell(x: x, y: y, layer: layer)
                    let said = history.view(x: x, y: y, layer: layer)
                    // Nobody's blank and somebody's forgotten one look alike; whose it is must agree as well.
                    if !seen.looks(like: said.cell) || canvas.author(of: seen) != said.by {
                        return
                            "layer \(layer) at \(x), \(y): \(seen) by \(String(describing: canvas.author(of: seen))), not \(said)"
                    }
                }
            }
        }
        return nil
    }
}
