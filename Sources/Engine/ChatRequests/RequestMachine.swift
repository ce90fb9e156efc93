import ChatAPI

/// The workflow of a chat request as a table: from `queued` to one of its four ends, whoever acts.
///
/// A claim is a lease: it ends by `accept`, `release`, `transfer`, `reject`, or by `lapse`, which is the daemon's. `take` is
/// claim and accept in one write. A request whose chat goes on without an organizer is `queued` again, at its age.
enum RequestMachine {
    /// Who acts, as far as the table asks.
    struct Facts: Sendable {
        /// It is the caller's own request.
        var isParticipant = false
        /// May handle requests of this queue.
        var isOrganizer = false
        /// Holds the claim, by account and, where one was named, by token.
        var isHolder = false
        /// Has its chat.
        var hasChat = false
        var isSupervisor = false
        var isDaemon = false
        /// It was in a chat before: the chat waits for its next organizer.
        var isResumed = false
        /// The participant or the organizer of its chat, or a supervisor of the queue.
        var isSide: Bool { isParticipant || hasChat || isSupervisor }
    }

    /// What has to happen in the same write as the step.
    enum Effect: String, WireEnum {
        /// A new fencing token, and a timer for when the claim ends.
        case startLease
        case endLease
        /// Opens the chat, or gives the one that waits to its new organizer.
        case openChat
        /// The chat has no organizer any more; it goes on.
        case leaveChat
        /// The chat that waited is over too.
        case endChat
        /// The clocks of the SLA stop, and the place in line is free.
        case settle
    }

    typealias Table = Machine<RequestState, RequestAction, Facts, Effect>

    private static let participant = Table.Guard("the participant") { $0.isParticipant }
    private static let organizer = Table.Guard("someone who handles this queue's requests") { $0.isOrganizer }
    private static let holder = Table.Guard("the holder of the claim, with its token") { $0.isHolder }
    private static let ownChat = Table.Guard("the organizer of its chat, or a supervisor") {
        $0.hasChat || $0.isSupervisor || $0.isDaemon
    }
    private static let daemon = Table.Guard("the daemon") { $0.isDaemon }
    private static let side = Table.Guard("a side of its chat") { $0.isSide || $0.isDaemon }
    private static let sideOfResumed = Table.Guard("a side of the chat it had") {
        $0.isResumed && ($0.isSide || $0.isDaemon)
    }

    static let table = Table(
        "request",
        [
            .init(.queued, action: .addText, by: participant, to: .queued),
            .init(.claimed, action: .addText, by: participant, to: .claimed),
            .init(.queued, action: .cancel, by: participant, to: .cancelled, effects: [.endChat, .settle]),
            .init(.claimed, action: .cancel, by: participant, to: .cancelled, effects: [.endLease, .endChat, .settle]),
            .init(.queued, action: .claim, by: organizer, to: .claimed, effects: [.startLease]),
            .init(.claimed, action: .accept, by: holder, to: .inChat, effects: [.endLease, .openChat]),
            .init(.queued, action: .take, by: organizer, to: .inChat, effects: [.openChat]),
            .init(.claimed, action: .take, by: holder, to: .inChat, effects: [.endLease, .openChat]),
            .init(.claimed, action: .release, by: holder, to: .queued, effects: [.endLease]),
            .init(.queued, action: .reject, by: organizer, to: .rejected, effects: [.endChat, .settle]),
            .init(.claimed, action: .reject, by: holder, to: .rejected, effects: [.endLease, .endChat, .settle]),
            .init(.queued, action: .transfer, by: organizer, to: .queued),
            .init(.claimed, action: .transfer, by: holder, to: .queued, effects: [.endLease]),
            .init(.inChat, action: .requeue, by: ownChat, to: .queued, effects: [.leaveChat]),
            .init(.claimed, action: .lapse, by: daemon, to: .queued, effects: [.endLease]),
            .init(.queued, action: .expire, by: daemon, to: .expired, effects: [.endChat, .settle]),
            .init(.inChat, action: .end, by: side, to: .done, effects: [.settle]),
            .init(.queued, action: .end, by: sideOfResumed, to: .done, effects: [.settle]),
            .init(.claimed, action: .end, by: sideOfResumed, to: .done, effects: [.endLease, .settle]),
        ]
    )
}
