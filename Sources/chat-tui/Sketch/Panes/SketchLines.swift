import ChatAPI
import TerminalUI

/// Drawings in a conversation: the card of a sketch with its small picture, and pictures that were posted.
extension BlockLines {
    /// Rows that a posted picture takes at most; the rest is one key away.
    static let pictureRows = 24

    func card(_ entry: Entry) -> [Line] {
        guard let id = entry.sketch else { return [] }
        let by = model.name(of: entry.by)
        let time = [Span(model.zone.moment(entry.at).clock + " ", theme[.time])]
        let mark = width >= Self.columnWidth ? Text.padded("▦", width: Self.nameCells, toRight: true) + " " : "▦ "
        let margin = Span(String(repeating: " ", count: indent))
        guard let sketch = model.book.known[id] else {
            let sentence = "\(by) made the drawing \(MessageText.oneLine(entry.text ?? ""))"
            return [
                (
                    Text.truncated(time + [Span(mark, theme[.event]), Span(sentence, theme[.event])], width: width),
                    .event
                )
            ]
        }
        var head = time + [Span(mark, theme[.event]), Span(MessageText.oneLine(sketch.name), theme[.title])]
        head.append(Span(" \(sketch.width)×\(sketch.height) by \(by)", theme[.event]))
        var lines: [Line] = [(Text.truncated(head, width: width), .sketch(id))]
        for row in picture(id) {
            lines.append(([margin] + Text.truncated(row, width: max(1, width - indent)), .sketch(id)))
        }
        let people = sketch.drawing.map(model.name(of:)).sorted()
        let foot =
            people.isEmpty
            ? Span("/sketch open \(MessageText.oneLine(sketch.name))", theme[.faint])
            : Span("\(people.joined(separator: ", ")) drawing", theme[.online])
        lines.append((Text.truncated([margin, foot], width: width), .sketch(id)))
        return lines
    }

    private func picture(_ id: SketchID) -> [[Span]] {
        (model.book.cards[id]?.rows ?? []).map { spans($0) }
    }

    /// A picture in a message, cut where the conversation is narrower.
    func picture(_ picture: SketchPicture) -> [Line] {
        let margin = Span(String(repeating: " ", count: indent))
        let canvas = picture.canvas
        let room = max(1, width - indent)
        var lines: [Line] = []
        for y in 0..<min(canvas.height, Self.pictureRows) {
            let cells = canvas.row(y).prefix(picture.region.width)
            lines.append(([margin] + Text.truncated(spans(Array(cells)), width: room), .message))
        }
        if canvas.height > Self.pictureRows || picture.region.width > room {
            let sentence =
                "\(picture.region.width)×\(picture.region.height) of \(MessageText.oneLine(picture.name)): /sketch open"
            lines.append((Text.truncated([margin, Span(sentence, theme[.faint])], width: width), .message))
        }
        return lines
    }

    private func spans(_ row: [SketchCell]) -> [Span] {
        var spans: [Span] = []
        var bytes: [UInt8] = []
        var style = Style.plain
        func close() {
            if !bytes.isEmpty { spans.append(Span(String(decoding: bytes, as: UTF8.self), style)) }
            bytes.removeAll(keepingCapacity: true)
        }
        for (x, cell) in row.enumerated() where !(cell.glyph.isContinuation && x > 0) {
            let isMono = model.colorDepth == .mono
            let next = isMono ? Style(.default, on: .default, Style(cell).attributes) : Style(cell)
            if next != style {
                close()
                style = next
            }
            if cell.glyph.isContinuation || cell.glyph.isWide && x + 1 >= row.count {
                bytes.append(0x20)
            } else if isMono {
                bytes += Array(MonoInk.glyph(Ink(cell)).utf8)
            } else {
                cell.glyph.append(to: &bytes)
            }
        }
        close()
        return spans
    }
}
