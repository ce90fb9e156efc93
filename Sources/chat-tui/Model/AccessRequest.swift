package import ChatAPI

/// Questions and changes about ways in: invitations to a channel, who may write in it, and others' conversations.
package enum AccessRequest: Sendable, Equatable {
    case invite(ChannelID, account: String?, uses: Int?, forMs: Int64?)
    case invitations(ChannelID)
    case takeBack(ChannelID, InvitationID)
    /// What one is invited to oneself.
    case ownInvitations
    case decline(InvitationID, String)
    case posting(ChannelID)
    /// One group's acts are allowed or denied; what other rules say stays.
    case permit(ChannelID, PostingGroup, [PostingAct], isAllowed: Bool)
    /// Everybody may write, as often as they like.
    case unbind(ChannelID)
    case breakGlass(ChannelID, reason: String)
}

package enum AccessReply: Sendable {
    case done
    case invitation(ChannelInvitation)
    case invitations([ChannelInvitation])
    case ownInvitations([ChannelInvitation])
    case posting(Posting)
    case glass(BrokenGlass, Channel)
}

extension AccessRequest {
    func perform(on service: some Service) async throws(APIError) -> AccessReply {
        switch self {
        case .invite(let channel, let account, let uses, let duration):
            .invitation(
                try await service.call(
                    .inviteToChannel,
                    ChannelInvitationDraft(
                        channel: channel.description,
                        account: account,
                        uses: uses,
                        forMs: duration
                    )
                )
            )
        case .invitations(let channel):
            .invitations(try await service.call(.listInvitations, ChannelRef(channel)).items)
        case .takeBack(let channel, let invitation):
            try await done(
                service.call(
                    .revokeInvitation,
                    InvitationRef(channel: channel.description, invitation: invitation)
                )
            )
        case .ownInvitations: .ownInvitations(try await service.call(.ownInvitations).items)
        case .decline(let invitation, _):
            try await done(service.call(.declineInvitation, OwnInvitationRef(invitation)))
        case .posting(let channel): .posting(try await service.call(.posting, ChannelRef(channel)))
        case .permit(let channel, let group, let acts, let isAllowed):
            .posting(
                try await service.call(
                    .setPosting,
                    PostingChange(
                        channel: channel.description,
                        rules: Self.rules(
                            try await service.call(.posting, ChannelRef(channel)).rules,
                            group,
                            acts,
                            isAllowed: isAllowed
                        )
                    )
                )
            )
        case .unbind(let channel):
            .posting(
                try await service.call(
                    .setPosting,
                    PostingChange(channel: channel.description, slowModeMs: 0, rules: [])
                )
            )
        case .breakGlass(let channel, let reason):
            .glass(
                try await service.call(.breakGlass, GlassDraft(channel: channel.description, reason: reason)),
                try await service.call(.channel, ChannelRef(channel))
            )
        }
    }

    private func done(_: Empty) -> AccessReply { .done }

    /// The rules with one group's acts set; from the general to the particular, without those that say nothing.
    package static func rules(
        _ before: [PostingRule],
        _ group: PostingGroup,
        _ acts: [PostingAct],
        isAllowed: Bool
    ) -> [PostingRule] {
        var rules = Dictionary(before.map { ($0.group, $0) }) { first, _ in first }
        var rule = rules[group] ?? PostingRule(group)
        rule.allow.removeAll(where: acts.contains)
        rule.deny.removeAll(where: acts.contains)
        if isAllowed { rule.allow += acts } else { rule.deny += acts }
        rules[group] = rule
        return PostingGroup.words.compactMap { rules[$0] }.filter { !$0.allow.isEmpty || !$0.deny.isEmpty }
    }
}
