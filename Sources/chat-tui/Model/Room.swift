package import ChatAPI
package import ChatKit

/// One channel or direct conversation as this client has it: the log, what is unread, where one is in it.
package struct Room: Sendable {
    package var channel: Channel
    package var unread: Unread
    package var timeline = Timeline(limit: Room.entryLimit)
    /// The cache's entries are in the timeline.
    package var isLoaded = false
    /// Pages that were asked for and have not come.
    package var loading: Set<Page> = []
    /// A page from before brought nothing new: there is no use in asking again.
    package var isExhausted = false
    package var anchor = Anchor.bottom
    /// The newest number when the view left the bottom.
    package var seenHead: Int64 = 0
    /// The line "new" stands behind this number: where one had read to when the room was opened or the focus lost.
    package var readLine: Int64?
    package var selected: Int64?
    /// Who writes, and until when that is to be believed.
    package var typing: [AccountID: Milliseconds] = [:]
    package var draft = DraftText()
    package var online: Int?
    package var members: [Member]?

    /// A person who scrolls back so far reads for hours; some 25 MiB.
    package static let entryLimit = 50_000

    /// What a page was asked for.
    package enum Page: Hashable, Sendable {
        case newest
        case before(Int64)
        case after(Int64)
        case around(Int64)
    }

    package init(_ channel: Channel, unread: Unread? = nil) {
        self.channel = channel
        self.unread = unread ?? Unread(channel: channel.id, marker: 0, unread: 0, mentions: 0)
    }

    package var id: ChannelID { channel.id }
    /// Between people, without a name: what is said there is said to one alone.
    package var isDirect: Bool { channel.kind.isPrivate }
    package var isMember: Bool { channel.role != nil }

    /// Its newest entries are here: what the cache has, and while connected what the daemon has.
    package func isSettled(isLive: Bool) -> Bool {
        guard isLoaded else { return false }
        return !isLive
            || loading.isEmpty && (isExhausted || (timeline.last ?? 0) >= max(timeline.head, channel.head ?? 0))
    }
}

/// Where the view stands in a timeline.
package enum Anchor: Hashable, Sendable {
    /// At the end, and it follows what comes.
    case bottom
    /// This row of this block is the lowest that is seen, whatever is inserted above or below.
    case at(BlockKey, row: Int)
}

/// A message or an event in a timeline, with what stands above it (the day, the read line).
package enum BlockKey: Hashable, Sendable {
    case entry(Int64)
    case outbox(Int64)

    package var seq: Int64? { if case .entry(let seq) = self { seq } else { nil } }
}

// MARK: - Unread

extension Room {
    /// Counts a live entry. Whoever writes has read.
    package mutating func count(_ entry: Entry, me: AccountID?) {
        guard entry.kind == .message, entry.seq > unread.marker else { return }
        if entry.by == me {
            unread = Unread(channel: id, marker: entry.seq, unread: 0, mentions: 0)
            return
        }
        unread.unread += 1
        if entry.mentionsAll == true || me.map({ entry.mentions?.contains($0) == true }) == true {
            unread.mentions += 1
        }
    }

    /// The marker moved, here or on another device.
    package mutating func mark(_ seq: Int64, me: AccountID?) {
        guard seq != unread.marker else { return }
        let isForward = seq > unread.marker
        let old = unread
        unread.marker = seq
        guard seq < timeline.head else {
            unread.unread = 0
            unread.mentions = 0
            return
        }
        // Everything after the marker is known: count it. Otherwise the daemon's number, less what is known to be read.
        let first = timeline.place(of: seq + 1)
        let last = timeline.count
        var isWhole = first < last && timeline.last == timeline.head && timeline[first].seq == seq + 1
        if isWhole { isWhole = timeline[last - 1].seq - timeline[first].seq == Int64(last - 1 - first) }
        if isWhole {
            var messages: Int64 = 0
            var mentions: Int64 = 0
            for index in first..<last where timeline[index].kind == .message && timeline[index].by != me {
                messages += 1
                if isMention(timeline[index], of: me) { mentions += 1 }
            }
            unread.unread = messages
            unread.mentions = mentions
        } else if isForward {
            var read: Int64 = 0
            var readMentions: Int64 = 0
            for index in timeline.place(of: old.marker + 1)..<first where timeline[index].kind == .message {
                read += 1
                if isMention(timeline[index], of: me) { readMentions += 1 }
            }
            unread.unread = max(0, unread.unread - read)
            unread.mentions = max(0, unread.mentions - readMentions)
        }
    }

    package func isMention(_ entry: Entry, of me: AccountID?) -> Bool {
        entry.mentionsAll == true || me.map { entry.mentions?.contains($0) == true } == true
    }
}
