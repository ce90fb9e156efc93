package import ChatAPI
import Storage

/// Blocking and muting people: one's own list, told to one's own devices and to nobody else.
package struct Blocks: Sendable {
    let database: EngineDatabase

    package init(database: EngineDatabase) { self.database = database }

    package func list(_ call: Call) async throws -> Page<Block> {
        let account = try call.caller.signedIn()
        return Page(try await database.read { tx in try BlockStore.list(of: account, tx) })
    }

    /// Blocks or mutes; what was hidden before stays hidden, whatever it is changed to.
    package func set(_ draft: BlockDraft, _ call: Call) async throws -> Block {
        let account = try call.caller.signedIn()
        let kind = draft.kind ?? .block
        return try await database.perform(call, touching: [.account(account)]) { tx in
            let other = try Self.other(draft.account, account, tx)
            let before = try BlockStore.kind(of: account, against: other.id, tx)
            let block = Block(account: other.id, name: other.name, kind: kind, at: call.now)
            if before == kind {
                return try BlockStore.list(of: account, tx).first { $0.account == other.id } ?? block
            }
            if before == nil, try BlockStore.count(of: account, tx) >= Limits.blocksPerAccount {
                throw APIError(
                    .conflict,
                    "\(Limits.blocksPerAccount) people are blocked or muted, the most there can be: hear one of them again first"
                )
            }
            try BlockStore.set(kind, of: account, against: other.id, at: call.now, tx)
            try Self.tell(account, other.id, before, kind, call, tx)
            return block
        }
    }

    package func remove(_ ref: AccountRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        return try await database.perform(call, touching: [.account(account)]) { tx in
            let other = try AccountStore.resolve(ref.account, tx)
            let before = try BlockStore.kind(of: account, against: other.id, tx)
            guard try BlockStore.remove(of: account, against: other.id, tx) else {
                throw APIError(.notFound, "\(other.name) is neither blocked nor muted")
            }
            try Self.tell(account, other.id, before, nil, call, tx)
            return Empty()
        }
    }

    /// Anybody that a name can find: whoever is blocked before they share a channel is blocked from the first message on.
    private static func other(
        _ text: String,
        _ account: AccountID,
        _ tx: borrowing Transaction
    ) throws -> AccountRow {
        let other = try AccountStore.resolve(text, tx)
        guard other.id != account else { throw APIError.invalid("account", "is oneself") }
        guard other.kind != .system else {
            throw APIError.invalid("account", "is \(other.name), which is not a person or a bot")
        }
        return other
    }

    private static func tell(
        _ account: AccountID,
        _ other: AccountID,
        _ before: BlockKind?,
        _ after: BlockKind?,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws {
        tx.facts.forgetQuieters(of: other)
        tx.facts.tell(.blocksChanged(account, try BlockStore.blocked(by: account, tx)))
        try tx.tellMe(account, .blocksChanged, by: account, now: call.now)
        func json(_ kind: BlockKind?) -> JSON? {
            kind.map { ["account": .string(other.description), "kind": .string($0.rawValue)] }
        }
        try tx.audit(call, on: "account/\(account)", before: json(before), after: json(after))
    }
}
