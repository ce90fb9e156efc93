import ChatAPI
import ChatKit
import TerminalUI
import chat_tui

/// A drawing in #general with three people in it.
extension Sample {
    static let plan = SketchID(high: 0x0190_0000_0002_7000, low: 0x8000_0000_0000_0001)

    static func sketch(_ size: Size, seq: Int64 = 0, drawing: [AccountID] = []) -> Sketch {
        Sketch(
            id: plan,
            channel: general,
            name: "plan",
            width: size.width,
            height: size.height,
            layers: [SketchLayer(id: 0, name: "1")],
            locks: [],
            createdBy: bob,
            createdAt: now - 3_600_000,
            seq: seq,
            changedAt: now,
            version: 1,
            drawing: drawing
        )
    }

    static func stroke(_ number: UInt64) -> StrokeID {
        StrokeID(high: 0x0190_0000_0003_7000, low: 0x8000 << 48 | number)
    }
    static func cid(_ number: UInt64) -> ClientID { ClientID(high: 0x0190_0000_0004_7000, low: 0x8000 << 48 | number) }

    /// What bob drew: two boxes with an arrow, and a bar of pixels.
    static func canvas(_ size: Size) -> SketchCanvas {
        var canvas = SketchCanvas(width: size.width, height: size.height)
        let runs = [
            SketchRun(x: 2, y: 1, text: "╭────────╮"), SketchRun(x: 2, y: 2, text: "│ daemon │"),
            SketchRun(x: 2, y: 3, text: "╰────────╯"), SketchRun(x: 12, y: 2, text: "─────▶", foreground: .palette(11)),
            SketchRun(x: 18, y: 1, text: "╔══════╗"), SketchRun(x: 18, y: 2, text: "║ 日本 ║"),
            SketchRun(x: 18, y: 3, text: "╚══════╝"),
            SketchRun(x: 2, y: 5, text: "▀▀▀▀▄▄▄▄", foreground: .rgb(0xFFCC00), background: .palette(1)),
        ]
        for (index, run) in runs.enumerated() {
            canvas.apply(
                SketchEntry(
                    seq: Int64(index + 1),
                    by: bob,
                    at: now - 60_000 + Int64(index) * 1_000,
                    cid: nil,
                    operation: .cells(stroke: stroke(UInt64(index)), layer: 0, runs: [run])
                )
            )
        }
        return canvas
    }

    static func entry(_ seq: Int64, _ by: AccountID, cid: ClientID? = nil, _ runs: SketchRun...) -> SketchEntry {
        SketchEntry(
            seq: seq,
            by: by,
            at: now,
            cid: cid,
            operation: .cells(stroke: stroke(UInt64(seq)), layer: 0, runs: runs)
        )
    }

    /// The drawing is open, and the keys are on it.
    static func drawing(
        _ size: Size = Size(width: 80, height: 24),
        paper: Size = Size(width: 60, height: 16)
    ) -> Model {
        var model = Sample.model(size)
        let sketch = sketch(paper, seq: 8)
        _ = update(&model, .answered(.sketch(.list(general)), .success(.sketch(.list([sketch])))))
        Sample.type("/sketch open plan", into: &model)
        Sample.press("Enter", in: &model)
        let snapshot = SketchSnapshot(canvas(paper), of: sketch)
        _ = update(&model, .answered(.sketch(.snapshot(plan, .open)), .success(.sketch(.snapshot(snapshot)))))
        return model
    }

    static func point(_ by: AccountID, _ x: Int?, _ y: Int?, _ tool: String? = nil, preview: [SketchRun]? = nil)
        -> Action
    {
        let pointer = SketchPointer(sketch: plan, x: x, y: y, tool: tool, preview: preview)
        let presence = SketchPresence(by: by, pointer: x == nil ? nil : pointer)
        return .live([.ephemeral(Ephemeral(channel: nil, sketch: plan, pointers: [presence]))])
    }

    /// The mouse on the drawing, in cells of it.
    static func mouse(_ kind: MouseEvent.Kind, _ x: Int, _ y: Int, in model: inout Model) -> [Effect] {
        guard let layout = SketchLayout(model), let desk = model.book.desk else { return [] }
        let place = Point(x: layout.canvas.x + x - desk.origin.x, y: layout.canvas.y + y - desk.origin.y)
        return update(&model, .input(.mouse(MouseEvent(kind, x: place.x, y: place.y))))
    }

    static func pass(_ milliseconds: Int64, in model: inout Model) -> [Effect] {
        _ = update(&model, .clock(model.now + milliseconds))
        return update(&model, .tick)
    }
}

extension [Effect] {
    var draws: [SketchDraw] { compactMap { if case .draw(let draw) = $0 { draw } else { nil } } }
    var pointers: [SketchPointer] { compactMap { if case .point(let pointer) = $0 { pointer } else { nil } } }
    var sketches: [SketchRequest] {
        requests.compactMap { if case .sketch(let request) = $0 { request } else { nil } }
    }
}

extension SketchDraw {
    var text: String {
        guard case .cells(_, _, let runs) = operation else { return "\(operation)" }
        return runs.map { "\($0.x),\($0.y) \($0.text)" }.joined(separator: " ")
    }
}
