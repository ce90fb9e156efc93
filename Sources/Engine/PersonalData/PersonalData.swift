package import ChatAPI
import Storage

/// Everything that is kept about an account, piece by piece: for itself, and by an administrator for it.
package struct PersonalData: Sendable {
    let services: AccountServices
    private var database: EngineDatabase { services.database }

    /// Rows of one piece.
    private static let rows = 500

    /// The first piece is on record: that somebody took the data away.
    package func exportMe(_ query: PersonalDataQuery, _ call: Call) async throws -> PersonalDataPage {
        let account = try call.caller.signedIn()
        if query.cursor == nil { try await note(account, call) }
        return try await page(of: account, query.cursor, call)
    }

    package func exportAccount(_ query: AccountDataQuery, _ call: Call) async throws -> PersonalDataPage {
        let account = try await database.write(touching: []) { tx in
            let row = try AccountStore.resolve(query.account, tx)
            try row.requireOrdinary("export")
            let caller = try call.authorized(.manageAccounts, in: .platform, tx)
            if row.id != caller.account { try caller.requireSenior(to: try row.heldRank(tx), "export \(row.name)") }
            return row.id
        }
        if query.cursor == nil { try await note(account, call) }
        return try await page(of: account, query.cursor, call)
    }

    private func note(_ account: AccountID, _ call: Call) async throws {
        try await database.write(touching: [.audit]) { tx in
            try tx.audit(call, on: "account/\(account)", severity: .notice)
        }
    }

    private func page(of account: AccountID, _ cursor: String?, _ call: Call) async throws -> PersonalDataPage {
        let start = try PersonalCursor(cursor)
        let now = call.now
        return try await database.read { tx in
            var page = PersonalDataPage(account: account, at: now, sections: [])
            var place = start
            var left = Self.rows
            while case .source(let index, let offset) = place, left > 0 {
                let source = PersonalSources.all[index]
                let items = try source.items(of: account, from: offset, limit: left, tx)
                // Empty ones too: the document says that there is nothing.
                page.sections.append(PersonalDataSection(name: source.name, items: items))
                place =
                    if items.count == left {
                        .source(index, offset + items.count)
                    } else {
                        index + 1 < PersonalSources.all.count ? .source(index + 1, 0) : .walk(.first, after: nil)
                    }
                left -= items.count
            }
            guard case .walk(let walk, let after) = place, left > 0 else {
                page.nextCursor = place.text
                return page
            }
            let (items, next) = try walk.items(of: account, after: after, tx)
            page.sections.append(PersonalDataSection(name: walk.rawValue, items: items))
            if let next {
                page.nextCursor = PersonalCursor.walk(walk, after: next).text
            } else {
                page.nextCursor = walk.next.map { PersonalCursor.walk($0, after: nil).text }
            }
            return page
        }
    }
}

/// Logs that have no index by author: messages and strokes come by the ten thousand a second, exports once in a while. So all
/// of them are walked, in pieces of a bounded length.
enum PersonalWalk: String, CaseIterable {
    case entries
    case drawings

    /// Rows that are looked through for one piece: some 20 ms of a reader.
    private static let scanned = 20_000

    static let first = Self.entries
    var next: Self? { self == .entries ? .drawings : nil }

    /// One sentence for the documentation.
    var about: String {
        switch self {
        case .entries:
            "messages, edits, reactions and everything else the account did in channels, also those it has left"
        case .drawings: "everything the account drew"
        }
    }

    private static let selectEntries: SQL = """
        SELECT page.log, page.seq, page.author = :account, page.kind, page.at, page.text, page.reply_to, page.target,
            page.edited_at, page.redacted_at, page.detail
        FROM (
            SELECT log, seq, kind, author, at, text, reply_to, target, edited_at, redacted_at, detail
            FROM entry WHERE (log, seq) > (:log, :seq) ORDER BY log, seq LIMIT :limit
        ) page
        """
    private static let selectDrawings: SQL = """
        SELECT page.sketch, page.seq, page.author = :account, page.at, page.body
        FROM (
            SELECT sketch, seq, author, at, body
            FROM sketch_operation WHERE (sketch, seq) > (:log, :seq) ORDER BY sketch, seq LIMIT :limit
        ) page
        """

    private var sql: SQL { self == .entries ? Self.selectEntries : Self.selectDrawings }

    private var columns: [(name: String, kind: PersonalSource.Kind)] {
        switch self {
        case .entries:
            [
                ("channel", .id), ("seq", .integer), ("", .skipped), ("kind", .text), ("at", .integer), ("text", .text),
                ("replyTo", .integer), ("target", .integer), ("editedAt", .integer), ("redactedAt", .integer),
                ("detail", .json),
            ]
        case .drawings:
            [("sketch", .id), ("seq", .integer), ("", .skipped), ("at", .integer), ("operation", .json)]
        }
    }

    func items(
        of account: AccountID,
        after: PersonalCursor.Place?,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> (items: [JSON], next: PersonalCursor.Place?) {
        var items: [JSON] = []
        var count = 0
        var last = after ?? PersonalCursor.Place(log: ID(high: 0, low: 0), seq: 0)
        let columns = columns
        try tx.each(sql) {
            $0.bind("account", account)
            $0.bind("log", last.log)
            $0.bind("seq", last.seq)
            $0.bind("limit", Self.scanned)
        } row: { row in
            count += 1
            last = PersonalCursor.Place(log: row.id(0), seq: row.int64(1))
            // Its own log is a section already.
            if row.bool(2), last.log != account.retyped(Channel.self) {
                items.append(PersonalSource.json(row, columns))
            }
            return true
        }
        return (items, count == Self.scanned ? last : nil)
    }
}

/// Where an export goes on.
enum PersonalCursor {
    /// A row of a log: a channel's, or a sketch's under the same sixteen bytes.
    struct Place: Sendable {
        let log: ChannelID
        let seq: Int64
    }

    case source(Int, Int)
    case walk(PersonalWalk, after: Place?)

    init(_ text: String?) throws(APIError) {
        guard let text else {
            self = .source(0, 0)
            return
        }
        let parts = text.split(separator: ".").map(String.init)
        if parts.count == 3, parts[0] == "s", let index = Int(parts[1]), PersonalSources.all.indices.contains(index),
            let offset = Int(parts[2]), (0...1_000_000_000).contains(offset)
        {
            self = .source(index, offset)
        } else if parts.count == 1, let walk = PersonalWalk(rawValue: parts[0]) {
            self = .walk(walk, after: nil)
        } else if parts.count == 3, let walk = PersonalWalk(rawValue: parts[0]), let log = ChannelID(parts[1]),
            let seq = Int64(parts[2])
        {
            self = .walk(walk, after: Place(log: log, seq: seq))
        } else {
            throw PageRules.cursorIsUnknown()
        }
    }

    var text: String {
        switch self {
        case .source(let index, let offset): "s.\(index).\(offset)"
        case .walk(let walk, nil): walk.rawValue
        case .walk(let walk, let place?): "\(walk.rawValue).\(place.log).\(place.seq)"
        }
    }
}
