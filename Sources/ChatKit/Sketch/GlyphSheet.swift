import CGlyphs

/// The bitmap font that pictures are set in: GNU Unifont on a sheet that is linked into the programs.
///
/// The sheet is a PNG picture, 1 bit a pixel, 1.5 MB once it is read; that happens with the first picture that needs a glyph.
package struct GlyphSheet: Sendable {
    package static let shared = GlyphSheet()

    /// A glyph's rows from above, its leftmost pixel in the highest of `width` bits.
    package struct Glyph: Sendable, Equatable {
        /// 8 or 16 pixels.
        package let width: Int
        package let rows: [UInt16]
    }

    private let bits: [UInt8]
    private let stride: Int
    private let halves: GlyphRanges
    private let fulls: GlyphRanges

    private init() {
        let bytes = UnsafeBufferPointer(start: cglyphs_sheet(), count: cglyphs_sheet_bytes())
        do throws(PNG.Refusal) {
            (bits, stride) = try PNG.decodeBits(bytes)
        } catch {
            preconditionFailure("the sheet of glyphs: \(error)")
        }
        halves = GlyphRanges(GlyphSheetTable.halves)
        fulls = GlyphRanges(GlyphSheetTable.fulls)
    }

    /// Nil if the font has no such glyph.
    package func glyph(_ scalar: Unicode.Scalar) -> Glyph? {
        if let index = halves.index(of: scalar.value) { return glyph(index, bytes: 1, from: 0) }
        guard let index = fulls.index(of: scalar.value) else { return nil }
        return glyph(index, bytes: 2, from: (halves.count + stride - 1) / stride)
    }

    private func glyph(_ index: Int, bytes: Int, from band: Int) -> Glyph {
        let perRow = stride / bytes
        let start = (band + index / perRow) * CellShape.height * stride + index % perRow * bytes
        let rows = (0..<CellShape.height).map { row in
            let at = start + row * stride
            return bytes == 1 ? UInt16(bits[at]) : UInt16(bits[at]) << 8 | UInt16(bits[at + 1])
        }
        return Glyph(width: 8 * bytes, rows: rows)
    }
}

/// Ascending ranges of scalars whose glyphs are numbered through.
private struct GlyphRanges {
    private let pairs: [UInt32]
    /// The number of each range's first glyph.
    private let starts: [Int]
    let count: Int

    init(_ pairs: [UInt32]) {
        self.pairs = pairs
        var starts: [Int] = []
        var count = 0
        for index in stride(from: 0, to: pairs.count, by: 2) {
            starts.append(count)
            count += Int(pairs[index + 1] - pairs[index]) + 1
        }
        self.starts = starts
        self.count = count
    }

    func index(of value: UInt32) -> Int? {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if pairs[2 * middle + 1] < value { low = middle + 1 } else { high = middle }
        }
        guard low < starts.count, pairs[2 * low] <= value else { return nil }
        return starts[low] + Int(value - pairs[2 * low])
    }
}
