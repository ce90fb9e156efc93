import ChatAPI
import ChatKit

/// Entries of a log as they are printed: with the names of people, as a row or as a line of conversation.
enum EntryView {
    /// Rows: `message ls`.
    static let shape = Shape(
        "entry",
        Entry.self,
        name: name,
        [
            Column("seq", "SEQ", .number), Column("at", "TIME", .time), Column("byName", "BY"), Column("push", "KIND"),
            Column("marks"), Column("text"), Column("replyTo", wide: true), Column("target", wide: true),
            Column("emoji", wide: true),
            Column("reactions", wide: true), Column("pinned", wide: true), Column("rev", wide: true),
            Column("editedAt", "EDITED", .time, wide: true),
            Column("redactedAt", "DELETED", .time, wide: true), Column("channelName", "CHANNEL", wide: true),
            Column("channel", "CHANNEL-ID", wide: true), Column("by", "BY-ID", wide: true), Column("cid", wide: true),
        ]
    )

    /// `general/812`, as other commands take it.
    @Sendable static func name(_ node: Node) -> String {
        let channel = node.at("channelName").text ?? node.at("channel").text ?? "@me"
        return "\(channel)/\(node.at("seq").integer ?? 0)"
    }

    /// The entry with the names that its ids stand for.
    static func node(_ entry: Entry, channel: String?, _ people: People) -> Node {
        var node = Node(entry).adding("byName", .text(people.name(entry.by)), after: "by")
        if let account = entry.account {
            node = node.adding("accountName", .text(people.name(account)), after: "account")
        }
        if let channel { node = node.adding("channelName", .text(channel), after: "channel") }
        let marks = marks(entry)
        if !marks.isEmpty { node = node.adding("marks", .list(marks.map { .text($0) })) }
        return node
    }

    /// What became of a message, and what an entry is about, in a word each: `edited`, `pinned`, `👍 3`, `to 812`.
    static func marks(_ entry: Entry) -> [String] {
        var marks: [String] = []
        if let replyTo = entry.replyTo { marks.append("to \(replyTo)") }
        if let target = entry.target { marks.append("on \(target)") }
        if let emoji = entry.emoji { marks.append(emoji) }
        if let chat = entry.chat { marks.append(chat.action) }
        if entry.redactedAt != nil {
            marks.append("deleted")
        } else if entry.editedAt != nil {
            marks.append("edited")
        }
        if entry.pinned == true { marks.append("pinned") }
        return marks + (entry.reactions ?? []).map { "\($0.emoji) \($0.by.count)" }
    }

    /// Everybody that some entries name.
    static func people(in entries: [Entry]) -> Set<AccountID> {
        var ids: Set<AccountID> = []
        for entry in entries {
            ids.insert(entry.by)
            ids.formUnion(
                [
                    entry.account, entry.request?.participant, entry.request?.organizer, entry.chat?.participant,
                    entry.chat?.organizer,
                ].compactMap(\.self)
            )
        }
        return ids
    }

    /// `2026-05-01 14:00:05  ana: hello`, for people who read along. Lines of one text are indented below the first.
    static func line(_ entry: Entry, time: String, _ people: People, bold: (String) -> String) -> String {
        "\(time)  " + (entry.kind == .message ? "" : "* ") + sentence(entry, people, bold: bold)
    }

    /// `ana: hello`, `ana set the topic: Doors`. Lines of one text are indented below the first.
    static func sentence(_ entry: Entry, _ people: People, bold: (String) -> String = { $0 }) -> String {
        let who = bold(VisibleText.line(people.name(entry.by)))
        let indent = String(repeating: " ", count: 21)
        let text = VisibleText.block(entry.text ?? "", indent: indent)
        let target = entry.target.map { "#\($0)" } ?? "a message"
        let whom = entry.account.map { VisibleText.line(people.name($0)) } ?? who
        switch entry.kind {
        case .message:
            if entry.redactedAt != nil { return "\(who): (deleted)" }
            let reply = entry.replyTo.map { "(to #\($0)) " } ?? ""
            let drawing = entry.picture.map { picture($0, indent: indent) } ?? ""
            return "\(who): \(reply)\(text)" + (entry.editedAt == nil ? "" : " (edited)") + drawing
        case .edit: return "\(who) changed \(target): \(text)"
        case .redaction: return "\(who) deleted \(target)"
        case .reaction: return "\(who) reacted to \(target) with \(VisibleText.line(entry.emoji ?? ""))"
        case .unreaction: return "\(who) took \(VisibleText.line(entry.emoji ?? "")) back from \(target)"
        case .pin: return "\(who) pinned \(target)"
        case .unpin: return "\(who) unpinned \(target)"
        case .join: return whom == who ? "\(who) joined" : "\(who) added \(whom)"
        case .leave: return whom == who ? "\(who) left" : "\(who) took \(whom) out"
        case .role: return "\(who) made \(whom) \(entry.role?.rawValue ?? "something else")"
        case .topic: return text.isEmpty ? "\(who) removed the topic" : "\(who) set the topic: \(text)"
        case .renamed: return "\(who) renamed the channel to \(text)"
        case .created: return "\(who) made the channel"
        case .deleted: return "\(who) deleted the channel"
        case .glassBroken: return "\(who) reads this conversation for an hour: \(text)"
        case .sketchCreated: return "\(who) made the sketch \(text)"
        case .sketchRenamed: return "\(who) renamed a sketch to \(text)"
        case .sketchVersion: return "\(who) kept a version of a sketch: \(text)"
        case .sketchRestored: return "\(who) brought back a version of a sketch: \(text)"
        case .sketchCleared: return "\(who) cleared the sketch \(text)"
        case .sketchDeleted: return "\(who) deleted the sketch \(text)"
        case .request: return entry.request.map { self.sentence($0, who, people) } ?? who
        case .chat: return entry.chat.map { self.sentence($0, who, people) } ?? who
        case .posting: return "\(who) changed who may write here" + (text.isEmpty ? "" : ": \(text)")
        case .hidden: return "something of somebody you have blocked"
        case .invited: return "\(who) invites you to #\(text): chatctl channel join \(text)"
        case .sanctionsChanged: return VisibleText.line(entry.sanctionSentence)
        case .registrationChanged: return "your place in an event: \(text)"
        case .reported: return "\(who) reports a message: chatctl report ls"
        case .roleOffered:
            let words = text.split(separator: " ").map(String.init)
            let (agency, role) = (words.first ?? "", words.dropFirst().first ?? "")
            let place = words.count > 2 && words[2] != agency ? " in \(words[2])" : ""
            return "\(agency) offers you the role \(role)\(place): chatctl agency staff accept \(agency)"
        case .reportDecided:
            let outcome = text == ReportState.resolved.rawValue ? "something was done" : text
            return "\(who) looked at what you reported: \(outcome)"
        case .counters, .availabilityChanged, .channelJoined, .channelLeft, .registersChanged, .sessionStarted,
            .sessionEnded, .profileChanged, .grantsChanged, .blocksChanged, .unknown:
            return entry.kind.rawValue
        }
    }

    /// What happened to a request for help, as it stands in the log of whoever it concerns.
    private static func sentence(_ news: RequestNews, _ who: String, _ people: People) -> String {
        let organizer = news.organizer.map { VisibleText.line(people.name($0)) } ?? "nobody"
        let request = "the request of " + VisibleText.line(people.name(news.participant))
        let reason = news.reason.map { ": " + VisibleText.line($0) } ?? ""
        return switch news.action {
        case "place" where news.position == 1: "your request is next"
        case "place": "your request has place \(news.position ?? 0) in the line"
        case "ask": "\(who) asks for help"
        case "add_text": "\(who) added to \(request)"
        case "claim": "\(organizer) looks at \(request)"
        case "offer": "\(request) is offered to \(organizer)"
        case "take", "accept": "\(organizer) answers \(request)"
        case "release": "\(who) let \(request) go"
        case "lapse", "requeue": "\(request) is in line again"
        case "transfer": "\(who) handed \(request) on"
        case "cancel": "\(who) took \(request) back"
        case "reject": "\(who) refused \(request)\(reason)"
        case "expire": "\(request) expired\(reason)"
        case "end": "\(request) is done"
        default: "\(request): \(VisibleText.line(news.action))"
        }
    }

    /// What happened to a chat, as both sides read it.
    private static func sentence(_ news: ChatNews, _ who: String, _ people: People) -> String {
        let organizer = news.organizer.map { VisibleText.line(people.name($0)) } ?? "nobody"
        let reason = news.reason.map { ": " + VisibleText.line($0) } ?? ""
        return switch news.action {
        case "start", "attended": "\(organizer) answers"
        case "transfer": "\(who) handed this chat to \(news.organizer == nil ? "the queue" : organizer)"
        case "requeue": "\(who) put this chat back in line"
        case "unattended": "\(organizer) is gone; somebody else will answer"
        case "hold": "\(who) put this chat on hold"
        case "resume": "\(who) goes on"
        case "idle": "nobody has written for a while"
        case "end": "\(who) ended this chat\(reason)"
        case "idle_end": "this chat ended by itself\(reason)"
        case "rate": "\(who) rated this chat" + (news.stars.map { " with \($0) of 5" } ?? "")
        default: "\(who): chat \(VisibleText.line(news.action))"
        }
    }

    /// A drawing that was posted, row by row, without its colours.
    private static func picture(_ picture: SketchPicture, indent: String) -> String {
        SketchExport.text(SketchGrid(picture)).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { "\n" + indent + VisibleText.line(String($0)) }.joined()
    }
}
