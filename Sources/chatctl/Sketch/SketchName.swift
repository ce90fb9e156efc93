import ChatAPI
import Flags

/// How sketches are named on a line: `general/plan`, the channel and the sketch's name, or the sketch's id.
extension Run {
    /// What a command works on: the sketch, and what to call it.
    struct NamedSketch {
        var sketch: Sketch
        /// `general/plan`.
        var title: String
    }

    func sketch(_ argument: String = "SKETCH") async throws -> NamedSketch {
        try await sketch(named: values.required(argument))
    }

    func sketch(named text: String) async throws -> NamedSketch {
        if let id = SketchID(text) {
            let sketch = try await call(.sketch, SketchRef(id))
            return NamedSketch(sketch: sketch, title: await sketchTitle(sketch))
        }
        let (channel, name) = try await sketchPlace(text)
        let title = await self.title(channel)
        let sketches = try await call(.listSketches, ChannelRef(channel.id)).items
        let wanted = Names.fold(name)
        guard let sketch = sketches.first(where: { Names.fold($0.name) == wanted }) else {
            let known = sketches.map(\.name).sorted().map { VisibleText.line($0) }
            throw Failure(
                APIError(.notFound, "there is no sketch \"\(VisibleText.line(name))\" in \(VisibleText.line(title))"),
                hint: known.isEmpty ? "there is none there at all" : "there are: \(known.joined(separator: ", "))"
            )
        }
        return NamedSketch(sketch: sketch, title: "\(title)/\(sketch.name)")
    }

    /// The channel and the name of `general/plan`, of `devconf/general/plan`. A name may have slashes of its own: whether the
    /// word before the second one is still the channel's, the daemon says.
    func sketchPlace(_ text: String) async throws -> (channel: Channel, name: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1, !parts.contains("") else {
            throw Failure.usage(
                "\"\(VisibleText.line(text))\" is no sketch: write its channel and its name, general/plan, or its id"
            )
        }
        func rest(behind count: Int) -> String { parts[count...].joined(separator: "/") }
        if parts.count > 2 {
            do {
                return (try await channel("\(parts[0])/\(parts[1])"), rest(behind: 2))
            } catch let missing as APIError where missing.code == .notFound {
                // If the first word alone is no channel either, the longer name is what was meant.
                do {
                    return (try await channel(parts[0]), rest(behind: 1))
                } catch let error as APIError where error.code == .notFound { throw missing }
            }
        }
        return (try await channel(parts[0]), rest(behind: 1))
    }

    private func sketchTitle(_ sketch: Sketch) async -> String {
        guard let channel = try? await call(.channel, ChannelRef(sketch.channel)) else { return sketch.id.description }
        return "\(await title(channel))/\(sketch.name)"
    }

    /// `X,Y,WIDTH,HEIGHT`.
    func region(_ option: String = "region") throws(Failure) -> SketchRegion? {
        guard let text = values.string(option) else { return nil }
        let numbers = try self.numbers(text, count: 4, option, "X,Y,WIDTH,HEIGHT")
        guard numbers[2] > 0, numbers[3] > 0 else {
            throw .usage("--\(option): a region is at least one cell wide and high")
        }
        return SketchRegion(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }

    /// `X,Y`, counted from 0 at the upper left.
    func place(_ option: String) throws(Failure) -> (x: Int, y: Int)? {
        guard let text = values.string(option) else { return nil }
        let numbers = try self.numbers(text, count: 2, option, "X,Y")
        return (numbers[0], numbers[1])
    }

    private func numbers(_ text: String, count: Int, _ option: String, _ form: String) throws(Failure) -> [Int] {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == count, numbers.allSatisfy({ $0.map { (0...9_999).contains($0) } == true }) else {
            throw .usage("--\(option) must be \(form), not \"\(VisibleText.line(text))\"")
        }
        return numbers.compactMap { $0 }
    }

    /// A fresh UUIDv7, for operations and strokes.
    func newID<Kind>(_ kind: ID<Kind>.Type = ID<Kind>.self) -> ID<Kind> {
        var random = SystemRandomNumberGenerator()
        return .make(at: console.now, using: &random)
    }
}

/// Arguments and options that several sketch commands share.
enum SketchOptions {
    static let sketch = Argument.required(
        "SKETCH",
        .dynamic("sketches"),
        "A sketch: general/plan, its channel and its name, or its id."
    )

    static let layer = Option.value(
        "layer",
        "N",
        .integer(0...(Limits.layersPerSketch - 1)),
        "The number of a layer; 0 is the first."
    )

    static func region(_ what: String) -> Option {
        .value("region", "X,Y,W,H", "\(what): its upper left cell, counted from 0, its width and its height.")
    }

    static let drawnShape = Shape(
        "operation",
        DrawnView.self,
        name: { $0.at("sketch").text ?? "" },
        [
            Column("sketch"), Column("seq", "SEQ", .number), Column("skipped", "SKIPPED", .number),
            Column("stroke", wide: true), Column("at", "TIME", .time, wide: true),
        ]
    )

    struct DrawnView: Codable {
        /// `general/plan`.
        var sketch: String
        var seq: Int64
        var at: Milliseconds
        var stroke: StrokeID?
        var skipped: Int?

        init(_ drawn: SketchDrawn, of sketch: String) {
            self.sketch = sketch
            seq = drawn.seq
            at = drawn.at
            stroke = drawn.stroke
            skipped = drawn.skipped
        }
    }
}
