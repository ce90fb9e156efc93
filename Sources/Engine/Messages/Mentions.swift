package import ChatAPI
import Storage

/// Who called whom: one list over all channels, newest first.
extension Messages {
    package func mentions(_ query: MentionQuery, _ call: Call) async throws -> Page<Mention> {
        let account = try call.caller.signedIn()
        let limit = try PageRules.limit(query.limit)
        let start = try MentionCursor.place(query.cursor)
        return try await database.read { tx in
            let channels = try MentionStore.channels(of: account, tx)
            let places = try MentionStore.places(
                of: account,
                in: channels,
                below: start,
                isUnread: query.unread ?? false,
                limit: limit + 1,
                tx
            )
            var items: [Mention] = []
            for place in places.prefix(limit) {
                guard let joined = channels[place.channel],
                    let entry = try EntryStore.entry(place.seq, of: .channel(place.channel), tx)
                else { continue }
                items.append(
                    Mention(entry: entry, channelName: joined.name, isUnread: place.seq > joined.marker)
                )
            }
            let last = places.count > limit ? places[limit - 1] : nil
            return Page(items, nextCursor: last.map(MentionCursor.text))
        }
    }
}

/// Where a list of mentions goes on: `<at>.<channel>.<seq>`.
enum MentionCursor {
    static func place(_ text: String?) throws(APIError) -> MentionStore.Place {
        guard let text else { return MentionStore.Place() }
        let parts = text.split(separator: ".")
        guard parts.count == 3, let at = Int64(parts[0]), let channel = ChannelID(String(parts[1])),
            let seq = Int64(parts[2])
        else { throw PageRules.cursorIsUnknown() }
        return MentionStore.Place(at: at, channel: channel, seq: seq)
    }

    static func text(_ place: MentionStore.Place) -> String { "\(place.at).\(place.channel).\(place.seq)" }
}
