package import ChatAPI
import Storage
import Telemetry

/// A chat as a document: text, Markdown or JSON. Made of the log in its current form; deleted messages have no text.
extension Chats {
    package func transcript(_ query: TranscriptQuery, _ call: Call) async throws -> ChatTranscript {
        let format = query.format ?? .text
        let desk = desk
        let first = try await desk.database.read { tx in
            let (chat, queue) = try Self.readable(query.chat, for: call.caller, desk, tx)
            return (
                chat: chat, queue: queue.name,
                participant: try AccountStore.name(of: chat.participant, tx) ?? "deleted",
                head: try EntryStore.head(of: .channel(chat.channel), tx).seq
            )
        }
        var document = TranscriptDocument(first.chat, queue: first.queue, participant: first.participant)
        // Page by page: a read lasts a quarter of a second at most, and a chat may be long.
        var after: Int64 = 0
        while after < first.head {
            let (start, through) = (after, min(first.head, after + 500))
            document.add(
                try await desk.database.read { tx in
                    try EntryStore.page(of: .channel(first.chat.channel), .between(start + 1, through), limit: 500, tx)
                        .map { entry in
                            let taker = entry.chat?.action == "transfer" ? entry.chat?.organizer : nil
                            return (
                                entry: entry, name: try AccountStore.name(of: entry.by, tx) ?? "deleted",
                                taker: try taker.map { try AccountStore.name(of: $0, tx) ?? "deleted" }
                            )
                        }
                }
            )
            after = through
        }
        return ChatTranscript(chat: query.chat, format: format, text: document.text(as: format))
    }
}

/// What a transcript says, and how each form says it. Pure.
struct TranscriptDocument {
    struct Line: Codable, Sendable {
        var seq: Int64
        var at: String
        var by: String
        /// A message's text; nil once it is deleted.
        var text: String?
        var location: Location?
        /// What happened, where it is not a message: `start`, `transfer`, `hold`, `resume`, `requeue`, `end`.
        var action: String?
        /// Who has the chat after a transfer; `by` handed it on.
        var to: String?
        var isEdited: Bool?
    }

    private struct Stars: Codable {
        var stars: Int
        var comment: String?
        var at: String
    }

    private struct Whole: Codable {
        var chat: ChatID
        var queue: String
        var participant: String
        var topic: String?
        var state: ChatState
        var startedAt: String
        var endedAt: String?
        var endReason: String?
        var rating: Stars?
        var lines: [Line]
    }

    private let chat: ChatRow
    private let queue: String
    private let participant: String
    private(set) var lines: [Line] = []

    init(_ chat: ChatRow, queue: String, participant: String) {
        self.chat = chat
        self.queue = queue
        self.participant = participant
    }

    mutating func add(_ entries: [(entry: Entry, name: String, taker: String?)]) {
        for (entry, name, taker) in entries {
            var line = Line(seq: entry.seq, at: TranscriptTime.seconds(entry.at), by: name)
            switch entry.kind {
            case .message:
                line.text = entry.redactedAt == nil ? entry.text : nil
                line.location = entry.location
                if entry.editedAt != nil { line.isEdited = true }
            case .chat:
                line.action = entry.chat?.action
                line.to = taker
            default: continue
            }
            lines.append(line)
        }
    }

    func text(as format: ChatTranscript.Format) -> String {
        switch format {
        case .text, .unknown: plain
        case .markdown: markdown
        case .json: json
        }
    }

    private var title: String { "Chat with \(participant) in \(queue)" }

    private var plain: String {
        var text = title + "\n" + facts.map { "\($0): \($1)\n" }.joined() + "\n"
        for line in lines { text += "\(line.at) \(line.action.map { happened($0, line) } ?? said(line))\n" }
        return text
    }

    private var markdown: String {
        var text = "# \(escaped(title))\n\n" + facts.map { "- **\($0)**: \(escaped($1))\n" }.joined() + "\n"
        for line in lines {
            if let action = line.action {
                text += "*\(line.at) \(escaped(happened(action, line)))*\n\n"
                continue
            }
            let quoted = escaped(line.text ?? "(deleted)").split(separator: "\n", omittingEmptySubsequences: false)
                .map { "> " + $0 }.joined(separator: "\n")
            text += "**\(escaped(line.by))** \(line.at)\(line.isEdited == true ? " (edited)" : "")\n\n\(quoted)\n\n"
            if let location = line.location { text += "> 📍 \(escaped(location.text))\n\n" }
        }
        return text
    }

    private var json: String {
        let whole = Whole(
            chat: chat.id,
            queue: queue,
            participant: participant,
            topic: chat.topic,
            state: chat.state,
            startedAt: TranscriptTime.seconds(chat.startedAt),
            endedAt: chat.endedAt.map(TranscriptTime.seconds),
            endReason: chat.reason,
            rating: chat.rating.map {
                Stars(stars: $0.stars, comment: $0.comment, at: TranscriptTime.seconds($0.at))
            },
            lines: lines
        )
        return String(decoding: Coding.encode(whole), as: UTF8.self) + "\n"
    }

    private var facts: [(String, String)] {
        var facts = [("Started", TranscriptTime.seconds(chat.startedAt))]
        if let topic = chat.topic { facts.append(("Topic", topic)) }
        if let endedAt = chat.endedAt { facts.append(("Ended", TranscriptTime.seconds(endedAt))) }
        if let reason = chat.reason { facts.append(("Reason", reason)) }
        if let rating = chat.rating {
            facts.append(("Rating", "\(rating.stars) of 5" + (rating.comment.map { ": \($0)" } ?? "")))
        }
        return facts
    }

    private func happened(_ action: String, _ line: Line) -> String {
        switch action {
        case "start": "\(line.by) took the request"
        case "attended": "\(line.by) has the chat"
        case "transfer": "\(line.by) handed the chat to \(line.to ?? "somebody")"
        case "requeue": "\(line.by) put the chat back in line"
        case "hold": "\(line.by) put the chat on hold"
        case "resume": "\(line.by) went on"
        case "end": "\(line.by) ended the chat"
        case "idle_end": "the chat ended by itself"
        case "rate": "\(line.by) rated the chat"
        default: "\(line.by) \(action)"
        }
    }

    private func said(_ line: Line) -> String {
        let edited = line.isEdited == true ? " (edited)" : ""
        let place = line.location.map { "\n  at \($0.text)" } ?? ""
        // Lines after the first are set in: who says what stays to be seen.
        let text = (line.text ?? "(deleted)").split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "\n  ")
        return "\(line.by)\(edited): \(text)\(place)"
    }

    /// What would be markup is not.
    private func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if "\\`*_[]<>#|!~".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }
}

/// A time as people read it everywhere: `2026-05-01 12:00:00Z`. Pure.
enum TranscriptTime {
    static func seconds(_ time: Milliseconds) -> String {
        let text = Timestamp.text(milliseconds: time)
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + "Z"
    }
}
