import ChatAPI
import TerminalUI

/// The tables of people, and of what one of them may do where.
extension Model {
    func peopleTable(_ query: String?) -> PageTable {
        var table = PageTable(
            query.map { "People with '\($0)'" } ?? "People",
            detail: "\(places.people.count)",
            columns: [
                .init("Name", width: 18), .init("Called", from: 50), .init("Kind", width: 7),
                .init("State", width: 9), .init("Since", width: 10, from: 66),
            ],
            rows: places.people.map { account in
                PageTable.Row(
                    account.id.description,
                    [
                        .init(account.name), .init(account.displayName ?? ""), .init(account.kind.rawValue),
                        .init(
                            account.disabledAt != nil ? "disabled" : state(of: account.id).short,
                            account.disabledAt != nil ? .trouble : state(of: account.id).role
                        ), .init(zone.moment(account.createdAt).date),
                    ],
                    role: account.disabledAt == nil ? .text : .faint
                )
            },
            empty: "nobody of that name"
        )
        let known = Dictionary(places.people.map { ($0.id.description, $0) }) { first, _ in first }
        table.about = { id in
            guard let account = known[id] else { return [] }
            return [account.statusText, account.about].compactMap { $0 }.map(MessageText.oneLine)
        }
        return table
    }

    func grantsTable(_ account: AccountID) -> PageTable {
        PageTable(
            "What \(name(of: account)) may do",
            detail: "\(places.grants.count) grant\(places.grants.count == 1 ? "" : "s")",
            columns: [
                .init("Role", width: 12), .init("Where"), .init("Given by", width: 12, from: 56),
                .init("Since", width: 10, from: 56),
            ],
            rows: places.grants.map { grant in
                PageTable.Row(
                    "\(grant.role.rawValue) \(grant.scope)",
                    [
                        .init(Self.word(grant.role)), .init(text(of: grant.scope)),
                        .init(grant.grantedBy.map(name(of:)) ?? "–"), .init(zone.moment(grant.grantedAt).date),
                    ]
                )
            },
            empty: "no grants: what every account may do, and nothing more. /grant gives one."
        )
    }

    /// A scope by the name of what it is, as far as it is known here.
    func text(of scope: Scope) -> String {
        switch scope.kind {
        case .platform: return "everywhere"
        case .agency:
            if let known = places.agencies.first(where: { .agency($0.id) == scope }) { return "agency \(known.slug)" }
        case .event:
            if let known = places.events.first(where: { .event($0.id) == scope }) { return "event \(known.slug)" }
            if let room = rooms.values.first(where: { $0.channel.space == scope }), let name = room.channel.spaceName {
                return "event \(name)"
            }
        case .queue:
            if let known = help.queues.first(where: { .queue($0.id) == scope }) { return "queue \(title(of: known))" }
        case .channel:
            if let room = rooms.values.first(where: { .channel($0.id) == scope }) { return title(of: room) }
        case .unknown: return "elsewhere"
        }
        return scope.description
    }
}

extension PresenceState {
    /// In at most nine cells.
    var short: String { self == .doNotDisturb ? "busy" : word }
}
