import ChatAPI
import ChatTestKit
import Engine
import Storage

/// Ana's sketch `plan` in the channel `tea`, where bob draws as well: what most tests of sketches start from.
struct SketchScene {
    let tea: Community
    let sketch: Sketch

    var ana: Person { tea.ana }
    var bob: Person { tea.bob }
    var id: SketchID { sketch.id }

    init(width: Int = 40, height: Int = 10, _ change: (inout EngineSettings) -> Void = { _ in }) async throws {
        tea = try await Community(change)
        sketch = try await tea.ana.call(
            .createSketch,
            SketchDraft(channel: "tea", name: "plan", width: width, height: height)
        )
    }

    func stroke() -> StrokeID {
        var generator = SystemRandomNumberGenerator()
        return StrokeID.make(at: 1_700_000_000_000, using: &generator)
    }

    @discardableResult
    func apply(_ operation: SketchOperation, by person: Person, cid: ClientID? = nil) async throws -> SketchDrawn {
        try await person.call(.draw, SketchDraw(sketch: id, cid: cid ?? tea.cid(), operation: operation))
    }

    /// Draws a text; the stroke it was.
    @discardableResult
    func draw(
        _ text: String,
        x: Int = 0,
        y: Int = 0,
        by person: Person,
        stroke: StrokeID? = nil,
        layer: Int = 0
    ) async throws -> StrokeID {
        let stroke = stroke ?? self.stroke()
        try await apply(.cells(stroke: stroke, layer: layer, runs: [SketchRun(x: x, y: y, text: text)]), by: person)
        return stroke
    }

    func canvas(as person: Person? = nil) async throws -> SketchCanvas {
        let snapshot = try await (person ?? ana).call(.sketchSnapshot, SketchRef(id))
        guard let canvas = snapshot.canvas() else { throw APIError(.internal, "the snapshot is not one") }
        return canvas
    }

    /// A row as it is seen, without the blanks at its end.
    func row(_ y: Int = 0) async throws -> String {
        var text = try await canvas().row(y).map(\.glyph.text).joined()
        while text.last == " " { text.removeLast() }
        return text
    }

    func operations() async throws -> [SketchEntry] {
        try await ana.call(.sketchOperations, SketchOperationQuery(sketch: id, limit: 500)).operations
    }

    /// What the channel's log says about sketches.
    func life() async throws -> [String] {
        try await tea.entries(EntryQuery(channel: "tea", limit: 100), as: ana).entries
            .filter { $0.sketch != nil }.map { "\($0.kind.rawValue) \($0.text ?? "")" }
    }
}
