package import TerminalUI

/// Where the parts of an open drawing stand: its title, the paper, the tools and colours.
package struct SketchLayout: Hashable, Sendable {
    package var title: Rect
    package var canvas: Rect
    package var tools: Rect?

    package init(_ area: Rect) {
        (title, canvas) = area.splitTop(1)
        // Where there is little room, the paper gets it.
        if canvas.height >= 6 {
            let parts = canvas.splitBottom(1)
            canvas = parts.rest
            tools = parts.bottom
        }
    }

    package init?(_ model: Model) {
        guard model.book.desk != nil, let area = ScreenLayout(model).sketch else { return nil }
        self.init(area)
    }
}
