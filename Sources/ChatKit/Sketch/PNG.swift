import CPNG

/// Pictures from and to PNG, through libpng; the only file that imports it.
package enum PNG {
    /// Why a picture cannot be read.
    package struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String

        init(_ sentence: String) { description = sentence }
    }

    /// A file of more bytes is refused before it is looked at.
    package static let fileBytes = 16_777_216
    /// The longest side, in pixels.
    package static let side = 8_192
    /// Pixels of the whole picture: 32 MiB once it is unpacked.
    package static let pixels = 8_388_608

    /// The picture as RGBA, or the sentence that says what is wrong with it. Its size is checked before anything is unpacked.
    package static func decode(_ bytes: [UInt8]) throws(Refusal) -> PixelImage {
        guard bytes.count <= fileBytes else {
            throw Refusal("the picture has \(bytes.count) bytes; the limit is \(fileBytes)")
        }
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
            throw Refusal("this is no PNG picture")
        }
        // libpng's own limit only has to be larger than any side that the sentence below can name.
        let (width, height) = try read(bytes, side: 0x7FFF_FFFF, size: nil, into: nil, stride: 0, asIs: false)
        guard width <= side, height <= side, width * height <= pixels else {
            throw Refusal(
                "the picture has \(width) × \(height) pixels; the limit is \(side) on a side and \(pixels) in all"
            )
        }
        var rgba = [UInt8](repeating: 0, count: width * height * 4)
        _ = try read(bytes, side: side, size: (width, height), into: &rgba, stride: width * 4, asIs: false)
        return PixelImage(width: width, height: height, rgba: rgba)
    }

    /// The rows of a picture of one bit a pixel, eight pixels in a byte.
    static func decodeBits(_ bytes: UnsafeBufferPointer<UInt8>) throws(Refusal) -> (bits: [UInt8], stride: Int) {
        let (width, height) = try read(bytes, side: 1 << 20, size: nil, into: nil, stride: 0, asIs: true)
        let stride = (width + 7) / 8
        var bits = [UInt8](repeating: 0, count: stride * height)
        _ = try read(bytes, side: 1 << 20, size: (width, height), into: &bits, stride: stride, asIs: true)
        return (bits, stride)
    }

    private static func read(
        _ bytes: [UInt8],
        side: Int,
        size: (Int, Int)?,
        into rows: UnsafeMutablePointer<UInt8>?,
        stride: Int,
        asIs: Bool
    ) throws(Refusal) -> (Int, Int) {
        let result = bytes.withUnsafeBufferPointer { bytes in
            Result { () throws(Refusal) in
                try read(bytes, side: side, size: size, into: rows, stride: stride, asIs: asIs)
            }
        }
        return try result.get()
    }

    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>,
        side: Int,
        size: (Int, Int)?,
        into rows: UnsafeMutablePointer<UInt8>?,
        stride: Int,
        asIs: Bool
    ) throws(Refusal) -> (Int, Int) {
        var source = cpng_source()
        source.bytes = bytes.baseAddress
        source.count = bytes.count
        var width = UInt32(size?.0 ?? 0)
        var height = UInt32(size?.1 ?? 0)
        guard cpng_read(&source, UInt32(side), &width, &height, rows, stride, asIs ? 1 : 0) == 1 else {
            throw Refusal("the picture is damaged: \(sentence(&source.sentence))")
        }
        return (Int(width), Int(height))
    }

    fileprivate static func sentence<Characters>(_ characters: inout Characters) -> String {
        withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// A PNG picture on its way out, some rows at a time, so that a large one never lies in memory whole.
///
/// The same picture gives the same bytes: there are no times and no texts in it.
final class PNGWriter {
    private let sink = UnsafeMutablePointer<cpng_sink>.allocate(capacity: 1)
    private var writer = cpng_writer()
    private let stride: Int

    /// - Parameter palette: At most 256 colours, 0xRRGGBB, of which pixels are indices; nil if pixels are RGB triples.
    init(width: Int, height: Int, palette: [UInt32]?) {
        stride = palette == nil ? width * 3 : width
        let triples = (palette ?? []).flatMap { [UInt8($0 >> 16 & 255), UInt8($0 >> 8 & 255), UInt8($0 & 255)] }
        check(cpng_begin(&writer, sink, UInt32(width), UInt32(height), triples, Int32(triples.count / 3)))
    }

    deinit {
        cpng_end(&writer)
        free(sink.pointee.bytes)
        sink.deallocate()
    }

    /// Whole rows, one after the other.
    func write(_ rows: [UInt8]) {
        check(cpng_rows(&writer, rows, stride, UInt32(rows.count / stride)))
    }

    func finish() -> [UInt8] {
        check(cpng_finish(&writer))
        return Array(UnsafeBufferPointer(start: sink.pointee.bytes, count: sink.pointee.count))
    }

    /// Nothing but a lack of memory or a mistake of ours makes libpng refuse to write.
    private func check(_ result: Int32) {
        guard result == 1 else {
            preconditionFailure("libpng could not write: \(PNG.sentence(&sink.pointee.sentence))")
        }
    }
}

/// Pixels of 8-bit red, green, blue and opacity, row by row.
package struct PixelImage: Sendable, Equatable {
    package let width: Int
    package let height: Int
    package let rgba: [UInt8]

    package init(width: Int, height: Int, rgba: [UInt8]) {
        precondition(rgba.count == width * height * 4)
        self.width = width
        self.height = height
        self.rgba = rgba
    }
}
