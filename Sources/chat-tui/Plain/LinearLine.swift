package import ChatAPI
import ChatKit
import TerminalUI

/// One line of the linear modes: for people who have it read aloud, for pipes, for tests.
package enum LinearLine: Sendable {
    case entry(Entry, room: ChannelID)
    case notice(String, isTrouble: Bool)
    case state(String, text: String)
    case question(String)
    /// One's own request for help.
    case request(ChatRequest)
    case row(number: Int, PageTable.Row, [PageTable.Column])
    /// What the other side of a chat does not see.
    case note(ChatNote, room: ChannelID)

    /// As people read it. No line is ever drawn again.
    package func plain(_ model: Model) -> String {
        switch self {
        case .entry(let entry, let id): Self.sentence(entry, id, model)
        case .notice(let text, let isTrouble): (isTrouble ? "! " : "- ") + Self.safe(text)
        case .state(_, let text): "- " + Self.safe(text)
        case .question(let text): text + "?"
        case .request: "- " + Self.safe(RequestLine(model).sentence ?? "")
        case .row(let number, let row, let columns): "- " + Self.safe(Self.sentence(number, row, columns))
        case .note(let note, _):
            "- private note, \(model.zone.moment(note.at).clock) \(Text.neutralised(note.name)): "
                + Self.safe(note.text)
        }
    }

    /// The same as a JSON object in one line.
    package func json(_ model: Model) -> String {
        var members: [String: JSON]
        switch self {
        case .entry(let entry, let id):
            members = [
                "type": .string(entry.kind.rawValue), "seq": .integer(entry.seq), "at": .integer(entry.at),
                "by": .string(model.name(of: entry.by)), "channelId": .string(id.description),
            ]
            if let room = model.rooms[id] { members["channel"] = .string(model.title(of: room)) }
            if let text = entry.text { members["text"] = .string(text) }
            if let replyTo = entry.replyTo { members["replyTo"] = .integer(replyTo) }
            if let target = entry.target { members["target"] = .integer(target) }
            if let emoji = entry.emoji { members["emoji"] = .string(emoji) }
            if let chat = entry.chat {
                members["action"] = .string(chat.action)
                members["state"] = .string(chat.state.rawValue)
            }
            if let account = entry.account { members["account"] = .string(model.name(of: account)) }
            if model.rooms[id]?.isMention(entry, of: model.me?.id) == true { members["mention"] = true }
        case .notice(let text, let isTrouble):
            members = ["type": "notice", "text": .string(text), "trouble": .bool(isTrouble)]
        case .state(let state, let text): members = ["type": "state", "state": .string(state), "text": .string(text)]
        case .question(let text): members = ["type": "question", "text": .string(text)]
        case .request(let request): members = Self.members(request)
        case .row(let number, let row, let columns): members = Self.members(number, row, columns)
        case .note(let note, let id):
            members = [
                "type": "note", "seq": .integer(note.seq), "at": .integer(note.at), "by": .string(note.name),
                "channelId": .string(id.description), "text": .string(note.text),
            ]
        }
        return String(decoding: Coding.encode(JSON.object(members)), as: UTF8.self)
    }

    /// Lines of a text after its first begin with two blanks, so that nobody can write a line in another's name.
    private static func safe(_ text: String) -> String {
        Text.neutralised(text, keepingLines: true).split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "\n  ")
    }

    /// A posted drawing as its rows, each behind two blanks as any further line.
    private static func picture(_ picture: SketchPicture?) -> String {
        guard let picture else { return "" }
        let text = SketchExport.text(SketchGrid(picture))
        let head =
            "\n(a drawing of \(picture.region.width)×\(picture.region.height) cells, \(MessageText.oneLine(picture.name)))\n"
        return safe(head + text.trimmingLineEnds())
    }

    private static func sentence(_ entry: Entry, _ id: ChannelID, _ model: Model) -> String {
        let room = model.rooms[id]
        let title = room.map { model.title(of: $0) } ?? "?"
        let by = Text.neutralised(model.name(of: entry.by))
        let head = "\(Text.neutralised(title))/\(entry.seq) \(model.zone.moment(entry.at).clock) "
        let target = entry.target.map { "#\($0)" } ?? "a message"
        let whom = entry.account.map { Text.neutralised(model.name(of: $0)) } ?? by
        switch entry.kind {
        case .message:
            if model.unheard[entry.by] != nil { return head + "\(by): (folded: you muted them)" }
            if entry.redactedAt != nil { return head + "\(by): (message deleted)" }
            let answer = entry.replyTo.map { seq in
                let author = room?.timeline[seq: seq].map { model.name(of: $0.by) + " " } ?? ""
                return " (to \(author)#\(seq))"
            }
            return head + "\(by)\(answer ?? ""): " + safe(entry.text ?? "") + picture(entry.picture)
        case .edit: return head + "\(by) edited \(target): " + safe(entry.text ?? "")
        case .redaction: return head + "\(by) deleted \(target)"
        case .reaction: return head + "\(by) reacted \(safe(entry.emoji ?? "")) to \(target)"
        case .unreaction: return head + "\(by) took back \(safe(entry.emoji ?? "")) from \(target)"
        case .pin: return head + "\(by) pinned \(target)"
        case .unpin: return head + "\(by) unpinned \(target)"
        case .join: return head + (whom == by ? "\(by) joined" : "\(by) added \(whom)")
        case .leave: return head + (whom == by ? "\(by) left" : "\(by) removed \(whom)")
        case .role: return head + "\(by) made \(whom) \(entry.role == .admin ? "an admin" : "a member")"
        case .topic: return head + "\(by) set the topic: " + safe(entry.text ?? "")
        case .renamed: return head + "\(by) renamed the channel to #" + safe(entry.text ?? "")
        case .created: return head + "\(by) made the channel"
        case .deleted: return head + "\(by) deleted the channel"
        case .chat: return head + (entry.chat.map { model.sentence(of: $0, by: entry.by) } ?? by)
        case .glassBroken: return head + "\(by) reads this conversation for an hour: " + safe(entry.text ?? "")
        case .posting: return head + "\(by) changed who may write here: " + safe(entry.text ?? "")
        default:
            return head
                + (BlockLines.sketchSentence(entry, by: by, name: entry.sketch.flatMap { model.book.known[$0]?.name })
                    .map(safe) ?? by)
        }
    }
}
