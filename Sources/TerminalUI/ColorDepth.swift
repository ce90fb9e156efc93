/// How many colours the terminal can show, and the nearest one to each that it cannot.
package enum ColorDepth: Int, Hashable, Sendable, Comparable, CaseIterable {
    case mono = 1
    /// The eight ANSI colours; bright ones become bold.
    case ansi8 = 8
    case ansi16 = 16
    case ansi256 = 256
    case rgb = 0x100_0000

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// What the environment asks for, where it asks: `NO_COLOR` (no-color.org: present and not empty) means none,
    /// `COLORTERM=truecolor` or `24bit` means 24 bits.
    package static func wanted(by environment: (String) -> String?) -> ColorDepth? {
        if let value = environment("NO_COLOR"), !value.isEmpty { return .mono }
        switch environment("COLORTERM") {
        case "truecolor", "24bit": return .rgb
        default: return nil
        }
    }

    /// The depth for the `colors` number of a terminfo entry.
    package init(terminfoColors colors: Int) {
        self =
            switch colors {
            case ..<8: .mono
            case ..<16: .ansi8
            case ..<256: .ansi16
            case ..<0x8000: .ansi256
            default: .rgb
            }
    }

    /// The style as it is painted: both colours quantised; in eight colours a bright foreground becomes bold.
    package func quantised(_ style: Style) -> Style {
        var result = Style(quantised(style.foreground), on: quantised(style.background), style.attributes)
        guard self == .ansi8 else { return result }
        if case .indexed(let index) = result.foreground, index >= 8 {
            // Bright black on the eight colours is bold black, which many show as black on black: take white, dim.
            result.foreground = index == 8 ? .white : .indexed(index - 8)
            result.attributes.insert(index == 8 ? .dim : .bold)
        }
        if case .indexed(let index) = result.background, index >= 8 { result.background = .indexed(index - 8) }
        return result
    }

    /// The nearest colour of this depth.
    package func quantised(_ color: Color) -> Color {
        switch (self, color) {
        case (.mono, _): return .default
        case (_, .default), (.rgb, _): return color
        case (.ansi256, .indexed): return color
        case (.ansi256, .rgb(let value)): return .indexed(Self.nearest256(value))
        case (_, .indexed(let index)) where index < 16: return color
        case (_, .indexed(let index)): return .indexed(Self.nearest16(Self.palette(index)))
        case (_, .rgb(let value)): return .indexed(Self.nearest16(value))
        }
    }

    // MARK: - xterm's palette

    /// The six steps of each channel of the colour cube.
    private static let steps: [Int] = [0, 95, 135, 175, 215, 255]

    /// xterm's defaults of the sixteen ANSI colours; people change theirs, so these only serve to measure distances.
    private static let ansi: [UInt32] = [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ]

    /// 0xRRGGBB of an index.
    package static func palette(_ index: UInt8) -> UInt32 {
        switch index {
        case 0..<16: return ansi[Int(index)]
        case 16..<232:
            let cube = Int(index) - 16
            return UInt32(steps[cube / 36] << 16 | steps[cube / 6 % 6] << 8 | steps[cube % 6])
        default:
            let gray = UInt32(8 + 10 * (Int(index) - 232))
            return gray << 16 | gray << 8 | gray
        }
    }

    private static func distance(_ left: UInt32, _ right: UInt32) -> Int {
        // The eye weighs green most and blue least; 3-6-1 is enough to choose among few.
        let red = Int(left >> 16 & 0xFF) - Int(right >> 16 & 0xFF)
        let green = Int(left >> 8 & 0xFF) - Int(right >> 8 & 0xFF)
        let blue = Int(left & 0xFF) - Int(right & 0xFF)
        return 3 * red * red + 6 * green * green + blue * blue
    }

    private static func nearest256(_ value: UInt32) -> UInt8 {
        func step(_ channel: UInt32) -> Int {
            let channel = Int(channel & 0xFF)
            return steps.indices.min { abs(steps[$0] - channel) < abs(steps[$1] - channel) } ?? 0
        }
        let cube = UInt8(16 + 36 * step(value >> 16) + 6 * step(value >> 8) + step(value))
        let mean = (Int(value >> 16 & 0xFF) + Int(value >> 8 & 0xFF) + Int(value & 0xFF)) / 3
        let gray = UInt8(232 + min(max((mean - 3) / 10, 0), 23))
        return distance(palette(gray), value) < distance(palette(cube), value) ? gray : cube
    }

    private static func nearest16(_ value: UInt32) -> UInt8 {
        let best = ansi.indices.min { distance(ansi[$0], value) < distance(ansi[$1], value) } ?? 7
        return UInt8(best)
    }
}
