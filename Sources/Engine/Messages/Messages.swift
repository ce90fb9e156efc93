package import ChatAPI
package import Storage

/// Sending. What a message is decided by, how it is stored, and that it is published, on one page.
package struct Messages: Sendable {
    let database: EngineDatabase
    let clock: any Clock

    /// Stores a message and answers with its number. A repeat under the same cid gets the first answer.
    ///
    /// The write waits in `batch` until that is submitted. `reply` runs on the writer thread, together with its group's
    /// other replies: the hot path has no task.
    package func send(
        _ message: Message,
        by caller: Caller,
        in batch: WriteBatch<Facts>,
        reply: @escaping @Sendable (Result<Sent, APIError>) -> Void
    ) {
        guard case .id(let channel) = message.channel else {
            preconditionFailure("the hot path is taken by messages that name their channel by its id")
        }
        let author: AccountID
        do throws(APIError) {
            try caller.require(.post)
            author = try caller.signedIn()
            try MessageRules.check(text: message.text)
            if let location = message.location { _ = try location.checked() }
        } catch {
            return reply(.failure(error))
        }
        let (clock, isBot) = (clock, caller.token != nil)
        batch.add(touching: [.channel(channel)]) { tx in
            try Self.store(message, in: channel, by: author, isBot: isBot, now: clock.now, tx)
        } completion: { result in
            reply(result.mapError(APIError.init(refusal:)))
        }
    }

    package func send(_ message: Message, _ call: Call) async throws -> Sent {
        let author = try call.caller.signedIn()
        try MessageRules.check(text: message.text)
        if let location = message.location { _ = try location.checked() }
        let channel = try await channelID(message.channel)
        return try await database.perform(call, touching: [.channel(channel)]) { tx in
            try Self.store(message, in: channel, by: author, isBot: call.caller.token != nil, now: call.now, tx)
        }
    }

    static func store(
        _ message: Message,
        in id: ChannelID,
        showing picture: SketchPicture? = nil,
        by author: AccountID,
        isBot: Bool,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> Sent {
        do {
            let channel = try tx.facts.channel(id, in: tx)
            var entry = try entry(message, by: author, in: channel, now: now, tx)
            if let picture { (entry.sketch, entry.picture) = (picture.sketch, picture) }
            if let stored = try tx.appendUnlessKnown(entry, to: .channel(id), now: now) {
                try tx.notePost(of: author, in: channel, now: now)
                // A bot's marker moves when the bot says so: a write more for each of its messages buys nobody anything.
                if !isBot { try tx.markRead(stored, by: author, in: id) }
                if channel.kind == .chat { try tx.noteMessage(in: channel, by: author, now: now) }
                return Sent(seq: stored.seq, at: stored.at)
            }
        } catch let refusal as APIError {
            // What was stored stays acknowledged, even if it would be refused today.
            guard let sent = try sent(message, in: id, by: author, tx) else { throw refusal }
            return sent
        }
        guard let sent = try sent(message, in: id, by: author, tx) else {
            preconditionFailure("a cid was refused as known and is not")
        }
        return sent
    }

    /// The message as an entry of the log, or why it may not be said.
    private static func entry(
        _ message: Message,
        by author: AccountID,
        in channel: ChannelFacts,
        now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> Entry {
        let membership = try MessageRules.checkMember(author, of: channel)
        try SpaceAccess.checkPosts(author, in: channel, tx)
        try tx.checkMay(.post, author, in: channel, now: now)
        var entry = Entry(kind: .message, channel: channel.id, seq: 0, by: author, at: 0)
        entry.cid = message.cid
        entry.text = message.text
        entry.location = try message.location?.checked()
        if let replyTo = message.replyTo {
            try checkAnswered(replyTo, in: channel, membership, tx)
            entry.replyTo = replyTo
        }
        let mentioned = MessageRules.mentionedNames(in: message.text)
        if !mentioned.names.isEmpty {
            let accounts = try AccountStore.ids(named: mentioned.names, tx).filter { channel.members[$0] != nil }
            if !accounts.isEmpty { entry.mentions = accounts }
        }
        if mentioned.everybody {
            try tx.checkMay(.mentionAll, author, in: channel, now: now)
            entry.mentionsAll = true
        }
        return entry
    }

    /// The answer to a repeat; nil if the cid is new.
    static func sent(
        _ message: Message,
        in channel: ChannelID,
        by author: AccountID,
        _ tx: borrowing Transaction
    ) throws -> Sent? {
        guard let stored = try EntryStore.stored(cid: message.cid, by: author, tx) else { return nil }
        guard stored.isRepeated(by: message, in: channel) else {
            throw APIError(.cidReused, "another message of yours has the cid \(message.cid)")
        }
        return stored.sent
    }

    private static func checkAnswered(
        _ seq: Int64,
        in channel: ChannelFacts,
        _ membership: Membership,
        _ tx: borrowing Transaction
    ) throws {
        guard seq > membership.visibleFrom, try EntryStore.isMessage(seq, in: channel.id, tx) else {
            throw APIError.invalid("replyTo", "names no message: there is no \(seq) in this channel")
        }
    }
}
