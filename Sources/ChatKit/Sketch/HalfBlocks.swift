import ChatAPI

/// A picture of pixels as cells: each shows two colours, one above the other, by the upper half block.
enum HalfBlocks {
    /// As many cells wide as the picture has pixels, at most this, if nothing else is asked for.
    private static let usualColumns = 80

    static func picture(
        of image: PixelImage,
        columns: Int?,
        depth: SketchDepth
    ) throws(SketchImport.Refusal) -> SketchGrid {
        let (widths, heights) = (Limits.sketchWidth, Limits.sketchHeight)
        let columns = columns ?? max(min(image.width, usualColumns), widths.lowerBound)
        guard widths.contains(columns) else {
            throw SketchImport.Refusal(
                "\(columns) columns: a sketch has \(widths.lowerBound) to \(widths.upperBound)"
            )
        }
        // A half is as high as it is wide; the last row may be half empty.
        let halves = max((image.height * columns + image.width / 2) / image.width, 1)
        let rows = max((halves + 1) / 2, heights.lowerBound)
        guard rows <= heights.upperBound else {
            throw SketchImport.Refusal(
                "the picture would be \(rows) rows high at \(columns) columns; a sketch has at most "
                    + "\(heights.upperBound): ask for fewer columns"
            )
        }
        let pixels = scaled(image, columns, halves)
        var picture = SketchGrid(width: columns, height: rows)
        for y in 0..<rows {
            for x in 0..<columns {
                func color(_ half: Int) -> SketchColor {
                    guard half < halves, let rgb = pixels[half * columns + x] else { return .none }
                    return depth.degrade(.rgb(rgb))
                }
                picture.put(cell(upper: color(2 * y), lower: color(2 * y + 1)), x: x, y: y)
            }
        }
        return picture
    }

    private static let upperHalf = SketchGlyph("▀") ?? .space
    private static let lowerHalf = SketchGlyph("▄") ?? .space

    private static func cell(upper: SketchColor, lower: SketchColor) -> SketchGrid.Cell {
        switch (upper.isNone, lower.isNone) {
        case (true, true): .empty
        case (true, false): .init(lowerHalf, foreground: lower)
        case (false, true): .init(upperHalf, foreground: upper)
        // One colour needs no glyph, so that its runs go on.
        case (false, false) where upper == lower: .init(.space, background: upper)
        case (false, false): .init(upperHalf, foreground: upper, background: lower)
        }
    }

    /// The mean of the pixels that lie under each half, weighed by their opacity; nil where less than half is opaque.
    private static func scaled(_ image: PixelImage, _ columns: Int, _ halves: Int) -> [UInt32?] {
        var result: [UInt32?] = []
        result.reserveCapacity(columns * halves)
        for row in 0..<halves {
            let (top, bottom) = stretch(row, of: halves, over: image.height)
            for column in 0..<columns {
                let (left, right) = stretch(column, of: columns, over: image.width)
                var (red, green, blue, opacity) = (0, 0, 0, 0)
                for y in top..<bottom {
                    for x in left..<right {
                        let index = (y * image.width + x) * 4
                        let alpha = Int(image.rgba[index + 3])
                        red += Int(image.rgba[index]) * alpha
                        green += Int(image.rgba[index + 1]) * alpha
                        blue += Int(image.rgba[index + 2]) * alpha
                        opacity += alpha
                    }
                }
                guard opacity * 2 >= 255 * (bottom - top) * (right - left) else {
                    result.append(nil)
                    continue
                }
                func mean(_ sum: Int) -> UInt32 { UInt32((sum + opacity / 2) / opacity) }
                result.append(mean(red) << 16 | mean(green) << 8 | mean(blue))
            }
        }
        return result
    }

    /// The pixels under one of `count` equal parts: at least one.
    private static func stretch(_ index: Int, of count: Int, over length: Int) -> (Int, Int) {
        let from = min(index * length / count, length - 1)
        return (from, max((index + 1) * length / count, from + 1))
    }
}
