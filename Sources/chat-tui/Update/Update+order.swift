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
        case (_, .sanction(let sanction)): tell(sentence(of: sanction))
        case (_, .sanctions(let sanctions)):
            guard case .list(var list) = overlay, list.isLoading else { return [] }
            list.isLoading = false
            list.rows = sanctions.map { sanction in
                let wide = sanction.scope.kind == .channel ? "" : " everywhere"
                return ListPane.Row(
                    sentence(of: sanction),
                    detail: sanction.reason.map(MessageText.oneLine) ?? "",
                    .command("/reinstate \(sanction.name)\(wide)")
                )
            }
            overlay = .list(list)
        case (.reinstate(let name, _), _): tell("\(name) may come and speak again")
        case (_, .posting(let posting)):
            tell(
                posting.slowModeMs == 0
                    ? "no pause between messages here" : "one message in \(Span.wait(posting.slowModeMs)) here"
            )
        case (_, .emergency(let emergency)):
            tell("only those with the floor speak until \(zone.moment(emergency.until).clock); /emergency off ends it")
        case (.calm, _): tell("everybody speaks again")
        case (.report, .report): tell("the moderators see it; nobody else does")
        case (.decide, .report(let report)):
            places.reports.removeAll { $0.id == report.id && report.state != .open }
            tell("the report is \(report.state.rawValue)")
        case (_, .reports(let reports)):
            page?.isLoading = false
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

    // MARK: - Reports

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
                return PageTable.Row(
                    report.id.description,
                    [
                        .init("\(moment.date) \(moment.clock)"), .init(report.channelName.map { "#" + $0 } ?? "–"),
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
