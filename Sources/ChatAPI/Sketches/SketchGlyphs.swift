/// What one cell of a sketch may hold: a glyph of one or two cells by the pinned width table, its colours, its attributes.
///
/// A matter of the protocol, not of a client's taste: when two terminals disagree about one cell, the drawing shears.
package struct SketchGlyph: Hashable, Sendable {
    /// UTF-8, the first byte lowest, and the width in the highest byte: a cell is plain memory without references.
    package let packed: UInt64

    /// Bytes of UTF-8 that one glyph may have: a letter with a mark or two.
    package static let maximumBytes = 7

    package static let space = SketchGlyph(packed: 1 << 56 | 0x20)
    /// The second cell of a wide glyph.
    package static let continuation = SketchGlyph(packed: 0)

    package init(packed: UInt64) { self.packed = packed }

    /// The glyph of an ASCII character that can be seen, or a space.
    package init(ascii: UInt8) { packed = 1 << 56 | UInt64(ascii) }

    /// Nil unless the text is exactly one glyph that a cell may hold.
    package init?(_ text: String) {
        guard let glyphs = try? SketchGlyph.split(text), glyphs.count == 1 else { return nil }
        self = glyphs[0]
    }

    fileprivate init(bytes: some Sequence<UInt8>, width: Int) {
        var packed = UInt64(width) << 56
        var shift: UInt64 = 0
        for byte in bytes {
            packed |= UInt64(byte) << shift
            shift += 8
        }
        self.packed = packed
    }

    /// 1 or 2; 0 for the second cell of a wide glyph.
    package var width: Int { Int(packed >> 56) }
    package var isWide: Bool { width == 2 }
    package var isContinuation: Bool { packed == 0 }

    /// Empty for the second cell of a wide glyph.
    package var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the glyph's UTF-8.
    package func append(to bytes: inout [UInt8]) {
        var rest = packed & 0x00FF_FFFF_FFFF_FFFF
        while rest != 0 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}

// MARK: - From text

extension SketchGlyph {
    /// Why a text cannot be drawn.
    package enum Refusal: Error, Equatable, Sendable {
        case control(Unicode.Scalar)
        /// Bidirectional controls reorder what stands around them.
        case direction(Unicode.Scalar)
        case loneMark(Unicode.Scalar)
        /// Joined emoji, flags, keycaps, variation selectors: terminals disagree about their width.
        case sequence(Unicode.Scalar)
        case tooLong(String)

        package var sentence: String {
            switch self {
            case .control(let scalar): "holds the control character \(Self.name(scalar)), which no cell may hold"
            case .direction(let scalar): "holds the direction control \(Self.name(scalar)), which no cell may hold"
            case .loneMark(let scalar): "holds the mark \(Self.name(scalar)) without a letter under it"
            case .sequence(let scalar):
                "holds a sequence around \(Self.name(scalar)): terminals disagree about how many cells it takes"
            case .tooLong(let text):
                "holds a glyph of \(text.utf8.count) bytes; the limit is \(SketchGlyph.maximumBytes)"
            }
        }

        private static func name(_ scalar: Unicode.Scalar) -> String {
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits
        }
    }

    /// The glyphs of a run's text, in order; a wide one takes two cells.
    package static func split(_ text: String) throws(Refusal) -> [SketchGlyph] {
        var glyphs: [SketchGlyph] = []
        glyphs.reserveCapacity(text.utf8.count)
        var isASCII = true
        for byte in text.utf8 {
            guard byte >= 0x20 && byte < 0x7F else {
                isASCII = false
                break
            }
            glyphs.append(SketchGlyph(ascii: byte))
        }
        if isASCII { return glyphs }
        glyphs.removeAll(keepingCapacity: true)
        for grapheme in CellGraphemes(text) {
            for scalar in grapheme.text.unicodeScalars { try check(scalar) }
            guard let base = grapheme.text.unicodeScalars.first else { continue }
            guard !grapheme.isSequence else { throw .sequence(base) }
            guard grapheme.width > 0 else { throw .loneMark(base) }
            guard grapheme.text.utf8.count <= maximumBytes else { throw .tooLong(String(grapheme.text)) }
            glyphs.append(SketchGlyph(bytes: grapheme.text.utf8, width: grapheme.width))
        }
        return glyphs
    }

    private static func check(_ scalar: Unicode.Scalar) throws(Refusal) {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: throw .control(scalar)
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: throw .direction(scalar)
        case 0x200C, 0x200D, 0xFE00...0xFE0F, 0x1F1E6...0x1F1FF, 0xE0000...0xE01EF: throw .sequence(scalar)
        case 0x00AD, 0x200B, 0x2028, 0x2029, 0x2060...0x2065, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFB:
            throw .control(scalar)
        default: break
        }
    }
}

/// A cell's colour: none (whatever the terminal has), one of the 256 of the palette, or 24 bits.
///
/// One whole number on the wire: -1, `0x1000000 + index`, or `0xRRGGBB`.
package struct SketchColor: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package static let none = SketchColor(unchecked: -1)

    /// Nil unless the number is a colour.
    package init?(rawValue: Int32) {
        guard rawValue >= -1, rawValue <= 0x10000FF else { return nil }
        self.rawValue = rawValue
    }

    private init(unchecked rawValue: Int32) { self.rawValue = rawValue }

    package static func rgb(_ value: UInt32) -> SketchColor { SketchColor(unchecked: Int32(value & 0xFFFFFF)) }
    package static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> SketchColor {
        rgb(UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
    }
    package static func palette(_ index: UInt8) -> SketchColor { SketchColor(unchecked: 0x1000000 + Int32(index)) }

    package var isNone: Bool { rawValue < 0 }
    /// `0xRRGGBB`; nil for none and for a colour of the palette.
    package var rgb: UInt32? { (0...0xFFFFFF).contains(rawValue) ? UInt32(rawValue) : nil }
    package var paletteIndex: UInt8? { rawValue >= 0x1000000 ? UInt8(rawValue - 0x1000000) : nil }
}

extension SketchColor: Codable, KnownSchema {
    package init(from decoder: any Decoder) throws {
        let number = try decoder.singleValueContainer().decode(Int32.self)
        guard let color = SketchColor(rawValue: number) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "is \(number), which is no colour")
            )
        }
        self = color
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    package static var schema: Schema { .integer }
}

/// How a cell's glyph is drawn beside its colours. The sum of the bits on the wire.
package struct SketchAttributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = SketchAttributes(rawValue: 1)
    package static let dim = SketchAttributes(rawValue: 2)
    package static let italic = SketchAttributes(rawValue: 4)
    package static let underline = SketchAttributes(rawValue: 8)
    package static let reverse = SketchAttributes(rawValue: 16)
    package static let strike = SketchAttributes(rawValue: 32)

    package static let all: SketchAttributes = [.bold, .dim, .italic, .underline, .reverse, .strike]
}
