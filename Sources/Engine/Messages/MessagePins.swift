package import ChatAPI
import Storage

/// Pins: the messages that a channel wants found again, at most 100 of them, newest pin first.
///
/// Every member may pin; in channels with more than 200 members its admins do.
extension Messages {
    package func pin(_ ref: MessageRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        let id = try await channelID(ref.channel)
        return try await database.perform(call, touching: [.channel(id)]) { tx in
            let channel = try tx.facts.channel(id, in: tx)
            let membership = try MessageRules.checkMayPin(account, in: channel)
            try SpaceAccess.checkGoesOn(in: channel, tx)
            try tx.checkMay(.pin, account, in: channel, now: call.now)
            _ = try Self.living(ref.seq, of: channel, from: membership.visibleFrom, tx)
            if try PinStore.isPinned(ref.seq, in: id, tx) { return Empty() }
            guard try PinStore.count(in: id, tx) < Limits.pinsPerChannel else {
                let limit = Limits.pinsPerChannel
                throw APIError.invalid("seq", "is one too many: a channel has at most \(limit) pins; unpin one first")
            }
            let stored = try Self.append(.pin, to: ref.seq, in: id, by: account, call, tx)
            try PinStore.insert(ref.seq, in: id, seq: stored.seq, tx)
            return Empty()
        }
    }

    package func unpin(_ ref: MessageRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        let id = try await channelID(ref.channel)
        return try await database.perform(call, touching: [.channel(id)]) { tx in
            let channel = try tx.facts.channel(id, in: tx)
            let membership = try MessageRules.checkMayPin(account, in: channel)
            try tx.checkMay(.pin, account, in: channel, now: call.now)
            guard ref.seq > membership.visibleFrom, try EntryStore.isMessage(ref.seq, in: id, tx) else {
                throw MessageRules.noMessage(ref.seq)
            }
            guard try PinStore.delete(ref.seq, in: id, tx) else { return Empty() }
            _ = try Self.append(.unpin, to: ref.seq, in: id, by: account, call, tx)
            return Empty()
        }
    }

    /// The whole list: it has at most 100 items, so it has no second page.
    package func pins(_ ref: ChannelRef, _ call: Call) async throws -> Page<Entry> {
        try await database.read { tx in
            let access = try ChannelStore.access(ref.channel, for: call.caller, tx)
            let pinned = try PinStore.newestFirst(in: access.id, tx).filter { $0 > access.visibleFrom }
            var entries = try pinned.sorted().compactMap { try EntryStore.entry($0, of: .channel(access.id), tx) }
            try EntryStore.mask(&entries, for: call.caller.account, in: access.id, tx)
            let visible = Dictionary(uniqueKeysWithValues: entries.map { ($0.seq, $0) })
            return Page(pinned.compactMap { visible[$0] }.filter { $0.kind != .hidden })
        }
    }
}
