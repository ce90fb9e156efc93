import ChatAPI
import Storage

/// A place that a moderator named, with what decides there: the scope, where it is, and the channel if it is one.
struct ModeratedPlace {
    let scope: Scope
    let place: Place
    let channel: ChannelFacts?

    /// The event or agency it is or is in, or the platform.
    var space: Scope { channel?.space ?? scope }

    /// For sentences: `#tea`, `#devconf/stage`, `devconf`.
    let shown: String
}

extension Transaction {
    /// The place of a text: `platform`, `event/…`, `agency/…`, `channel/…`, or just a channel by name or id.
    ///
    /// - Parameter account: who asks; to whoever is not in it, a conversation does not exist.
    func moderatedPlace(_ text: String, for account: AccountID?) throws -> ModeratedPlace {
        let scope = try ScopeText.scope(text, self)
        guard scope.kind == .channel else {
            return ModeratedPlace(
                scope: scope,
                place: facts.places.place(scope),
                channel: nil,
                shown: try SpaceNames.space(scope, self)
            )
        }
        let channel = try facts.channel(scope.id.retyped(), in: self)
        if channel.kind.isPrivate {
            guard let account, channel.members[account] != nil else { throw ChannelStore.unknown(text) }
            throw APIError(.conflict, "nobody moderates a conversation: leave it, or block whoever is in it")
        }
        return ModeratedPlace(
            scope: scope,
            place: facts.place(of: channel),
            channel: channel,
            shown: try shown(channel)
        )
    }

    /// The caller's rank there, if it keeps order there at all: by a role that moderates, or as the channel's admin.
    func moderator(of place: ModeratedPlace, _ call: Call) throws -> (caller: Caller, rank: Int) {
        let caller = try call.callerNow(self)
        var rank = caller.may(.moderate, in: place.place) ? caller.rank(in: place.place) : 0
        if let channel = place.channel, let account = caller.account, channel.members[account]?.role == .admin {
            rank = max(rank, ModerationRules.adminRank)
        }
        guard rank > 0 else {
            throw APIError(.forbidden, "\(caller.name) does not moderate \(place.shown)")
        }
        return (caller, rank)
    }

    /// What stands in the way of sanctions: whoever keeps order there too.
    func rank(of account: AccountRow, in place: ModeratedPlace) throws -> Int {
        if account.kind == .system { return Standing.localRank }
        var rank = try facts.standing(of: account.id, in: self)?.reach.rank(in: place.place) ?? 0
        if place.channel?.members[account.id]?.role == .admin { rank = max(rank, ModerationRules.adminRank) }
        return rank
    }
}

/// Who stands above whom, and what a sanction may say. Pure.
enum ModerationRules {
    /// The admin of a channel stands above its members and below everybody whom an event, an agency or the platform made a
    /// moderator.
    static let adminRank = 20

    static func checkSenior(_ rank: Int, to other: Int, _ name: String, _ what: String) throws(APIError) {
        guard rank > other else {
            throw APIError(.forbidden, "you may not \(what) \(name), who keeps order here too: it takes a role above")
        }
    }

    static func reason(_ text: String?) throws(APIError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        try TextRules.checkLine(text, named: "reason", limit: Limits.reasonBytes)
        return TextRules.isBlank(text) ? nil : text
    }

    /// When it ends; nil for never.
    static func until(_ forMs: Int64?, _ kind: SanctionKind, now: Milliseconds) throws(APIError) -> Milliseconds? {
        guard let forMs else {
            if kind == .timeOut { throw .invalid("forMs", "is missing: a time-out ends") }
            return nil
        }
        try check(forMs, Limits.sanctionMs)
        return now + forMs
    }

    static func check(_ forMs: Int64, _ range: ClosedRange<Int64>) throws(APIError) {
        guard range.contains(forMs) else {
            throw .invalid("forMs", "is \(SpanText.text(forMs)); it goes \(SpanText.range(range))")
        }
    }
}

/// Texts that name a place.
enum ScopeText {
    static func scope(_ text: String, _ tx: borrowing some Reading & ~Copyable) throws -> Scope {
        if text == Scope.Kind.platform.rawValue { return .platform }
        guard let slash = text.firstIndex(of: "/"), let kind = Scope.Kind(word: String(text[..<slash])) else {
            return try bare(text, tx)
        }
        let name = String(text[text.index(after: slash)...])
        switch kind {
        case .channel: return .channel(try ChannelStore.resolve(name, tx))
        case .event: return .event(try EventStore.resolve(name, tx).id)
        case .agency: return .agency(try AgencyStore.resolve(name, tx).id)
        case .platform, .queue, .unknown:
            throw APIError.invalid("scope", "is '\(ChannelRules.shortened(text))'; nobody moderates that")
        }
    }

    /// A word alone is a channel; where there is none of that name, the event or agency that is named by it.
    private static func bare(_ text: String, _ tx: borrowing some Reading & ~Copyable) throws -> Scope {
        do {
            return .channel(try ChannelStore.resolve(text, tx))
        } catch let error as APIError where error.code == .notFound {
            guard let space = try SpaceStore.find(text, tx), space != .platform else { throw error }
            return space
        }
    }
}
