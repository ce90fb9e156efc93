import ChatAPI
import TerminalUI

/// Search: the words, the hits with what fits marked, newest first.
struct SearchView {
    let model: Model
    let search: SearchPane

    init(_ model: Model, _ search: SearchPane) {
        self.model = model
        self.search = search
    }

    func draw(in frame: inout Frame, _ box: Rect) {
        let theme = model.theme
        let place = search.channel.flatMap { model.rooms[$0] }.map(model.title(of:)) ?? "everywhere"
        let inner = OverlayPane.open(
            box,
            "Search \(place)",
            "Enter: search, then go there · Tab: here/everywhere · Esc",
            theme,
            in: &frame
        )
        let (top, rest) = inner.splitTop(1)
        OverlayPane.input(search.editor, prompt: "› ", top, theme, in: &frame)
        let list = rest.splitTop(1).rest
        guard !search.hits.isEmpty else {
            frame.put(sentence, at: list.origin, in: list, style: theme[.faint])
            return
        }
        let moments = search.hits.map { model.zone.moment($0.entry.at) }
        OverlayPane.rows(search.hits.count, selected: search.selected, list, theme, in: &frame) { index in
            let entry = search.hits[index].entry
            let name = Span(model.name(of: entry.by) + " ", Style(theme.color(of: entry.by.low), on: .default, .bold))
            let room = entry.channel.flatMap { model.rooms[$0] }.map(model.title(of:)) ?? ""
            let detail = (search.channel == nil ? room + " " : "") + moments[index].date + " " + moments[index].clock
            return ([name] + Self.marked(search.hits[index], theme), detail)
        }
    }

    private var sentence: String {
        if search.isLoading { return "searching …" }
        if let problem = search.problem { return "not searched: " + problem }
        guard search.asked != nil else { return "words, \"a phrase\", begin*, -without" }
        return "nothing found"
    }

    /// The text in one line with the hits marked; it begins near the first hit.
    static func marked(_ hit: SearchHit, _ theme: Theme) -> [Span] {
        let bytes = Array((hit.entry.text ?? "").utf8)
        var spans: [Span] = []
        var position = 0
        if let first = hit.highlights.first?.first, first > 40, first <= bytes.count {
            position = first - 24
            while position < bytes.count, bytes[position] & 0xC0 == 0x80 { position += 1 }
            spans.append(Span("…"))
        }
        func text(_ range: Range<Int>) -> String {
            MessageText.oneLineKeepingEnds(String(decoding: bytes[range], as: UTF8.self))
        }
        for range in hit.highlights where range.count == 2 {
            let start = range[0]
            let end = range[1]
            // Out of order or out of the text: a daemon that errs must not stop the program.
            guard start >= position, end > start, end <= bytes.count else { continue }
            spans.append(Span(text(position..<start)))
            spans.append(Span(text(start..<end), theme[.hit]))
            position = end
        }
        spans.append(Span(text(position..<bytes.count)))
        return spans
    }
}
