import ChatAPI
import ChatKit
import TerminalUI

/// `/sketch …` about what is on the paper: strokes, layers, locks, colours, files.
extension Commands {
    @Sendable static func undoSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        _ = try desk(model)
        return model.perform(.undo)
    }

    @Sendable static func redoSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        _ = try desk(model)
        return model.perform(.redo)
    }

    @Sendable static func clearSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        let desk = try desk(model)
        let stroke = model.nextStroke()
        model.send(.clear(stroke: stroke, region: desk.selection?.sketch, layer: nil))
        return []
    }

    @Sendable static func lockSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        guard let selection = try desk(model).selection else {
            throw CommandProblem("select first what nobody else shall draw in: s, then a corner and the other")
        }
        model.send(.lock(selection.sketch))
        return []
    }

    @Sendable static func unlockSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        let desk = try desk(model)
        let area = (desk.selection ?? Rect(origin: desk.cursorCell, size: Size(width: 1, height: 1))).sketch
        let locks = desk.board.canvas.locks.filter { $0.region.intersection(area) != nil }
        guard !locks.isEmpty else { throw CommandProblem("nothing is locked there") }
        for lock in locks { model.send(.unlock(lock.region)) }
        return []
    }

    // MARK: - Layers

    @Sendable static func sketchLayer(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let desk = try desk(model)
        let layers = desk.board.canvas.layers
        let index = layers.firstIndex { $0.id == desk.layer } ?? 0
        switch words.first {
        case nil: model.overlay = .list(model.layerList)
        case "new":
            guard let id = (0..<Limits.layersPerSketch).first(where: { number in !layers.contains { $0.id == number } })
            else { throw CommandProblem("a drawing has at most \(Limits.layersPerSketch) layers") }
            let name = words.rest.isEmpty ? nil : words.rest
            model.send(.layer(SketchLayerChange(layer: id, name: name ?? String(id + 1))))
            model.changeDesk { $0.wantedLayer = id }
        case "hide": model.send(.layer(SketchLayerChange(layer: desk.layer, hidden: true)))
        case "show": model.send(.layer(SketchLayerChange(layer: desk.layer, hidden: false)))
        case "lock": model.send(.layer(SketchLayerChange(layer: desk.layer, locked: true)))
        case "unlock": model.send(.layer(SketchLayerChange(layer: desk.layer, locked: false)))
        case "up": model.send(.layer(SketchLayerChange(layer: desk.layer, position: index + 1)))
        case "down": model.send(.layer(SketchLayerChange(layer: desk.layer, position: max(0, index - 1))))
        case "delete":
            guard layers.count > 1 else { throw CommandProblem("the last layer stays") }
            let drawn = desk.board.canvas.plane(desk.layer)?.drawn(in: desk.board.canvas.region).count ?? 0
            if drawn > 0 {
                let name = MessageText.oneLine(layers[index].name)
                try words.confirmed("layer \(name) goes with \(count(drawn)); a version keeps them")
            }
            model.send(.layer(SketchLayerChange(layer: desk.layer, removed: true)))
        default:
            let name = Names.fold(words.text)
            guard let layer = layers.first(where: { Names.fold($0.name) == name }) else {
                let names = layers.map { MessageText.oneLine($0.name) }.joined(separator: ", ")
                throw CommandProblem("there is no layer '\(words.text.prefix(40))'; there are \(names)")
            }
            model.chooseLayer(layer.id)
        }
        return []
    }

    // MARK: - The pen

    @Sendable static func sketchColor(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        _ = try desk(model)
        let parts = words.text.split(separator: " ").map(String.init)
        guard !parts.isEmpty else { throw CommandProblem("/sketch colour needs a colour: #ff8800, 208, red, none") }
        func color(_ text: String) throws(CommandProblem) -> Color {
            if text == "none" { return .default }
            guard let color = Color(text.lowercased()) else {
                throw CommandProblem(
                    "'\(text.prefix(20))' is no colour: write #ff8800, 0 to 255, red, bright-red, none"
                )
            }
            return color
        }
        let foreground = parts[0] == "on" ? nil : try color(parts[0])
        let rest = parts[0] == "on" ? parts[...] : parts.dropFirst()
        var background: Color?
        if let on = rest.first {
            guard on == "on", let name = rest.dropFirst().first else {
                throw CommandProblem("write COLOUR on COLOUR, not '\(words.text.prefix(40))'")
            }
            background = try color(name)
        }
        model.changeDesk { desk in
            if let foreground { desk.pen.foreground = foreground }
            if let background { desk.pen.background = background }
        }
        return []
    }

    @Sendable static func sketchStamp(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        _ = try desk(model)
        let names = Stamp.library.map(\.name).joined(separator: ", ")
        guard let name = words.first else {
            model.tell("stamps: \(names)")
            return []
        }
        guard let stamp = Stamp.named(name) else {
            throw CommandProblem("there is no stamp '\(name.prefix(40))'; there are \(names)")
        }
        model.changeDesk { desk in
            desk.pen.tool = .stamp
            desk.pen.stamp = stamp
            desk.hasKeys = true
        }
        return []
    }

    // MARK: - Looking

    @Sendable static func whoDrew(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        _ = try desk(model)
        return model.who()
    }

    @Sendable static func followSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let desk = try desk(model)
        guard let name = words.first else {
            model.changeDesk { $0.following = nil }
            return []
        }
        guard let account = model.account(named: name), desk.peers[account.id] != nil else {
            let names = desk.peers.keys.map(model.name(of:)).sorted().joined(separator: ", ")
            throw CommandProblem(
                "\(name.prefix(40)) is not in this drawing" + (names.isEmpty ? "" : "; there are \(names)")
            )
        }
        model.changeDesk { $0.following = account.id }
        model.followPeer()
        return []
    }

    @Sendable static func goToCell(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let desk = try desk(model)
        let parts = words.text.split { $0 == "," || $0 == " " }.map { Int($0) }
        guard parts.count == 2, let x = parts[0], let y = parts[1],
            desk.board.grid(layer: 0).contains(Point(x: x, y: y))
        else {
            let last = "\(desk.board.width - 1),\(desk.board.height - 1)"
            throw CommandProblem("'\(words.text.prefix(20))' is no cell of this drawing: 0,0 to \(last)")
        }
        model.goTo(desk.pen.resolution.dot(of: Point(x: x, y: y)))
        model.changeDesk { $0.hasKeys = true }
        return []
    }

    // MARK: - Files

    @Sendable static func exportSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        let desk = try desk(model)
        let path = try words.required("a file")
        let word = words.all.count > 1 ? String(words.all[1]) : nil
        let form = word.flatMap { SketchExport.Form(rawValue: $0.lowercased()) } ?? SketchExport.Form(fileName: path)
        guard let form, word == nil || SketchExport.Form(rawValue: word?.lowercased() ?? "") != nil else {
            let forms = SketchExport.Form.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandProblem("the form is not clear from '\(path.prefix(40))': add \(forms)")
        }
        let bytes = SketchFiles.bytes(desk.board, model.book.queue, region: desk.selection?.sketch, form)
        return [.save(path, bytes)]
    }

    @Sendable static func importSketch(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        _ = try desk(model)
        return [.readFile(try words.text("a file"))]
    }
}
