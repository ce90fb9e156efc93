package import ChatAPI
import ChatKit

/// Names and order of rooms, and names of people: what every pane shows the same way.
extension Model {
    /// Rooms one is in, as the sidebar lists them: the platform's channels by name, each event's and agency's, chats,
    /// conversations.
    package var orderedRooms: [Room] {
        rooms.values.filter { $0.isMember || $0.id == current }.map { (order(of: $0), $0) }.sorted { $0.0 < $1.0 }.map(
            \.1
        )
    }

    /// By name, not by time: a list that moves under the finger is clicked wrong.
    private func order(of room: Room) -> RoomOrder {
        let channel = room.channel
        let group: Int
        let rank: Int
        switch channel.kind {
        case .chat: (group, rank) = (2, chat(of: room)?.state.isOver == true ? 1 : 0)
        case .direct: (group, rank) = (3, 0)
        case .announce: (group, rank) = (channel.spaceName == nil ? 0 : 1, 0)
        case .staff: (group, rank) = (channel.spaceName == nil ? 0 : 1, 2)
        default: (group, rank) = (channel.spaceName == nil ? 0 : 1, 1)
        }
        let space = group == 1 ? channel.spaceName ?? "" : ""
        return RoomOrder(group: group, space: space, rank: rank, name: title(of: room), id: room.id)
    }

    /// `#general`, `#devconf/general`, `@bob`, `@bob, carol`; `&carol` is a chat about a request.
    package func title(of room: Room) -> String {
        if let name = room.channel.name { return "#" + (room.channel.spaceName.map { $0 + "/" } ?? "") + name }
        if room.channel.kind == .chat { return "&" + (chat(of: room).map(other(in:)) ?? chatPartner(of: room)) }
        let others = (room.channel.people ?? []).filter { $0 != me?.id }
        // Nobody talks to oneself: the others are gone.
        if others.isEmpty { return "@nobody" }
        return "@" + others.map(name(of:)).sorted().joined(separator: ", ")
    }

    /// As it stands under the heading of its event.
    package func shortTitle(of room: Room) -> String { room.channel.name.map { "#" + $0 } ?? title(of: room) }

    private func chatPartner(of room: Room) -> String {
        (room.channel.people ?? []).first { $0 != me?.id }.map(name(of:)) ?? "chat"
    }

    /// An account's own name, which is unique. Unknown ones are shown by the end of their id until they are known.
    package func name(of account: AccountID) -> String {
        if let known = accounts[account] {
            // A guest's own name is a number; what it wants to be called is marked, since nobody keeps it from others.
            if known.isGuest, let display = known.displayName { return "~" + MessageText.oneLine(display) }
            return known.deletedAt == nil ? known.name : "deleted"
        }
        return "…" + account.description.suffix(4)
    }

    /// The name of somebody whom the daemon named already, or what a guest wants to be called.
    package func name(of account: AccountID, called name: String) -> String {
        accounts[account]?.isGuest == true ? self.name(of: account) : name
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
        let isChat = text.hasPrefix("&")
        let name = Names.fold(text.hasPrefix("#") || isPerson || isChat ? String(text.dropFirst()) : text)
        if isChat {
            return orderedRooms.first {
                $0.channel.kind == .chat && Names.fold(String(title(of: $0).dropFirst())) == name
            }
        }
        if !isPerson {
            // Its whole name, then its own: the channel of the event that is looked at before any other's.
            let whole = rooms.values.first {
                $0.channel.name != nil && Names.fold(String(title(of: $0).dropFirst())) == name
            }
            let own = rooms.values.filter { $0.channel.name.map { Names.fold($0) } == name }
            if let room = whole ?? own.first(where: { $0.channel.space == self.room?.channel.space }) ?? own.first {
                return room
            }
        }
        guard !text.hasPrefix("#") else { return nil }
        return rooms.values.first {
            $0.channel.kind == .direct && partner(of: $0).map { Names.fold(self.name(of: $0)) } == name
        }
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

/// Where a room stands in the list.
private struct RoomOrder: Comparable {
    let group: Int
    let space: String
    let rank: Int
    let name: String
    let id: ChannelID

    static func < (left: Self, right: Self) -> Bool {
        (left.group, left.space, left.rank, left.name, left.id) < (
            right.group, right.space, right.rank, right.name, right.id
        )
    }
}

extension Account {
    /// Lists of members say of a guest that it is a person; its name is of a kind that nobody else can have.
    fileprivate var isGuest: Bool { kind == .guest || name.hasPrefix("guest-") }
}
