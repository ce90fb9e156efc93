import ChatAPI
import ChatKit

/// Entries of one's own log as they are printed: what happened, in a sentence, with the names of people and channels.
enum MeView {
    /// Rows: `profile log`, `session tail` without a session.
    static let shape = Shape(
        "entry",
        Entry.self,
        name: EntryView.name,
        [
            Column("seq", "SEQ", .number), Column("at", "TIME", .time), Column("byName", "BY"), Column("what"),
            Column("push", "KIND", wide: true), Column("text", wide: true), Column("session", wide: true),
            Column("channelName", "CHANNEL", wide: true), Column("channel", "CHANNEL-ID", wide: true),
            Column("by", "BY-ID", wide: true),
        ]
    )

    /// What one's devices tell each other all the time: not what happened to an account.
    static func isChatter(_ kind: EntryKind) -> Bool { kind == .registersChanged || kind == .counters }

    /// The channels that some entries are about, those in the keys of registers too.
    static func channels(in entries: [Entry]) -> Set<ChannelID> {
        let named = entries.flatMap { $0.registers ?? [] }.compactMap(channel)
        return Set(entries.compactMap(\.channel) + named)
    }

    /// - Parameter titles: What the channels are called; one that cannot be seen any more has no title.
    static func node(_ entry: Entry, _ titles: [ChannelID: String], _ people: People) -> Node {
        let title = entry.channel.map { titles[$0] ?? entry.text ?? $0.description }
        return EntryView.node(entry, channel: title, people)
            .adding("what", .text(what(entry, titles, people)), after: "push")
    }

    static func what(_ entry: Entry, _ titles: [ChannelID: String], _ people: People) -> String {
        let channel = entry.channel.map { shown(titles[$0] ?? entry.text) } ?? "a channel"
        let isOwn = people.me == nil || entry.by == people.me
        switch entry.kind {
        case .channelJoined:
            let role = entry.role == .admin ? " as its admin" : ""
            return (isOwn ? "joined \(channel)" : "added to \(channel)") + role
        case .channelLeft: return isOwn ? "left \(channel)" : "taken out of \(channel)"
        case .sessionStarted: return entry.text.map { "signed in: \($0)" } ?? "signed in"
        case .sessionEnded: return isOwn ? "signed out" : "signed out by \(people.name(entry.by))"
        case .profileChanged: return "profile changed"
        case .grantsChanged: return "roles changed: chatctl whoami shows them"
        case .blocksChanged: return "blocked or unblocked somebody"
        case .availabilityChanged: return "availability changed"
        case .registersChanged:
            return "changed " + (entry.registers ?? []).map { shown($0, titles) }.joined(separator: ", ")
        case .counters:
            guard let counters = entry.counters else { return "a work list changed" }
            return "\(counters.name): \(counters.waiting) waiting, \(counters.unattended) unattended"
        case .unknown: return "something that this chatctl does not know"
        default: return EntryView.sentence(entry, people)
        }
    }

    private static func channel(of register: Register) -> ChannelID? {
        register.key.split(separator: "/").last.flatMap { ChannelID(String($0)) }
    }

    private static func shown(_ title: String?) -> String {
        guard let title else { return "a channel that is not shown" }
        return title.hasPrefix("@") ? "the conversation with \(title.dropFirst())" : "#\(title)"
    }

    /// `marker of #general to 812`, `draft of #general`, `client/theme`.
    private static func shown(_ register: Register, _ titles: [ChannelID: String]) -> String {
        guard let channel = channel(of: register), let word = register.key.split(separator: "/").first else {
            return register.key
        }
        let place = "\(word) of \(shown(titles[channel]))"
        if word == "marker", let seq = register.value?["seq"]?.integer { return "\(place) to \(seq)" }
        return place
    }
}
