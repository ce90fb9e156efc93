package import ChatAPI
import Storage

/// Channels: making, finding, joining, leaving, editing and deleting them.
package struct Channels: Sendable {
    let database: EngineDatabase
    /// Joined at registration, so it stays as the configuration names it.
    let firstChannel: String

    package init(database: EngineDatabase, settings: EngineSettings) {
        self.database = database
        firstChannel = settings.firstChannel
    }

    // MARK: - Reading

    package func get(_ ref: ChannelRef, _ call: Call) async throws -> Channel {
        try await database.read { tx in
            try ChannelListing.channel(ChannelStore.resolve(ref.channel, tx), for: call.caller, tx)
        }
    }

    /// A space's channels in the order of their names; of the platform, then what else the caller is in.
    package func list(_ query: ChannelQuery, _ call: Call) async throws -> Page<Channel> {
        let limit = try PageRules.limit(query.limit)
        let listed = ChannelListing.ListedQuery(
            words: try PageRules.words(query.query),
            isJoined: query.joined ?? false,
            space: query.space ?? .platform
        )
        let start = try ChannelCursor(query.cursor)
        return try await database.read { tx in
            var items: [Channel] = []
            var last = ChannelCursor.named("")
            let (place, _) = try SpaceAccess.standing(of: call.caller.account, in: listed.space, tx)
            guard try SpaceAccess.reaches(call.caller, .text, in: listed.space, tx) || listed.space == .platform else {
                throw APIError(.notMember, "these channels belong to an event or agency: join it first")
            }
            if case .named(let folded) = start, !call.caller.isGuest || listed.space != .platform {
                let named = try ChannelListing.named(
                    after: folded,
                    listed,
                    for: call.caller,
                    in: listed.space,
                    isStaff: call.caller.isStaff(in: place),
                    limit: limit + 1,
                    tx
                )
                for named in named {
                    if items.count == limit { return Page(items, nextCursor: last.text) }
                    items.append(named.channel)
                    last = .named(named.folded)
                }
            }
            guard listed.space == .platform else { return Page(items) }
            var after: ChannelID?
            if case .direct(let id) = start { after = id }
            let room = limit - items.count + 1
            for direct in try ChannelListing.others(after: after, listed, for: call.caller, limit: room, tx) {
                if items.count == limit { return Page(items, nextCursor: last.text) }
                items.append(direct)
                last = .direct(direct.id)
            }
            return Page(items)
        }
    }

    // MARK: - Making

    /// Makes a channel; whoever makes it is its admin.
    package func create(_ draft: ChannelDraft, _ call: Call) async throws -> Channel {
        let account = try call.caller.signedIn()
        try ChannelRules.check(name: draft.name)
        let topic = try ChannelRules.topic(draft.topic)
        var secretHash: [UInt8]?
        if let secret = draft.secret, !secret.isEmpty {
            try ChannelRules.check(secret: secret)
            secretHash = JoinSecret.hash(secret)
        }
        let hash = secretHash
        return try await database.perform(call, touching: [.names, .account(account)]) { tx in
            let space = draft.space ?? .platform
            let kind = draft.kind ?? .text
            try Self.checkMakes(kind, in: space, call, tx)
            try Self.checkIsFree(draft.name, in: space, tx)
            let channel = try tx.make(
                kind,
                in: space,
                name: draft.name,
                topic: topic,
                secretHash: hash,
                by: account,
                now: call.now
            )
            try tx.join(account, channel, role: .admin, by: account, now: call.now, isAnnounced: false)
            try tx.appendCreated(channel, by: account, now: call.now)
            try tx.audit(call, on: channel.auditObject, after: channel.auditState)
            return try ChannelListing.channel(channel.id, for: call.caller, tx)
        }
    }

    static func checkIsFree(
        _ name: String,
        in space: Scope,
        except id: ChannelID? = nil,
        _ tx: borrowing Transaction
    ) throws {
        for other in try ChannelStore.alike(name, in: space, tx)
        where other.id != id && ChannelRules.isTaken(name, for: other.name) {
            throw APIError(.nameTaken, "there is a channel #\(other.name) already: choose another name")
        }
    }

    // MARK: - Joining and leaving

    /// Joins a channel. Whoever is in it already gets it again.
    package func join(_ join: ChannelJoin, _ call: Call) async throws -> Channel {
        let account = try call.caller.signedIn()
        return try await perform(call, on: join.channel, alsoTouching: [.account(account)]) { channel, tx in
            if channel.members[account] == nil {
                // Others' conversations are not found, and no secret opens them.
                if channel.kind.isPrivate { throw ChannelStore.unknown(join.channel) }
                guard try SpaceAccess.reaches(call.caller, channel.kind, in: channel.space, tx) else {
                    if channel.kind == .staff || channel.space.kind != .event {
                        throw ChannelStore.unknown(join.channel)
                    }
                    throw APIError(
                        .notMember,
                        "\(try tx.shown(channel)) belongs to an event: join the event first"
                    )
                }
                // Whoever was invited by name needs no secret; joining uses the invitation up.
                if let hash = channel.secretHash,
                    try InvitationStore.find(of: account, to: channel.id, now: call.now, tx) == nil
                {
                    guard let secret = join.secret, !secret.isEmpty else {
                        throw APIError(.wrongSecret, "joining \(try tx.shown(channel)) takes its secret")
                    }
                    guard secret.utf8.count <= Limits.secretBytes, JoinSecret.matches(secret, hash) else {
                        throw APIError(.wrongSecret, "this is not the secret of \(try tx.shown(channel))")
                    }
                }
                // A channel that everybody left belongs to whoever comes next; one that the daemon made belongs to nobody.
                let isOrphan = channel.members.isEmpty && channel.createdBy != nil && channel.space == .platform
                let role: MemberRole = isOrphan ? .admin : .member
                try tx.join(account, channel, role: role, by: account, now: call.now)
            }
            return try ChannelListing.channel(channel.id, for: call.caller, tx)
        }
    }

    /// Leaves a channel. Nothing happens if one is not in it.
    package func leave(_ ref: ChannelRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        return try await perform(call, on: ref.channel, alsoTouching: [.account(account)]) { channel, tx in
            if channel.kind == .chat, channel.members[account] != nil, !channel.isSealed {
                throw APIError(.conflict, "a chat is not left while it runs: end it, or hand it to somebody else")
            }
            guard channel.members[account] != nil else {
                if channel.kind.isPrivate { throw ChannelStore.unknown(ref.channel) }
                return Empty()
            }
            try ChannelRules.checkKeepsAdmin(channel, without: account)
            try tx.leave(account, channel, by: account, now: call.now)
            return Empty()
        }
    }

    // MARK: - Editing

    /// Changes name, topic or secret. `ifMatch` names the version that the caller saw.
    package func update(_ change: ChannelChange, _ call: Call) async throws -> Channel {
        let account = try call.caller.signedIn()
        if let name = change.name { try ChannelRules.check(name: name) }
        let topic = try ChannelRules.topic(change.topic)
        if let secret = change.secret, !secret.isEmpty { try ChannelRules.check(secret: secret) }
        let firstChannel = firstChannel
        return try await perform(call, on: change.channel, alsoTouching: [.names]) { channel, tx in
            try Self.checkVisible(channel, change.channel, to: call.caller, tx)
            try ChannelRules.checkIsText(channel, "name, topic or secret")
            let place = tx.place(of: channel)
            try ChannelRules.checkManages(call.caller, channel, in: place)
            try ChannelRules.check(call.options.ifMatch, channel)
            if let name = change.name, name != channel.name {
                try Self.checkIsFree(name, in: channel.space, except: channel.id, tx)
            }
            if change.secret != nil { try ChannelRules.checkLetsIn(call.caller, channel, in: place) }
            if channel.isNamed(firstChannel),
                change.name ?? channel.name != channel.name || change.secret?.isEmpty == false
            {
                throw APIError(
                    .conflict,
                    "everybody joins #\(firstChannel) at registration: it keeps its name and has no secret"
                )
            }
            let edited = ChannelEdit(
                name: change.name ?? channel.name,
                topic: change.topic == nil ? channel.topic : topic,
                secretHash: change.secret.map { $0.isEmpty ? nil : JoinSecret.hash($0) } ?? channel.secretHash
            )
            try tx.edit(channel, edited, by: account, call)
            return try ChannelListing.channel(channel.id, for: call.caller, tx)
        }
    }

    /// Deletes a channel with everything in it. It is gone at once; its rows go in batches.
    package func delete(_ ref: ChannelRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        let firstChannel = firstChannel
        return try await perform(call, on: ref.channel, alsoTouching: [.names]) { channel, tx in
            try Self.checkVisible(channel, ref.channel, to: call.caller, tx)
            if channel.kind == .chat {
                throw APIError(.conflict, "a chat is not deleted: it is in the archive of both sides")
            }
            if channel.kind == .direct {
                throw APIError(.conflict, "a direct conversation is not deleted by one of its people: leave it instead")
            }
            try ChannelRules.checkManages(call.caller, channel, in: tx.place(of: channel))
            try ChannelRules.check(call.options.ifMatch, channel)
            if channel.isNamed(firstChannel) {
                throw APIError(.conflict, "everybody joins #\(firstChannel) at registration: it stays")
            }
            try tx.audit(call, on: channel.auditObject, before: channel.auditState, severity: .notice)
            try tx.delete(channel, by: account, now: call.now)
            return Empty()
        }
    }

    /// To whoever is not in it a direct conversation or a chat does not exist, nor a staff channel to whoever is not staff.
    static func checkVisible(
        _ channel: ChannelFacts,
        _ text: String,
        to caller: Caller,
        _ tx: borrowing Transaction
    ) throws(APIError) {
        guard channel.kind.isPrivate || channel.kind == .staff else { return }
        if let account = caller.account, channel.members[account] != nil { return }
        if channel.kind == .staff, caller.isStaff(in: tx.place(of: channel)) { return }
        throw ChannelStore.unknown(text)
    }

    /// Who makes channels where: on the platform whoever has the capability; in an event who manages it, and its
    /// participants if the event says so; in an agency who manages its events.
    private static func checkMakes(
        _ kind: ChannelKind,
        in space: Scope,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws {
        if space == .platform {
            guard kind == .text else {
                throw APIError.invalid("kind", "is '\(kind.rawValue)': on the platform it is text")
            }
            return try call.caller.require(.createChannels, in: .platform)
        }
        guard [.text, .announce, .staff].contains(kind) else {
            throw APIError.invalid("kind", "is '\(kind.rawValue)'; it is one of text, announce, staff")
        }
        guard space.kind == .agency || space.kind == .event else {
            throw APIError.invalid("space", "is a \(space.kind.rawValue); it is an event or an agency")
        }
        let place = try tx.place(space)
        if let state = place.eventState, state != .published {
            throw APIError(.conflict, "the event is \(state.rawValue): its channels are made once it is published")
        }
        if call.caller.may(.manageEvents, in: place) { return }
        if kind == .text, let event = place.event, try EventStore.takesParticipantChannels(event, tx),
            try SpaceAccess.reaches(call.caller, .text, in: space, tx)
        {
            return
        }
        try call.caller.require(.manageEvents, in: place)
    }

    /// A write that is about one channel, which the caller named.
    func perform<Answer: Codable & Sendable>(
        _ call: Call,
        on channel: String,
        alsoTouching rows: [RowKey] = [],
        _ body: @escaping @Sendable (ChannelFacts, borrowing Transaction) throws -> Answer
    ) async throws -> Answer {
        // Which row is locked has to be known before the write; the name is looked up again inside it. A channel that is
        // gone by now is no refusal yet: a call's repeat gets its first answer.
        let id = try await database.read { tx in try ChannelStore.find(channel, tx) }
        return try await database.perform(call, touching: rows + (id.map { [.channel($0)] } ?? [])) { tx in
            let current = try ChannelStore.resolve(channel, tx)
            return try body(try tx.facts.channel(current, in: tx), tx)
        }
    }
}

/// Where a list of channels goes on.
enum ChannelCursor: Equatable {
    /// After this folded name.
    case named(String)
    /// After this channel of another space, or this direct conversation.
    case direct(ChannelID)

    init(_ text: String?) throws(APIError) {
        guard let text else {
            self = .named("")
            return
        }
        if text.hasPrefix("n:"), text.utf8.count <= 4 * ChannelRules.nameBytes {
            self = .named(String(text.dropFirst(2)))
        } else if text.hasPrefix("d:"), let id = ChannelID(String(text.dropFirst(2))) {
            self = .direct(id)
        } else {
            throw PageRules.cursorIsUnknown()
        }
    }

    var text: String {
        switch self {
        case .named(let folded): "n:" + folded
        case .direct(let id): "d:" + id.description
        }
    }
}
