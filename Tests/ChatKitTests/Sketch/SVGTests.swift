import ChatAPI
import ChatKit
import Testing

/// SVG: text set on the grid, everything else as geometry, nothing that a cell could break out of.
@Suite struct SVGTests {
    private func svg(_ runs: [SketchRun], _ paper: SketchPaper = .dark) -> String {
        var options = SketchExport.Options()
        options.paper = paper
        return String(
            decoding: SketchExport.bytes(SketchGrid(width: 8, height: 4, runs: runs), as: .svg, options),
            as: UTF8.self
        )
    }

    @Test func `a drawing is this file`() {
        let text = svg([
            SketchRun(x: 0, y: 0, text: "a<b", foreground: .rgb(0x00FF00), attributes: .bold),
            SketchRun(x: 3, y: 0, text: "猫", background: .rgb(0x000080)),
            SketchRun(x: 0, y: 1, text: "▀░", foreground: .rgb(0xFF0000)),
        ])
        #expect(
            text == """
                <svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64">
                <rect width="100%" height="100%" fill="#14171c"/>
                <g shape-rendering="crispEdges">
                <rect x="24" y="0" width="16" height="16" fill="#000080"/>
                <path fill="#ff0000" d="M0 16h8v8h-8z"/>
                <path fill="#ff0000" fill-opacity="0.25" d="M8 16h8v16h-8z"/>
                <g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="13">
                <text x="0" y="12" fill="#00ff00" font-weight="bold" textLength="24" lengthAdjust="spacingAndGlyphs">a&lt;b</text>
                <text x="24" y="12" fill="#d6dbe3" textLength="16" lengthAdjust="spacingAndGlyphs">猫</text>
                </g>
                </g>
                </svg>

                """
        )
    }

    @Test func `an empty drawing is its paper`() {
        #expect(svg([], .light).contains("fill=\"#ffffff\"/>\n</svg>"))
    }

    @Test(arguments: Seed.some(40))
    func `whatever is drawn, tags are closed and nothing is left unescaped`(seed: UInt64) {
        var random = RandomGrid(seed: seed)
        let text = String(decoding: SketchExport.bytes(random.next(styled: true), as: .svg), as: UTF8.self)
        var open: [Substring] = []
        for part in text.split(separator: "<") {
            guard let end = part.firstIndex(of: ">") else {
                Issue.record("seed \(seed): a tag without an end: \(part)")
                continue
            }
            let tag = part[..<end]
            let name = tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "/" }
            if tag.hasPrefix("/") {
                #expect(open.popLast() == name, "seed \(seed)")
            } else if !tag.hasSuffix("/") {
                open.append(name)
            }
            let rest = part[part.index(after: end)...]
            #expect(!rest.contains(">"), "seed \(seed)")
            for piece in rest.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
                #expect(["amp;", "lt;", "gt;"].contains { piece.hasPrefix($0) }, "seed \(seed)")
            }
        }
        #expect(open.isEmpty, "seed \(seed)")
    }
}
