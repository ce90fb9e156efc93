import ChatAPI

/// Reads text with terminal sequences into cells: colours and attributes, and the cursor movements that ANSI art is made with.
///
/// Bytes that are not UTF-8 are taken for code page 437, as art from the eighties is; what follows its end mark (0x1A) is a
/// record about the file. Sequences that mean nothing here are skipped, whatever their length.
struct ANSIReader {
    private let width: Int
    private var rows: [[Int: SketchGrid.Cell]] = []
    private var x = 0
    private var y = 0
    private var saved = (x: 0, y: 0)
    private var style = SketchGrid.Cell.empty
    private var isWrapping = false
    private var reach = 0
    private var line = 1

    init(width: Int) { self.width = width }

    mutating func read(_ bytes: [UInt8]) throws(SketchImport.Refusal) -> SketchGrid {
        let text: String
        if let valid = String(validating: bytes, as: UTF8.self) {
            text = valid
        } else {
            text = String(String.UnicodeScalarView(bytes.prefix { $0 != 0x1A }.map(CodePage437.scalar)))
        }
        try read(text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...])
        var grid = SketchGrid(
            width: max(reach, Limits.sketchWidth.lowerBound),
            height: max(rows.count, Limits.sketchHeight.lowerBound)
        )
        for (y, row) in rows.enumerated() {
            for (x, cell) in row.sorted(by: { $0.key < $1.key }) { grid.put(cell, x: x, y: y) }
        }
        return grid
    }

    private mutating func read(_ text: Substring) throws(SketchImport.Refusal) {
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            if scalar.value >= 0x20, scalar.value != 0x7F, scalar.value != 0x9B {
                let end = scalars[index...].firstIndex { $0.value < 0x20 || $0.value == 0x7F || $0.value == 0x9B }
                try write(text[index..<(end ?? scalars.endIndex)])
                index = end ?? scalars.endIndex
                continue
            }
            index = scalars.index(after: index)
            switch scalar {
            case "\n":
                x = 0
                line += 1
                try moveDown()
            case "\r":
                x = 0
                isWrapping = false
            case "\t": x = min((x / 8 + 1) * 8, width - 1)
            case "\u{8}": x = max(x - 1, 0)
            case "\u{1B}": try escape(scalars, &index)
            case "\u{9B}": try control(scalars, &index)
            case "\0", "\u{7}", "\u{E}", "\u{F}", "\u{7F}": break
            // The end mark of DOS, in a file that happens to be UTF-8.
            case "\u{1A}": return
            default:
                throw SketchImport.Refusal(
                    "line \(line) holds the control character U+00\(scalar.value < 16 ? "0" : "")"
                        + String(scalar.value, radix: 16, uppercase: true)
                )
            }
        }
    }

    // MARK: - Writing

    private mutating func write(_ text: Substring) throws(SketchImport.Refusal) {
        let glyphs: [SketchGlyph]
        do throws(SketchGlyph.Refusal) {
            glyphs = try SketchGlyph.split(String(text))
        } catch {
            throw SketchImport.Refusal("line \(line) \(error.sentence)")
        }
        for glyph in glyphs {
            if isWrapping || x + glyph.width > width {
                x = 0
                try moveDown()
            }
            try SketchImport.checkRows(y + 1)
            while rows.count <= y { rows.append([:]) }
            var cell = style
            cell.glyph = glyph
            // What a cell is drawn over loses its other half as on a terminal.
            if x > 0, rows[y][x - 1]?.glyph.isWide == true { rows[y][x - 1]?.glyph = .space }
            rows[y][x] = cell
            if glyph.isWide { rows[y][x + 1] = nil }
            x += glyph.width
            reach = max(reach, x)
            if x >= width {
                x = width - 1
                isWrapping = true
            }
        }
    }

    private mutating func moveDown() throws(SketchImport.Refusal) {
        isWrapping = false
        y += 1
        try SketchImport.checkRows(y)
        while rows.count < y { rows.append([:]) }
    }

    private mutating func move(toX newX: Int, y newY: Int) throws(SketchImport.Refusal) {
        isWrapping = false
        x = min(max(newX, 0), width - 1)
        y = max(newY, 0)
        try SketchImport.checkRows(y + 1)
    }

    // MARK: - Sequences

    /// Behind an escape character: a control sequence, a string that is skipped, or a short command.
    private mutating func escape(
        _ scalars: Substring.UnicodeScalarView,
        _ index: inout String.Index
    ) throws(SketchImport.Refusal) {
        guard index < scalars.endIndex else { return }
        let kind = scalars[index]
        index = scalars.index(after: index)
        switch kind {
        case "[": try control(scalars, &index)
        case "]", "P", "X", "^", "_":
            // Up to BEL or ESC \ (ECMA-48 §5.6).
            while index < scalars.endIndex {
                let scalar = scalars[index]
                index = scalars.index(after: index)
                if scalar == "\u{7}" { return }
                guard scalar == "\u{1B}" else { continue }
                if index < scalars.endIndex { index = scalars.index(after: index) }
                return
            }
        case "7": saved = (x, y)
        case "8": try move(toX: saved.x, y: saved.y)
        default:
            // Intermediate bytes, then one final.
            var scalar = kind
            while (0x20...0x2F).contains(scalar.value), index < scalars.endIndex {
                scalar = scalars[index]
                index = scalars.index(after: index)
            }
        }
    }

    private mutating func control(
        _ scalars: Substring.UnicodeScalarView,
        _ index: inout String.Index
    ) throws(SketchImport.Refusal) {
        var parameters: [UInt8] = []
        while index < scalars.endIndex {
            let scalar = scalars[index]
            guard (0x20...0x7E).contains(scalar.value) else { return }
            index = scalars.index(after: index)
            if scalar.value >= 0x40 { return try run(UInt8(scalar.value), parameters) }
            if parameters.count < 256 { parameters.append(UInt8(scalar.value)) }
        }
    }

    private mutating func run(_ command: UInt8, _ parameters: [UInt8]) throws(SketchImport.Refusal) {
        if command == UInt8(ascii: "m") { return style = ANSIStyle.applied(parameters, to: style) }
        let numbers = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
            min(Int(String(decoding: $0, as: UTF8.self)) ?? 0, 10_000)
        }
        let first = numbers.first ?? 0
        let count = max(first, 1)
        switch command {
        case UInt8(ascii: "A"): try move(toX: x, y: y - count)
        case UInt8(ascii: "B"), UInt8(ascii: "e"): try move(toX: x, y: y + count)
        case UInt8(ascii: "C"), UInt8(ascii: "a"): try move(toX: x + count, y: y)
        case UInt8(ascii: "D"): try move(toX: x - count, y: y)
        case UInt8(ascii: "E"): try move(toX: 0, y: y + count)
        case UInt8(ascii: "F"): try move(toX: 0, y: y - count)
        case UInt8(ascii: "G"), UInt8(ascii: "`"): try move(toX: count - 1, y: y)
        case UInt8(ascii: "d"): try move(toX: x, y: count - 1)
        case UInt8(ascii: "H"), UInt8(ascii: "f"):
            try move(toX: (numbers.count > 1 ? max(numbers[1], 1) : 1) - 1, y: count - 1)
        case UInt8(ascii: "J") where first == 2:
            rows = []
            reach = 0
            try move(toX: 0, y: 0)
        case UInt8(ascii: "K") where first == 0: if y < rows.count { rows[y] = rows[y].filter { $0.key < x } }
        case UInt8(ascii: "s"): saved = (x, y)
        case UInt8(ascii: "u"): try move(toX: saved.x, y: saved.y)
        default: break
        }
    }
}
