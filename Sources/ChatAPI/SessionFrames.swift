/// What the live connections of a session carry, frame by frame, with everything masked that people wrote.
package struct SessionFrame: Codable, Sendable, Equatable {
    /// Counts the frames since somebody began to look, from 1.
    package var number: Int64
    package var at: Milliseconds
    package var direction: Direction
    package var bytes: Int
    /// In a word or two: `hello`, `messages.send`, `answer`, `error`, `message`, `gap`.
    package var kind: String
    /// The frame itself. Ids, numbers of order and the words of the protocol are there; texts are only as long as they were.
    package var frame: JSON

    package enum Direction: String, WireEnum {
        /// From the client to the daemon.
        case `in`
        case out
        /// What this program does not know.
        case unknown
    }

    package init(number: Int64, at: Milliseconds, direction: Direction, bytes: Int, kind: String, frame: JSON) {
        self.number = number
        self.at = at
        self.direction = direction
        self.bytes = bytes
        self.kind = kind
        self.frame = frame
    }
}

/// Asks for the frames of a session: without a number looking begins, with one it goes on behind it.
package struct SessionTail: Codable, Sendable {
    package var session: SessionID
    package var after: Int64?

    package init(session: SessionID, after: Int64? = nil) {
        self.session = session
        self.after = after
    }
}

package struct SessionFrames: Codable, Sendable, Equatable {
    package var frames: [SessionFrame]
    /// What to ask behind the next time. The daemon looks for a minute after the last question, and keeps 500 frames.
    package var last: Int64
    /// Frames that came and went between two questions.
    package var missed: Int64
    /// Looking begins with this answer: it is the first question, or the daemon was restarted or waited for too long.
    package var isNew: Bool
    /// Whether a live connection of the session is open now.
    package var isLive: Bool

    package init(frames: [SessionFrame], last: Int64, missed: Int64, isNew: Bool, isLive: Bool) {
        self.frames = frames
        self.last = last
        self.missed = missed
        self.isNew = isNew
        self.isLive = isLive
    }
}

extension Endpoint where Input == SessionTail, Output == SessionFrames {
    package static var tailSession: Self {
        Self(
            "sessions.tail",
            .post,
            "/v1/sessions/{session}/tail",
            needs: .own,
            "look at the frames of a session's live connections, with texts masked; another's is audited"
        )
    }
}
