import ChatAPI
import TerminalUI

/// Drawings as words and lines: for the list of them, for `--plain`, for whoever has them read aloud.
extension Model {
    func sketchList(of channel: ChannelID) -> ListPane {
        let rows = book.sketches(of: channel).map { sketch in
            let people = sketch.drawing.map(name(of:)).sorted()
            let who = people.isEmpty ? "by \(name(of: sketch.createdBy))" : people.joined(separator: ", ") + " drawing"
            return ListPane.Row(
                MessageText.oneLine(sketch.name),
                detail: "\(sketch.width)×\(sketch.height) · \(who)",
                .sketch(sketch.id)
            )
        }
        let title = rooms[channel].map { "Drawings in \(self.title(of: $0))" } ?? "Drawings"
        return ListPane(title, rows: rows, verb: "draw", empty: "no drawing yet: /sketch new NAME")
    }

    mutating func showVersions(_ versions: [SketchVersion], of id: SketchID) {
        guard case .list(var list) = overlay, list.isLoading else { return }
        list.isLoading = false
        list.rows = versions.map { version in
            let moment = zone.moment(version.at)
            return ListPane.Row(
                "\(version.version)  \(MessageText.oneLine(version.name))",
                detail: "\(name(of: version.by)), \(moment.date) \(moment.clock)",
                .command("/sketch restore \(version.version)")
            )
        }
        overlay = .list(list)
    }

    /// What it is, who drew how much of it, and its rows as text.
    func describe(_ sketch: Sketch, _ canvas: SketchCanvas) -> TextPane {
        var lines = [
            "\(sketch.width)×\(sketch.height) cells, made by \(name(of: sketch.createdBy)) on \(zone.moment(sketch.createdAt).date)"
        ]
        if canvas.layers.count > 1 {
            lines.append("layers: " + canvas.layers.map { MessageText.oneLine($0.name) }.joined(separator: ", "))
        }
        var counts: [AccountID: Int] = [:]
        var drawn = 0
        for y in 0..<canvas.height {
            for cell in canvas.row(y) where !cell.isTransparent {
                drawn += 1
                if let author = canvas.author(of: cell) { counts[author, default: 0] += 1 }
            }
        }
        let shares = counts.sorted { ($1.value, name(of: $0.key)) < ($0.value, name(of: $1.key)) }.map {
            "\(name(of: $0.key)) \($0.value)"
        }
        lines.append("\(drawn) cells are drawn" + (shares.isEmpty ? "" : ": " + shares.joined(separator: ", ")))
        let drawing = sketch.drawing.map(name(of:)).sorted()
        if !drawing.isEmpty { lines.append("drawing now: " + drawing.joined(separator: ", ")) }
        guard let region = canvas.drawnRegion else {
            return TextPane(MessageText.oneLine(sketch.name), lines + ["it is empty"])
        }
        lines.append(
            "columns \(region.x) to \(region.x + region.width - 1), rows \(region.y) to \(region.y + region.height - 1):"
        )
        for y in region.y..<region.y + region.height {
            var bytes: [UInt8] = []
            for x in region.x..<region.x + region.width { canvas.cell(x: x, y: y).glyph.append(to: &bytes) }
            var line = String(decoding: bytes, as: UTF8.self)
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        return TextPane(MessageText.oneLine(sketch.name), lines)
    }
}

extension BlockLines {
    /// What happened to a drawing, as a sentence; nil for entries about something else.
    static func sketchSentence(_ entry: Entry, by: String, name: String?) -> String? {
        let text = MessageText.oneLine(entry.text ?? "")
        let known = MessageText.oneLine(name ?? "a drawing")
        switch entry.kind {
        case .sketchCreated: return "\(by) made the drawing \(text)"
        case .sketchRenamed: return "\(by) called a drawing \(text)"
        case .sketchVersion: return "\(by) kept \(known) as version \(text)"
        case .sketchRestored: return "\(by) restored version \(text) of \(known)"
        case .sketchCleared: return "\(by) cleared \(known)"
        case .sketchDeleted: return "\(by) deleted the drawing \(text)"
        default: return nil
        }
    }
}
