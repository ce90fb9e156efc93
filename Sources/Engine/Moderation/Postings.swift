package import ChatAPI
import Storage

/// Who may write in a channel and how often: shown to everybody who reads it, set by its admins and moderators.
package struct Postings: Sendable {
    let database: EngineDatabase

    package func get(_ ref: ChannelRef, _ call: Call) async throws -> Posting {
        let id = try await database.read { tx in try ChannelStore.access(ref.channel, for: call.caller, tx).id }
        // Asked of the facts, where writes ask: what is answered is what holds.
        return try await database.write(touching: []) { tx in
            try Self.posting(of: try tx.facts.channel(id, in: tx), call, tx)
        }
    }

    package func set(_ change: PostingChange, _ call: Call) async throws -> Posting {
        if let slow = change.slowModeMs { try PostingRules.check(slowModeMs: slow) }
        if let rules = change.rules { try PostingRules.check(rules) }
        return try await database.perform(call, touching: []) { tx in
            let place = try tx.moderatedPlace("channel/\(change.channel)", for: call.caller.account)
            guard let channel = place.channel else { throw ChannelStore.unknown(change.channel) }
            let caller = try tx.moderator(of: place, call).caller
            var posting = channel.posting
            if let slow = change.slowModeMs { posting.slowModeMs = slow }
            if let rules = change.rules { posting.rules = rules.filter { !$0.allow.isEmpty || !$0.deny.isEmpty } }
            if posting.slowModeMs == 0 { posting.lastPosts = [:] }
            let before = channel.posting
            if posting != before {
                try PostingStore.store(posting, of: channel.id, tx)
                tx.facts.change {
                    channel.posting = posting
                } undo: {
                    channel.posting = before
                }
                try tx.tellPosting(in: place.scope, posting.sentence, by: caller.account, now: call.now)
                try tx.audit(call, on: channel.auditObject, before: before.json, after: posting.json, severity: .notice)
            }
            return try Self.posting(of: channel, call, tx)
        }
    }

    private static func posting(
        of channel: ChannelFacts,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws -> Posting {
        let place = tx.facts.place(of: channel)
        let room = PostingRules.Room(
            shown: try tx.shown(channel),
            posting: channel.posting,
            emergency: channel.kind.isPrivate ? nil : tx.facts.moderation.emergency(in: place, now: call.now)
        )
        var may: [PostingAct] = []
        if let account = call.caller.account, channel.members[account] != nil {
            var person = try tx.person(account, in: channel, place, now: call.now)
            // That one has to wait a little is no rule.
            person.lastPost = nil
            may = PostingAct.words.filter { act in
                do throws(APIError) {
                    try PostingRules.check(act, person, in: room, now: call.now)
                    return true
                } catch {
                    return false
                }
            }
        }
        return Posting(
            channel: channel.id,
            slowModeMs: channel.posting.slowModeMs,
            rules: channel.posting.rules,
            emergency: room.emergency,
            may: may
        )
    }
}

extension ChannelPosting {
    /// As the audit log keeps it.
    var json: JSON {
        let rules = rules.map { rule -> JSON in
            [
                "group": .string(rule.group.rawValue), "allow": .array(rule.allow.map { .string($0.rawValue) }),
                "deny": .array(rule.deny.map { .string($0.rawValue) }),
            ]
        }
        return ["slowModeMs": .integer(slowModeMs), "rules": .array(rules)]
    }

    /// What members read in the log: `slow mode 30 s; everyone may not post`.
    var sentence: String {
        var parts: [String] = []
        if slowModeMs > 0 { parts.append("slow mode \(slowModeMs / 1_000) s") }
        for rule in rules {
            if !rule.deny.isEmpty {
                parts.append(
                    "\(rule.group.rawValue) may not " + rule.deny.map(PostingRules.verb).joined(separator: ", ")
                )
            }
            if !rule.allow.isEmpty {
                parts.append("\(rule.group.rawValue) may " + rule.allow.map(PostingRules.verb).joined(separator: ", "))
            }
        }
        return parts.isEmpty ? "everybody may write" : parts.joined(separator: "; ")
    }
}
