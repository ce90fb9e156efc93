package import ChatAPI
import Storage

/// Direct conversations: two to sixteen people, all equal, found by who is in them.
extension Channels {
    /// The conversation of the caller and just these people: the one there is, or a new one.
    package func openDirect(_ draft: DirectDraft, _ call: Call) async throws -> Channel {
        let account = try call.caller.signedIn()
        if call.caller.isGuest {
            throw APIError(.forbidden, "guests have no direct conversations: become a member first")
        }
        // Checked before any name is looked up; names may repeat, so the exact count comes later.
        if draft.people.count > 4 * Limits.directPeople {
            throw APIError.invalid(
                "people",
                "names \(draft.people.count); the limit is \(Limits.directPeople) with yourself"
            )
        }
        return try await database.perform(call, touching: [.account(account)]) { tx in
            var people: Set<AccountID> = [account]
            for name in draft.people {
                let person = try Self.person(name, for: call.caller, tx)
                if person.kind == .system {
                    throw APIError.invalid("people", "names \(person.name), which is not a person or a bot")
                }
                people.insert(person.id)
            }
            try DirectRules.check(count: people.count)
            if let known = try ChannelStore.direct(of: DirectRules.key(of: people), tx) {
                try tx.unveil(known, for: account, now: call.now)
                return try ChannelListing.channel(known, for: call.caller, tx)
            }
            let channel = try tx.make(.direct, by: account, now: call.now)
            // Whoever opens it is in it first; the others in the order of their ids.
            for person in [account] + people.subtracting([account]).sorted() {
                try tx.join(person, channel, role: .member, by: account, now: call.now, isAnnounced: false)
            }
            try tx.appendCreated(channel, by: account, now: call.now)
            return try ChannelListing.channel(channel.id, for: call.caller, tx)
        }
    }
}
