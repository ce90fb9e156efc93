import ChatAPI
import Storage

/// Every sanction and every emergency there is, beside the writer: a few, looked up on each message.
struct ModerationFacts: Sendable {
    private var sanctions: [AccountID: [Sanction]] = [:]
    private(set) var emergencies: [Scope: Emergency] = [:]

    init() {}

    init(_ tx: borrowing some Reading & ~Copyable) throws {
        for sanction in try SanctionStore.all(tx) { sanctions[sanction.account, default: []].append(sanction) }
        for emergency in try SanctionStore.emergencies(tx) { emergencies[emergency.scope] = emergency }
    }

    /// Nobody anywhere is kept from talking: what nearly every message asks.
    var isQuiet: Bool { sanctions.isEmpty && emergencies.isEmpty }

    func sanctions(of account: AccountID) -> [Sanction] { sanctions[account] ?? [] }

    /// Where anybody is kept from talking.
    var sanctionScopes: Set<Scope> { Set(sanctions.values.joined().map(\.scope)) }

    /// What holds somebody in a place, the longest first.
    func sanction(of account: AccountID, in place: Place, now: Milliseconds, _ kinds: Set<SanctionKind>) -> Sanction? {
        guard let all = sanctions[account] else { return nil }
        return all.filter { sanction in
            kinds.contains(sanction.kind) && (sanction.until ?? .max) > now && place.isReached(from: sanction.scope)
        }.max { ($0.until ?? .max) < ($1.until ?? .max) }
    }

    /// The strictest emergency around a place.
    func emergency(in place: Place, now: Milliseconds) -> Emergency? {
        guard !emergencies.isEmpty else { return nil }
        let around = emergencies.values.filter { $0.until > now && place.isReached(from: $0.scope) }
        return around.first { $0.voice == .moderators } ?? around.max { $0.until < $1.until }
    }

    // MARK: - Changing

    mutating func set(_ sanction: Sanction) {
        remove(sanction)
        sanctions[sanction.account, default: []].append(sanction)
    }

    mutating func remove(_ sanction: Sanction) {
        sanctions[sanction.account]?.removeAll { $0.kind == sanction.kind && $0.scope == sanction.scope }
        if sanctions[sanction.account]?.isEmpty == true { sanctions[sanction.account] = nil }
    }

    mutating func forget(_ account: AccountID) { sanctions[account] = nil }

    mutating func set(_ emergency: Emergency) { emergencies[emergency.scope] = emergency }
    mutating func end(_ scope: Scope) { emergencies[scope] = nil }
}

extension Facts {
    /// Changes what is known of sanctions and emergencies; a refused write takes it back.
    func moderate(_ change: (inout ModerationFacts) -> Void) {
        let before = moderation
        self.change {
            change(&moderation)
        } undo: {
            self.moderation = before
        }
    }

    /// Where a channel is, as grants and sanctions reach it.
    func place(of channel: ChannelFacts) -> Place { places.place(channel.space).inside(.channel(channel.id)) }
}
