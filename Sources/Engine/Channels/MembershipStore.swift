package import ChatAPI
package import Storage

/// The statements of table `membership`.
enum MembershipStore {
    /// A condition of statements over `membership m`: below `Membership.veiled`.
    static let isSeen = "m.visible_from < 4611686018427387904"

    private static let insert: SQL = """
        INSERT INTO membership (
            account, channel, role, joined_at, visible_from, marker, marker_messages, marker_broadcasts, marker_version
        ) VALUES (
            :account, :channel, :role, :joinedAt, :visibleFrom, :marker, :markerMessages, :markerBroadcasts, 0
        )
        """
    private static let delete: SQL = "DELETE FROM membership WHERE account = :account AND channel = :channel"
    private static let countMember: SQL = """
        UPDATE channel SET member_count = member_count + :difference, facts_version = facts_version + 1 WHERE id = :id
        """
    private static let updateRole: SQL = """
        UPDATE membership SET role = :role WHERE account = :account AND channel = :channel
        """
    private static let updateVisibleFrom: SQL = """
        UPDATE membership SET visible_from = :seq WHERE account = :account AND channel = :channel
        """
    private static let touchFacts: SQL = "UPDATE channel SET facts_version = facts_version + 1 WHERE id = :id"
    private static let selectCount: SQL = "SELECT COUNT(*) FROM membership WHERE account = :account"
    private static let selectChannels: SQL = """
        SELECT m.channel, m.visible_from FROM membership m JOIN channel c ON c.id = m.channel
        WHERE m.account = :account AND c.deleted_at IS NULL ORDER BY m.channel
        """

    /// A new member has read everything up to where it joins.
    static func insert(
        _ account: AccountID,
        in channel: ChannelID,
        _ membership: Membership,
        marker: LogHead,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(insert) {
            $0.bind("account", account)
            $0.bind("channel", channel)
            $0.bind("role", membership.role.rawValue)
            $0.bind("joinedAt", membership.joinedAt)
            $0.bind("visibleFrom", membership.visibleFrom)
            $0.bind("marker", marker.seq)
            $0.bind("markerMessages", marker.messages)
            $0.bind("markerBroadcasts", marker.broadcasts)
        }
        try count(1, in: channel, tx)
    }

    static func delete(_ account: AccountID, from channel: ChannelID, _ tx: borrowing Transaction) throws {
        let deleted = try tx.run(delete) {
            $0.bind("account", account)
            $0.bind("channel", channel)
        }
        if deleted > 0 { try count(-1, in: channel, tx) }
    }

    static func setRole(
        _ role: MemberRole,
        of account: AccountID,
        in channel: ChannelID,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(updateRole) {
            $0.bind("role", role.rawValue)
            $0.bind("account", account)
            $0.bind("channel", channel)
        }
        try tx.run(touchFacts) { $0.bind("id", channel) }
    }

    static func setVisibleFrom(
        _ seq: Int64,
        of account: AccountID,
        in channel: ChannelID,
        _ tx: borrowing Transaction
    ) throws {
        try tx.run(updateVisibleFrom) {
            $0.bind("seq", seq)
            $0.bind("account", account)
            $0.bind("channel", channel)
        }
        try tx.run(touchFacts) { $0.bind("id", channel) }
    }

    /// In how many channels an account is.
    static func count(of account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> Int {
        try tx.first(selectCount) {
            $0.bind("account", account)
        } row: {
            $0.int(0)
        } ?? 0
    }

    static func channels(
        of account: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [(id: ChannelID, visibleFrom: Int64)] {
        try tx.all(selectChannels) {
            $0.bind("account", account)
        } row: {
            (id: $0.id(0), visibleFrom: $0.int64(1))
        }
    }

    private static func count(_ difference: Int, in channel: ChannelID, _ tx: borrowing Transaction) throws {
        try tx.run(countMember) {
            $0.bind("difference", difference)
            $0.bind("id", channel)
        }
    }
}

extension ChannelStore {
    /// The channels an account is in.
    package static func memberships(
        of account: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [ChannelID] {
        try MembershipStore.channels(of: account, tx).map(\.id)
    }

    /// The channels an account is in, each with the `seq` up to which it sees nothing: 0 but in direct conversations.
    package static func visibleFrom(
        of account: AccountID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [ChannelID: Int64] {
        try MembershipStore.channels(of: account, tx).reduce(into: [:]) { $0[$1.id] = $1.visibleFrom }
    }
}
