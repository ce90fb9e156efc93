import ChatAPI
import ChatKit
import TerminalUI

/// `/sketch …`: drawings of a channel as things: made, opened, named, kept, deleted.
extension Commands {
    @Sendable static func sketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = try words.required("a verb")
        guard let verb = SketchVerb.named(name) else {
            let near = SketchVerb.table.map(\.name).filter { $0.hasPrefix(name.prefix(2).lowercased()) }
            let hint = near.isEmpty ? "/sketch new, open, list …" : "did you mean \(near.joined(separator: " or "))?"
            throw CommandProblem("/sketch has no '\(name.prefix(40))'; \(hint)")
        }
        return try verb.run.call(
            &model,
            Words(command: "sketch " + verb.name, text: words.rest, isConfirmed: words.isConfirmed)
        )
    }

    /// The open drawing.
    static func desk(_ model: Model) throws(CommandProblem) -> SketchDesk {
        guard let desk = model.book.desk else {
            throw CommandProblem("no drawing is open: /sketch open, or /sketch new NAME")
        }
        return desk
    }

    /// A drawing of this channel by its name; the open one, or the one that changed last, without.
    private static func named(_ model: Model, _ words: Words) throws(CommandProblem) -> Sketch {
        let room = try room(model)
        let all = model.book.sketches(of: room.id)
        guard !words.isEmpty else {
            if let open = model.book.desk?.board.sketch, open.channel == room.id { return open }
            guard let last = all.max(by: { $0.changedAt < $1.changedAt }) else {
                throw CommandProblem("there is no drawing in \(model.title(of: room)) yet: /sketch new NAME")
            }
            return last
        }
        let name = Names.fold(words.text)
        guard let sketch = all.first(where: { Names.fold($0.name) == name }) else {
            let names = all.map { MessageText.oneLine($0.name) }.joined(separator: ", ")
            throw CommandProblem(
                "there is no drawing '\(words.text.prefix(48))' in \(model.title(of: room))"
                    + (names.isEmpty ? ": /sketch new NAME" : "; there are \(names)")
            )
        }
        return sketch
    }

    /// `1 cell`, `12 cells`.
    static func count(_ cells: Int) -> String { cells == 1 ? "1 cell" : "\(cells) cells" }

    /// `120x40`, `120×40`.
    private static func size(_ text: String) throws(CommandProblem) -> Size {
        let parts = text.lowercased().split { $0 == "x" || $0 == "×" }.map { Int($0) }
        guard parts.count == 2, let width = parts[0], let height = parts[1],
            Limits.sketchWidth.contains(width), Limits.sketchHeight.contains(height)
        else {
            let limits =
                "\(Limits.sketchWidth.lowerBound)x\(Limits.sketchHeight.lowerBound) to \(Limits.sketchWidth.upperBound)x\(Limits.sketchHeight.upperBound)"
            throw CommandProblem("'\(text.prefix(20))' is no size: write 80x24; a drawing has \(limits) cells")
        }
        return Size(width: width, height: height)
    }

    @Sendable static func newSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let text = try words.text("a name")
        let room = try room(model)
        var name = text
        var size: Size?
        if let last = words.all.last, last.first?.isNumber == true, last.contains(where: { "xX×".contains($0) }),
            words.all.count > 1
        {
            size = try Self.size(String(last))
            name = String(text[..<last.startIndex]).trimmingBlanks()
        }
        guard Limits.sketchNameCharacters.contains(name.count) else {
            throw CommandProblem(
                "the name has \(name.count) characters; a drawing's has at most \(Limits.sketchNameCharacters.upperBound)"
            )
        }
        return [.ask(.sketch(.create(room.id, name: name, width: size?.width, height: size?.height)))]
    }

    @Sendable static func openSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        model.open(try named(model, words).id)
    }

    @Sendable static func listSketches(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        let room = try room(model)
        var list = model.sketchList(of: room.id)
        list.isLoading = true
        model.overlay = .list(list)
        return [.ask(.sketch(.list(room.id)))]
    }

    @Sendable static func showSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        [.ask(.sketch(.snapshot(try named(model, words).id, .show)))]
    }

    @Sendable static func closeSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        _ = try desk(model)
        return model.closeDesk()
    }

    @Sendable static func renameSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = try words.text("a name")
        return [.ask(.sketch(.rename(try desk(model).board.id, name)))]
    }

    @Sendable static func deleteSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        // By name only: the open one must not go by a slip.
        _ = try words.text("the drawing's name")
        let sketch = try named(model, words)
        try words.confirmed("\(MessageText.oneLine(sketch.name)) goes with everything that is drawn in it, for good")
        return [.ask(.sketch(.delete(sketch.id)))]
    }

    @Sendable static func replaySketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        _ = try desk(model)
        var speed: Int?
        if let word = words.first {
            guard let number = Int(word.hasPrefix("x") || word.hasPrefix("×") ? String(word.dropFirst()) : word),
                SketchReplay.speeds.contains(number)
            else {
                let speeds = SketchReplay.speeds.map(String.init).joined(separator: ", ")
                throw CommandProblem("'\(word.prefix(20))' is no speed; there are \(speeds)")
            }
            speed = number
        }
        model.changeDesk { $0.hasKeys = true }
        return model.startReplay(speed)
    }

    @Sendable static func postSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        _ = try desk(model)
        return model.post(text: words.isEmpty ? nil : words.text)
    }

    @Sendable static func wipeSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = try words.required("a person")
        let plain = name.hasPrefix("@") ? String(name.dropFirst()) : name
        let board = try desk(model).board
        // Everybody would see them go: a slip of the name must not be enough.
        let cells = model.account(named: plain).map { board.cells(of: $0.id) } ?? 0
        try words.confirmed(
            "everything that \(plain.prefix(40)) drew goes; \(count(cells)) of it are seen"
        )
        return [.ask(.sketch(.wipe(board.id, by: plain)))]
    }

    @Sendable static func unwipeSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = try words.required("a person")
        let plain = name.hasPrefix("@") ? String(name.dropFirst()) : name
        return [.ask(.sketch(.wipe(try desk(model).board.id, by: plain, undo: true)))]
    }

    @Sendable static func sketchVersions(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        let id = try desk(model).board.id
        model.overlay = .list(
            ListPane("Versions", isLoading: true, verb: "restore it", empty: "none is kept: /sketch version NAME")
        )
        return [.ask(.sketch(.versions(id)))]
    }

    @Sendable static func nameSketchVersion(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let name = try words.text("a name")
        return [.ask(.sketch(.nameVersion(try desk(model).board.id, name)))]
    }

    @Sendable static func restoreSketchVersion(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect]
    {
        let word = try words.required("a number; /sketch versions shows them")
        guard let number = Int64(word) else { throw CommandProblem("'\(word.prefix(20))' is no number of a version") }
        return [.ask(.sketch(.restore(try desk(model).board.id, number)))]
    }

    @Sendable static func resizeSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let size = try size(try words.required("a size"))
        let board = try desk(model).board
        let outside = board.cells(outside: Rect(size))
        if outside > 0 {
            try words.confirmed("\(count(outside)) lie outside of that and go; a version keeps them")
        }
        model.send(.resize(width: size.width, height: size.height))
        return []
    }
}
