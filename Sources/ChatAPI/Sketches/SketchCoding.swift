/// The JSON of operations, entries, runs and regions in general; the hot forms have a scanner and a writer of their own.

extension SketchRun: Codable, KnownSchema {
    package init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        x = try list.decodeCoordinate()
        y = try list.decodeCoordinate()
        text = try list.decode(String.self)
        foreground = list.isAtEnd ? .none : try list.decode(SketchColor.self)
        background = list.isAtEnd ? .none : try list.decode(SketchColor.self)
        attributes = list.isAtEnd ? [] : SketchAttributes(rawValue: try list.decode(UInt8.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        try list.encode(x)
        try list.encode(y)
        try list.encode(text)
        if foreground.isNone && background.isNone && attributes.isEmpty { return }
        try list.encode(foreground)
        if background.isNone && attributes.isEmpty { return }
        try list.encode(background)
        if !attributes.isEmpty { try list.encode(attributes.rawValue) }
    }

    package static var schema: Schema { .array(.any) }
}

extension SketchRegion: Codable, KnownSchema {
    package init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        x = try list.decodeCoordinate()
        y = try list.decodeCoordinate()
        width = try list.decodeCoordinate()
        height = try list.decodeCoordinate()
    }

    package func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        for number in [x, y, width, height] { try list.encode(number) }
    }

    package static var schema: Schema { .array(.integer) }
}

extension UnkeyedDecodingContainer {
    /// Far beyond any drawing, and far from where sums of numbers overflow.
    fileprivate mutating func decodeCoordinate() throws -> Int {
        let number = try decode(Int.self)
        guard SketchRegion.coordinates.contains(number) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: codingPath, debugDescription: "holds the place \(number), which is in no drawing")
            )
        }
        return number
    }
}

/// The names of operations on the wire.
package enum SketchOperationName: String, WireEnum {
    case cells
    case clear
    case undo
    case redo
    case resize
    case layer
    case lock
    case unlock
    case rename
    case wipe
    case restore
}

/// The members of all operations side by side: `{"op":"cells","stroke":"…","layer":0,"runs":[…]}`.
struct SketchOperationForm: Codable {
    var op: String
    var stroke: StrokeID?
    var layer: Int?
    var runs: [SketchRun]?
    var region: SketchRegion?
    var width: Int?
    var height: Int?
    var name: String?
    var hidden: Bool?
    var locked: Bool?
    var position: Int?
    var removed: Bool?
    var account: AccountID?
    var since: Milliseconds?
    var undone: Bool?
    var version: Int64?
    var layers: [SketchLayer]?

    init(_ operation: SketchOperation) {
        op = operation.name?.rawValue ?? "unknown"
        switch operation {
        case .cells(let stroke, let layer, let runs): (self.stroke, self.layer, self.runs) = (stroke, layer, runs)
        case .clear(let stroke, let region, let layer):
            (self.stroke, self.region, self.layer) = (stroke, region, layer)
        case .undo(let stroke), .redo(let stroke): self.stroke = stroke
        case .resize(let width, let height): (self.width, self.height) = (width, height)
        case .layer(let change):
            (layer, name, hidden) = (change.layer, change.name, change.hidden)
            (locked, position, removed) = (change.locked, change.position, change.removed)
        case .lock(let region), .unlock(let region): self.region = region
        case .rename(let name): self.name = name
        case .wipe(let account, let since, let undone):
            (self.account, self.since, self.undone) = (account, since, undone ? true : nil)
        case .restore(let stroke, let version, let width, let height, let layers):
            (self.stroke, self.version, self.layers) = (stroke, version, layers)
            (self.width, self.height) = (width, height)
        case .unknown: break
        }
    }

    /// - Throws: what is missing, by name.
    func operation(at path: [any CodingKey]) throws -> SketchOperation {
        func need<Value>(_ value: Value?, _ name: String) throws -> Value {
            guard let value else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: path + [Name(name)], debugDescription: "is missing: '\(op)' needs it")
                )
            }
            return value
        }
        switch SketchOperationName(rawValue: op) {
        case .cells:
            return .cells(stroke: try need(stroke, "stroke"), layer: layer ?? 0, runs: try need(runs, "runs"))
        case .clear: return .clear(stroke: try need(stroke, "stroke"), region: region, layer: layer)
        case .undo: return .undo(stroke: stroke)
        case .redo: return .redo(stroke: stroke)
        case .resize: return .resize(width: try need(width, "width"), height: try need(height, "height"))
        case .layer:
            return .layer(
                SketchLayerChange(
                    layer: try need(layer, "layer"),
                    name: name,
                    hidden: hidden,
                    locked: locked,
                    position: position,
                    removed: removed
                )
            )
        case .lock: return .lock(try need(region, "region"))
        case .unlock: return .unlock(try need(region, "region"))
        case .rename: return .rename(try need(name, "name"))
        case .wipe: return .wipe(account: try need(account, "account"), since: since, undone: undone ?? false)
        case .restore:
            return .restore(
                stroke: try need(stroke, "stroke"),
                version: try need(version, "version"),
                width: try need(width, "width"),
                height: try need(height, "height"),
                layers: try need(layers, "layers")
            )
        case nil: return .unknown
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension SketchOperation {
    /// The operation among the members of an entry or a draft. In an answer nothing is read but the name of one that this
    /// program does not know; to say one that is not known is wrong.
    init(among decoder: any Decoder) throws {
        do {
            self = try SketchOperationForm(from: decoder).operation(at: decoder.codingPath)
        } catch {
            guard decoder.userInfo[.isAnswer] as? Bool ?? false else { throw error }
            let name = try? decoder.container(keyedBy: OperationKey.self).decode(String.self, forKey: .op)
            guard let name, SketchOperationName(rawValue: name) == nil else { throw error }
            self = .unknown
        }
    }

    private enum OperationKey: String, CodingKey {
        case op
    }

    /// Nil for one that this program does not know.
    package var name: SketchOperationName? {
        switch self {
        case .cells: .cells
        case .clear: .clear
        case .undo: .undo
        case .redo: .redo
        case .resize: .resize
        case .layer: .layer
        case .lock: .lock
        case .unlock: .unlock
        case .rename: .rename
        case .wipe: .wipe
        case .restore: .restore
        case .unknown: nil
        }
    }

    /// Whoever does it holds a pen. Who makes, names, measures or tidies a sketch does not.
    package var isDrawing: Bool {
        switch self {
        case .cells, .clear, .undo, .redo, .restore: true
        case .resize, .layer, .lock, .unlock, .rename, .wipe, .unknown: false
        }
    }

    /// The stroke that the operation draws; nil if it draws none.
    package var stroke: StrokeID? {
        switch self {
        case .cells(let stroke, _, _), .clear(let stroke, _, _), .restore(let stroke, _, _, _, _): stroke
        default: nil
        }
    }
}

extension SketchEntry: Codable {
    private enum Key: String, CodingKey {
        case seq, by, at, cid, patches, skipped
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        seq = try members.decode(Int64.self, forKey: .seq)
        by = try members.decode(AccountID.self, forKey: .by)
        at = try members.decode(Milliseconds.self, forKey: .at)
        cid = try members.decodeIfPresent(ClientID.self, forKey: .cid)
        patches = try members.decodeIfPresent([SketchPatch].self, forKey: .patches) ?? []
        skipped = try members.decodeIfPresent(Int.self, forKey: .skipped)
        operation = try SketchOperation(among: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try SketchOperationForm(operation).encode(to: encoder)
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(seq, forKey: .seq)
        try members.encode(by, forKey: .by)
        try members.encode(at, forKey: .at)
        try members.encodeIfPresent(cid, forKey: .cid)
        if !patches.isEmpty { try members.encode(patches, forKey: .patches) }
        try members.encodeIfPresent(skipped, forKey: .skipped)
    }
}

extension SketchDraw: Codable {
    private enum Key: String, CodingKey {
        case sketch, cid
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        sketch = try members.decode(SketchID.self, forKey: .sketch)
        cid = try members.decode(ClientID.self, forKey: .cid)
        operation = try SketchOperation(among: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try SketchOperationForm(operation).encode(to: encoder)
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(sketch, forKey: .sketch)
        try members.encode(cid, forKey: .cid)
    }
}
