import ChatAPI
import ChatKit
import TerminalUI

/// What a recording says of drawings: answers about them in their form of the wire, strokes of others, what became of one's own.
extension Recording {
    /// Nil for what changes nothing that is seen.
    static func line(_ request: SketchRequest, _ reply: SketchReply) -> [String: JSON]? {
        switch (request, reply) {
        case (.list(let channel), .list(let sketches)):
            ["sketches": json(sketches), "channel": .string(channel.description)]
        case (.create, .sketch(let sketch)): ["sketchMade": json(sketch)]
        case (.snapshot(_, let purpose), .snapshot(let snapshot)):
            ["snapshot": json(snapshot), "purpose": .string(purpose.rawValue)]
        case (.rename, .sketch(let sketch)): ["sketchRenamed": json(sketch)]
        case (.delete(let id), _): ["sketchDeleted": .string(id.description)]
        case (.versions(let id), .versions(let versions)):
            ["versions": json(versions), "sketch": .string(id.description)]
        case (.nameVersion(let id, _), .version(let version)):
            ["versionKept": json(version), "sketch": .string(id.description)]
        case (.origin(let id, let x, let y), .origin(let origin)):
            [
                "origin": json(origin), "sketch": .string(id.description), "column": .integer(Int64(x)),
                "row": .integer(Int64(y)),
            ]
        case (.history(let id, let after), .history(let page)):
            [
                "history": json(page), "sketch": .string(id.description),
                "after": after.map(JSON.integer) ?? .null,
            ]
        default: nil
        }
    }

    static func line(_ cid: ClientID, _ result: Result<SketchDrawn, APIError>) -> [String: JSON] {
        switch result {
        case .success(let drawn): ["drawn": .string(cid.description), "answer": json(drawn)]
        case .failure(let error): ["drawn": .string(cid.description), "refused": json(error)]
        }
    }

    /// The action of such a line; nil for other lines.
    static func sketch(_ value: JSON) -> Action? {
        if let cid = value["drawn"]?.string.flatMap({ ClientID($0) }) {
            if let drawn: SketchDrawn = decode(value["answer"]) { return .drawn(cid, .success(drawn)) }
            if let error: APIError = decode(value["refused"]) { return .drawn(cid, .failure(error)) }
            return nil
        }
        if let draws: [SketchDraw] = decode(value["drawings"]) { return .drawings(draws) }
        return answer(value).map { .answered(.sketch($0), .success(.sketch($1))) }
    }

    private static func answer(_ value: JSON) -> (SketchRequest, SketchReply)? {
        if let sketches: [Sketch] = decode(value["sketches"]),
            let channel = value["channel"]?.string.flatMap({ ChannelID($0) })
        {
            return (.list(channel), .list(sketches))
        }
        if let sketch: Sketch = decode(value["sketchMade"]) {
            return (.create(sketch.channel, name: sketch.name, width: nil, height: nil), .sketch(sketch))
        }
        if let snapshot: SketchSnapshot = decode(value["snapshot"]),
            let purpose = value["purpose"]?.string.flatMap({ SnapshotPurpose(rawValue: $0) })
        {
            return (.snapshot(snapshot.sketch.id, purpose), .snapshot(snapshot))
        }
        if let sketch: Sketch = decode(value["sketchRenamed"]) {
            return (.rename(sketch.id, sketch.name), .sketch(sketch))
        }
        if let id = value["sketchDeleted"]?.string.flatMap({ SketchID($0) }) { return (.delete(id), .done) }
        guard let id = value["sketch"]?.string.flatMap({ SketchID($0) }) else { return nil }
        if let versions: [SketchVersion] = decode(value["versions"]) { return (.versions(id), .versions(versions)) }
        if let version: SketchVersion = decode(value["versionKept"]) {
            return (.nameVersion(id, version.name), .version(version))
        }
        if let origin: SketchOrigin = decode(value["origin"]) {
            let x = place(value["column"])
            let y = place(value["row"])
            return (.origin(id, x: x, y: y), .origin(origin))
        }
        if let page: SketchOperationPage = decode(value["history"]) {
            return (.history(id, after: value["after"]?.integer), .history(page))
        }
        return nil
    }

    // MARK: - The mouse

    static let mouseKinds: [(name: String, kind: MouseEvent.Kind)] = [
        ("press", .press(.left)), ("pressMiddle", .press(.middle)), ("pressRight", .press(.right)),
        ("drag", .drag(.left)), ("dragMiddle", .drag(.middle)), ("dragRight", .drag(.right)),
        ("release", .release(.left)), ("releaseMiddle", .release(.middle)), ("releaseRight", .release(.right)),
        ("move", .move), ("wheelUp", .wheel(.up)), ("wheelDown", .wheel(.down)), ("wheelLeft", .wheel(.left)),
        ("wheelRight", .wheel(.right)),
    ]

    static func line(_ mouse: MouseEvent) -> [String: JSON]? {
        guard let name = mouseKinds.first(where: { $0.kind == mouse.kind })?.name else { return nil }
        var line: [String: JSON] = [
            "mouse": .string(name), "x": .integer(Int64(mouse.x)), "y": .integer(Int64(mouse.y)),
        ]
        if !mouse.modifiers.isEmpty { line["modifiers"] = .integer(Int64(mouse.modifiers.rawValue)) }
        return line
    }

    static func mouse(_ value: JSON) -> MouseEvent? {
        guard let name = value["mouse"]?.string, let kind = mouseKinds.first(where: { $0.name == name })?.kind else {
            return nil
        }
        let modifiers = Key.Modifiers(rawValue: .init(truncatingIfNeeded: value["modifiers"]?.integer ?? 0))
        return MouseEvent(kind, x: place(value["x"]), y: place(value["y"]), modifiers: modifiers)
    }

    /// A column or a row: no screen is larger, whatever the file says.
    private static func place(_ value: JSON?) -> Int {
        Int(max(0, min(value?.integer ?? 0, Int64(Frame.maximumSide))))
    }
}
