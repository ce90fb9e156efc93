package import ChatAPI

/// The 256 colours of terminals as red, green and blue, and the nearest of them for any colour.
package enum SketchPalette {
    /// xterm's own first sixteen; every terminal has others, a picture needs some.
    private static let basic: [UInt32] = [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ]

    private static let levels: [UInt32] = [0, 95, 135, 175, 215, 255]

    /// `0xRRGGBB` of an index: sixteen names, a cube of 6 × 6 × 6, 24 greys.
    package static func rgb(_ index: UInt8) -> UInt32 {
        switch index {
        case 0..<16: return basic[Int(index)]
        case 16..<232:
            let cube = Int(index) - 16
            return levels[cube / 36] << 16 | levels[cube / 6 % 6] << 8 | levels[cube % 6]
        default:
            let grey = UInt32(index - 232) * 10 + 8
            return grey << 16 | grey << 8 | grey
        }
    }

    /// The nearest of the cube and the greys. The first sixteen are left out: their colours are anybody's guess.
    package static func nearest256(_ color: UInt32) -> UInt8 {
        let parts = [color >> 16 & 255, color >> 8 & 255, color & 255]
        // Halfway between two levels goes to the lower one.
        let steps = parts.map { part in part <= 47 ? 0 : part <= 115 ? 1 : (Int(part) - 36) / 40 }
        let cube = UInt8(16 + 36 * steps[0] + 6 * steps[1] + steps[2])
        let mean = (parts[0] + parts[1] + parts[2]) / 3
        let grey = UInt8(232 + min(mean < 8 ? 0 : (Int(mean) - 3) / 10, 23))
        return distance(rgb(grey), color) < distance(rgb(cube), color) ? grey : cube
    }

    package static func nearest16(_ color: UInt32) -> UInt8 {
        var best: UInt8 = 0
        for index in UInt8(1)..<16 where distance(rgb(index), color) < distance(rgb(best), color) { best = index }
        return best
    }

    /// Squares of differences, green weighing most: what eyes see.
    private static func distance(_ one: UInt32, _ other: UInt32) -> Int {
        func square(_ shift: UInt32) -> Int {
            let difference = Int(one >> shift & 255) - Int(other >> shift & 255)
            return difference * difference
        }
        return 3 * square(16) + 6 * square(8) + square(0)
    }
}

/// How many colours an export may use.
package enum SketchDepth: String, Sendable, CaseIterable {
    case full = "24bit"
    case palette = "256"
    case basic = "16"

    /// The colour itself, or the nearest of those that there are.
    package func degrade(_ color: SketchColor) -> SketchColor {
        switch self {
        case .full: return color
        case .palette: return color.rgb.map { .palette(SketchPalette.nearest256($0)) } ?? color
        case .basic:
            if let index = color.paletteIndex {
                return index < 16 ? color : .palette(SketchPalette.nearest16(SketchPalette.rgb(index)))
            }
            return color.rgb.map { .palette(SketchPalette.nearest16($0)) } ?? color
        }
    }
}

/// What a picture with colours is drawn on: cells without a colour of their own take these.
package enum SketchPaper: String, Sendable, CaseIterable {
    case dark
    case light

    var foreground: UInt32 { self == .dark ? 0xD6DBE3 : 0x20242B }
    var background: UInt32 { self == .dark ? 0x14171C : 0xFFFFFF }

    /// What is seen of a cell: reversed, dimmed, with the colours of the paper where it has none.
    func inks(_ cell: SketchGrid.Cell) -> (foreground: UInt32, background: UInt32) {
        var foreground = Self.rgb(cell.foreground) ?? self.foreground
        var background = Self.rgb(cell.background) ?? self.background
        if cell.attributes.contains(.reverse) { swap(&foreground, &background) }
        if cell.attributes.contains(.dim) { foreground = Self.mix(foreground, background, quarters: 2) }
        return (foreground, background)
    }

    private static func rgb(_ color: SketchColor) -> UInt32? {
        color.rgb ?? color.paletteIndex.map(SketchPalette.rgb)
    }

    /// So many quarters of one colour over another.
    static func mix(_ over: UInt32, _ under: UInt32, quarters: Int) -> UInt32 {
        var mixed: UInt32 = 0
        for shift in [UInt32(16), 8, 0] {
            let (one, other) = (over >> shift & 255, under >> shift & 255)
            mixed |= ((one * UInt32(quarters) + other * UInt32(4 - quarters) + 2) / 4) << shift
        }
        return mixed
    }
}
