import ChatAPI

/// In which form a grapheme goes to a terminal, so that it takes exactly the cells that the frame gave it.
///
/// | grapheme | clusters confirmed (mode 2027) | otherwise |
/// |---|---|---|
/// | libc agrees about the width | through ncurses | through ncurses |
/// | of these, what joins its neighbour (Indic, lone tones) | overlay | through ncurses |
/// | VS16, skin tone, ZWJ, keycap | overlay | its first scalar, blank beside a narrow one |
/// | flag | overlay | its two letters |
/// | single wide emoji that libc does not know | overlay | overlay |
/// | anything else on which libc differs | U+FFFD | U+FFFD |
///
/// An overlay is written at an absolute place over blanks after ncurses is done, and the cursor is put back, so that a
/// terminal that disagrees about its width shears nothing.
struct PaintForm: Hashable {
    /// What ncurses gets, each with its width by libc; together as wide as the cells.
    var pieces: [Piece]
    /// Whether the grapheme itself is written over it afterwards.
    var isOverlaid = false

    struct Piece: Hashable {
        var scalars: [Int32]
        var width: Int
    }

    static let blank = Piece(scalars: [0x20], width: 1)

    init(_ text: String, width: Int, hasClusters: Bool, canOverlay: Bool, libcWidth: (Unicode.Scalar) -> Int) {
        let scalars = Array(text.unicodeScalars)
        guard let first = scalars.first, width > 0 else {
            pieces = [Self.blank]
            return
        }
        let piece = Piece(scalars: scalars.map { Int32($0.value) }, width: width)
        let marksAgree = scalars.dropFirst().allSatisfy { mark in
            libcWidth(mark) == 0 && CellWidth.of(mark) == 0 && mark != "\u{FE0F}" && mark != "\u{200D}"
        }
        let isIndicator = Self.isIndicator(first)
        if scalars.count <= 1 + GraphemeText.maximumMarks, marksAgree, libcWidth(first) == width, !isIndicator {
            pieces = [piece]
            // A clustering terminal would draw it into the cell before; at a place of its own it cannot.
            if hasClusters, canOverlay, Self.joinsNeighbours(first) {
                pieces = [PaintForm.Piece](repeating: Self.blank, count: width)
                isOverlaid = true
            }
            return
        }
        if scalars.count > 1 && width == 2 && hasClusters && canOverlay && !marksAgree {
            pieces = [Self.blank, Self.blank]
            isOverlaid = true
            return
        }
        if isIndicator {
            pieces = scalars.prefix(width).map { scalar in
                Self.isIndicator(scalar) ? Piece(scalars: [Int32(scalar.value) - 0x1F1E6 + 0x41], width: 1) : Self.blank
            }
            return
        }
        let alone = Piece(scalars: [Int32(first.value)], width: libcWidth(first))
        if alone.width == width {
            pieces = [alone]
        } else if alone.width == 1, width == 2 {
            pieces = [alone, Self.blank]
        } else if width == 2, canOverlay, CellWidth.isEmoji(first), scalars.count == 1 {
            pieces = [Self.blank, Self.blank]
            isOverlaid = true
        } else {
            pieces = [Piece(scalars: [0xFFFD], width: 1)] + (width == 2 ? [Self.blank] : [])
        }
    }

    /// Spacing marks, lone skin tones, and the scripts in which a consonant joins the one before it.
    private static func joinsNeighbours(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0900...0x0DFF, 0x1000...0x109F, 0x1780...0x17FF, 0x1F3FB...0x1F3FF: true
        case 0..<0x0900: false
        default: scalar.properties.generalCategory == .spacingMark
        }
    }

    private static func isIndicator(_ scalar: Unicode.Scalar) -> Bool { (0x1F1E6...0x1F1FF).contains(scalar.value) }
}

extension PaintForm {
    /// The common case, without looking anything up.
    init(ascii byte: UInt8) {
        pieces = [Piece(scalars: [Int32(byte)], width: 1)]
    }

    /// What ncurses gets, as text.
    var text: String {
        var text = ""
        for piece in pieces {
            for value in piece.scalars { text.unicodeScalars.append(Unicode.Scalar(UInt32(value)) ?? "\u{FFFD}") }
        }
        return text
    }
}

extension FrameText {
    /// The grid as a terminal shows it that has not confirmed grapheme clusters: what libc cannot count is replaced within its
    /// cells, overlays are left out. Rows without the blanks at their ends. For tests that compare with a real terminal.
    package func shown(by family: TerminalFamily) -> String {
        Curses.chooseLocale()
        let lines = (0..<frame.height).map { y in
            var row = ""
            for x in 0..<frame.width {
                let cell = frame[x, y]
                guard cell.width > 0 else { continue }
                row +=
                    PaintForm(
                        cell.text,
                        width: Int(cell.width),
                        hasClusters: false,
                        canOverlay: family.hasCommands,
                        libcWidth: Curses.libcWidth
                    ).text
            }
            return Self.withoutTrailingBlanks(row)
        }
        return lines.joined(separator: "\n")
    }
}
