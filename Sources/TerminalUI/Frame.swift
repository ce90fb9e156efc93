/// One picture of the screen: cells, links and the cursor. A value without a terminal; views make it, the painter shows it.
///
/// Every text that enters is neutralised, so no frame ever holds a control character or a bidirectional override.
package struct Frame: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// Row by row. A cell of width 0 is the right half of the wide one before it.
    package internal(set) var cells: [Cell]
    /// What `Cell.link` counts in, from 1.
    package internal(set) var links: [Link]
    /// Where the terminal's cursor stands; nil hides it.
    package var cursor: Point?
    package var cursorShape = CursorShape.block

    /// An empty screen in one style. Sizes below one cell become one; above `maximumSide`, that.
    package init(width: Int, height: Int, style: Style = .plain) {
        self.width = min(max(1, width), Self.maximumSide)
        self.height = min(max(1, height), Self.maximumSide)
        cells = [Cell](repeating: Cell(text: " ", width: 1, style: style, link: 0), count: self.width * self.height)
        links = []
    }

    package init(_ size: Size, style: Style = .plain) {
        self.init(width: size.width, height: size.height, style: style)
    }

    /// No terminal is that large, and a wrong size must not take all memory.
    package static let maximumSide = 1000

    package var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }
    package var size: Size { Size(width: width, height: height) }

    /// The cell there, a blank outside.
    package subscript(x: Int, y: Int) -> Cell {
        guard x >= 0, x < width, y >= 0, y < height else { return Cell(text: " ", width: 1, style: .plain, link: 0) }
        return cells[y * width + x]
    }

    package func link(_ cell: Cell) -> Link? { cell.link == 0 ? nil : links[Int(cell.link) - 1] }

    /// The link under a cell, for clicks.
    package func link(at point: Point) -> Link? { link(self[point.x, point.y]) }

    /// The rows that differ from another frame of the same size; all rows when the size differs.
    package func changedRows(since old: Frame?) -> [Int] {
        guard let old, old.size == size else { return Array(0..<height) }
        if old.cells == cells && old.links == links { return [] }
        return (0..<height).filter { row in
            (0..<width).contains { column in
                let index = row * width + column
                let new = cells[index]
                let previous = old.cells[index]
                return new.text != previous.text || new.width != previous.width || new.style != previous.style
                    || link(new) != old.link(previous)
            }
        }
    }
}

/// One cell: a grapheme, or the right half of one.
package struct Cell: Hashable, Sendable {
    /// Empty in the right half of a wide grapheme.
    package var text: String
    /// 2, 1, or 0 for the right half of a wide grapheme.
    package var width: UInt8
    package var style: Style
    /// 0, or the link's place in the frame's list, from 1.
    package var link: UInt16
}

/// A link that terminals with OSC 8 make clickable.
package struct Link: Hashable, Sendable {
    /// The same for all parts of one link, so that a terminal highlights wrapped lines together.
    package let id: String
    package let url: String

    package init(id: String, url: String) {
        self.id = id
        self.url = url
    }

    /// Only http, https and mailto are offered: other schemes can start programs.
    package var isSafe: Bool {
        let lower = url.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://") || lower.hasPrefix("mailto:") else {
            return false
        }
        return url.utf8.count <= Self.maximumBytes && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// The limit of VTE and iTerm2 for the whole of OSC 8 is 2083 bytes of URL.
    package static let maximumBytes = 2083
}

/// What the cursor looks like where the terminal can be asked (DECSCUSR).
package enum CursorShape: Hashable, Sendable {
    case block, bar, underline
}
