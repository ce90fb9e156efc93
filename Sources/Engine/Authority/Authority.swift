package import ChatAPI
import Storage
import Synchronization

/// Where things are, for those who only read: a copy of the writer's table, in memory.
///
/// A check is this table and the caller's `Reach`, which `CallerCache` keeps: no database, about a tenth of a microsecond. The
/// writer applies its news here after a commit is durable and before anyone is answered or told.
package final class Authority: Sendable {
    /// Lock tier 2. Held for two lookups; nothing is called while it is held.
    private let table: Mutex<PlaceTable>

    package init(_ table: PlaceTable = PlaceTable()) { self.table = Mutex(table) }

    func start(with places: PlaceTable) { table.withLock { $0 = places } }

    /// The place of an agency, an event or the platform.
    package func place(_ scope: Scope) -> Place { table.withLock { $0.place(scope) } }

    /// The place of a queue or a channel, which are in a space.
    package func place(_ scope: Scope, in space: Scope) -> Place { place(space).inside(scope) }

    /// Runs on the writer thread, once per commit group, in commit order.
    func apply(_ news: [News]) {
        for case .placeChanged(let change) in news { table.withLock { $0.apply(change) } }
    }
}

extension Caller {
    package func may(_ capability: Capability, in place: Place) -> Bool {
        reach.capabilities(in: place).contains(capability)
    }

    /// Refuses what the caller may not do there.
    package func require(_ capability: Capability, in place: Place) throws(APIError) {
        if may(capability, in: place) { return }
        if account == nil && !isLocal { throw APIError(.notSignedIn, "sign in first") }
        let isInert = !place.isOpen && reach.anywhere.contains(capability)
        let reason = isInert ? "its agency is not approved" : "it takes '\(capability.rawValue)' there"
        throw APIError(.forbidden, "\(name) may not do this: \(reason)")
    }

    package func rank(in place: Place) -> Int { isLocal ? Standing.localRank : reach.rank(in: place) }

    /// Refuses to touch what is not strictly junior to the caller there. `what` completes "may not …".
    package func requireSenior(to rank: Int, in place: Place, _ what: String) throws(APIError) {
        guard self.rank(in: place) > rank else {
            throw APIError(.forbidden, "\(name) may not \(what): it takes a role above that one")
        }
    }
}

extension Call {
    /// The caller as it is inside this write, if it may do that there: a grant may have been taken while the call waited.
    package func authorized(
        _ capability: Capability,
        in place: Place,
        _ tx: borrowing Transaction
    ) throws -> Caller {
        let now = try callerNow(tx)
        try now.require(capability, in: place)
        return now
    }

    /// The caller with what it may do inside this write.
    package func callerNow(_ tx: borrowing Transaction) throws -> Caller {
        guard let account = caller.account else { return caller }
        return try caller.with(try tx.facts.standing(of: account, in: tx))
    }

    /// The same where there may be no facts: read from the database.
    func callerNow(_ settings: EngineSettings, _ tx: borrowing some Reading & ~Copyable) throws -> Caller {
        guard let account = caller.account else { return caller }
        guard let row = try AccountStore.find(account, tx), row.isActive else { return try caller.with(nil) }
        return try caller.with(try row.standing(settings, tx))
    }
}

extension Caller {
    fileprivate func with(_ standing: Standing?) throws(APIError) -> Caller {
        guard let standing else { throw APIError(.notSignedIn, "the account is gone") }
        var now = self
        now.rank = standing.rank
        now.reach = standing.reach
        // What a token was limited to stays its limit.
        if token != nil { now.reach.limit(to: capabilities) }
        now.capabilities = now.reach.anywhere
        return now
    }
}
