package import ChatAPI

/// What becomes of a report.
package enum ReportMachine {
    package struct Facts: Sendable {
        let moderates: Bool

        package init(moderates: Bool) { self.moderates = moderates }
    }

    private static let moderator = Machine<ReportState, ReportAction, Facts, Never>.Guard("a moderator of the channel")
    {
        $0.moderates
    }

    package static let machine = Machine<ReportState, ReportAction, Facts, Never>(
        "report",
        [
            .init(.open, action: .resolve, by: moderator, to: .resolved),
            .init(.open, action: .dismiss, by: moderator, to: .dismissed),
            .init(.resolved, .dismissed, action: .reopen, by: moderator, to: .open),
        ]
    )
}
