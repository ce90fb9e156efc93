package import ChatAPI
import Storage

/// Inviting to channels, by a code or by name, and coming in by that.
package struct Invitations: Sendable {
    let database: EngineDatabase
    let answers = SecretAnswers()

    package init(database: EngineDatabase) { self.database = database }

    static let week: Int64 = 604_800_000

    /// The code is told once; a repeat under the same key gets it again (`SecretAnswers`).
    package func create(_ draft: ChannelInvitationDraft, _ call: Call) async throws -> ChannelInvitation {
        try await answers.once(call) { call in try await create(once: draft, call) }
    }

    private func create(once draft: ChannelInvitationDraft, _ call: Call) async throws -> ChannelInvitation {
        let by = try call.caller.signedIn()
        try ModerationRules.check(draft.forMs ?? Self.week, Limits.invitationMs)
        if let uses = draft.uses, !Limits.invitationUses.contains(uses) {
            throw APIError.invalid(
                "uses",
                "is \(uses); it goes from \(Limits.invitationUses.lowerBound) to \(Limits.invitationUses.upperBound)"
            )
        }
        if draft.account != nil, draft.uses != nil {
            throw APIError.invalid("uses", "is not for an invitation of one person: it is used once")
        }
        let code = draft.account == nil ? SecretText.makeChannelCode() : nil
        return try await database.perform(call, touching: []) { tx in
            let channel = try tx.facts.channel(try ChannelStore.resolve(draft.channel, tx), in: tx)
            try Channels.checkVisible(channel, draft.channel, to: call.caller, tx)
            try ChannelRules.checkIsText(channel, "invitations")
            try ChannelRules.checkLetsIn(call.caller, channel, in: tx.place(of: channel))
            guard try InvitationStore.count(in: channel.id, now: call.now, tx) < Limits.invitationsPerChannel else {
                throw APIError(
                    .conflict,
                    "\(try tx.shown(channel)) has \(Limits.invitationsPerChannel) invitations, the most there can be: revoke some first"
                )
            }
            let invited = try draft.account.map { try Channels.person($0, for: call.caller, tx) }
            if let invited {
                try tx.checkNotBanned(invited.id, from: channel, now: call.now)
                try Channels.checkBelongs(invited, channel, tx)
                if channel.members[invited.id] != nil {
                    throw APIError(.conflict, "\(invited.name) is in \(try tx.shown(channel)) already")
                }
                try Self.checkMayBeAsked(invited, channel, now: call.now, tx)
            }
            var invitation = ChannelInvitation(
                id: .fresh(at: call.now),
                channel: channel.id,
                channelName: channel.name,
                spaceName: try SpaceStore.slug(of: channel.space, tx),
                account: invited?.id,
                code: nil,
                usesLeft: invited == nil ? draft.uses : 1,
                expiresAt: call.now + (draft.forMs ?? Self.week),
                by: by,
                at: call.now
            )
            try InvitationStore.insert(invitation, codeHash: code.flatMap(SecretText.hash(channelCode:)), tx)
            if let invited { try Self.tell(invited.id, invitation, channel, by: by, call, tx) }
            try tx.audit(call, on: channel.auditObject, after: Self.json(invitation))
            invitation.code = code
            return invitation
        }
    }

    /// Whoever is blocked invites as ever; the invited does not hear of it.
    private static func tell(
        _ account: AccountID,
        _ invitation: ChannelInvitation,
        _ channel: ChannelFacts,
        by: AccountID,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws {
        if try tx.facts.quieters(of: by, in: tx).blockers.contains(account) { return }
        try tx.tellMe(account, .invited, channel, by: by, role: nil, now: call.now)
    }

    package func list(_ ref: ChannelRef, _ call: Call) async throws -> Page<ChannelInvitation> {
        try await database.write(touching: []) { tx in
            let channel = try Self.managed(ref.channel, call, tx)
            return Page(try InvitationStore.list(in: channel.id, now: call.now, tx))
        }
    }

    package func revoke(_ ref: InvitationRef, _ call: Call) async throws -> Empty {
        try await database.perform(call, touching: []) { tx in
            let channel = try Self.managed(ref.channel, call, tx)
            guard let invitation = try InvitationStore.find(ref.invitation, tx), invitation.channel == channel.id else {
                throw APIError(.notFound, "\(try tx.shown(channel)) has no such invitation")
            }
            try InvitationStore.delete(invitation.id, tx)
            try tx.audit(call, on: channel.auditObject, before: Self.json(invitation))
            return Empty()
        }
    }

    /// Joins by a code, or by the id of an invitation that is for the caller. A ban is stronger.
    package func accept(_ code: InvitationCode, _ call: Call) async throws -> Channel {
        let account = try call.caller.signedIn()
        let hash = SecretText.hash(channelCode: code.code)
        let id = InvitationID(code.code)
        return try await database.perform(call, touching: [.account(account)]) { tx in
            var found = try hash.flatMap { try InvitationStore.find(codeHash: $0, tx) }
            if found == nil, let id, let own = try InvitationStore.find(id, tx), own.account == account { found = own }
            guard let invitation = found, invitation.expiresAt > call.now, invitation.usesLeft != 0 else {
                throw APIError(.codeInvalid, "this invitation does not exist, is used up or has expired")
            }
            let channel = try tx.facts.channel(invitation.channel, in: tx)
            if channel.members[account] == nil {
                // A code takes the place of the channel's secret, not of a place in the event around it.
                if let row = try AccountStore.find(account, tx) { try Channels.checkBelongs(row, channel, tx) }
                try tx.join(account, channel, role: .member, by: account, now: call.now)
                try InvitationStore.use(invitation, tx)
                try tx.audit(call, on: channel.auditObject, after: Self.json(invitation))
            }
            return try ChannelListing.channel(channel.id, for: call.caller, tx)
        }
    }

    private static func managed(_ text: String, _ call: Call, _ tx: borrowing Transaction) throws -> ChannelFacts {
        let channel = try tx.facts.channel(try ChannelStore.resolve(text, tx), in: tx)
        try Channels.checkVisible(channel, text, to: call.caller, tx)
        try ChannelRules.checkIsText(channel, "invitations")
        try ChannelRules.checkManages(call.caller, channel, in: tx.place(of: channel))
        return channel
    }

    /// As the audit log keeps it, without the code.
    static func json(_ invitation: ChannelInvitation) -> JSON {
        var members: [String: JSON] = [
            "invitation": .string(invitation.id.description), "expiresAt": .integer(invitation.expiresAt),
        ]
        if let account = invitation.account { members["account"] = .string(account.description) }
        return .object(members)
    }
}

extension SecretText {
    static let channelPrefix = InvitationCode.prefix

    /// A code that lets people into a channel; 130 random bits.
    static func makeChannelCode() -> String { makeCode(prefix: channelPrefix) }

    static func hash(channelCode code: String) -> [UInt8]? { hash(code: code, prefix: channelPrefix) }
}
