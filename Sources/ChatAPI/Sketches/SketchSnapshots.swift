/// A whole sketch at one position of its log, small enough for a slow line: the log's tail follows from `sketch.seq`.
///
/// Glyphs and styles are listed once, the most frequent first; the cells of a layer are a text of whole numbers in base
/// 32, five bits a character, the lowest first, upper half of the alphabet while more follow. Each number is a step:
/// `4g` draws glyph g in the current style, `4n+1` repeats the last cell n times, `4s+2` takes style s, `4n+3` leaves n
/// cells as empty as in the beginning. A wide glyph takes two cells. Steps go row by row; what is missing at the end is
/// empty.
package struct SketchSnapshot: Codable, Sendable, Equatable {
    package var sketch: Sketch
    /// Everyone who drew a cell. Styles count from 1; 0 is nobody.
    package var people: [AccountID]
    package var glyphs: [String]
    package var styles: [SketchStyle]
    package var planes: [SketchPlaneText]
}

/// `[foreground, background, attributes, author]` on the wire.
package struct SketchStyle: Hashable, Sendable {
    package var foreground: SketchColor
    package var background: SketchColor
    package var attributes: SketchAttributes
    package var author: UInt16
}

/// The cells of one layer.
package struct SketchPlaneText: Codable, Sendable, Equatable {
    package var layer: Int
    package var cells: String
}

extension SketchStyle: Codable, KnownSchema {
    package init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        foreground = try list.decode(SketchColor.self)
        background = try list.decode(SketchColor.self)
        attributes = SketchAttributes(rawValue: try list.decode(UInt8.self))
        author = try list.decode(UInt16.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        try list.encode(foreground)
        try list.encode(background)
        try list.encode(attributes.rawValue)
        try list.encode(author)
    }

    package static var schema: Schema { .array(.integer) }
}

// MARK: - Writing

extension SketchSnapshot {
    /// The canvas with what else is known of the sketch.
    package init(_ canvas: SketchCanvas, of sketch: Sketch) {
        var sketch = sketch
        sketch.width = canvas.width
        sketch.height = canvas.height
        sketch.layers = canvas.layers
        sketch.locks = canvas.locks
        sketch.seq = canvas.seq
        self.sketch = sketch
        people = canvas.people
        var tables = SketchTables()
        for layer in canvas.layers {
            if let plane = canvas.plane(layer.id) { tables.count(plane) }
        }
        tables.sort()
        glyphs = tables.glyphs.map(\.text)
        styles = tables.styles
        planes = canvas.layers.compactMap { layer in
            guard let plane = canvas.plane(layer.id), !plane.isUntouched else { return nil }
            return SketchPlaneText(layer: layer.id, cells: tables.text(of: plane))
        }
    }

    /// The canvas again. Nil if the snapshot is not one.
    package func canvas() -> SketchCanvas? {
        guard sketch.width > 0, sketch.height > 0, sketch.width <= Limits.sketchWidth.upperBound,
            sketch.height <= Limits.sketchHeight.upperBound
        else { return nil }
        var canvas = SketchCanvas(
            width: sketch.width,
            height: sketch.height,
            layers: sketch.layers,
            locks: sketch.locks,
            seq: sketch.seq
        )
        let authors = [0] + people.map { canvas.number(of: $0) }
        let glyphs = glyphs.map { SketchGlyph($0) }
        let cells = styles.map { style in
            SketchCell(
                foreground: style.foreground,
                background: style.background,
                attributes: style.attributes,
                author: Int(style.author) < authors.count ? authors[Int(style.author)] : 0
            )
        }
        for plane in planes {
            guard canvas.layer(plane.layer) != nil, canvas.fill(plane, glyphs: glyphs, styles: cells) else {
                return nil
            }
        }
        return canvas
    }
}

/// Which glyphs and styles a canvas uses, and how often.
private struct SketchTables {
    private var glyphCounts: [SketchGlyph: Int] = [:]
    private var styleCounts: [SketchStyle: Int] = [:]
    private var glyphNumbers: [SketchGlyph: Int] = [:]
    private var styleNumbers: [SketchStyle: Int] = [:]
    private(set) var glyphs: [SketchGlyph] = []
    private(set) var styles: [SketchStyle] = []

    mutating func count(_ plane: SketchPlane) {
        var last = SketchCell.empty
        for cell in plane.cells where cell != last {
            last = cell
            if cell == .empty || cell.glyph.isContinuation { continue }
            glyphCounts[cell.glyph, default: 0] += 1
            styleCounts[Self.style(cell), default: 0] += 1
        }
    }

    /// The most frequent first; alike, in a fixed order, so that the same canvas is the same bytes.
    mutating func sort() {
        glyphs = glyphCounts.sorted { ($1.value, $0.key.packed) < ($0.value, $1.key.packed) }.map(\.key)
        styles = styleCounts.sorted { ($1.value, Self.rank($0.key)) < ($0.value, Self.rank($1.key)) }.map(\.key)
        for (number, glyph) in glyphs.enumerated() { glyphNumbers[glyph] = number }
        for (number, style) in styles.enumerated() { styleNumbers[style] = number }
    }

    func text(of plane: SketchPlane) -> String {
        var steps = SketchSteps()
        var style: SketchStyle?
        var last: SketchCell?
        var repeats = 0
        var blanks = 0
        func closeRun(_ steps: inout SketchSteps) {
            if repeats > 0 { steps.append(repeats << 2 | 1) }
            repeats = 0
        }
        for cell in plane.cells where !cell.glyph.isContinuation {
            if cell == .empty {
                closeRun(&steps)
                blanks += 1
                last = nil
                continue
            }
            if blanks > 0 {
                steps.append(blanks << 2 | 3)
                blanks = 0
            }
            if cell == last {
                repeats += 1
                continue
            }
            closeRun(&steps)
            let wanted = Self.style(cell)
            if wanted != style {
                steps.append((styleNumbers[wanted] ?? 0) << 2 | 2)
                style = wanted
            }
            steps.append((glyphNumbers[cell.glyph] ?? 0) << 2)
            last = cell
        }
        closeRun(&steps)
        return steps.text
    }

    private static func style(_ cell: SketchCell) -> SketchStyle {
        SketchStyle(
            foreground: cell.foreground,
            background: cell.background,
            attributes: cell.attributes,
            author: cell.author
        )
    }

    private static func rank(_ style: SketchStyle) -> UInt64 {
        UInt64(UInt32(bitPattern: style.foreground.rawValue)) << 32
            | UInt64(UInt32(bitPattern: style.background.rawValue))
            ^ UInt64(style.attributes.rawValue) << 24 ^ UInt64(style.author)
    }
}

/// Whole numbers as text, five bits a character.
struct SketchSteps {
    private var bytes: [UInt8] = []

    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ number: Int) {
        var rest = UInt(number)
        repeat {
            let digit = Int(rest & 31)
            rest >>= 5
            bytes.append(Self.alphabet[digit | (rest > 0 ? 32 : 0)])
        } while rest > 0
    }

    /// Calls `body` with each number; false if the text is not one of these, or `body` says so.
    static func read(_ text: String, _ body: (Int) -> Bool) -> Bool {
        var number = 0
        var shift = 0
        for byte in text.utf8 {
            guard let digit = value(of: byte), shift < 30 else { return false }
            number |= (digit & 31) << shift
            shift += 5
            guard digit < 32 else { continue }
            guard body(number) else { return false }
            number = 0
            shift = 0
        }
        return shift == 0
    }

    private static func value(of byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}

extension SketchCanvas {
    /// Fills an untouched layer. False if the text is not a layer of this size.
    fileprivate mutating func fill(_ text: SketchPlaneText, glyphs: [SketchGlyph?], styles: [SketchCell]) -> Bool {
        let count = width * height
        var plane = SketchPlane(width: width, height: height)
        var position = 0
        var style: SketchCell?
        var last: SketchCell?
        func put(_ cell: SketchCell) -> Bool {
            let (x, y) = (position % plane.width, position / plane.width)
            guard position < count, x + cell.glyph.width <= plane.width else { return false }
            plane.write(cell, x: x, y: y)
            position += cell.glyph.width
            return true
        }
        let isWhole = SketchSteps.read(text.cells) { step in
            let number = step >> 2
            switch step & 3 {
            case 0:
                guard number < glyphs.count, let glyph = glyphs[number], var cell = style else { return false }
                cell.glyph = glyph
                last = cell
                return put(cell)
            case 1:
                guard let last, number <= count else { return false }
                for _ in 0..<number where !put(last) { return false }
                return true
            case 2:
                guard number < styles.count else { return false }
                style = styles[number]
                return true
            default:
                guard number <= count - position else { return false }
                position += number
                last = nil
                return true
            }
        }
        guard isWhole else { return false }
        set(plane, layer: text.layer)
        return true
    }
}
