package import ChatAPI
package import Storage

/// What one caller may read of one channel: the one question of every read path.
package struct ChannelAccess: Sendable, Equatable {
    package let id: ChannelID
    package let kind: ChannelKind
    /// The event or the agency it belongs to, or the platform.
    package let space: Scope
    package let name: String?
    /// Nil for someone who reads an open channel without being in it.
    package let membership: Membership?
    package let memberCount: Int
    /// The `seq` of the newest entry.
    package let head: Int64
    /// Nothing up to this `seq` is shown: 0 but for those who were added to a direct conversation later.
    package var visibleFrom: Int64 { membership?.visibleFrom ?? 0 }
}

extension ChannelStore {
    static let selectAccess: SQL = """
        SELECT c.kind, c.name, c.secret_hash IS NOT NULL, c.member_count, m.role, m.joined_at, m.visible_from,
            (SELECT MAX(seq) FROM entry WHERE log = c.id), s.kind, c.space
        FROM channel c
        LEFT JOIN membership m ON m.account = :account AND m.channel = c.id
        LEFT JOIN space s ON s.id = c.space
        WHERE c.id = :id AND c.deleted_at IS NULL
        """

    /// Whether a caller may read a channel, and from where: members; in open channels everyone who is in their space.
    ///
    /// - Throws: `APIError.notMember` for a channel with a secret, which is listed by name; `APIError.notFound` for the
    ///   direct conversations of others and for what does not exist. A platform administrator is no exception: managing a
    ///   channel is not reading it.
    package static func access(
        _ text: String,
        for caller: Caller,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> ChannelAccess {
        let id = try resolve(text, tx)
        var isSecret = false
        let access = try tx.first(selectAccess) {
            $0.bind("account", caller.account)
            $0.bind("id", id)
        } row: { row in
            isSecret = row.bool(2)
            return ChannelAccess(
                id: id,
                kind: row.name(0),
                space: row.space(8),
                name: row.optionalString(1),
                membership: row.isNull(4)
                    ? nil : Membership(role: row.name(4), joinedAt: row.int64(5), visibleFrom: row.int64(6)),
                memberCount: row.int(3),
                head: row.int64(7)
            )
        }
        guard let access else { throw unknown(text) }
        if access.membership != nil {
            if access.space != .platform {
                let place = try SpaceAccess.standing(of: caller.account, in: access.space, tx).place
                try SpaceAccess.requireOpen(place, for: caller)
            }
            return access
        }
        if access.kind.isPrivate {
            guard try reads(access, caller, tx) else { throw unknown(text) }
            return access
        }
        try requireSignedIn(caller)
        if let account = caller.account, let ban = try SanctionStore.ban(of: account, from: access.id, tx) {
            throw PostingRules.refusal(ban, try SpaceNames.channel(access.name, in: access.space, tx), now: nil)
        }
        guard try SpaceAccess.reaches(caller, access.kind, in: access.space, tx) else {
            if access.kind == .staff || access.space.kind != .event { throw unknown(text) }
            let shown = try SpaceNames.channel(access.name, in: access.space, tx)
            throw APIError(.notMember, "\(shown) belongs to an event: join the event first")
        }
        if isSecret {
            let shown = try SpaceNames.channel(access.name, in: access.space, tx)
            throw APIError(.notMember, "\(shown) is read by its members only: join it with its secret")
        }
        return access
    }

    /// Whether somebody reads a private conversation of others: who was in a chat or supervises its queue, and whoever broke the glass.
    private static func reads(
        _ access: ChannelAccess,
        _ caller: Caller,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        // The archive: whoever was in a chat reads it for good, and so does who supervises its queue.
        if access.kind == .chat, try Chats.mayRead(access.id.retyped(), caller, tx) { return true }
        let place = try SpaceAccess.standing(of: caller.account, in: access.space, tx).place.inside(.channel(access.id))
        return try caller.may(.breakGlass, in: place) && GlassStore.isBroken(access.id, by: caller.account, tx)
    }

    private static func requireSignedIn(_ caller: Caller) throws(APIError) {
        if !caller.isLocal { _ = try caller.signedIn() }
    }

    // MARK: - Who sees whom

    static let selectShared: SQL = """
        SELECT 1 FROM membership mine
        CROSS JOIN membership theirs
        CROSS JOIN channel c
        WHERE mine.account = :viewer AND theirs.account = :other AND theirs.channel = mine.channel
            AND c.id = mine.channel AND c.deleted_at IS NULL
        LIMIT 1
        """

    /// A condition for statements over other tables: whether `:viewer` shares a channel with the account in `column`.
    ///
    /// The statement that holds it binds `viewer`. At most 500 lookups: an account is in no more channels.
    package static func sharesChannel(_ column: StaticString) -> String {
        """
        EXISTS (
            SELECT 1 FROM membership mine
            CROSS JOIN membership theirs
            CROSS JOIN channel shared
            WHERE mine.account = :viewer AND theirs.account = \(column) AND theirs.channel = mine.channel
                AND shared.id = mine.channel AND shared.deleted_at IS NULL
        )
        """
    }

    /// People see those they share a channel with.
    package static func sharesChannel(
        _ viewer: AccountID,
        with other: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        if viewer == other { return true }
        return try tx.first(selectShared) {
            $0.bind("viewer", viewer)
            $0.bind("other", other)
        } row: { _ in
            true
        } ?? false
    }
}

extension Caller {
    /// Manages every channel and sees every account: a super administrator, or a bot that was given as much.
    ///
    /// `manageChannels` alone is held by every member, for the channels they administer; `operate` is held by nobody else.
    package var isPlatformAdmin: Bool { capabilities.contains(.operate) && capabilities.contains(.manageChannels) }
}
