import ChatAPI
import TerminalUI

/// A page: its title, its columns, its rows, and under them what is said about the selected one.
struct PagePane {
    let model: Model
    let page: Page

    init(_ model: Model, _ page: Page) {
        self.model = model
        self.page = page
    }

    /// Rows of the table at a height: the rest is for the title, the columns and what is said below.
    static func rows(_ height: Int) -> Int { max(1, height - 2 - aboutRows(height)) }
    static func aboutRows(_ height: Int) -> Int { height < 12 ? 2 : height < 24 ? 4 : 7 }

    func draw(in frame: inout Frame, _ area: Rect) {
        let theme = model.theme
        let table = model.table(page.kind)
        let (head, below) = area.splitTop(1)
        drawTitle(table, in: &frame, head)
        let (names, rest) = below.splitTop(1)
        let inner = Rect(x: rest.x + 1, y: rest.y, width: max(1, rest.width - 2), height: rest.height)
        let layout = table.layout(width: inner.width)
        draw(
            table.columns.map { PageTable.Cell($0.title, .faint) },
            layout,
            table,
            in: &frame,
            Rect(x: inner.x, y: names.y, width: inner.width, height: 1),
            .faint
        )
        let count = Self.rows(area.height)
        if table.rows.isEmpty {
            let sentence = page.isLoading ? "loading …" : page.problem ?? table.emptySentence
            for (row, line) in Text.wrapped(sentence, width: inner.width).prefix(inner.height).enumerated() {
                frame.put(line, at: inner.row(row).origin, in: inner, style: theme[.faint])
            }
            return
        }
        let selected = table.rows.firstIndex { $0.id == model.selectedRow?.id } ?? 0
        let first = Self.first(selected, count, of: table.rows.count)
        for (line, index) in (first..<min(table.rows.count, first + count)).enumerated() {
            let row = Rect(x: inner.x, y: inner.y + line, width: inner.width, height: 1)
            draw(table.rows[index].cells, layout, table, in: &frame, row, table.rows[index].role)
            if index == selected {
                let whole = Rect(x: area.x, y: row.y, width: area.width, height: 1)
                frame.restyle(whole) { $0.attributes.insert(.reverse) }
            }
        }
        if first + count < table.rows.count {
            frame.put("↓", at: Point(x: area.endX - 1, y: inner.y + count - 1), in: area, style: theme[.unread])
        }
        if first > 0 { frame.put("↑", at: Point(x: area.endX - 1, y: inner.y), in: area, style: theme[.unread]) }
        drawAbout(
            table,
            in: &frame,
            Rect(x: inner.x, y: inner.y + count, width: inner.width, height: Self.aboutRows(area.height)),
            spare: max(0, count - table.rows.count)
        )
    }

    /// The first row that is shown: the selected one is in sight, and the table does not move without need.
    static func first(_ selected: Int, _ height: Int, of count: Int) -> Int {
        max(0, min(selected - height / 2, count - height))
    }

    private func drawTitle(_ table: PageTable, in frame: inout Frame, _ area: Rect) {
        let theme = model.theme
        frame.fill(area, style: theme[.header])
        // What was refused has no count.
        let isRefused = model.page?.problem != nil && table.rows.isEmpty
        let detail = isRefused ? "" : Text.truncated(table.detail, width: area.width / 2)
        let width = frameWidth(detail)
        frame.put(
            " " + Text.truncated(table.title, width: area.width - width - 3),
            at: area.origin,
            in: area,
            style: theme[.header]
        )
        frame.put(detail, at: Point(x: area.endX - width - 1, y: area.y), in: area, style: theme[.topic])
    }

    private func draw(
        _ cells: [PageTable.Cell],
        _ layout: [(index: Int, width: Int)],
        _ table: PageTable,
        in frame: inout Frame,
        _ area: Rect,
        _ role: Theme.Role
    ) {
        var x = area.x
        for (index, width) in layout {
            guard cells.indices.contains(index), x < area.endX else { break }
            let cell = cells[index]
            let text = Text.padded(
                Text.truncated(cell.text, width: width),
                width: width,
                toRight: table.columns[index].isNumber
            )
            frame.put(text, at: Point(x: x, y: area.y), in: area, style: model.theme[cell.role ?? role])
            x += width + 2
        }
    }

    /// - Parameter spare: Rows above that the table does not need: what is said takes as many of them as it has lines for.
    private func drawAbout(_ table: PageTable, in frame: inout Frame, _ area: Rect, spare: Int) {
        guard let id = model.selectedRow?.id else { return }
        let lines = table.about(id).flatMap { Text.wrapped($0, width: area.width) }
        guard !lines.isEmpty else { return }
        let more = min(spare, max(0, lines.count + 1 - area.height))
        let area = Rect(x: area.x, y: area.y - more, width: area.width, height: area.height + more)
        frame.fill(area.row(0), with: "─", style: model.theme[.border])
        for (row, line) in lines.prefix(area.height - 1).enumerated() {
            frame.put(line, at: area.row(row + 1).origin, in: area)
        }
    }
}
