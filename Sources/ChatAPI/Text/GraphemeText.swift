/// One grapheme as a terminal cell holds it: a validated text of one or two cells.
///
/// The segmentation is this module's own and as pinned as the widths (the standard library's follows its Unicode
/// version). A grapheme is a base with the marks after it; a pair of regional indicators; a keycap; or an emoji with
/// its variation selector, skin tone, tags and zero-width-joined parts, which is two cells wide as a whole.
package struct GraphemeText: Hashable, Sendable {
    package let text: String
    /// 1 or 2 cells.
    package let width: Int

    /// Nil unless `text` is exactly one grapheme that is safe to draw: no controls, no bidirectional overrides, no more
    /// than `maximumMarks` marks, and at least one cell wide.
    package init?(_ text: String) {
        var graphemes = CellGraphemes(text).makeIterator()
        guard let first = graphemes.next(), first.text.endIndex == text.endIndex, first.width > 0 else { return nil }
        var marks = 0
        for scalar in first.text.unicodeScalars {
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x200B, 0x200C, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF,
                0x061C:
                return nil
            case 0x200D, 0xFE0F, 0xE0020...0xE007F:
                guard first.isSequence else { return nil }
            default:
                if CellWidth.of(scalar) == 0 { marks += 1 }
            }
        }
        guard marks <= Self.maximumMarks, text.unicodeScalars.count <= Self.maximumScalars else { return nil }
        self.text = text
        width = first.width
    }

    /// What ncurses holds in one cell beside the base (CCHARW_MAX is 5). More is decoration meant to spill over.
    package static let maximumMarks = 4

    /// The longest sequence of Unicode 15.1 (a kiss of two skin tones) has 10 scalars; longer ones are no emoji.
    package static let maximumScalars = 16
}

/// The graphemes of a text with their widths in cells.
///
/// Of one type whatever the text is: a generic one costs other modules a look-up of its metadata for every grapheme, a seventh of
/// what a terminal client does.
package struct CellGraphemes: Sequence {
    private let text: Substring

    package init(_ text: some StringProtocol) { self.text = Substring(text) }

    package func makeIterator() -> Iterator { Iterator(text) }

    package struct Element {
        package let text: Substring
        /// 0 for controls and for marks without a base, otherwise 1 or 2.
        package let width: Int
        /// Emoji of several scalars, flag or keycap: terminals disagree about the cells these take.
        package let isSequence: Bool
    }

    package struct Iterator: IteratorProtocol {
        private let text: Substring
        private let scalars: Substring.UnicodeScalarView
        private var index: String.Index

        init(_ text: Substring) {
            self.text = text
            scalars = text.unicodeScalars
            index = text.startIndex
        }

        package mutating func next() -> Element? {
            guard index < scalars.endIndex else { return nil }
            let start = index
            let base = scalars[index]
            index = scalars.index(after: index)
            var width = CellWidth.of(base)
            var isSequence = false
            if base.value < 0x80 {
                // The common case ends here: a printable character with another one after it.
                guard index < scalars.endIndex, scalars[index].value >= 0x300, width > 0 else {
                    return Element(text: text[start..<index], width: width, isSequence: false)
                }
                if takesKeycap(base), take(0xFE0F), take(0x20E3) {
                    return Element(text: text[start..<index], width: 2, isSequence: true)
                }
            } else if isRegionalIndicator(base) {
                if let next = peek, isRegionalIndicator(next) {
                    index = scalars.index(after: index)
                    width = 2
                    isSequence = true
                }
            } else if CellWidth.isEmoji(base) {
                if takeEmojiRest(of: base) {
                    width = 2
                    isSequence = true
                }
            }
            // A control takes no marks, and neither does a mark that lost its base: each is looked at alone.
            if width > 0 { takeMarks() }
            return Element(text: text[start..<index], width: width, isSequence: isSequence)
        }

        private var peek: Unicode.Scalar? { index < scalars.endIndex ? scalars[index] : nil }

        private mutating func take(_ value: UInt32) -> Bool {
            guard let next = peek, next.value == value else { return false }
            index = scalars.index(after: index)
            return true
        }

        /// What follows an emoji base: true when it makes the whole a picture of two cells.
        private mutating func takeEmojiRest(of base: Unicode.Scalar) -> Bool {
            var isPicture = takeDecoration(of: base)
            while let joiner = peek, joiner.value == 0x200D {
                let afterJoiner = scalars.index(after: index)
                guard afterJoiner < scalars.endIndex, CellWidth.isEmoji(scalars[afterJoiner]) else { break }
                index = scalars.index(after: afterJoiner)
                _ = takeDecoration(of: scalars[afterJoiner])
                isPicture = true
            }
            return isPicture
        }

        /// VS16, a skin tone, and after a black flag the tags of subdivision flags.
        private mutating func takeDecoration(of base: Unicode.Scalar) -> Bool {
            var isPicture = take(0xFE0F)
            if let tone = peek, (0x1F3FB...0x1F3FF).contains(tone.value) {
                index = scalars.index(after: index)
                isPicture = true
            }
            guard base.value == 0x1F3F4 else { return isPicture }
            while let tag = peek, (0xE0020...0xE007F).contains(tag.value) {
                index = scalars.index(after: index)
                isPicture = true
            }
            return isPicture
        }

        private mutating func takeMarks() {
            while let mark = peek, mark.value >= 0x300, CellWidth.of(mark) == 0, !isBreaking(mark) {
                index = scalars.index(after: index)
            }
        }

        /// Line separators and bidirectional controls stand alone so that they are seen and replaced, not carried along.
        private func isBreaking(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x061C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
            default: false
            }
        }

        private func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool {
            (0x1F1E6...0x1F1FF).contains(scalar.value)
        }

        private func takesKeycap(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "#" || scalar == "*" || ("0"..."9").contains(scalar)
        }
    }
}
