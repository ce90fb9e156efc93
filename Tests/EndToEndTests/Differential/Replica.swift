import ChatAPI
import ChatTestKit

/// The least that a client does with snapshots and pushes: the reference for every other one.
///
/// It is told of entries in the order of their logs and never asks what it could know.
struct Replica {
    let account: AccountID
    private(set) var channels: [ChannelID: ChannelReplica] = [:]
    private(set) var registers: [String: Register] = [:]
    private(set) var meHead: Int64 = 0
    /// Channels to take a snapshot of: joined lately.
    private(set) var unknown: Set<ChannelID> = []

    init(_ account: AccountID) { self.account = account }

    /// `me.get`: how things stand, instead of one's own log up to its head.
    mutating func take(_ me: Me) {
        meHead = max(meHead, me.head)
        registers = Dictionary(uniqueKeysWithValues: me.registers.map { ($0.key, $0) })
        let joined = Set(me.channels.map(\.channel.id))
        channels = channels.filter { joined.contains($0.key) }
        unknown = []
        for channel in me.channels {
            if channels[channel.channel.id] == nil { unknown.insert(channel.channel.id) }
            channels[channel.channel.id]?.marker = channel.unread.marker
        }
    }

    /// A channel that cannot be read any more.
    mutating func lose(_ channel: ChannelID) { channels[channel] = nil }

    mutating func take(_ snapshot: ChannelReplica) {
        channels[snapshot.id] = snapshot
        unknown.remove(snapshot.id)
    }

    /// An entry of any log. Numbers must follow: false if one is missing.
    mutating func apply(_ entry: Entry) -> Bool {
        guard Self.kindsOfMe.contains(entry.kind) else {
            guard let id = entry.channel, !unknown.contains(id), channels[id] != nil else { return true }
            return channels[id]?.apply(entry, me: account) ?? true
        }
        if entry.seq <= meHead { return true }
        guard entry.seq == meHead + 1 else { return false }
        meHead = entry.seq
        switch entry.kind {
        case .channelJoined:
            if let id = entry.channel, channels[id] == nil { unknown.insert(id) }
        case .channelLeft:
            guard let id = entry.channel else { break }
            channels[id] = nil
            unknown.remove(id)
        case .registersChanged:
            for register in entry.registers ?? [] { apply(register) }
        default: break
        }
        return true
    }

    private static let kindsOfMe = Set(EntryKind.allCases.filter(\.isOfMe))

    private mutating func apply(_ register: Register) {
        if register.key.hasPrefix("marker/") {
            guard let id = ChannelID(String(register.key.dropFirst(7))), let seq = register.value?["seq"]?.integer
            else {
                return
            }
            if let marker = channels[id]?.marker, marker < seq { channels[id]?.marker = seq }
            return
        }
        if let known = registers[register.key], known.version >= register.version { return }
        registers[register.key] = register
    }

    /// What `me.get` answers about registers: without those that are cleared.
    var setRegisters: [Register] { registers.values.filter { $0.value != nil }.sorted { $0.version < $1.version } }
}

/// One channel as pushes tell it: messages in their current form, members, what is unread.
struct ChannelReplica {
    let id: ChannelID
    var name: String?
    var topic: String?
    var marker: Int64
    private(set) var head: Int64 = 0
    private(set) var messages: [Int64: Entry] = [:]
    private(set) var members: [AccountID: MemberRole]
    /// The log's two counters at each of its entries.
    private var counters: [(seq: Int64, messages: Int64, broadcasts: Int64)] = []

    init(_ channel: Channel, marker: Int64, members: [Member], history: [Entry]) {
        id = channel.id
        name = channel.name
        topic = channel.topic
        self.marker = marker
        self.members = Dictionary(uniqueKeysWithValues: members.map { ($0.account, $0.role) })
        for entry in history { note(entry, me: nil) }
    }

    mutating func apply(_ entry: Entry, me: AccountID) -> Bool {
        if entry.seq <= head { return true }
        guard entry.seq == head + 1 else { return false }
        note(entry, me: me)
        switch entry.kind {
        case .join, .created:
            members[entry.account ?? entry.by] = entry.kind == .created ? .admin : entry.role ?? .member
        case .leave: members[entry.account ?? entry.by] = nil
        case .role: if let account = entry.account { members[account] = entry.role }
        case .topic: topic = entry.text?.isEmpty == false ? entry.text : nil
        case .renamed: name = entry.text
        default: break
        }
        return true
    }

    private mutating func note(_ entry: Entry, me: AccountID?) {
        head = entry.seq
        counters.append((entry.seq, entry.messagesSoFar, entry.broadcastsSoFar))
        if entry.kind == .message {
            messages[entry.seq] = entry
            // Whoever writes has read.
            if entry.by == me { marker = max(marker, entry.seq) }
        } else if let target = entry.target, var message = messages[target], entry.seq > message.rev ?? 0 {
            Self.change(&message, by: entry)
            message.rev = entry.seq
            messages[target] = message
        }
    }

    func unread(of account: AccountID) -> Unread {
        let last = counters.last ?? (0, 0, 0)
        let read = counters.last { $0.seq <= marker }
        // Nothing at or before the marker is known: then the first that is known came right after it.
        let first = counters.first.map { first in
            let isMessage = messages[first.seq] != nil
            let isBroadcast = messages[first.seq]?.mentionsAll == true
            return (
                seq: first.seq, messages: first.messages - (isMessage ? 1 : 0),
                broadcasts: first.broadcasts - (isBroadcast ? 1 : 0)
            )
        }
        let base = read ?? first ?? (0, 0, 0)
        let personal = messages.values.filter {
            $0.seq > marker && $0.mentionsAll != true && $0.mentions?.contains(account) == true
        }
        return Unread(
            channel: id,
            marker: marker,
            unread: last.messages - base.messages,
            mentions: Int64(personal.count) + last.broadcasts - base.broadcasts
        )
    }

    private static func change(_ message: inout Entry, by entry: Entry) {
        switch entry.kind {
        case .edit:
            message.text = entry.text
            message.editedAt = entry.at
        case .redaction:
            message.text = nil
            message.mentions = nil
            message.mentionsAll = nil
            message.reactions = nil
            message.pinned = nil
            message.editedAt = nil
            message.redactedAt = entry.at
        case .reaction:
            guard let emoji = entry.emoji else { return }
            var list = message.reactions ?? []
            if let index = list.firstIndex(where: { $0.emoji == emoji }) {
                list[index].by.append(entry.by)
            } else {
                list.append(Reaction(emoji: emoji, by: [entry.by]))
            }
            message.reactions = list
        case .unreaction:
            guard let index = message.reactions?.firstIndex(where: { $0.emoji == entry.emoji }) else { return }
            message.reactions?[index].by.removeAll { $0 == entry.by }
            if message.reactions?[index].by.isEmpty == true { message.reactions?.remove(at: index) }
            if message.reactions?.isEmpty == true { message.reactions = nil }
        case .pin: message.pinned = true
        case .unpin: message.pinned = nil
        default: break
        }
    }
}
