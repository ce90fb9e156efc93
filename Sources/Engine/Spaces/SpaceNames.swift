import ChatAPI
import Storage

/// What a place is called in sentences: with its space, so that nobody takes an event's #general for everybody's.
enum SpaceNames {
    /// `#tea`, `#devconf/stage`, `the conversation`.
    static func channel(
        _ name: String?,
        in space: Scope,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> String {
        guard let name else { return "the conversation" }
        guard space != .platform, let slug = try SpaceStore.slug(of: space, tx) else { return "#" + name }
        return "#\(slug)/\(name)"
    }

    /// `devconf`, `this server`.
    static func space(_ scope: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> String {
        if scope == .platform { return "this server" }
        return try SpaceStore.slug(of: scope, tx) ?? "the \(scope.kind.rawValue)"
    }

    private static let selectChannel: SQL = """
        SELECT c.name, s.slug FROM channel c LEFT JOIN space s ON s.id = c.space WHERE c.id = :id
        """

    /// The words by which commands find a place again: `devconf/stage`, `devconf`, `platform`. Nil for what is gone, and
    /// for conversations.
    static func words(for scope: Scope, _ tx: borrowing some Reading & ~Copyable) throws -> String? {
        switch scope.kind {
        case .platform: return scope.description
        case .unknown: return nil
        case .agency, .event: return try SpaceStore.slug(of: scope, tx)
        case .channel: return try words(forChannel: scope.id.retyped(), tx)
        case .queue:
            guard let queue = try QueueStore.queue(scope.id.retyped(), tx) else { return nil }
            return try SpaceStore.slug(of: queue.space, tx).map { "\($0)/\(queue.name)" } ?? queue.name
        }
    }

    private static func words(
        forChannel id: ChannelID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> String? {
        try tx.first(selectChannel) {
            $0.bind("id", id)
        } row: { row in
            row.optionalString(0).map { name in row.optionalString(1).map { "\($0)/\(name)" } ?? name }
        } ?? nil
    }
}

extension Transaction {
    /// For sentences: `#tea`, `#devconf/stage`, `the conversation`.
    func shown(_ channel: ChannelFacts) throws -> String {
        try SpaceNames.channel(channel.name, in: channel.space, self)
    }
}
