import ChatAPI

/// Files as cells of a sketch: text, text with terminal sequences, and PNG pictures as half blocks.
package enum SketchImport {
    /// Why a file cannot become a sketch, and where.
    package struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String

        package init(_ sentence: String) { description = sentence }
    }

    package enum Form: String, Sendable, CaseIterable {
        case text = "txt"
        case ansi
        case png

        /// By what the file holds: the signature of PNG, an escape character, otherwise text.
        package init(_ bytes: [UInt8]) {
            if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
                self = .png
            } else if bytes.contains(0x1B) || String(validating: bytes, as: UTF8.self) == nil {
                self = .ansi
            } else {
                self = .text
            }
        }
    }

    package struct Options: Sendable, Equatable {
        /// Pictures: how many cells wide; as many as the picture has pixels, at most 80, if nil. Terminal sequences: where
        /// lines wrap; at the widest a sketch may be if nil.
        package var columns: Int?
        /// Pictures.
        package var depth = SketchDepth.full

        package init() {}
    }

    /// A text file of more bytes is refused before it is looked at.
    package static let fileBytes = 4_194_304

    package static func picture(
        _ bytes: [UInt8],
        as form: Form,
        _ options: Options = Options()
    ) throws(Refusal) -> SketchGrid {
        switch form {
        case .text: return try text(bytes)
        case .ansi:
            try checkSize(bytes)
            var reader = ANSIReader(width: options.columns ?? Limits.sketchWidth.upperBound)
            return try reader.read(bytes)
        case .png:
            let image: PixelImage
            do throws(PNG.Refusal) { image = try PNG.decode(bytes) } catch { throw Refusal(error.description) }
            return try HalfBlocks.picture(of: image, columns: options.columns, depth: options.depth)
        }
    }

    private static func checkSize(_ bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= fileBytes else {
            throw Refusal("the file has \(bytes.count) bytes; the limit is \(fileBytes)")
        }
    }

    // MARK: - Text

    /// A row for every line; tabs reach to the next multiple of eight.
    private static func text(_ bytes: [UInt8]) throws(Refusal) -> SketchGrid {
        try checkSize(bytes)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Refusal("the file is not UTF-8") }
        // A byte order mark says nothing in UTF-8.
        var lines = (text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...])
            .unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        try checkRows(lines.count)
        var rows: [[SketchGlyph]] = []
        for (number, line) in lines.enumerated() {
            rows.append(try glyphs(of: line, line: number + 1))
        }
        let width = rows.map { $0.reduce(0) { $0 + $1.width } }.max() ?? 0
        var picture = SketchGrid(
            width: max(width, Limits.sketchWidth.lowerBound),
            height: max(rows.count, Limits.sketchHeight.lowerBound)
        )
        for (y, row) in rows.enumerated() {
            var x = 0
            for glyph in row {
                picture.put(.init(glyph), x: x, y: y)
                x += glyph.width
            }
        }
        return picture
    }

    static func checkRows(_ count: Int) throws(Refusal) {
        guard count <= Limits.sketchHeight.upperBound else {
            throw Refusal("the file has \(count) lines; a sketch has at most \(Limits.sketchHeight.upperBound) rows")
        }
    }

    private static func glyphs(
        of line: Substring.UnicodeScalarView,
        line number: Int
    ) throws(Refusal) -> [SketchGlyph] {
        var glyphs: [SketchGlyph] = []
        var cells = 0
        var text = String(Substring(line))
        if text.unicodeScalars.last == "\r" { text.unicodeScalars.removeLast() }
        for (index, part) in text.split(separator: "\t", omittingEmptySubsequences: false).enumerated() {
            if index > 0 {
                let blanks = 8 - cells % 8
                glyphs += Array(repeating: .space, count: blanks)
                cells += blanks
            }
            do throws(SketchGlyph.Refusal) {
                let found = try SketchGlyph.split(String(part))
                cells += found.reduce(0) { $0 + $1.width }
                glyphs += found
            } catch {
                throw Refusal("line \(number) \(error.sentence)")
            }
            guard cells <= Limits.sketchWidth.upperBound else {
                throw Refusal(
                    "line \(number) takes more than \(Limits.sketchWidth.upperBound) cells, the most that a sketch has"
                )
            }
        }
        return glyphs
    }
}
