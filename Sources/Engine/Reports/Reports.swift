package import ChatAPI
import Storage

/// Showing a message to the moderators, and what they make of it.
///
/// Whoever reports shows what they may read themselves. Reports of a channel reach its admins and its moderators; those
/// of direct conversations whoever moderates the platform, who reads the one message and nothing around it. They hear
/// of it in `@me`.
package struct Reports: Sendable {
    let database: EngineDatabase
    let authority: Authority

    /// Shows a message. The same again is answered with the report there is.
    package func create(_ draft: ReportDraft, _ call: Call) async throws -> Report {
        let account = try call.caller.signedIn()
        try TextRules.check(draft.reason, named: "reason", limit: Limits.reasonBytes)
        if TextRules.isBlank(draft.reason) { throw APIError.invalid("reason", "is empty: say what is wrong with it") }
        return try await database.perform(call, touching: []) { tx in
            let access = try ChannelStore.access(draft.channel, for: call.caller, tx)
            guard draft.seq > access.visibleFrom,
                let message = try EntryStore.entry(draft.seq, of: .channel(access.id), tx), message.kind == .message,
                try !EntryStore.isHidden(draft.seq, from: account, in: access.id, tx)
            else { throw MessageRules.noMessage(draft.seq) }
            if message.by == account {
                throw APIError.invalid("seq", "\(draft.seq) is a message of yours: delete it instead")
            }
            if let known = try ReportStore.open(draft.seq, in: access.id, by: account, tx) { return known }
            guard let text = message.text else {
                throw APIError(.invalidTransition, "message \(draft.seq) was deleted")
            }
            var report = Report(
                id: .fresh(at: call.now),
                channel: access.id,
                channelName: access.name,
                seq: draft.seq,
                author: message.by,
                text: text,
                reason: draft.reason,
                by: account,
                at: call.now,
                state: .open
            )
            report.spaceName = try SpaceStore.slug(of: access.space, tx)
            try ReportStore.insert(report, tx)
            try tx.tell(report, in: tx.facts.channel(access.id, in: tx), by: account, now: call.now)
            try tx.audit(
                call,
                on: "channel/\(access.id)/message/\(draft.seq)",
                after: ["report": .string(report.id.description)],
                severity: .notice
            )
            return report
        }
    }

    /// Pages of those the caller may decide: a page may be short, the cursor says whether there is more.
    package func list(_ query: ReportQuery, _ call: Call) async throws -> Page<Report> {
        _ = try call.caller.signedIn()
        let limit = try PageRules.limit(query.limit)
        let start = try ReportCursor.place(query.cursor)
        let authority = authority
        return try await database.read { tx in
            let channel = try query.channel.map { try ChannelStore.resolve($0, tx) }
            var deciding: [ChannelID: Bool] = [:]
            var items: [Report] = []
            var last = start
            // A few pages of others' reports are looked through at most.
            for _ in 0..<5 {
                let found = try ReportStore.page(query.state ?? .open, in: channel, after: last, limit: limit, tx)
                for report in found {
                    last = (report.at, report.id)
                    let may =
                        try deciding[report.channel]
                        ?? Self.decides(call.caller, report.channel, authority, tx)
                    deciding[report.channel] = may
                    if may { items.append(report) }
                    if items.count == limit { return Page(items, nextCursor: ReportCursor.text(last)) }
                }
                if found.count < limit { return Page(items) }
            }
            return Page(items, nextCursor: ReportCursor.text(last))
        }
    }

    private static let selectPlace: SQL = """
        SELECT c.kind, s.kind, c.space, m.role FROM channel c LEFT JOIN space s ON s.id = c.space
        LEFT JOIN membership m ON m.channel = c.id AND m.account = :account
        WHERE c.id = :channel
        """

    private static func decides(
        _ caller: Caller,
        _ channel: ChannelID,
        _ authority: Authority,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        try tx.first(selectPlace) {
            $0.bind("account", caller.account)
            $0.bind("channel", channel)
        } row: { row in
            let kind: ChannelKind = row.name(0)
            if kind.isPrivate { return caller.may(.moderate, in: .platform) }
            if row.optionalString(3) == MemberRole.admin.rawValue { return true }
            return caller.may(.moderate, in: authority.place(.channel(channel), in: row.space(1)))
        } ?? caller.may(.moderate, in: .platform)
    }

    package func decide(_ decision: ReportDecision, _ call: Call) async throws -> Report {
        let account = try call.caller.signedIn()
        if let note = decision.note { try TextRules.check(note, named: "note", limit: Limits.reasonBytes) }
        let authority = authority
        return try await database.perform(call, touching: []) { tx in
            let caller = try call.callerNow(tx)
            guard var report = try ReportStore.find(decision.report, tx),
                try Self.decides(caller, report.channel, authority, tx)
            else { throw APIError(.notFound, "there is no report \(decision.report)") }
            let before = report.state
            report.state = try ReportMachine.machine.step(
                from: before,
                decision.action,
                ReportMachine.Facts(moderates: true)
            ).to
            let isOpen = report.state == .open
            report.resolvedBy = isOpen ? nil : account
            report.resolvedAt = isOpen ? nil : call.now
            report.note = decision.note
            try ReportStore.update(report, tx)
            try tx.tellReporter(of: report, by: account, now: call.now)
            try tx.audit(
                call,
                on: "channel/\(report.channel)/message/\(report.seq)",
                before: ["report": .string(report.id.description), "state": .string(before.rawValue)],
                after: ["report": .string(report.id.description), "state": .string(report.state.rawValue)],
                severity: .notice
            )
            return report
        }
    }
}

/// Where a list of reports goes on: `<at>.<id>`.
enum ReportCursor {
    static func place(_ text: String?) throws(APIError) -> (at: Milliseconds, id: ReportID) {
        guard let text else { return (.min, ReportID(high: 0, low: 0)) }
        let parts = text.split(separator: ".").map(String.init)
        guard parts.count == 2, let at = Int64(parts[0]), let id = ReportID(parts[1]) else {
            throw PageRules.cursorIsUnknown()
        }
        return (at, id)
    }

    static func text(_ place: (at: Milliseconds, id: ReportID)) -> String { "\(place.at).\(place.id)" }
}
