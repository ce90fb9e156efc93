/// Repeatable randomness for properties: a failure names its seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// xorshift64*.
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

/// Scalars from all corners: letters, wide ones, marks, joiners, flags, emoji, controls, overrides.
func randomText(using generator: inout some RandomNumberGenerator, count: Int) -> String {
    let ranges: [ClosedRange<UInt32>] = [
        0x20...0x7E, 0x20...0x7E, 0x00...0x1F, 0x7F...0xFF, 0x300...0x36F, 0x590...0x6FF, 0x900...0x97F,
        0x1100...0x11FF,
        0x200B...0x206F, 0x2600...0x27BF, 0x3000...0x30FF, 0x4E00...0x4E80, 0xAC00...0xAC40, 0xFE00...0xFE0F,
        0x1F1E6...0x1F1FF, 0x1F300...0x1F6FF, 0x1F3FB...0x1F3FF, 0x1F900...0x1FAFF, 0xE0020...0xE007F, 0x200D...0x200D,
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...count, using: &generator) {
        let range = ranges.randomElement(using: &generator) ?? 0x20...0x7E
        if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) {
            text.unicodeScalars.append(scalar)
        }
    }
    return text
}
