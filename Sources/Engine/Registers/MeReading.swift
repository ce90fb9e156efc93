package import ChatAPI
import Storage

/// `me.get` and `me.entries`: how things stand for an account, and what changed for it.
extension Registers {
    /// Everything a client needs to start or after a gap, as of one moment. Read markers are in the channels' `unread`.
    package func me(_ call: Call) async throws -> Me {
        let caller = call.caller
        let account = try caller.signedIn()
        let epoch = database.epoch
        return try await database.read { tx in
            Me(
                account: try AccountStore.account(account, tx),
                session: caller.session,
                capabilities: caller.capabilities.list,
                channels: try JoinedChannels.list(for: account, tx),
                registers: try RegisterStore.page(of: account, after: 0, limit: Limits.registersPerAccount, tx)
                    .filter { $0.value != nil },
                head: try EntryStore.head(of: .me(account), tx).seq,
                epoch: epoch
            )
        }
    }

    /// A page of one's own log, ascending.
    ///
    /// A position older than what is kept is refused rather than answered with a hole.
    package func entries(_ query: MeQuery, _ call: Call) async throws -> EntryPage {
        let account = try call.caller.signedIn()
        let limit = try PageRules.limit(query.limit)
        if let after = query.after, after < 0 { throw APIError.invalid("after", "is \(after); positions begin at 0") }
        return try await database.read { tx in
            let head = try EntryStore.head(of: .me(account), tx).seq
            let first = try MeLog.first(of: account, tx)
            if let after = query.after, after < first - 1 {
                throw APIError.invalid(
                    "after",
                    "is older than what is kept: entries before \(first) are gone, ask me.get"
                )
            }
            let entries = try EntryStore.page(
                of: .me(account),
                query.after.map { .after($0) } ?? .newest,
                limit: limit,
                tx
            )
            return EntryPage(
                entries: entries,
                head: head,
                hasEarlier: (entries.first?.seq ?? head + 1) > first,
                hasLater: (entries.last?.seq ?? max(query.after ?? head, head)) < head
            )
        }
    }
}
