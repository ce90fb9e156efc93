import ChatAPI
import Storage

/// What an edit leaves a channel as.
struct ChannelEdit {
    var name: String?
    var topic: String?
    var secretHash: [UInt8]?
}

/// Making and editing a channel inside a write: the row, the facts, the entries that say so.
extension Transaction {
    /// A new channel without members.
    ///
    /// - Parameter isDefault: whoever comes into the space is put into it.
    func make(
        _ kind: ChannelKind,
        in space: Scope = .platform,
        name: String? = nil,
        topic: String? = nil,
        secretHash: [UInt8]? = nil,
        isDefault: Bool = false,
        by account: AccountID?,
        now: Milliseconds
    ) throws -> ChannelFacts {
        let id = ChannelID.fresh(at: now)
        try ChannelStore.insert(
            id,
            kind,
            in: space,
            name: name,
            topic: topic,
            secretHash: secretHash,
            createdBy: account,
            createdAt: now,
            isDefault: isDefault,
            connection
        )
        // Loaded inside the write that made it: if that is refused, the facts must not remember it.
        facts.forget(id)
        return try facts.channel(id, in: self)
    }

    /// Nobody writes there from now on.
    func seal(_ channel: ChannelFacts) {
        facts.change {
            channel.isSealed = true
        } undo: {
            channel.isSealed = false
        }
    }

    /// The first entry of a channel's log.
    func appendCreated(_ channel: ChannelFacts, by account: AccountID, now: Milliseconds) throws {
        var entry = Entry(kind: .created, channel: channel.id, seq: 0, by: account, at: 0)
        entry.text = channel.name
        _ = try append(entry, to: .channel(channel.id), now: now)
    }

    /// Stores an edit as one version, with an entry for each thing that readers see change. No change, no version.
    func edit(_ channel: ChannelFacts, _ edit: ChannelEdit, by account: AccountID, _ call: Call) throws {
        let before = ChannelEdit(name: channel.name, topic: channel.topic, secretHash: channel.secretHash)
        let (isRenamed, isNewTopic) = (edit.name != before.name, edit.topic != before.topic)
        guard isRenamed || isNewTopic || edit.secretHash != before.secretHash else { return }
        let state = channel.auditState
        let version = channel.version
        facts.change {
            channel.apply(edit, version: version + 1)
        } undo: {
            channel.apply(before, version: version)
        }
        try ChannelStore.update(channel, self)
        if isRenamed { try appendEdit(.renamed, channel.name, of: channel, by: account, now: call.now) }
        if isNewTopic { try appendEdit(.topic, channel.topic ?? "", of: channel, by: account, now: call.now) }
        var after = channel.auditState
        if edit.secretHash != before.secretHash, case .object(var members) = after {
            members["secretChanged"] = true
            after = .object(members)
        }
        try audit(call, on: channel.auditObject, before: state, after: after)
    }

    private func appendEdit(
        _ kind: EntryKind,
        _ text: String?,
        of channel: ChannelFacts,
        by account: AccountID,
        now: Milliseconds
    ) throws {
        var entry = Entry(kind: kind, channel: channel.id, seq: 0, by: account, at: 0)
        entry.text = text
        _ = try append(entry, to: .channel(channel.id), now: now)
    }
}

extension ChannelFacts {
    fileprivate func apply(_ edit: ChannelEdit, version: Int64) {
        name = edit.name
        topic = edit.topic
        secretHash = edit.secretHash
        self.version = version
    }

    /// Whether it is the platform's channel of this name, however that is written.
    func isNamed(_ other: String) -> Bool {
        space == .platform && name.map(ChannelRules.folded) == ChannelRules.folded(other)
    }

    var auditObject: String { "channel/\(id)" }

    /// What the audit log keeps of a channel: never its secret, not even as a hash.
    var auditState: JSON {
        var members: [String: JSON] = ["hasSecret": .bool(secretHash != nil)]
        if let name { members["name"] = .string(name) }
        if let topic { members["topic"] = .string(topic) }
        return .object(members)
    }
}
