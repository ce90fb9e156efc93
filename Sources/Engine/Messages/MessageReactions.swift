package import ChatAPI
import Storage

/// Reacting to messages. Who has reacted with what is a set: the same again changes nothing and says nothing.
extension Messages {
    package func react(_ reaction: ReactionRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        let emoji = try EmojiRules.canonical(reaction.emoji)
        let id = try await channelID(reaction.channel)
        return try await database.perform(call, touching: [.channel(id)]) { tx in
            let channel = try tx.facts.channel(id, in: tx)
            let membership = try MessageRules.checkMember(account, of: channel)
            try SpaceAccess.checkGoesOn(in: channel, tx)
            try tx.checkMay(.react, account, in: channel, now: call.now)
            _ = try Self.living(reaction.seq, of: channel, from: membership.visibleFrom, tx)
            let standing = try ReactionStore.standing(of: reaction.seq, in: channel.id, for: account, tx)
            if standing.own.contains(emoji) { return Empty() }
            let first = standing.firsts[emoji]
            if first == nil, standing.firsts.count >= Limits.emojiPerMessage {
                throw APIError.invalid(
                    "emoji",
                    "is one too many: a message has at most \(Limits.emojiPerMessage) different ones"
                )
            }
            let stored = try Self.append(
                .reaction,
                emoji: emoji,
                to: reaction.seq,
                in: channel.id,
                by: account,
                call,
                tx
            )
            try ReactionStore.insert(
                emoji,
                by: account,
                to: reaction.seq,
                in: channel.id,
                first: first ?? stored.seq,
                seq: stored.seq,
                tx
            )
            return Empty()
        }
    }

    package func unreact(_ reaction: ReactionRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        let emoji = try EmojiRules.canonical(reaction.emoji)
        let id = try await channelID(reaction.channel)
        return try await database.perform(call, touching: [.channel(id)]) { tx in
            let channel = try tx.facts.channel(id, in: tx)
            let membership = try MessageRules.checkMember(account, of: channel)
            guard reaction.seq > membership.visibleFrom,
                try EntryStore.isMessage(reaction.seq, in: channel.id, tx)
            else { throw MessageRules.noMessage(reaction.seq) }
            // Nothing to take back, or the message was deleted and its reactions with it.
            guard try ReactionStore.delete(emoji, by: account, of: reaction.seq, in: channel.id, tx) else {
                return Empty()
            }
            _ = try Self.append(.unreaction, emoji: emoji, to: reaction.seq, in: channel.id, by: account, call, tx)
            return Empty()
        }
    }

    /// An entry about a message, which becomes the last one applied to it.
    static func append(
        _ kind: EntryKind,
        emoji: String? = nil,
        to message: Int64,
        in channel: ChannelID,
        by account: AccountID,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws -> Entry {
        var entry = Entry(kind: kind, channel: channel, seq: 0, by: account, at: 0)
        entry.target = message
        entry.emoji = emoji
        let stored = try tx.append(entry, to: .channel(channel), now: call.now)
        try EntryStore.setRevision(stored.seq, of: message, in: channel, tx)
        return stored
    }
}
