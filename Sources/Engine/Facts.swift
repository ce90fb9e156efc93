package import ChatAPI
package import Storage

package typealias EngineDatabase = Database<Facts>
package typealias Transaction = WriteTransaction<Facts>

/// What writes decide by: memberships, channels, heads of logs. Held beside the writer, changed in commit order only,
/// and without a trace of refused writes.
///
/// Everything here is confined to the writer thread. A change notes how to undo it; a refused write plays its notes
/// back. News is what a write wants told to live sessions; it leaves only when the group is durable.
package final class Facts: WriterFacts {
    private var channels: [ChannelID: ChannelFacts] = [:]
    private var heads: [LogID: LogHead] = [:]
    private var headUndo: [(log: LogID, head: LogHead?)] = []
    private var undo: [() -> Void] = []
    /// Where the audit chain ends; nil until the first entry since the start. Changed through `change` only.
    var auditHead: AuditStore.Head?
    let sketches = SketchFacts()
    private var news: [News] = []
    /// Who may not talk where (`ModerationFacts`). Changed through `moderate` only.
    var moderation: ModerationFacts
    /// Who does not want to hear whom, as far as it was asked for (`BlockMasking.swift`).
    var knownQuieters: [AccountID: Quieters] = [:]
    /// Where the current write began, in each of the three lists.
    private var mark = (heads: 0, undo: 0, news: 0)
    private var standings: [AccountID: Standing] = [:]
    /// Which event is whose, and which agencies are approved.
    package private(set) var places: PlaceTable
    /// The help desk's part.
    let desk: DeskFacts
    private let settings: EngineSettings
    private let publish: @Sendable ([News]) -> Void

    /// More than this many heads and channels are forgotten at a group's end and read again when needed: 20,000 of each
    /// are about 10 MB.
    private static let cacheLimit = 20_000

    init(
        places: PlaceTable,
        moderation: ModerationFacts = ModerationFacts(),
        desk: DeskFacts,
        settings: EngineSettings,
        publish: @escaping @Sendable ([News]) -> Void
    ) {
        self.places = places
        self.moderation = moderation
        self.desk = desk
        self.settings = settings
        self.publish = publish
    }

    // MARK: - Reading

    /// The channel, or a refusal that says there is none.
    package func channel(_ id: ChannelID, in tx: borrowing Transaction) throws -> ChannelFacts {
        if let known = channels[id] { return known }
        guard let loaded = try ChannelStore.facts(of: id, in: tx) else {
            throw APIError(.notFound, "there is no channel \(id)")
        }
        channels[id] = loaded
        return loaded
    }

    package func head(of log: LogID, in tx: borrowing Transaction) throws -> LogHead {
        if let known = heads[log] { return known }
        let loaded = try EntryStore.head(of: log, tx)
        heads[log] = loaded
        return loaded
    }

    /// What an account may do as things are inside this write; nil if it is gone or disabled.
    package func standing(of account: AccountID, in tx: borrowing Transaction) throws -> Standing? {
        if let known = standings[account] { return known }
        guard let row = try AccountStore.find(account, tx), row.isActive else { return nil }
        let standing = try row.standing(settings, tx)
        standings[account] = standing
        return standing
    }

    // MARK: - Changing

    package func advance(_ log: LogID, to head: LogHead) {
        headUndo.append((log, heads[log]))
        heads[log] = head
    }

    /// Runs `undo` if this write is refused or its group is lost.
    package func change(_ change: () -> Void, undo: @escaping () -> Void) {
        change()
        self.undo.append(undo)
    }

    package func forget(_ channel: ChannelID) {
        let known = channels[channel]
        channels[channel] = nil
        heads[.channel(channel)] = nil
        undo.append { self.channels[channel] = known }
    }

    /// Tells live sessions, once the group is durable, in commit order.
    package func tell(_ item: News) {
        news.append(item)
        if case .capabilitiesChanged(let account) = item {
            // Before and after: what was read in a write that is refused must not be remembered either.
            change {
                standings[account] = nil
            } undo: {
                self.standings[account] = nil
            }
        }
    }

    /// Learns where an event or an agency is now, here and, once the group is durable, for readers.
    package func place(_ change: PlaceChange) {
        let inverse = places.inverse(of: change)
        self.change {
            places.apply(change)
        } undo: {
            self.places.apply(inverse)
        }
        tell(.placeChanged(change))
    }

    // MARK: - WriterFacts

    package func beginWrite() {
        mark = (headUndo.count, undo.count, news.count)
    }

    package func revertWrite() {
        revert(to: mark)
    }

    package func revertGroup() {
        revert(to: (0, 0, 0))
    }

    package func publishGroup() {
        headUndo.removeAll(keepingCapacity: true)
        undo.removeAll(keepingCapacity: true)
        mark = (0, 0, 0)
        if !news.isEmpty {
            publish(news)
            news.removeAll(keepingCapacity: true)
        }
        if heads.count > Self.cacheLimit { heads.removeAll() }
        if channels.count > Self.cacheLimit { channels.removeAll() }
        if standings.count > Self.cacheLimit { standings.removeAll() }
        sketches.trim()
        if knownQuieters.count > Self.cacheLimit { knownQuieters.removeAll() }
        desk.trim()
    }

    private func revert(to mark: (heads: Int, undo: Int, news: Int)) {
        while headUndo.count > mark.heads {
            let last = headUndo.removeLast()
            heads[last.log] = last.head
        }
        while undo.count > mark.undo { undo.removeLast()() }
        news.removeSubrange(mark.news...)
    }
}

/// A channel as writes see it. Confined to the writer thread.
package final class ChannelFacts {
    package let id: ChannelID
    package let kind: ChannelKind
    /// The event or the agency it belongs to, or the platform.
    package let space: Scope
    package var name: String?
    package var topic: String?
    package var secretHash: [UInt8]?
    package let createdBy: AccountID?
    package let createdAt: Milliseconds
    /// Grows with each edit: `ETag`.
    package var version: Int64
    package var members: [AccountID: Membership]
    /// Who may write, and how often.
    var posting = ChannelPosting()
    /// Nobody writes there any more: a chat that ended.
    package var isSealed = false

    package init(
        id: ChannelID,
        kind: ChannelKind,
        space: Scope = .platform,
        name: String?,
        topic: String?,
        secretHash: [UInt8]?,
        createdBy: AccountID?,
        createdAt: Milliseconds,
        version: Int64,
        members: [AccountID: Membership]
    ) {
        self.id = id
        self.kind = kind
        self.space = space
        self.name = name
        self.topic = topic
        self.secretHash = secretHash
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.version = version
        self.members = members
    }

    /// Above this many members joins and leaves are counted, not logged (`protocol.md` 13).
    package static let largeMembers = 200
    package var isLarge: Bool { members.count > Self.largeMembers }
}

package struct Membership: Sendable, Equatable {
    package var role: MemberRole
    package var joinedAt: Milliseconds
    /// In direct conversations nothing up to this `seq` is shown to this member; 0 elsewhere.
    package var visibleFrom: Int64
    /// Nothing of it is to be seen, not even that it is there (`Veils`).
    package var isVeiled: Bool { visibleFrom >= Self.veiled }

    /// Beyond every `seq` there will be.
    static let veiled: Int64 = 4_611_686_018_427_387_904

    package init(role: MemberRole, joinedAt: Milliseconds, visibleFrom: Int64 = 0) {
        self.role = role
        self.joinedAt = joinedAt
        self.visibleFrom = visibleFrom
    }
}
