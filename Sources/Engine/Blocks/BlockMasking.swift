import ChatAPI
import Storage

/// What keeps a blocked person's entries from whoever blocked them, in direct conversations. The log stays one and gap-free:
/// everybody else gets the entry, the blocker an entry of kind `hidden` under the same number.
enum BlockRules {
    /// What somebody says; a sketch says something with its name. That they joined or left is no message to anybody.
    static func isSaid(_ kind: EntryKind) -> Bool {
        switch kind {
        case .message, .edit, .reaction, .unreaction, .pin, .unpin, .topic: true
        case .sketchCreated, .sketchRenamed, .sketchVersion, .sketchRestored, .sketchCleared, .sketchDeleted: true
        default: false
        }
    }

    /// What the blocker gets in its place: the number, the time and the log's counters, so that nothing is missing.
    static func mask(_ entry: Entry) -> Entry {
        Entry(
            kind: .hidden,
            channel: entry.channel,
            seq: entry.seq,
            by: entry.by,
            at: entry.at,
            messagesSoFar: entry.messagesSoFar,
            broadcastsSoFar: entry.broadcastsSoFar
        )
    }
}

extension Transaction {
    /// The members of a direct conversation who do not get to see this entry; it is stored that they do not.
    func hide(_ entry: Entry, in channel: ChannelFacts) throws -> Set<AccountID> {
        guard channel.kind == .direct else { return [] }
        var hidden: Set<AccountID> = []
        if entry.kind == .redaction, let target = entry.target {
            // Who never saw the message does not hear that it is gone; who saw it does.
            for member in channel.members.keys
            where try !BlockStore.hidden(from: member, in: channel.id, target...target, self).isEmpty {
                hidden.insert(member)
            }
        } else if BlockRules.isSaid(entry.kind) {
            hidden = try facts.quieters(of: entry.by, in: self).blockers.filter { channel.members[$0] != nil }
        }
        for member in hidden {
            try BlockStore.hide(entry.seq, of: channel.id, from: member, isMessage: entry.kind == .message, self)
            // What they made of an older message is not shown either, so it goes out of sight with its edit.
            if entry.kind == .edit, let target = entry.target {
                try BlockStore.hide(target, of: channel.id, from: member, isMessage: true, self)
            }
        }
        return hidden
    }
}

extension Facts {
    /// Who does not want to hear an account.
    func quieters(of account: AccountID, in tx: borrowing Transaction) throws -> Quieters {
        if let known = knownQuieters[account] { return known }
        let loaded = try BlockStore.quieters(of: account, tx)
        knownQuieters[account] = loaded
        return loaded
    }

    /// Somebody blocked this account or hears it again.
    func forgetQuieters(of account: AccountID) {
        // Before and after: what was read in a write that is refused must not be remembered either.
        change {
            knownQuieters[account] = nil
        } undo: {
            self.knownQuieters[account] = nil
        }
    }
}

extension Facts {
    /// Whoever is gone hears nobody.
    func forgetAllQuieters() {
        change {
            knownQuieters.removeAll()
        } undo: {
            self.knownQuieters.removeAll()
        }
    }
}

extension EntryStore {
    /// Masks what is hidden from an account among entries of a channel, and takes the reactions of those it blocks away.
    static func mask(
        _ entries: inout [Entry],
        for account: AccountID?,
        in channel: ChannelID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws {
        guard let account, let first = entries.first?.seq, let last = entries.last?.seq, first <= last else { return }
        let hidden = try BlockStore.hidden(from: account, in: channel, first...last, tx)
        for index in entries.indices where hidden.contains(entries[index].seq) {
            entries[index] = BlockRules.mask(entries[index])
        }
        guard entries.contains(where: { $0.reactions != nil }) else { return }
        let blocked = try BlockStore.blocked(by: account, tx)
        guard !blocked.isEmpty else { return }
        for index in entries.indices {
            guard let reactions = entries[index].reactions else { continue }
            let left = reactions.compactMap { reaction in
                let by = reaction.by.filter { !blocked.contains($0) }
                return by.isEmpty ? nil : Reaction(emoji: reaction.emoji, by: by)
            }
            entries[index].reactions = left.isEmpty ? nil : left
        }
    }

    static func isHidden(
        _ seq: Int64,
        from account: AccountID?,
        in channel: ChannelID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        guard let account else { return false }
        return try !BlockStore.hidden(from: account, in: channel, seq...seq, tx).isEmpty
    }
}
