package import ChatAPI
import Storage

// Who sees whom: people those they share a channel with, administrators everyone.
extension Accounts {
    private static let columns = AccountStore.columns
    private static let listAll = SQL(
        """
        SELECT \(columns) FROM account
        WHERE folded > :after AND kind <> 'system'
            AND (:pattern = '' OR folded LIKE :pattern2 ESCAPE '\\' OR display_name LIKE :pattern3 ESCAPE '\\')
        ORDER BY folded LIMIT :limit
        """
    )
    private static let listShared = SQL(
        """
        SELECT \(columns) FROM account
        WHERE folded > :after AND kind <> 'system'
            AND (:pattern = '' OR folded LIKE :pattern2 ESCAPE '\\' OR display_name LIKE :pattern3 ESCAPE '\\')
            AND (id = :viewer2 OR \(ChannelStore.sharesChannel("account.id")))
        ORDER BY folded LIMIT :limit
        """
    )

    /// A page of accounts by name, or just those with the given ids.
    ///
    /// Ids are answered for everyone: whoever knows one has met it, as the author of a message that outlived the common
    /// channel. Without a common channel such an answer holds the names and no more.
    package func list(_ query: AccountQuery, _ call: Call) async throws -> Page<Account> {
        let viewer = try call.caller.signedIn()
        let seesAll = call.caller.capabilities.contains(.manageAccounts)
        if let ids = query.ids {
            guard ids.count <= Limits.pageItems else {
                throw APIError.invalid("ids", "names \(ids.count) accounts; the limit is \(Limits.pageItems)")
            }
            return try await services.database.read { tx in
                Page(try AccountStore.accounts(ids: ids, tx).map { try Self.shown($0, to: viewer, seesAll, tx) })
            }
        }
        let limit = try PageRules.limit(query.limit)
        let text = query.query ?? ""
        try TextRules.checkLine(text, named: "query", limit: Limits.searchBytes)
        let after = query.cursor ?? ""
        guard after.utf8.count <= 1_024 else { throw PageRules.cursorIsUnknown() }
        let found: [AccountRow] = try await services.database.read { tx in
            let bind: (inout Binder) -> Void = {
                $0.bind("after", after)
                $0.bind("pattern", text.isEmpty ? "" : Self.pattern(text))
                $0.bind("pattern2", Self.pattern(Names.fold(text)))
                $0.bind("pattern3", Self.pattern(text))
            }
            if seesAll {
                return try tx.all(Self.listAll) {
                    bind(&$0)
                    $0.bind("limit", limit + 1)
                } row: {
                    AccountStore.row($0)
                }
            }
            return try tx.all(Self.listShared) {
                bind(&$0)
                $0.bind("viewer2", viewer)
                $0.bind("viewer", viewer)
                $0.bind("limit", limit + 1)
            } row: {
                AccountStore.row($0)
            }
        }
        let page = found.prefix(limit)
        return Page(
            page.map { Self.withoutJudgement($0.account, seesAll) },
            nextCursor: found.count > limit ? page.last.map { Names.fold($0.name) } : nil
        )
    }

    /// One account, by id or name, as far as the caller sees it.
    package func get(_ ref: AccountRef, _ call: Call) async throws -> Account {
        let viewer = try call.caller.signedIn()
        let seesAll = call.caller.capabilities.contains(.manageAccounts)
        return try await services.database.read { tx in
            let name = ref.account.hasPrefix("@") ? String(ref.account.dropFirst()) : ref.account
            if let id = AccountID(name), let row = try AccountStore.find(id, tx) {
                return try Self.shown(row.account, to: viewer, seesAll, tx)
            }
            let row = try AccountStore.resolve(ref.account, tx)
            guard try seesAll || ChannelStore.sharesChannel(viewer, with: row.id, tx) else {
                throw APIError(.notFound, "there is no account '\(ref.account.prefix(64))' in your channels")
            }
            return Self.withoutJudgement(row.account, seesAll)
        }
    }

    private static func shown(
        _ account: Account,
        to viewer: AccountID,
        _ seesAll: Bool,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Account {
        if seesAll { return account }
        var shown = withoutJudgement(account, seesAll)
        if try !ChannelStore.sharesChannel(viewer, with: account.id, tx) {
            shown.about = nil
            shown.statusText = nil
        }
        return shown
    }

    /// That an account is disabled is between it and the administrators.
    private static func withoutJudgement(_ account: Account, _ seesAll: Bool) -> Account {
        var account = account
        if !seesAll { account.disabledAt = nil }
        return account
    }

    private static func pattern(_ text: String) -> String {
        var pattern = "%"
        for character in text {
            if "%_\\".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
        return pattern + "%"
    }
}
