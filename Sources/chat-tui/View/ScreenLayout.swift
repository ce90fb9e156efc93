package import TerminalUI

/// Where each pane stands at a size. Panes hide by width: the conversation is never narrower than it must be.
package struct ScreenLayout: Hashable, Sendable {
    package var sidebar: Rect?
    package var header: Rect
    package var timeline: Rect
    package var members: Rect?
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

    package init(_ model: Model) {
        var area = Rect(model.size)
        if model.showsSidebar, area.width >= Self.sidebarFrom {
            let parts = area.splitLeft(area.width >= 140 ? Self.sidebarWidth + 6 : Self.sidebarWidth)
            sidebar = parts.left
            area = parts.rest
        }
        if model.showsMembers, model.size.width >= Self.membersFrom {
            let parts = area.splitRight(Self.membersWidth)
            members = parts.right
            area = parts.rest
        }
        (header, area) = area.splitTop(1)
        let rows = Self.composerRows(model, width: area.width)
        (composer, area) = area.splitBottom(rows)
        (status, area) = area.splitBottom(1)
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
        if NotesPane.isNeeded(model) {
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

    /// The composer grows with its text to a third of the screen.
    static func composerRows(_ model: Model, width: Int) -> Int {
        let lines = model.composer.layout(width: max(2, width - ComposerPane.promptWidth)).lines.count
        return min(max(1, lines), max(1, model.size.height / 3))
    }
}
