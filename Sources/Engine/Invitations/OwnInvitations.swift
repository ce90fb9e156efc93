package import ChatAPI
import Storage

/// Invitations from the side of whoever is invited: what one is invited to, and saying no.
extension Invitations {
    /// More than somebody reads.
    private static let shown = 200
    /// As long as an invitation is good by itself: whoever said no is left in peace for that time.
    private static let peaceMilliseconds = week

    /// Those that open their channel now, the newest first. Whom one has blocked one hears nothing of, here either.
    package func own(_ call: Call) async throws -> Page<ChannelInvitation> {
        let account = try call.caller.signedIn()
        // Clients ask at every connection, and nearly always there is none: the writer is not stopped for that.
        let invitations = try await database.read { tx in
            try InvitationStore.list(for: account, now: call.now, limit: Self.shown, tx)
        }
        guard !invitations.isEmpty else { return Page([]) }
        return try await database.write(touching: []) { tx in
            guard let row = try AccountStore.find(account, tx) else { return Page([]) }
            return Page(try invitations.filter { try Self.opens($0, to: row, now: call.now, tx) })
        }
    }

    private static func opens(
        _ invitation: ChannelInvitation,
        to row: AccountRow,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> Bool {
        if let by = invitation.by, try tx.facts.quieters(of: by, in: tx).blockers.contains(row.id) { return false }
        do {
            let channel = try tx.facts.channel(invitation.channel, in: tx)
            try tx.checkNotBanned(row.id, from: channel, now: now)
            try Channels.checkBelongs(row, channel, tx)
            return true
        } catch is APIError {
            return false
        }
    }

    /// The invitation is gone. Nobody is told why, and nobody invites the same person there for a week: a no that is asked
    /// about again at once was not heard.
    package func decline(_ ref: OwnInvitationRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        return try await database.perform(call, touching: [.account(account)]) { tx in
            guard let invitation = try InvitationStore.find(ref.invitation, tx), invitation.account == account,
                invitation.expiresAt > call.now
            else {
                throw APIError(.notFound, "you have no such invitation, or not any more")
            }
            try InvitationStore.decline(invitation, now: call.now, until: call.now + Self.peaceMilliseconds, tx)
            let channel = try tx.facts.channel(invitation.channel, in: tx)
            try tx.audit(call, on: channel.auditObject, before: Self.json(invitation))
            return Empty()
        }
    }

    static func checkMayBeAsked(
        _ row: AccountRow,
        _ channel: ChannelFacts,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws {
        guard let until = try InvitationStore.declinedUntil(row.id, channel.id, now: now, tx) else { return }
        let when = UTCText.minute(until)
        throw APIError(
            .conflict,
            "\(row.name) has declined an invitation to \(try tx.shown(channel)): they can be invited again on \(when)"
        )
    }
}
