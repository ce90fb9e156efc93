/// A message that somebody showed to the moderators, with what it said then.
package struct Report: Codable, Sendable, Equatable {
    package var id: ReportID
    package var channel: ChannelID
    package var channelName: String?
    /// The event or agency whose channel it is.
    package var spaceName: String?
    package var seq: Int64
    /// Who wrote it.
    package var author: AccountID
    /// What it said when it was reported; gone with the account of its author.
    package var text: String?
    package var reason: String
    /// Who reported it; nil if the account is gone.
    package var by: AccountID?
    package var at: Milliseconds
    package var state: ReportState
    package var resolvedBy: AccountID?
    package var resolvedAt: Milliseconds?
    package var note: String?

    package init(
        id: ReportID,
        channel: ChannelID,
        channelName: String?,
        seq: Int64,
        author: AccountID,
        text: String?,
        reason: String,
        by: AccountID?,
        at: Milliseconds,
        state: ReportState
    ) {
        self.id = id
        self.channel = channel
        self.channelName = channelName
        self.seq = seq
        self.author = author
        self.text = text
        self.reason = reason
        self.by = by
        self.at = at
        self.state = state
    }
}

package typealias ReportID = ID<Report>

package enum ReportState: String, WireEnum {
    case open
    /// Something was done about it.
    case resolved
    /// Nothing had to be.
    case dismissed
    /// What this program does not know.
    case unknown
}

package enum ReportAction: String, WireEnum {
    case resolve
    case dismiss
    case reopen
}

package struct ReportDraft: Codable, Sendable {
    package var channel: String
    package var seq: Int64
    package var reason: String

    package init(channel: String, seq: Int64, reason: String) {
        self.channel = channel
        self.seq = seq
        self.reason = reason
    }
}

package struct ReportQuery: Codable, Sendable {
    /// `open` if absent.
    package var state: ReportState?
    /// Only those of one channel.
    package var channel: String?
    package var limit: Int?
    package var cursor: String?

    package init(state: ReportState? = nil, channel: String? = nil, limit: Int? = nil, cursor: String? = nil) {
        self.state = state
        self.channel = channel
        self.limit = limit
        self.cursor = cursor
    }
}

package struct ReportDecision: Codable, Sendable {
    package var report: ReportID
    package var action: ReportAction
    package var note: String?

    package init(report: ReportID, action: ReportAction, note: String? = nil) {
        self.report = report
        self.action = action
        self.note = note
    }
}

extension Endpoint where Input == ReportDraft, Output == Report {
    package static var report: Self {
        Self(
            "reports.create",
            .post,
            "/v1/channels/{channel}/messages/{seq}/reports",
            needs: .read,
            "show a message to the moderators, with a reason"
        )
    }
}

extension Endpoint where Input == ReportQuery, Output == Page<Report> {
    package static var listReports: Self {
        Self(
            "reports.list",
            .get,
            "/v1/reports",
            needs: .read,
            "list reported messages where one moderates, the oldest first"
        )
    }
}

extension Endpoint where Input == ReportDecision, Output == Report {
    package static var decideReport: Self {
        Self(
            "reports.decide",
            .post,
            "/v1/reports/{report}/decision",
            needs: .read,
            "resolve or dismiss a report, or open it again"
        )
    }
}
