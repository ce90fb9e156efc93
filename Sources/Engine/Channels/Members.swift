package import ChatAPI
import Storage

/// Who is in a channel: listing, adding, giving roles, removing.
extension Channels {
    /// Members in the order of their names. The cursor is the last name that was shown.
    package func members(_ query: MemberQuery, _ call: Call) async throws -> Page<Member> {
        let limit = try PageRules.limit(query.limit)
        let words = try PageRules.words(query.query)
        var after = ""
        if let cursor = query.cursor {
            guard cursor.hasPrefix("n:"), cursor.utf8.count <= 4 * ChannelRules.nameBytes else {
                throw PageRules.cursorIsUnknown()
            }
            after = String(cursor.dropFirst(2))
        }
        let start = after
        return try await database.read { tx in
            let access = try ChannelStore.access(query.channel, for: call.caller, tx)
            let members = try MemberListing.page(of: access.id, after: start, words, limit: limit + 1, tx)
            guard members.count > limit else { return Page(members.map(\.member)) }
            return Page(members.prefix(limit).map(\.member), nextCursor: "n:" + members[limit - 1].folded)
        }
    }

    /// Adds someone to a channel one administers, or to a direct conversation one is in. Whoever is in it stays as they are.
    ///
    /// A direct conversation takes them in as it is, also one of two: they see what comes from then on, and the two who
    /// want to stay among themselves open a new one.
    package func addMember(_ ref: MemberRef, _ call: Call) async throws -> Member {
        let account = try call.caller.signedIn()
        return try await perform(call, on: ref.channel) { channel, tx in
            try Self.checkVisible(channel, ref.channel, to: call.caller, tx)
            if !channel.kind.isPrivate {
                try ChannelRules.checkLetsIn(call.caller, channel, in: tx.place(of: channel))
            }
            if channel.kind == .chat {
                throw APIError(.conflict, "a chat has the two it was made for: transfer it instead")
            }
            let added = try Self.person(ref.account, for: call.caller, tx)
            try Self.checkBelongs(added, channel, tx)
            if channel.members[added.id] == nil {
                let head = try tx.facts.head(of: .channel(channel.id), in: tx).seq
                if channel.kind == .direct { try Self.checkTakes(added, channel, tx) }
                try tx.join(
                    added.id,
                    channel,
                    role: .member,
                    by: account,
                    now: call.now,
                    visibleFrom: channel.kind == .direct ? head : 0
                )
                if !channel.kind.isPrivate {
                    try tx.audit(call, on: channel.auditObject, after: ["member": .string(added.id.description)])
                }
            }
            return try MemberListing.member(added.id, of: channel.id, tx)
        }
    }

    /// Makes a member an admin, or an admin a member.
    package func setRole(_ change: MemberChange, _ call: Call) async throws -> Member {
        let account = try call.caller.signedIn()
        return try await perform(call, on: change.channel) { channel, tx in
            try Self.checkVisible(channel, change.channel, to: call.caller, tx)
            try ChannelRules.checkIsText(channel, "admins")
            try ChannelRules.checkManages(call.caller, channel, in: tx.place(of: channel))
            let member = try Self.member(change.account, of: channel, tx)
            let before = channel.members[member]?.role
            if before != change.role {
                if before == .admin { try ChannelRules.checkKeepsAdmin(channel, without: member) }
                try tx.setRole(change.role, of: member, channel, by: account, now: call.now)
                let id = JSON.string(member.description)
                try tx.audit(
                    call,
                    on: channel.auditObject,
                    before: ["member": id, "role": .string(before?.rawValue ?? "")],
                    after: ["member": id, "role": .string(change.role.rawValue)],
                    severity: .notice
                )
            }
            return try MemberListing.member(member, of: channel.id, tx)
        }
    }

    /// Takes a member out. In a direct conversation everybody leaves for themselves.
    package func removeMember(_ ref: MemberRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        return try await perform(call, on: ref.channel) { channel, tx in
            try Self.checkVisible(channel, ref.channel, to: call.caller, tx)
            let member = try Self.member(ref.account, of: channel, tx)
            if member != account {
                try ChannelRules.checkIsText(channel, "admins who could do this")
                try ChannelRules.checkManages(call.caller, channel, in: tx.place(of: channel))
            }
            try ChannelRules.checkKeepsAdmin(channel, without: member)
            try tx.leave(member, channel, by: account, now: call.now)
            if member != account {
                try tx.audit(
                    call,
                    on: channel.auditObject,
                    before: ["member": .string(member.description)],
                    severity: .notice
                )
            }
            return Empty()
        }
    }

    /// Someone who is in the channel.
    private static func member(
        _ text: String,
        of channel: ChannelFacts,
        _ tx: borrowing Transaction
    ) throws -> AccountID {
        let account = try AccountStore.resolve(text, tx)
        if channel.members[account.id] != nil { return account.id }
        throw APIError(.notFound, "\(account.name) is not in \(try tx.shown(channel))")
    }

    /// Someone whom the caller may bring into a channel: a person or a bot whom it sees.
    static func person(
        _ text: String,
        for caller: Caller,
        _ tx: borrowing Transaction
    ) throws -> AccountRow {
        let found = try AccountStore.resolve(text, tx)
        let account = try caller.signedIn()
        if try !caller.isPlatformAdmin && !ChannelStore.sharesChannel(account, with: found.id, tx) {
            // The same words as for a name that nobody has.
            throw APIError(.notFound, "there is no account '\(ChannelRules.shortened(text))'")
        }
        return found
    }

    /// Nobody is put into an event's or an agency's channel who could not join it.
    static func checkBelongs(
        _ added: AccountRow,
        _ channel: ChannelFacts,
        _ tx: borrowing Transaction
    ) throws {
        guard channel.space != .platform || added.kind == .guest, !channel.kind.isPrivate else { return }
        guard let standing = try tx.facts.standing(of: added.id, in: tx) else { return }
        if try SpaceAccess.reaches(Caller(added, standing), channel.kind, in: channel.space, tx) { return }
        throw APIError(
            .conflict,
            "\(added.name) is not in the event or agency that \(try tx.shown(channel)) belongs to"
        )
    }

    /// A conversation does not grow beyond its limit, nor into one that exists.
    private static func checkTakes(
        _ added: AccountRow,
        _ channel: ChannelFacts,
        _ tx: borrowing Transaction
    ) throws {
        if channel.members.count >= Limits.directPeople {
            throw APIError(
                .conflict,
                "\(channel.members.count) people are in this conversation, the most there can be: make a channel instead"
            )
        }
        let key = DirectRules.key(of: Array(channel.members.keys) + [added.id])
        if let other = try ChannelStore.direct(of: key, tx) {
            throw APIError(.conflict, "these people have a conversation already: \(other)")
        }
    }
}
