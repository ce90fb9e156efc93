package import ChatAPI

/// What exports show: a canvas with all its visible layers in one, or the picture of a message.
extension SketchGrid {
    /// The whole canvas, or a region of it.
    package init(_ canvas: SketchCanvas, region: SketchRegion? = nil) {
        self.init(width: canvas.width, height: canvas.height)
        for y in 0..<canvas.height {
            for x in 0..<canvas.width {
                let cell = canvas.cell(x: x, y: y)
                guard !cell.isTransparent else { continue }
                put(
                    Cell(
                        cell.glyph,
                        foreground: cell.foreground,
                        background: cell.background,
                        attributes: cell.attributes
                    ),
                    x: x,
                    y: y
                )
            }
        }
        if let region { self = cropped(to: region) }
    }

    /// The picture as it was posted; no larger than a sketch can be, whatever it says.
    package init(_ picture: SketchPicture) {
        self.init(
            width: min(max(picture.region.width, 0), Limits.sketchWidth.upperBound),
            height: min(max(picture.region.height, 0), Limits.sketchHeight.upperBound),
            runs: picture.runs
        )
    }
}
