package import ChatAPI

/// Exports of a sketch as every client makes them: what is seen of it, under its name.
extension SketchExport {
    /// - Parameters:
    ///   - name: The sketch's; the heading in Markdown.
    ///   - region: What is exported; all of it if nil.
    package static func bytes(
        _ canvas: SketchCanvas,
        named name: String,
        region: SketchRegion? = nil,
        as form: Form,
        _ options: Options = Options()
    ) -> [UInt8] {
        var options = options
        options.title = name
        return bytes(SketchGrid(canvas, region: region), as: form, options)
    }
}
