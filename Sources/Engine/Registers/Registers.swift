package import ChatAPI
import Storage

/// What an account keeps in step on all its devices: read markers, drafts, mutes, the sidebar, and what clients like.
package struct Registers: Sendable {
    let database: EngineDatabase

    package init(database: EngineDatabase) {
        self.database = database
    }

    /// A page of registers, in the order of their versions; cleared ones without a value. `nextCursor` is the version to
    /// ask after.
    package func list(_ query: RegisterQuery, _ call: Call) async throws -> Page<Register> {
        let account = try call.caller.signedIn()
        let after = query.after ?? 0
        if after < 0 { throw APIError.invalid("after", "is \(after); versions begin at 0") }
        let prefix = query.prefix ?? ""
        return try await database.read { tx in
            var page = try Self.page(of: account, after: after, tx)
            if !prefix.isEmpty { page.items.removeAll { !$0.key.hasPrefix(prefix) } }
            return page
        }
    }

    /// Registers and markers in one order. A page holds at most so many items; values are at most 1 MiB altogether.
    static func page(
        of account: AccountID,
        after version: Int64,
        limit: Int = Limits.pageItems,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Page<Register> {
        var registers = try RegisterStore.page(of: account, after: version, limit: limit + 1, tx)
        registers += try MarkerStore.all(of: account, after: version, tx)
        registers.sort { $0.version < $1.version }
        guard registers.count > limit else { return Page(registers) }
        registers.removeLast(registers.count - limit)
        return Page(registers, nextCursor: registers.last.map { String($0.version) })
    }

    package func set(_ draft: RegisterDraft, _ call: Call) async throws -> Register {
        let account = try call.caller.signedIn()
        let (subject, key) = try RegisterRules.subject(of: draft.key)
        // JSON's null clears, as an absent value does.
        let value = draft.value == .null ? nil : draft.value
        try RegisterRules.check(value ?? Self.harmless(subject), of: subject)
        return try await database.perform(call, touching: [.account(account)]) { tx in
            if let channel = subject.channel { _ = try Self.membership(of: account, in: channel, tx) }
            return try tx.setRegister(key, to: value, of: account, now: call.now)
        }
    }

    /// Keeps the text being written; an empty one clears.
    package func setDraft(_ change: DraftChange, _ call: Call) async throws -> Register {
        let account = try call.caller.signedIn()
        try TextRules.check(change.text, named: "text", limit: Limits.draftBytes)
        if let replyTo = change.replyTo, replyTo < 1 {
            throw APIError.invalid("replyTo", "is \(replyTo); messages are numbered from 1")
        }
        var value: JSON?
        if !change.text.isEmpty {
            var members: [String: JSON] = ["text": .string(change.text)]
            if let replyTo = change.replyTo { members["replyTo"] = .integer(replyTo) }
            value = .object(members)
        }
        let draft = value
        return try await database.perform(call, touching: [.account(account)]) { tx in
            _ = try Self.membership(of: account, in: change.channel, tx)
            let key = RegisterRules.draftKey(change.channel)
            return try tx.setRegister(key, to: draft, of: account, now: call.now)
        }
    }

    /// Says how far one has read. A marker that would move back stays where it is, unless forced.
    package func setMarker(_ draft: MarkerDraft, _ call: Call) async throws -> Unread {
        let account = try call.caller.signedIn()
        if draft.seq < 0 {
            throw APIError.invalid("seq", "is \(draft.seq); entries are numbered from 1, and 0 is before them")
        }
        return try await database.perform(call, touching: [.account(account), .channel(draft.channel)]) { tx in
            let channel = try Self.membership(of: account, in: draft.channel, tx)
            let head = try tx.facts.head(of: .channel(channel.id), in: tx).seq
            if draft.seq > head {
                throw APIError.invalid(
                    "seq",
                    "is \(draft.seq); the newest entry of \(try tx.shown(channel)) is \(head)"
                )
            }
            guard let stored = try MarkerStore.stored(of: account, in: channel.id, tx) else {
                preconditionFailure("facts know a membership that is not stored")
            }
            let seq = max(draft.seq, stored.visibleFrom)
            let isForward = seq > stored.unread.marker
            guard isForward || (draft.force == true && seq != stored.unread.marker) else { return stored.unread }
            return try MarkerStore.move(account, in: channel.id, to: seq, from: stored, now: call.now, tx)
        }
    }

    /// Registers about a channel are kept by its members only.
    private static func membership(
        of account: AccountID,
        in id: ChannelID,
        _ tx: borrowing Transaction
    ) throws -> ChannelFacts {
        let channel = try tx.facts.channel(id, in: tx)
        if channel.members[account]?.isVeiled == false { return channel }
        // A direct conversation of others does not exist for whoever is not in it.
        if channel.kind.isPrivate { throw APIError(.notFound, "there is no channel \(id)") }
        throw APIError(.notMember, "join \(try tx.shown(channel)) first: only members keep registers about it")
    }

    /// Clearing is checked as if the smallest valid value were set.
    private static func harmless(_ subject: RegisterRules.Subject) -> JSON {
        subject == .sidebar ? [] : true
    }
}
