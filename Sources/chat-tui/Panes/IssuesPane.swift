import ChatAPI
import TerminalUI

/// The tables of an event's issues: all of them, and one with its comments.
extension Model {
    func issuesTable(_ event: String) -> PageTable {
        let open = places.issues.count { !$0.status.isClosed }
        var table = PageTable(
            "Issues of \(event)",
            detail: "\(open) open",
            columns: [
                .init("#", width: 4, isNumber: true), .init("Status", width: 11), .init("Weight", width: 6, from: 48),
                .init("Title"), .init("Said", width: 4, isNumber: true, from: 56),
                .init("Since", width: 10, from: 72),
            ],
            rows: places.issues.map { issue in
                PageTable.Row(
                    issue.id.description,
                    [
                        .init("\(issue.number)"), .init(Self.word(issue.status)),
                        .init(issue.priority.rawValue, issue.priority == .high ? .trouble : nil), .init(issue.title),
                        .init("\(issue.comments)"), .init(zone.moment(issue.createdAt).date),
                    ],
                    role: issue.status.isClosed ? .faint : .text
                )
            },
            empty: "Nothing is open. /issue new TITLE writes one down."
        )
        let known = Dictionary(places.issues.map { ($0.id.description, $0) }) { first, _ in first }
        table.about = { id in known[id]?.text.map { [MessageText.oneLine($0)] } ?? [] }
        return table
    }

    static func word(_ status: IssueStatus) -> String { status == .inProgress ? "in progress" : status.rawValue }

    var issueTable: PageTable {
        guard let (issue, comments) = places.issue else {
            return PageTable("Issue", columns: [], rows: [], empty: "there is no such issue")
        }
        var rows = [
            PageTable.Row("status", [.init("Status", .faint), .init(Self.word(issue.status))]),
            PageTable.Row("weight", [.init("Weight", .faint), .init(issue.priority.rawValue)]),
            PageTable.Row(
                "by",
                [.init("Written", .faint), .init("\(name(of: issue.createdBy)), \(zone.moment(issue.createdAt).date)")]
            ),
        ]
        if let closed = issue.closedAt {
            let moment = zone.moment(closed)
            rows.append(PageTable.Row("closed", [.init("Closed", .faint), .init("\(moment.date) \(moment.clock)")]))
        }
        if let text = issue.text { rows.append(PageTable.Row("text", [.init("Text", .faint), .init(text)])) }
        for comment in comments.reversed() {
            let at = zone.moment(comment.at)
            rows.append(
                PageTable.Row(
                    comment.id.description,
                    [.init(at.clock, .faint), .init("\(name(of: comment.by)): \(comment.text)")]
                )
            )
        }
        let texts = Dictionary(comments.map { ($0.id.description, $0.text) }) { first, _ in first }
        var table = PageTable(
            "Issue \(issue.number): \(issue.title)",
            detail: Self.word(issue.status),
            columns: [.init("", name: "label", width: 10), .init("", name: "text")],
            rows: rows,
            empty: ""
        )
        table.about = { id in texts[id].map { [$0] } ?? (id == "text" ? [issue.text ?? ""] : []) }
        return table
    }
}
