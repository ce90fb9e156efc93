/// Reads what arrives thirty times a second from everyone who draws, without a decoder: the call of a drawing person, the
/// pointer, the entries of a push and of the stored log.
///
/// Like `SendScanner` it never guesses: what is not exactly the hot form is nil, and the general path decides.
package enum SketchScanner {
    package struct Frame: Sendable, Equatable {
        package let id: Int64
        package let draw: SketchDraw
    }

    package struct PointerFrame: Sendable, Equatable {
        package let id: Int64
        package let pointer: SketchPointer
    }

    /// `{"id":7,"call":"sketches.draw","in":{"sketch":"…","cid":"…","op":"cells","stroke":"…","layer":0,"runs":[…]}}`
    package static func scan(_ bytes: UnsafeRawBufferPointer) -> Frame? {
        var found: SketchDraw?
        let id = call("sketches.draw", bytes) { cursor in
            found = draw(&cursor)
            return found != nil
        }
        guard let id, let found else { return nil }
        return Frame(id: id, draw: found)
    }

    /// `{"id":7,"call":"sketches.pointer","in":{"sketch":"…","x":4,"y":2,…}}`
    package static func scanPointer(_ bytes: UnsafeRawBufferPointer) -> PointerFrame? {
        var found: SketchPointer?
        let id = call("sketches.pointer", bytes) { cursor in
            found = pointer(&cursor)
            return found != nil
        }
        guard let id, let found else { return nil }
        return PointerFrame(id: id, pointer: found)
    }

    /// One entry of the log that draws cells.
    package static func entry(_ bytes: UnsafeRawBufferPointer) -> SketchEntry? {
        var cursor = JSONCursor(bytes)
        cursor.skipSpace()
        guard let entry = entry(&cursor) else { return nil }
        cursor.skipSpace()
        return cursor.isAtEnd ? entry : nil
    }

    /// `{"push":"operations","sketch":"…","operations":[…]}`. Entries that are not hot are decoded one by one.
    package static func push(_ bytes: UnsafeRawBufferPointer) -> SketchPush? {
        var cursor = JSONCursor(bytes)
        guard cursor.take(UInt8(ascii: "{")), name(&cursor, "push"), string(&cursor, "operations"),
            cursor.next(orEnd: UInt8(ascii: "}")) == true, name(&cursor, "sketch"), let sketch: SketchID = id(&cursor),
            cursor.next(orEnd: UInt8(ascii: "}")) == true, name(&cursor, "operations"), cursor.take(UInt8(ascii: "["))
        else { return nil }
        var entries: [SketchEntry] = []
        while true {
            let start = cursor
            if let entry = entry(&cursor) {
                entries.append(entry)
            } else {
                cursor = start
                guard cursor.skipValue() else { return nil }
                let value = cursor.raw(start.index..<cursor.index)
                guard let entry = try? Coding.decode(SketchEntry.self, from: Array(value)) else { return nil }
                entries.append(entry)
            }
            guard let follows = cursor.next(orEnd: UInt8(ascii: "]")) else { return nil }
            if !follows { break }
        }
        guard cursor.next(orEnd: UInt8(ascii: "}")) == false, cursor.isAtEnd else { return nil }
        return SketchPush(sketch: sketch, operations: entries)
    }

    // MARK: - Frames

    private static func call(
        _ wanted: StaticString,
        _ bytes: UnsafeRawBufferPointer,
        _ input: (inout JSONCursor) -> Bool
    ) -> Int64? {
        var cursor = JSONCursor(bytes)
        guard cursor.take(UInt8(ascii: "{")) else { return nil }
        var id: Int64?
        var (isCall, hasInput) = (false, false)
        while true {
            guard let name = cursor.string(), !name.hasEscapes, cursor.take(UInt8(ascii: ":")) else { return nil }
            let key = cursor.raw(name.range)
            if key == "id" {
                guard id == nil, let value = cursor.integer() else { return nil }
                id = value
            } else if key == "call" {
                guard !isCall, let value = cursor.string(), cursor.raw(value.range) == wanted else { return nil }
                isCall = true
            } else if key == "in" {
                // The input means nothing before it is known whose it is: `call` comes first, as our clients write it.
                guard isCall, !hasInput, input(&cursor) else { return nil }
                hasInput = true
            } else {
                return nil
            }
            guard let follows = cursor.next(orEnd: UInt8(ascii: "}")) else { return nil }
            if !follows { break }
        }
        return cursor.isAtEnd && hasInput ? id : nil
    }

    /// The members that cells have in a call and in an entry.
    private struct Cells {
        var isCells = false
        var sketch: SketchID?
        var cid: ClientID?
        var stroke: StrokeID?
        var layer: Int?
        var runs: [SketchRun]?
        var seq: Int64?
        var by: AccountID?
        var at: Int64?

        /// Reads an object; false at the first member that is none of these, or comes again.
        mutating func read(_ cursor: inout JSONCursor) -> Bool {
            guard cursor.take(UInt8(ascii: "{")) else { return false }
            while true {
                guard let name = cursor.string(), !name.hasEscapes, cursor.take(UInt8(ascii: ":")),
                    take(cursor.raw(name.range), &cursor), let follows = cursor.next(orEnd: UInt8(ascii: "}"))
                else { return false }
                if !follows { return isCells }
            }
        }

        private mutating func take(_ key: UnsafeRawBufferPointer, _ cursor: inout JSONCursor) -> Bool {
            if key == "runs" {
                guard runs == nil else { return false }
                runs = SketchScanner.runs(&cursor)
                return runs != nil
            }
            if key == "op" {
                guard !isCells, let value = cursor.string() else { return false }
                isCells = cursor.raw(value.range) == "cells"
                return isCells
            }
            if key == "stroke" { return SketchScanner.set(&stroke, SketchScanner.id(&cursor)) }
            if key == "cid" { return SketchScanner.set(&cid, SketchScanner.id(&cursor)) }
            if key == "sketch" { return SketchScanner.set(&sketch, SketchScanner.id(&cursor)) }
            if key == "by" { return SketchScanner.set(&by, SketchScanner.id(&cursor)) }
            if key == "layer" { return SketchScanner.set(&layer, cursor.integer().map { Int($0) }) }
            if key == "seq" { return SketchScanner.set(&seq, cursor.integer()) }
            if key == "at" { return SketchScanner.set(&at, cursor.integer()) }
            return false
        }

        var operation: SketchOperation? {
            guard let stroke, let runs else { return nil }
            return .cells(stroke: stroke, layer: layer ?? 0, runs: runs)
        }
    }

    private static func draw(_ cursor: inout JSONCursor) -> SketchDraw? {
        var cells = Cells()
        guard cells.read(&cursor), cells.seq == nil, cells.by == nil, cells.at == nil, let sketch = cells.sketch,
            let cid = cells.cid, let operation = cells.operation
        else { return nil }
        return SketchDraw(sketch: sketch, cid: cid, operation: operation)
    }

    private static func entry(_ cursor: inout JSONCursor) -> SketchEntry? {
        var cells = Cells()
        guard cells.read(&cursor), cells.sketch == nil, let seq = cells.seq, let by = cells.by, let at = cells.at,
            let operation = cells.operation
        else { return nil }
        return SketchEntry(seq: seq, by: by, at: at, cid: cells.cid, operation: operation)
    }

    private static func pointer(_ cursor: inout JSONCursor) -> SketchPointer? {
        guard cursor.take(UInt8(ascii: "{")) else { return nil }
        var (sketch, x, y, tool): (SketchID?, Int?, Int?, String?) = (nil, nil, nil, nil)
        var (selection, viewport, preview): (SketchRegion?, SketchRegion?, [SketchRun]?) = (nil, nil, nil)
        while true {
            guard let name = cursor.string(), !name.hasEscapes, cursor.take(UInt8(ascii: ":")) else { return nil }
            let key = cursor.raw(name.range)
            let isTaken: Bool
            if key == "sketch" {
                isTaken = set(&sketch, id(&cursor))
            } else if key == "x" {
                isTaken = set(&x, cursor.integer().map { Int($0) })
            } else if key == "y" {
                isTaken = set(&y, cursor.integer().map { Int($0) })
            } else if key == "tool" {
                isTaken = set(&tool, cursor.string().flatMap { cursor.text($0) })
            } else if key == "selection" {
                isTaken = set(&selection, region(&cursor))
            } else if key == "viewport" {
                isTaken = set(&viewport, region(&cursor))
            } else if key == "preview" {
                isTaken = set(&preview, runs(&cursor))
            } else {
                return nil
            }
            guard isTaken, let follows = cursor.next(orEnd: UInt8(ascii: "}")) else { return nil }
            if !follows { break }
        }
        guard let sketch else { return nil }
        return SketchPointer(
            sketch: sketch,
            x: x,
            y: y,
            tool: tool,
            selection: selection,
            preview: preview,
            viewport: viewport
        )
    }

    // MARK: - Values

    /// Once only, and only what could be read.
    private static func set<Value>(_ place: inout Value?, _ value: Value?) -> Bool {
        guard place == nil, let value else { return false }
        place = value
        return true
    }

    private static func name(_ cursor: inout JSONCursor, _ wanted: StaticString) -> Bool {
        guard let name = cursor.string(), !name.hasEscapes, cursor.raw(name.range) == wanted else { return false }
        return cursor.take(UInt8(ascii: ":"))
    }

    private static func string(_ cursor: inout JSONCursor, _ wanted: StaticString) -> Bool {
        guard let value = cursor.string(), !value.hasEscapes else { return false }
        return cursor.raw(value.range) == wanted
    }

    private static func id<Owner>(_ cursor: inout JSONCursor) -> ID<Owner>? {
        cursor.string().flatMap { ID(utf8: cursor.raw($0.range)) }
    }

    private static func region(_ cursor: inout JSONCursor) -> SketchRegion? {
        guard cursor.take(UInt8(ascii: "[")) else { return nil }
        var numbers: (Int, Int, Int, Int) = (0, 0, 0, 0)
        for index in 0..<4 {
            guard let number = coordinate(&cursor), cursor.next(orEnd: UInt8(ascii: "]")) == (index < 3) else {
                return nil
            }
            switch index {
            case 0: numbers.0 = number
            case 1: numbers.1 = number
            case 2: numbers.2 = number
            default: numbers.3 = number
            }
        }
        return SketchRegion(x: numbers.0, y: numbers.1, width: numbers.2, height: numbers.3)
    }

    private static func coordinate(_ cursor: inout JSONCursor) -> Int? {
        guard let number = cursor.integer(), SketchRegion.coordinates.contains(Int(number)) else { return nil }
        return Int(number)
    }

    /// `[[x, y, "text", foreground, background, attributes], …]`
    private static func runs(_ cursor: inout JSONCursor) -> [SketchRun]? {
        guard cursor.take(UInt8(ascii: "[")) else { return nil }
        if cursor.peek() == UInt8(ascii: "]") { return cursor.take(UInt8(ascii: "]")) ? [] : nil }
        var runs: [SketchRun] = []
        while true {
            guard let run = run(&cursor) else { return nil }
            runs.append(run)
            guard let follows = cursor.next(orEnd: UInt8(ascii: "]")) else { return nil }
            if !follows { return runs }
        }
    }

    private static func run(_ cursor: inout JSONCursor) -> SketchRun? {
        let close = UInt8(ascii: "]")
        guard cursor.take(UInt8(ascii: "[")), let x = coordinate(&cursor), cursor.next(orEnd: close) == true,
            let y = coordinate(&cursor), cursor.next(orEnd: close) == true, let found = cursor.string(),
            let text = cursor.text(found), var follows = cursor.next(orEnd: close)
        else { return nil }
        var run = SketchRun(x: x, y: y, text: text)
        var index = 0
        while follows {
            guard index < 3, let number = cursor.integer() else { return nil }
            if index < 2 {
                guard let value = Int32(exactly: number), let color = SketchColor(rawValue: value) else { return nil }
                if index == 0 { run.foreground = color } else { run.background = color }
            } else {
                guard let value = UInt8(exactly: number) else { return nil }
                run.attributes = SketchAttributes(rawValue: value)
            }
            index += 1
            guard let more = cursor.next(orEnd: close) else { return nil }
            follows = more
        }
        return run
    }
}
