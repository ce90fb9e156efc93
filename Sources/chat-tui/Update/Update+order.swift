import ChatAPI
import ChatKit
import TerminalUI

/// What came of keeping order.
extension Model {
    mutating func take(_ request: OrderRequest, _ reply: OrderReply) -> [Effect] {
        switch (request, reply) {
        case (_, .blocks(let blocks)):
            unheard = Dictionary(blocks.map { ($0.account, $0.kind) }) { first, _ in first }
            if case .list(var list) = overlay, list.isLoading {
                list.isLoading = false
                list.rows = blocks.map {
                    ListPane.Row(
                        $0.name,
                        detail: $0.kind == .mute ? "muted" : "blocked",
                        .command("/unblock \($0.name)")
                    )
                }
                overlay = .list(list)
            }
        case (_, .block(let block)):
            unheard[block.account] = block.kind
            tell(
                block.kind == .mute
                    ? "\(block.name) is muted; they cannot tell" : "you hear nothing of \(block.name); they cannot tell"
            )
        case (.unblock(let name), _):
            if let account = account(named: name) { unheard[account.id] = nil }
            tell("you hear \(name) again")
            return [.ask(.order(.blocks))]
        case (.kick(let name, _, _), .kicked(let count)):
            tell("\(name) is out of \(count) channel\(count == 1 ? "" : "s")")
        case (_, .sanction(let sanction)):
            let wide = sanction.scope.kind == .channel ? "" : " everywhere"
            tell(sentence(of: sanction) + "; /reinstate \(sanction.name)\(wide) lifts it")
        case (_, .sanctions(let sanctions)):
            page?.isLoading = false
            places.sanctions = sanctions
        case (.reinstate(let name, _), _):
            tell("\(name) may come and speak again")
            if case .sanctions(let scope)? = page?.kind { return [.ask(.order(.sanctions(scope: scope)))] }
        case (_, .posting(let posting)):
            tell(
                posting.slowModeMs == 0
                    ? "no pause between messages here" : "one message in \(Span.wait(posting.slowModeMs)) here"
            )
        case (_, .emergency(let emergency)):
            let who = emergency.voice == .moderators ? "moderators" : "those with the floor"
            tell("only \(who) speak until \(zone.moment(emergency.until).clock); /emergency off ends it")
        case (.calm, _): tell("everybody speaks again")
        case (.report, .report): tell("the moderators see it; nobody else does")
        case (.decide, .report(let report)):
            places.reports.removeAll { $0.id == report.id && report.state != .open }
            tell("the report is \(report.state.rawValue)")
        case (_, .reports(let reports)):
            if page?.kind == .reports { page?.isLoading = false }
            places.reports = reports
        default: break
        }
        return []
    }

    private func sentence(of sanction: Sanction) -> String {
        let what = sanction.kind == .ban ? "is kept out" : "reads and says nothing"
        guard let until = sanction.until else { return "\(sanction.name) \(what) until reinstated" }
        let moment = zone.moment(until)
        return "\(sanction.name) \(what) until \(moment.date) \(moment.clock)"
    }

    // MARK: - Sanctions

    /// Who is kept out or silent, and until when.
    var sanctionsTable: PageTable {
        var table = PageTable(
            "Kept out or silent",
            detail: "\(places.sanctions.count)",
            columns: [
                .init("Who", width: 16), .init("What", width: 9), .init("Until", width: 16),
                .init("Where", width: 12, from: 66), .init("Why", from: 50),
            ],
            rows: places.sanctions.map { sanction in
                let until = sanction.until.map(zone.moment)
                return PageTable.Row(
                    "\(sanction.name) \(sanction.kind.rawValue) \(sanction.scope)",
                    [
                        .init(sanction.name), .init(sanction.kind == .ban ? "banned" : "silent"),
                        .init(until.map { "\($0.date) \($0.clock)" } ?? "reinstated"), .init(text(of: sanction.scope)),
                        .init(sanction.reason ?? ""),
                    ]
                )
            },
            empty: "nobody is"
        )
        let known = Dictionary(table.rows.map(\.id).enumerated().map { ($1, places.sanctions[$0]) }) { first, _ in first
        }
        table.about = { [self] id in
            guard let sanction = known[id] else { return [] }
            return [sentence(of: sanction)] + (sanction.reason.map { ["“" + MessageText.oneLine($0) + "”"] } ?? [])
        }
        return table
    }

    /// `d` twice lifts it, where it was laid.
    mutating func lift(_ id: String) -> [Effect] {
        guard let index = sanctionsTable.rows.firstIndex(where: { $0.id == id }) else { return [] }
        let sanction = places.sanctions[index]
        return twice(id) { [.ask(.order(.reinstate(sanction.name, scope: sanction.scope.description)))] }
    }

    // MARK: - Reports

    var selectedReport: Report? {
        guard case .reports? = page?.kind, let id = selectedRow?.id else { return nil }
        return places.reports.first { $0.id.description == id }
    }

    var reportsTable: PageTable {
        var table = PageTable(
            "Reported messages",
            detail: "\(places.reports.count) open",
            columns: [
                .init("When", width: 16), .init("Where", width: 16, from: 56), .init("Author", width: 12),
                .init("Why", from: 40),
            ],
            rows: places.reports.map { report in
                let moment = zone.moment(report.at)
                let space = report.spaceName.map { $0 + "/" } ?? ""
                return PageTable.Row(
                    report.id.description,
                    [
                        .init("\(moment.date) \(moment.clock)"),
                        .init(report.channelName.map { "#\(space)\($0)" } ?? "–"),
                        .init(name(of: report.author)), .init(report.reason),
                    ]
                )
            },
            empty: "nothing is reported where you moderate"
        )
        let known = Dictionary(places.reports.map { ($0.id.description, $0) }) { first, _ in first }
        table.about = { [self] id in
            guard let report = known[id] else { return [] }
            return [
                "“" + MessageText.oneLine(report.text ?? "(gone)") + "”",
                "reported by \(report.by.map(name(of:)) ?? "somebody"): " + MessageText.oneLine(report.reason),
            ]
        }
        return table
    }

    /// Enter goes to the message, `a` says that something was done, `d` twice that nothing had to be.
    mutating func act(_ action: PageAction, onReport id: String) -> [Effect] {
        guard let report = places.reports.first(where: { $0.id.description == id }) else { return [] }
        switch action {
        case .open:
            guard rooms[report.channel] != nil else {
                if report.channelName == nil, capabilities.contains(.breakGlass) {
                    composer.set("/glass \(report.channel) ")
                    tell("a private conversation: say why you read it; both sides are told")
                    return []
                }
                tell("you are not in that channel: /join it to see what stands around the message", .trouble)
                return []
            }
            return jump(to: report.seq, in: report.channel)
        case .approve: return [.ask(.order(.decide(report.id, .resolve)))]
        case .remove: return twice(id) { [.ask(.order(.decide(report.id, .dismiss)))] }
        default: return []
        }
    }
}
