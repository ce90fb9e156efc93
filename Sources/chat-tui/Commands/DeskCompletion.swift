import ChatAPI
import ChatKit
import TerminalUI

/// Completion and hints of the help desk's commands: topics, queues, canned replies, events.
extension Model {
    func deskCandidates(_ subject: SlashCommand.Subject, _ word: String) -> [Completion.Candidate] {
        let part = Names.fold(subject == .invitation && !word.hasPrefix("#") ? "#" + word : word)
        let all: [(text: String, detail: String)]
        switch subject {
        case .topic: all = help.queues.flatMap(\.topics).map { ($0.key, $0.title) }
        case .queue: all = help.queues.map { ($0.name, $0.waiting.map { "\($0) waiting" } ?? "") }
        case .reply: all = help.replies.map { ($0.key, MessageText.oneLine($0.text)) }
        case .event:
            let known = places.events.map { ($0.slug, $0.name) }
            let spaces = Set(rooms.values.compactMap(\.channel.spaceName)).sorted().map { ($0, "") }
            all = known.isEmpty ? spaces : known
        case .agency: all = places.agencies.map { ($0.slug, $0.name) }
        case .group: all = PostingGroup.words.map { ($0.rawValue, "") }
        case .invitation:
            all = (places.ownInvitations ?? []).map { (Self.path($0), $0.by.map { "by " + name(of: $0) } ?? "") }
        default: all = []
        }
        var seen: Set<String> = []
        return all.filter { Names.fold($0.text).hasPrefix(part) && seen.insert($0.text).inserted }
            .prefix(Completion.limit).map { Completion.Candidate(text: $0.text, detail: $0.detail, isWhole: true) }
    }

    /// What stands in the status line while such a command is written: whom it reaches, or what it would put there.
    func deskHint(_ command: String, _ line: String) -> String? {
        switch command {
        case "note":
            guard let chat = openChat, handles(chat) else { return nil }
            return "a private note: \(other(in: chat)) does not see it"
        case "r":
            guard case .command(_, let key) = ComposerLine(line), !key.isEmpty,
                let reply = help.replies.first(where: { $0.key == key })
            else { return nil }
            return "“\(MessageText.oneLine(reply.text))”"
        case "help", "ask":
            guard case .command(_, let text) = ComposerLine(line), !text.isEmpty, SlashCommand.named(text) == nil else {
                return nil
            }
            if let own = ownRequest, own.state != .inChat { return "Enter adds this to what you asked" }
            return "Enter asks the organizers for help"
        case "announce":
            guard case .command(_, let rest) = ComposerLine(line),
                case let (event, text)? = try? Commands.eventAndText(self, Words(command: command, text: rest))
            else { return nil }
            return "everybody in \(event) reads " + (text.map { "“\(MessageText.oneLine($0))”" } ?? "this")
        default: return nil
        }
    }

    /// The line in the composer is a private note: it is shown as one.
    package var isWritingNote: Bool {
        guard case .command(let name, _) = ComposerLine(composer.text) else { return false }
        return SlashCommand.named(name)?.name == "note" && openChat.map(handles) == true
    }

    /// What happened to a chat, as both sides read it.
    func sentence(of news: ChatNews, by: AccountID) -> String {
        let who = name(of: by)
        let organizer = news.organizer.map(name(of:)) ?? "nobody"
        let reason = news.reason.map { ": " + MessageText.oneLine($0) } ?? ""
        switch news.action {
        case "start", "attended": return "\(organizer) answers"
        case "transfer":
            return news.organizer == nil
                ? "\(who) gave this chat back to the queue" : "\(who) handed this chat to \(organizer)"
        case "requeue": return "\(who) put this chat back in line"
        case "unattended": return "\(organizer) is gone; somebody else will answer"
        case "hold": return "\(who) put this chat on hold"
        case "resume": return "\(who) goes on"
        case "idle": return "nobody has written for a while"
        case "end": return "\(who) ended this chat\(reason)"
        case "idle_end": return "this chat ended by itself\(reason)"
        case "rate":
            return "\(who) rated this chat" + (news.stars.map { " " + String(repeating: "★", count: $0) } ?? "")
        case "breach":
            return news.clock == .firstAnswer ? "the first answer is late" : "this should have been solved by now"
        default: return "\(who): \(news.action)"
        }
    }
}
