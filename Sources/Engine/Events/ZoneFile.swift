/// A TZif file taken apart (RFC 9636): its 64-bit block, and the footer with the rule for the time after it.
struct ZoneFile {
    let changes: [(from: Int64, offset: Int32)]
    /// Before the first change.
    let first: Int32
    let footer: String

    /// Nil for what is not a TZif file of version 2 or later.
    init?(_ bytes: [UInt8]) {
        guard let old = Header(bytes, at: 0), old.version >= UInt8(ascii: "2") else { return nil }
        let start = Header.size + old.bodySize(timeSize: 4)
        guard let header = Header(bytes, at: start) else { return nil }
        let body = start + Header.size
        let end = body + header.bodySize(timeSize: 8)
        guard end < bytes.count, bytes[end] == 0x0A, header.typeCount > 0 else { return nil }
        let types = body + header.timeCount * 9
        func offset(_ type: Int) -> Int32? {
            guard type < header.typeCount else { return nil }
            return Int32(truncatingIfNeeded: Self.integer(bytes, at: types + type * 6, size: 4))
        }
        guard let first = offset(0) else { return nil }
        self.first = first
        var changes: [(from: Int64, offset: Int32)] = []
        for index in 0..<header.timeCount {
            guard let offset = offset(Int(bytes[body + header.timeCount * 8 + index])) else { return nil }
            changes.append((from: Self.integer(bytes, at: body + index * 8, size: 8), offset: offset))
        }
        self.changes = changes
        let text = bytes[(end + 1)...].prefix { $0 != 0x0A }
        footer = String(decoding: text, as: UTF8.self)
    }

    private static func integer(_ bytes: [UInt8], at start: Int, size: Int) -> Int64 {
        let value = bytes[start..<start + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return size == 8 ? Int64(bitPattern: value) : Int64(Int32(bitPattern: UInt32(truncatingIfNeeded: value)))
    }

    private struct Header {
        static let size = 44
        let version: UInt8
        let (utcCount, standardCount, leapCount): (Int, Int, Int)
        let (timeCount, typeCount, characterCount): (Int, Int, Int)

        init?(_ bytes: [UInt8], at start: Int) {
            guard start >= 0, bytes.count >= start + Self.size, bytes[start..<start + 4].elementsEqual("TZif".utf8)
            else { return nil }
            version = bytes[start + 4]
            func count(_ index: Int) -> Int { Int(ZoneFile.integer(bytes, at: start + 20 + index * 4, size: 4)) }
            (utcCount, standardCount, leapCount) = (count(0), count(1), count(2))
            (timeCount, typeCount, characterCount) = (count(3), count(4), count(5))
            let counts = [utcCount, standardCount, leapCount, timeCount, typeCount, characterCount]
            guard counts.allSatisfy((0...65_536).contains) else { return nil }
        }

        func bodySize(timeSize: Int) -> Int {
            timeCount * (timeSize + 1) + typeCount * 6 + characterCount + leapCount * (timeSize + 4) + standardCount
                + utcCount
        }
    }
}
