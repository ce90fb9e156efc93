import ChatAPI
import Storage

/// Who hears of a report: at once everybody who may decide it, in their own log, but not whoever wrote the message; later
/// whoever reported it, what was decided.
///
/// What was said of it is not repeated there: it is in the report, and goes with the account of who said it.
extension Transaction {
    func tell(_ report: Report, in channel: ChannelFacts, by: AccountID, now: Milliseconds) throws {
        var entry = Entry(kind: .reported, channel: channel.kind.isPrivate ? nil : channel.id, seq: 0, by: by, at: 0)
        entry.target = channel.kind.isPrivate ? nil : report.seq
        for account in try deciders(of: channel).sorted() where account != by && account != report.author {
            _ = try appendToMe(entry, of: account, now: now)
        }
    }

    /// Whoever reported it hears what became of it, in one word; notes are for the other moderators.
    func tellReporter(of report: Report, by: AccountID, now: Milliseconds) throws {
        guard let reporter = report.by, reporter != by else { return }
        var entry = Entry(kind: .reportDecided, channel: nil, seq: 0, by: by, at: 0)
        // The channel may be gone by now, and what was said in a conversation stays there.
        if let channel = try? facts.channel(report.channel, in: self), !channel.kind.isPrivate {
            entry.channel = channel.id
            entry.target = report.seq
        }
        entry.text = report.state.rawValue
        _ = try appendToMe(entry, of: reporter, now: now)
    }

    /// A channel's admins and whoever keeps order there by a role; of conversations, who keeps order on the platform.
    private func deciders(of channel: ChannelFacts) throws -> Set<AccountID> {
        let place = channel.kind.isPrivate ? .platform : facts.place(of: channel)
        var scopes: [Scope] = [.platform]
        if let agency = place.agency { scopes.append(.agency(agency)) }
        if let event = place.event { scopes.append(.event(event)) }
        if let inner = place.inner { scopes.append(inner) }
        var deciders: Set<AccountID> = []
        for account in try scopes.flatMap({ try GrantStore.holders(in: $0, self) }) {
            let standing = try facts.standing(of: account, in: self)
            if standing?.reach.capabilities(in: place).contains(.moderate) == true { deciders.insert(account) }
        }
        guard !channel.kind.isPrivate else { return deciders }
        return deciders.union(channel.members.filter { $0.value.role == .admin }.keys)
    }
}
