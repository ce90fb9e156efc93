package import ChatAPI
import Storage

/// Changing and deleting messages. Both are entries of the log, and both change the message's row to its current form.
extension Messages {
    /// Replaces the text of one's own message. The same text again changes nothing; mentions stay as they were sent, so
    /// that nobody is called by an edit.
    package func edit(_ edit: MessageEdit, _ call: Call) async throws -> Entry {
        let author = try call.caller.signedIn()
        try MessageRules.check(text: edit.text)
        let id = try await channelID(edit.channel)
        return try await database.perform(call, touching: [.channel(id)]) { tx in
            let channel = try tx.facts.channel(id, in: tx)
            let membership = try MessageRules.checkMember(author, of: channel)
            try SpaceAccess.checkGoesOn(in: channel, tx)
            try tx.checkMay(.post, author, in: channel, isNew: false, now: call.now)
            let message = try Self.living(edit.seq, of: channel, from: membership.visibleFrom, tx)
            guard message.by == author else {
                throw APIError(.forbidden, "only its author changes message \(edit.seq)")
            }
            if message.text == edit.text { return message }
            var entry = Entry(kind: .edit, channel: channel.id, seq: 0, by: author, at: 0)
            entry.target = edit.seq
            entry.text = edit.text
            let stored = try tx.append(entry, to: .channel(channel.id), now: call.now)
            try EntryStore.setText(edit.text, of: message, edit: stored, tx)
            var current = message
            current.text = edit.text
            current.rev = stored.seq
            current.editedAt = stored.at
            return current
        }
    }

    /// Removes a message's text for good: from the message, its edits and stored answers, in one transaction. Its number
    /// stays. The author may, wherever they are; an admin of the channel; a super admin in channels with a name.
    package func delete(_ ref: MessageRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        let id = try await channelID(ref.channel)
        return try await database.perform(call, touching: [.channel(id)]) { tx in
            let channel = try tx.facts.channel(id, in: tx)
            guard let message = try EntryStore.entry(ref.seq, of: .channel(id), tx), message.kind == .message else {
                throw MessageRules.noMessage(ref.seq)
            }
            try MessageRules.checkMayDelete(message, call.caller, account, in: channel)
            if message.redactedAt != nil { return Empty() }
            var entry = Entry(kind: .redaction, channel: id, seq: 0, by: account, at: 0)
            entry.target = ref.seq
            let stored = try tx.append(entry, to: .channel(id), now: call.now)
            try EntryStore.redact(message, in: id, by: stored, tx)
            try KeyStore.redact(message, in: id, by: stored, tx)
            if message.by != account {
                try tx.audit(call, on: "channel/\(id)/message/\(ref.seq)", severity: .notice)
            }
            return Empty()
        }
    }

    /// The message, if the reader may see it and it was not deleted.
    static func living(
        _ seq: Int64,
        of channel: ChannelFacts,
        from visibleFrom: Int64,
        _ tx: borrowing Transaction
    ) throws -> Entry {
        guard seq > visibleFrom, let message = try EntryStore.entry(seq, of: .channel(channel.id), tx),
            message.kind == .message
        else { throw MessageRules.noMessage(seq) }
        guard message.redactedAt == nil else {
            throw APIError(.invalidTransition, "message \(seq) was deleted")
        }
        return message
    }

    /// The id of a channel that a call names by id or by name: a write must know the row it locks.
    func channelID(_ text: String) async throws -> ChannelID { try await channelID(ChannelKey(text)) }

    func channelID(_ key: ChannelKey) async throws -> ChannelID {
        switch key {
        case .id(let id): return id
        case .name(let name): return try await database.read { tx in try ChannelStore.resolve(name, tx) }
        }
    }
}

extension KeyStore {
    private static let selectEdits: SQL = """
        SELECT key, answer FROM idempotency_key WHERE account = :account AND operation = 'messages.edit'
        """
    private static let replaceAnswer: SQL = """
        UPDATE idempotency_key SET answer = :answer
        WHERE account = :account AND operation = 'messages.edit' AND key = :key
        """

    /// Answers to edits carry the text: those about this message lose it. Only its author has any, and only of one day.
    static func redact(_ message: Entry, in channel: ChannelID, by redaction: Entry, _ tx: borrowing Transaction) throws
    {
        let answers = try tx.all(selectEdits) {
            $0.bind("account", message.by)
        } row: { row in
            (key: row.string(0), answer: row.bytes(1))
        }
        for (key, answer) in answers {
            var entry = try Coding.decode(Entry.self, from: answer)
            guard entry.channel == channel, entry.seq == message.seq else { continue }
            entry.text = nil
            entry.mentions = nil
            entry.mentionsAll = nil
            entry.reactions = nil
            entry.pinned = nil
            entry.editedAt = nil
            entry.rev = redaction.seq
            entry.redactedAt = redaction.at
            try tx.run(replaceAnswer) {
                $0.bind("answer", Coding.encode(entry))
                $0.bind("account", message.by)
                $0.bind("key", key)
            }
        }
    }
}
