import ChatAPI
import TerminalUI

/// The line about one's own request for help, as long as there is one: its place, an estimate, who answers, the rating.
struct RequestLine {
    let model: Model

    init(_ model: Model) { self.model = model }

    /// Whether a newcomer should be told how one asks: in an event that one does not answer in, with nothing asked.
    static func isHintNeeded(_ model: Model) -> Bool {
        model.room?.channel.space?.kind == .event && model.capabilities.contains(.askForHelp)
            && model.help.availability == nil && !isNeeded(model)
    }

    static func isNeeded(_ model: Model) -> Bool { RequestLine(model).parts != nil }

    /// What is said, the most important first; less of it where it is narrow.
    var parts: (mark: String, role: Theme.Role, texts: [String])? {
        if let own = model.ownRequest { return parts(own) }
        guard let chat = model.rateable else { return nil }
        let who = chat.organizerName.map { " with \($0)" } ?? ""
        return ("★", .me, ["How was the chat\(who)? /rate 1 to 5", "/rate no"])
    }

    private func parts(_ own: ChatRequest) -> (mark: String, role: Theme.Role, texts: [String]) {
        let waited = Span.wait(model.now - own.createdAt)
        switch own.state {
        case .queued:
            let place = own.position.map { $0 == 1 ? "you are next" : "number \($0) in line" } ?? "in line"
            let estimate = own.estimatedWaitMs.map { "about \(Span.wait($0)) (estimate)" } ?? "no estimate yet"
            return ("◷", .away, ["Help: \(place)", estimate, "for \(waited)", "/ask adds", "/cancel"])
        case .claimed where own.claim?.isOffer == true:
            return (
                "◷", .away, ["Help: you are next", "\(own.claim?.name ?? "somebody") is asked to answer", "/cancel"]
            )
        case .claimed:
            return ("◷", .away, ["Help: \(own.claim?.name ?? "somebody") looks at it", "for \(waited)", "/cancel"])
        default:
            guard let chat = own.chat.flatMap({ model.help.chats[$0] }) else {
                return ("●", .online, ["Help: somebody answers"])
            }
            let isHere = model.current == chat.channel && model.page == nil
            guard let organizer = chat.organizerName else {
                return ("◷", .away, ["Help: waits for the next organizer", "/cancel"])
            }
            if chat.state == .onHold {
                return ("◐", .away, ["Help: \(organizer) has put you on hold", "/end ends it"])
            }
            return (
                "●", .online, ["Help: \(organizer) answers", isHere ? "/end when all is said" : "Alt+A goes there"]
            )
        }
    }

    func draw(in frame: inout Frame, _ area: Rect) {
        guard let (mark, role, texts) = parts else { return }
        let theme = model.theme
        var x = frame.put(" \(mark) ", at: area.origin, in: area, style: theme[role])
        for (index, text) in texts.enumerated() {
            let shown = index == 0 ? Text.truncated(text, width: area.endX - x) : " · " + text
            // Half a sentence helps nobody.
            guard index == 0 || frameWidth(shown) <= area.endX - x else { return }
            x = frame.put(shown, at: Point(x: x, y: area.y), in: area, style: theme[index == 0 ? .title : .status])
        }
    }

    /// The same as one sentence, for the linear modes.
    var sentence: String? { parts.map { $0.texts.joined(separator: " · ") } }
}
