import ChatAPI

/// Colours and attributes as terminal sequences say them (ECMA-48 §8.3.117, and the colours of ITU-T T.416).
enum ANSIStyle {
    /// The style after a sequence `ESC [ … m` with these parameters; what is not understood changes nothing.
    static func applied(_ parameters: [UInt8], to style: SketchGrid.Cell) -> SketchGrid.Cell {
        var style = style
        style.glyph = .space
        var groups = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[...]
        while let group = groups.popFirst() {
            let numbers = group.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map(number)
            switch numbers[0] {
            case 38, 48:
                let color = numbers.count > 1 ? colonColor(numbers) : semicolonColor(&groups)
                guard let color else { continue }
                if numbers[0] == 38 { style.foreground = color } else { style.background = color }
            default: apply(numbers[0], to: &style)
            }
        }
        return style
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        min(Int(String(decoding: digits, as: UTF8.self)) ?? (digits.isEmpty ? 0 : -1), 10_000)
    }

    private static func apply(_ code: Int, to style: inout SketchGrid.Cell) {
        switch code {
        case 0: style = .empty
        case 1: style.attributes.insert(.bold)
        case 2: style.attributes.insert(.dim)
        case 3: style.attributes.insert(.italic)
        case 4, 21: style.attributes.insert(.underline)
        case 7: style.attributes.insert(.reverse)
        case 9: style.attributes.insert(.strike)
        case 22: style.attributes.subtract([.bold, .dim])
        case 23: style.attributes.remove(.italic)
        case 24: style.attributes.remove(.underline)
        case 27: style.attributes.remove(.reverse)
        case 29: style.attributes.remove(.strike)
        case 30...37: style.foreground = .palette(UInt8(code - 30))
        case 39: style.foreground = .none
        case 40...47: style.background = .palette(UInt8(code - 40))
        case 49: style.background = .none
        case 90...97: style.foreground = .palette(UInt8(code - 82))
        case 100...107: style.background = .palette(UInt8(code - 92))
        default: break
        }
    }

    /// `38;5;n` and `38;2;r;g;b`, as terminals have always written them.
    private static func semicolonColor(_ groups: inout ArraySlice<ArraySlice<UInt8>>) -> SketchColor? {
        guard let kind = groups.popFirst().map(number) else { return nil }
        let count = kind == 5 ? 1 : kind == 2 ? 3 : 0
        guard count > 0, groups.count >= count else { return nil }
        let parts = groups.prefix(count).map(number)
        groups = groups.dropFirst(count)
        return color(kind, parts)
    }

    /// `38:5:n`, `38:2:r:g:b`, and `38:2::r:g:b` with a colour space that nobody uses.
    private static func colonColor(_ numbers: [Int]) -> SketchColor? {
        guard numbers.count > 2 else { return nil }
        if numbers[1] == 5 { return color(5, [numbers[2]]) }
        guard numbers[1] == 2, numbers.count >= 5 else { return nil }
        return color(2, Array(numbers.count >= 6 ? numbers[3..<6] : numbers[2..<5]))
    }

    private static func color(_ kind: Int, _ parts: [Int]) -> SketchColor? {
        let bytes = parts.compactMap { UInt8(exactly: $0) }
        guard bytes.count == parts.count else { return nil }
        return kind == 5 ? .palette(bytes[0]) : .rgb(bytes[0], bytes[1], bytes[2])
    }
}

/// The characters of the first IBM PCs, which ANSI art is written in.
enum CodePage437 {
    /// What bytes from 0x80 on stand for, in their order.
    private static let upper = Array(
        ("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
            + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ").unicodeScalars
    )

    static func scalar(_ byte: UInt8) -> Unicode.Scalar { byte < 0x80 ? Unicode.Scalar(byte) : upper[Int(byte) - 0x80] }
}
