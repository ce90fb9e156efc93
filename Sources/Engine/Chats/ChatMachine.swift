import ChatAPI

/// The workflow of a chat as a table: open, on hold and open again, ended, rated.
///
/// `end` and `idle_end` end the request as well, in the same write; `requeue` puts it back in line while the chat goes on.
enum ChatMachine {
    struct Facts: Sendable {
        var isParticipant = false
        /// Has the chat now.
        var isOrganizer = false
        /// May handle requests of its queue.
        var isStaff = false
        var isSupervisor = false
        var isDaemon = false
    }

    enum Effect: String, WireEnum {
        case handOver
        /// The request goes back in line.
        case requeueRequest
        /// The promise of a solution stands still while one waits for something.
        case pauseClocks
        case resumeClocks
        /// The request is done, in the same write.
        case endRequest
        /// Nobody writes there any more.
        case close
    }

    typealias Table = Machine<ChatState, ChatAction, Facts, Effect>

    private static let organizer = Table.Guard("its organizer") { $0.isOrganizer }
    private static let staff = Table.Guard("someone who handles this queue's requests") {
        $0.isStaff || $0.isSupervisor
    }
    private static let inCharge = Table.Guard("its organizer or a supervisor") {
        $0.isOrganizer || $0.isSupervisor || $0.isDaemon
    }
    private static let side = Table.Guard("its participant, its organizer or a supervisor") {
        $0.isParticipant || $0.isOrganizer || $0.isSupervisor || $0.isDaemon
    }
    private static let participant = Table.Guard("its participant") { $0.isParticipant }
    private static let daemon = Table.Guard("the daemon") { $0.isDaemon }

    static let table = Table(
        "chat",
        [
            .init(.open, action: .note, by: staff, to: .open),
            .init(.onHold, action: .note, by: staff, to: .onHold),
            .init(.ended, action: .note, by: staff, to: .ended),
            .init(.rated, action: .note, by: staff, to: .rated),
            .init(.open, action: .hold, by: organizer, to: .onHold, effects: [.pauseClocks]),
            .init(.onHold, action: .resume, by: organizer, to: .open, effects: [.resumeClocks]),
            .init(.open, action: .transfer, by: inCharge, to: .open, effects: [.handOver]),
            .init(.onHold, action: .transfer, by: inCharge, to: .open, effects: [.resumeClocks, .handOver]),
            .init(.open, action: .requeue, by: inCharge, to: .open, effects: [.requeueRequest]),
            .init(.onHold, action: .requeue, by: inCharge, to: .open, effects: [.resumeClocks, .requeueRequest]),
            .init(.open, action: .end, by: side, to: .ended, effects: [.endRequest, .close]),
            .init(.onHold, action: .end, by: side, to: .ended, effects: [.resumeClocks, .endRequest, .close]),
            .init(.open, action: .idleEnd, by: daemon, to: .ended, effects: [.endRequest, .close]),
            .init(.onHold, action: .idleEnd, by: daemon, to: .ended, effects: [.resumeClocks, .endRequest, .close]),
            .init(.ended, action: .rate, by: participant, to: .rated),
        ]
    )
}
