package import TerminalUI

/// Where each pane stands at a size. Panes hide by width: the conversation is never narrower than it must be.
package struct ScreenLayout: Hashable, Sendable {
    package var sidebar: Rect?
    package var header: Rect
    /// Empty when a drawing has the whole window.
    package var timeline: Rect
    package var members: Rect?
    package var sketch: Rect?
    package var banner: Rect?
    /// The line about one's own request for help.
    package var request: Rect?
    /// Private notes: beside the chat, or under it where it is narrow.
    package var notes: Rect?
    package var status: Rect
    package var composer: Rect

    package static let smallest = Size(width: 40, height: 12)
    /// From here on, sidebar and conversation fit side by side.
    package static let sidebarFrom = 72
    package static let membersFrom = 84
    static let sidebarWidth = 22
    static let membersWidth = 20
    /// From here on, conversation and drawing fit side by side; below, and from `stackFrom` rows on, one above the other.
    static let besideFrom = 72
    static let stackFrom = 24
    /// From here on, the sidebar stays beside both.
    static let allFrom = 140

    package init(_ model: Model) {
        var area = Rect(model.size)
        // A table takes the place of both.
        let place = Self.place(of: model.page == nil ? model.book.desk : nil, in: model.size)
        if model.showsSidebar, place != .whole, area.width >= (place == .none ? Self.sidebarFrom : Self.allFrom) {
            let parts = area.splitLeft(area.width >= 140 ? Self.sidebarWidth + 6 : Self.sidebarWidth)
            sidebar = parts.left
            area = parts.rest
        }
        if model.showsMembers, place == .none, model.size.width >= Self.membersFrom {
            let parts = area.splitRight(Self.membersWidth)
            members = parts.right
            area = parts.rest
        }
        if place == .none {
            (header, area) = area.splitTop(1)
        } else {
            header = Rect(x: area.x, y: area.y, width: 0, height: 0)
        }
        let rows = Self.composerRows(model, width: area.width)
        (composer, area) = area.splitBottom(rows)
        // A conversation makes room for a long sentence: what one just wrote stays in sight. A drawing does not move under the hand.
        (status, area) = area.splitBottom(place == .none ? StatusPane(model).rows(width: area.width) : 1)
        if model.composing != .new || model.help.preview != nil {
            let parts = area.splitBottom(1)
            banner = parts.bottom
            area = parts.rest
        }
        if RequestLine.isNeeded(model) {
            let parts = area.splitBottom(1)
            request = parts.bottom
            area = parts.rest
        }
        if place == .none, NotesPane.isNeeded(model) {
            if area.width >= NotesPane.besideFrom {
                let parts = area.splitRight(NotesPane.width)
                notes = parts.right
                area = parts.rest
            } else {
                let parts = area.splitBottom(NotesPane.rows(model, height: area.height))
                notes = parts.bottom
                area = parts.rest
            }
        }
        switch place {
        case .none: break
        case .beside:
            let parts = area.splitRight(area.width - max(30, area.width * 2 / 5))
            sketch = parts.right
            // A column between the two.
            (header, area) = parts.rest.splitLeft(parts.rest.width - 1).left.splitTop(1)
        case .above:
            let parts = area.splitTop(area.height * 3 / 5)
            sketch = parts.top
            (header, area) = parts.rest.splitTop(1)
        case .whole:
            sketch = area
            area = header
        }
        timeline = area
    }

    /// What a page gets: the place of the conversation and its header.
    package var page: Rect {
        Rect(
            x: header.x,
            y: header.y,
            width: header.width,
            height: (notes.map { max($0.endY, timeline.endY) } ?? timeline.endY) - header.y
        )
    }

    private enum SketchPlace { case none, beside, above, whole }

    private static func place(of desk: SketchDesk?, in size: Size) -> SketchPlace {
        guard let desk else { return .none }
        if desk.isWhole { return .whole }
        if size.width >= besideFrom { return .beside }
        return size.height >= stackFrom ? .above : .whole
    }

    /// The composer grows with its text to a third of the screen.
    static func composerRows(_ model: Model, width: Int) -> Int {
        let lines = model.composer.layout(width: max(2, width - ComposerPane.promptWidth)).lines.count
        return min(max(1, lines), max(1, model.size.height / 3))
    }
}
