package import ChatAPI
import ChatKit

/// Names and order of rooms, and names of people: what every pane shows the same way.
extension Model {
    /// Rooms one is in, as the sidebar lists them: channels by name, then conversations with the newest first.
    package var orderedRooms: [Room] {
        let joined = rooms.values.filter { $0.isMember || $0.id == current }
        let channels = joined.filter { !$0.isDirect }.sorted {
            ($0.channel.name ?? "", $0.id) < ($1.channel.name ?? "", $1.id)
        }
        let directs = joined.filter(\.isDirect).sorted { left, right in
            // By name, not by time: a list that moves under the finger is clicked wrong.
            (title(of: left), left.id) < (title(of: right), right.id)
        }
        return channels + directs
    }

    /// `#general`, `@bob`, `@bob, carol`.
    package func title(of room: Room) -> String {
        if let name = room.channel.name { return "#" + name }
        let others = (room.channel.people ?? []).filter { $0 != me?.id }
        if others.isEmpty { return "@" + (me?.name ?? "me") }
        return "@" + others.map(name(of:)).sorted().joined(separator: ", ")
    }

    /// An account's own name, which is unique. Unknown ones are shown by the end of their id until they are known.
    package func name(of account: AccountID) -> String {
        if let known = accounts[account] { return known.deletedAt == nil ? known.name : "deleted" }
        return "…" + account.description.suffix(4)
    }

    /// How a person wants to be called, where there is room for both.
    package func longName(of account: AccountID) -> String {
        guard let known = accounts[account], known.deletedAt == nil, let display = known.displayName, !display.isEmpty,
            display != known.name
        else { return name(of: account) }
        return "\(display) (\(known.name))"
    }

    /// The other person of a conversation of two.
    package func partner(of room: Room) -> AccountID? {
        let others = (room.channel.people ?? []).filter { $0 != me?.id }
        return others.count == 1 ? others[0] : nil
    }

    /// A room by what somebody typed: `#general`, `general`, `@bob`, an id.
    package func room(named text: String) -> Room? {
        if let id = ChannelID(text), let room = rooms[id] { return room }
        let isPerson = text.hasPrefix("@")
        let name = Names.fold(text.hasPrefix("#") || isPerson ? String(text.dropFirst()) : text)
        if !isPerson, let room = rooms.values.first(where: { $0.channel.name.map { Names.fold($0) } == name }) {
            return room
        }
        guard !text.hasPrefix("#") else { return nil }
        return rooms.values.first { $0.isDirect && partner(of: $0).map { Names.fold(self.name(of: $0)) } == name }
    }

    package func account(named text: String) -> Account? {
        let name = Names.fold(text.hasPrefix("@") ? String(text.dropFirst()) : text)
        return accounts.values.first { $0.deletedAt == nil && Names.fold($0.name) == name }
    }

    package func state(of account: AccountID) -> PresenceState {
        if account == me?.id { return isLive ? ownPresence : .offline }
        return presence[account]?.state ?? .offline
    }
}
