import ChatAPI
import Flags

/// The names behind ids, asked for in batches and once each.
final class People {
    private var names: [AccountID: String] = [:]

    /// The name, or the id where it cannot be seen.
    func name(_ id: AccountID) -> String { names[id] ?? id.description }

    func learn(_ id: AccountID, _ name: String) { names[id] = name }

    /// One's own id, for the titles of direct conversations.
    private(set) var me: AccountID?
    private var hasAskedForMe = false

    func meetMyself(_ run: Run) async {
        guard !hasAskedForMe else { return }
        hasAskedForMe = true
        guard let account = try? await run.call(.me).account else { return }
        me = account.id
        names[account.id] = account.name
    }

    /// What to call a channel: its name, or the others in a direct conversation. Those must have been met.
    func title(_ channel: Channel) -> String {
        if let name = channel.name { return channel.spaceName.map { "\($0)/\(name)" } ?? name }
        let others = (channel.people ?? []).filter { $0 != me }
        // Nobody talks to oneself: the others are gone.
        return others.isEmpty ? "@nobody" : "@" + others.map(name).joined(separator: ",")
    }

    /// Asks for those that are not known yet. One who may not ask gets ids.
    func meet(_ ids: some Sequence<AccountID>, _ run: Run) async {
        let unknown = Array(Set(ids).filter { names[$0] == nil })
        for start in stride(from: 0, to: unknown.count, by: Self.batch) {
            let part = Array(unknown[start..<min(start + Self.batch, unknown.count)])
            let page = try? await run.call(.listAccounts, AccountQuery(ids: part, limit: part.count))
            for account in page?.items ?? [] { names[account.id] = account.name }
            // Whoever is not shown will not be shown the next time either.
            for id in part where names[id] == nil { names[id] = id.description }
        }
    }

    private var titles: [ChannelID: String] = [:]

    /// What some channels are called; each is asked for once. One that cannot be seen has no title.
    func titles(of channels: Set<ChannelID>, _ run: Run) async -> [ChannelID: String] {
        for id in channels where titles[id] == nil {
            guard let channel = try? await run.call(.channel, ChannelRef(id)) else { continue }
            titles[id] = await run.title(channel)
        }
        return titles
    }

    private var slugs: [EventID: String] = [:]

    /// The word that an event is named by; asked for once.
    func slug(of event: EventID, _ run: Run) async -> String? {
        if let known = slugs[event] { return known }
        guard let slug = try? await run.call(.event, EventRef(event)).slug else { return nil }
        slugs[event] = slug
        return slug
    }

    /// An id takes 37 bytes of the query; a request's head may have 16 KiB.
    private static let batch = 200
}

extension Run {
    /// A channel's id, by its name, its id, or `@ana` for the direct conversation with her.
    func channelID(_ text: String) async throws -> ChannelID {
        if let id = ChannelID(text) { return id }
        return try await channel(text).id
    }

    /// - Parameter opens: Whether a direct conversation that there is not yet is to be opened; looking opens nothing.
    func channel(_ text: String, opens: Bool = false) async throws -> Channel {
        if text.hasPrefix("@") {
            let people = text.split(separator: ",").map { String($0.drop { $0 == "@" }) }
            let options = CallOptions(dryRun: isDryRun || !opens, requestID: values.string("request-id"))
            return try await daemon().service.call(.openDirect, DirectDraft(people: people), options)
        }
        return try await call(.channel, ChannelRef(text))
    }

    /// `general/812`, `#general/812`.
    func message(_ text: String) throws(Failure) -> MessageRef {
        guard let slash = text.lastIndex(of: "/"), slash > text.startIndex,
            let seq = Int64(text[text.index(after: slash)...]), seq > 0
        else {
            throw .usage("\"\(VisibleText.line(text))\" is no message: write its channel and its number, general/812")
        }
        return MessageRef(channel: String(text[..<slash]), seq: seq)
    }

    /// What the daemon finds a channel by: a name or id as it was written; for `@ana` the id of the conversation with her.
    func channelKey(_ text: String) async throws -> String {
        text.hasPrefix("@") ? try await channel(text).id.description : text
    }

    /// A message as the daemon finds it, also if its channel was written as `@ana`.
    func found(_ message: MessageRef) async throws -> MessageRef {
        MessageRef(channel: try await channelKey(message.channel), seq: message.seq)
    }

    /// What to call a channel: its name, or the people of a direct conversation.
    func title(_ channel: Channel) async -> String {
        await meetPeople(of: [channel])
        return people.title(channel)
    }

    /// Whom the titles of direct conversations name.
    func meetPeople(of channels: [Channel]) async {
        let directs = channels.filter { $0.name == nil }
        guard !directs.isEmpty else { return }
        await people.meetMyself(self)
        await people.meet(directs.flatMap { $0.people ?? [] }, self)
    }
}
