package import ChatAPI

/// How a message changes: the same rules by which the daemon keeps its current form.
extension Entry {
    /// Applies a change to this message. Changes come in ascending order; `rev` is the last one applied.
    package mutating func take(_ change: Entry) {
        rev = change.seq
        // Nothing brings a redacted message back.
        guard redactedAt == nil else { return }
        switch change.kind {
        case .edit:
            // Mentions stay as they were sent: nobody is called by an edit.
            text = change.text
            editedAt = change.at
        case .redaction:
            text = nil
            editedAt = nil
            redactedAt = change.at
            mentions = nil
            mentionsAll = nil
            reactions = nil
            pinned = nil
            sketch = nil
            picture = nil
        case .reaction: if let emoji = change.emoji { add(emoji, by: change.by) }
        case .unreaction: if let emoji = change.emoji { remove(emoji, by: change.by) }
        case .pin: pinned = true
        case .unpin: pinned = nil
        default: break
        }
    }

    private mutating func add(_ emoji: String, by account: AccountID) {
        var list = reactions ?? []
        if let index = list.firstIndex(where: { $0.emoji == emoji }) {
            guard !list[index].by.contains(account) else { return }
            list[index].by.append(account)
        } else {
            list.append(Reaction(emoji: emoji, by: [account]))
        }
        reactions = list
    }

    private mutating func remove(_ emoji: String, by account: AccountID) {
        guard var list = reactions, let index = list.firstIndex(where: { $0.emoji == emoji }) else { return }
        list[index].by.removeAll { $0 == account }
        if list[index].by.isEmpty { list.remove(at: index) }
        reactions = list.isEmpty ? nil : list
    }
}
