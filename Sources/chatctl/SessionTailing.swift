import ChatAPI
import Flags

/// `session tail`: the frames of one session, or where one signed in and out.
enum SessionTailing {
    private static let shape = Shape(
        "frame",
        SessionFrame.self,
        name: { String($0.at("number").integer ?? 0) },
        [
            Column("number", "NO", .number), Column("at", "TIME", .time), Column("direction", "DIR"),
            Column("bytes", "BYTES", .number), Column("kind"), Column("frame"),
        ]
    )

    /// How often new frames are asked for. The daemon keeps 500 of them meanwhile.
    private static let interval = Duration.milliseconds(400)

    static var tail: Command<Action> {
        Command(
            "tail",
            "Shows what the connections of a session carry, frame by frame; without one, where one signed in and out.",
            discussion: """
                Texts, drawings and secrets are masked: what is shown are calls and answers, ids, numbers and sizes, enough to \
                see what a client does without reading along. It takes no other log level and stops by itself; looking at \
                somebody else's session takes the right to manage accounts and stands in the audit log. Without a session it \
                lists sign-ins and sign-outs, and goes on with -f.
                """,
            examples: [
                Example("chatctl session tail 01975c3e-7a00-7000-8000-000000000001"),
                Example("chatctl session tail -f", "Where one signs in and out."),
            ],
            arguments: [.optional("SESSION", .dynamic("sessions"), "A session, by id.")],
            options: [Options.follow, Options.since, MeLog.limit(" With a session: ends after so many frames.")],
            action: Action("sessions.tail", "me.entries", "sync") { run in
                guard let text = run.values.string("SESSION") else {
                    return try await MeLog.tail(run) { $0 == .sessionStarted || $0 == .sessionEnded }
                }
                try await frames(run, of: try SessionCommands.id(text))
            }
        )
    }

    /// Asks again and again until Ctrl-C; --limit ends it after so many frames.
    private static func frames(_ run: Run, of session: SessionID) async throws {
        let list = try run.output.list(shape, isEndless: true)
        let limit = run.values.int("limit") ?? .max
        let notice = Notice(run)
        var after: Int64?
        while true {
            do {
                let answer = try await run.call(.tailSession, SessionTail(session: session, after: after))
                notice.tell(answer, isFirst: after == nil)
                after = answer.last
                for frame in answer.frames.prefix(limit - list.count) { list.add(Node(frame)) }
            } catch let error as APIError where after != nil && ExitCode(error.code) == .unavailable {
                notice.lost(error)
            }
            if list.count >= limit { return }
            try await Task.sleep(for: interval)
        }
    }

    /// The truth about what is being looked at, once per change.
    private final class Notice {
        private let run: Run
        private var isLive: Bool?
        private var isLost = false

        init(_ run: Run) { self.run = run }

        func tell(_ answer: SessionFrames, isFirst: Bool) {
            if isLost { run.warn("the daemon answers again") }
            isLost = false
            if answer.isNew, !isFirst { run.warn("looking begins anew: frames in between are not known") }
            if answer.missed > 0 { run.warn("\(answer.missed) frames came too fast and are not shown") }
            if isLive != answer.isLive {
                run.warn(answer.isLive ? "the session is connected" : "the session has no live connection now")
            }
            isLive = answer.isLive
        }

        func lost(_ error: APIError) {
            if !isLost { run.warn("not connected: \(VisibleText.line(error.detail)); trying again") }
            isLost = true
        }
    }
}
