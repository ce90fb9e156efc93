import ChatAPI
import ChatKit
import ChatTestKit
import Testing

/// Pictures that are broken, or mean harm: refused with a sentence, and never with more memory than the limit.
@Suite struct HostilePictureTests {
    private static let good: [UInt8] = {
        let run = SketchRun(x: 0, y: 0, text: "▀▄█漢A", foreground: .rgb(0xFF8700), background: .rgb(0x203040))
        return SketchExport.bytes(SketchGrid(width: 8, height: 4, runs: [run]), as: .png)
    }()

    private func refusal(_ bytes: [UInt8]) -> String? {
        do throws(PNG.Refusal) {
            _ = try PNG.decode(bytes)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a picture that ends too early is refused, wherever it ends`() {
        #expect(refusal(Self.good) == nil)
        for count in 0..<Self.good.count {
            let sentence = refusal(Array(Self.good[..<count]))
            #expect(sentence != nil, "\(count) bytes are enough")
            if count < 8 { #expect(sentence == "this is no PNG picture") }
        }
        #expect(refusal(Array(Self.good.dropLast(12))) == "the picture is damaged: it ends too early")
    }

    @Test func `a wrong checksum is refused by name`() {
        var bytes = Self.good
        // The last chunk takes 12 bytes; before it are the four of IDAT's checksum.
        bytes[bytes.count - 13] ^= 0x10
        #expect(refusal(bytes) == "the picture is damaged: IDAT: CRC error")
    }

    @Test(
        arguments: [
            (100_000, 10, "the picture has 100000 × 10 pixels; the limit is 8192 on a side and 8388608 in all"),
            (8_000, 8_000, "the picture has 8000 × 8000 pixels; the limit is 8192 on a side and 8388608 in all"),
            (
                2_147_483_647, 2_147_483_647,
                "the picture has 2147483647 × 2147483647 pixels; the limit is 8192 on a side and 8388608 in all"
            ),
            (0, 10, "the picture is damaged: Invalid IHDR data"),
        ]
    )
    func `sizes beyond the limit are refused before anything is unpacked`(width: Int, height: Int, sentence: String) {
        let bytes =
            PNGBytes.signature + PNGBytes.header(width, height) + PNGBytes.chunk("IDAT", [0x78, 0x9C])
            + PNGBytes.chunk("IEND", [])
        #expect(refusal(bytes) == sentence)
    }

    @Test func `a file that is too long is refused before it is looked at`() {
        #expect(
            refusal([UInt8](repeating: 0, count: PNG.fileBytes + 1))
                == "the picture has 16777217 bytes; the limit is 16777216"
        )
    }

    @Test func `comments that would unpack to gigabytes are not unpacked`() {
        // A zTXt chunk of nothing but repeats; deflate of zeros is at most 1032 to 1.
        let end = Self.good.count - 12
        let bomb = PNGBytes.chunk("zTXt", Array("c".utf8) + [0, 0] + [UInt8](repeating: 0xFF, count: 500_000))
        let bytes = Array(Self.good[..<33]) + bomb + bomb + Array(Self.good[33..<end]) + bomb + Array(Self.good[end...])
        #expect(refusal(bytes) == nil)
    }

    @Test(arguments: Seed.some(40))
    func `changed bytes are read or refused`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var bytes = Self.good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 8..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            // Correct checksums let the damage through to what lies behind them.
            if Bool.random(using: &random) { bytes = PNGBytes.withChecksums(bytes) }
            if let sentence = refusal(bytes) { #expect(sentence.hasPrefix("the picture "), "seed \(seed)") }
        }
    }

    @Test func `a picture that is too narrow or too tall for a sketch says so`() {
        let tall = PNGBytes.grey(width: 1, height: 4_000)
        #expect(
            throws: SketchImport.Refusal(
                "the picture would be 16000 rows high at 8 columns; a sketch has at most 256: ask for fewer columns"
            )
        ) { try SketchImport.picture(tall, as: .png) }
        var options = SketchImport.Options()
        options.columns = 513
        #expect(throws: SketchImport.Refusal("513 columns: a sketch has 8 to 512")) {
            try SketchImport.picture(Self.good, as: .png, options)
        }
    }
}
