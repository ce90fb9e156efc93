package import ChatAPI

/// How one live session follows one log: caught up or catching up, without a hole that it does not name.
///
/// Pure: it is told of positions and frames and says what to send. Frames of one commit group are whole: a frame lies
/// entirely at or below a head that was read from the database, or entirely above it.
package struct Following {
    /// What a log needs only while it is not simply live: its own object, because almost all logs of almost all sessions
    /// are live and cost sixteen bytes.
    private final class Waiting {
        enum Cause {
            /// Registered with the hub; the log is being read up to a head. Frames above wait here.
            case catchingUp
            /// The reader is behind: entries from `from` on were not queued. A gap follows when there is room.
            case lagging(from: Int64)
        }

        let cause: Cause
        var held: [Held] = []
        var heldBytes = 0

        init(_ cause: Cause) {
            self.cause = cause
        }
    }

    private struct Held {
        let first: Int64
        let last: Int64
        let frame: Frame
    }

    /// The newest `seq` that was queued or is covered by a gap.
    package private(set) var seq: Int64
    /// Nil while live.
    private var waiting: Waiting?

    /// More than this held back during catch-up becomes a gap: the log moves faster than it can be read.
    private static let heldLimitBytes = 1_048_576

    package init(from seq: Int64 = 0) {
        self.seq = seq
        waiting = Waiting(.catchingUp)
    }

    package enum Action {
        case nothing
        case send(Frame)
        case gap(from: Int64, head: Int64)
    }

    /// A frame of entries `first…last` arrives from the hub.
    package mutating func receive(first: Int64, last: Int64, _ frame: Frame, hasRoom: Bool) -> Action {
        guard let waiting else { return receiveLive(first: first, last: last, frame, hasRoom: hasRoom) }
        switch waiting.cause {
        case .catchingUp:
            // Keep the newest: what is dropped here is found missing by `seq` and becomes a gap.
            if waiting.heldBytes + frame.byteCount > Self.heldLimitBytes {
                waiting.held.removeAll()
                waiting.heldBytes = 0
            }
            waiting.held.append(Held(first: first, last: last, frame: frame))
            waiting.heldBytes += frame.byteCount
        case .lagging:
            seq = max(seq, last)
        }
        return .nothing
    }

    private mutating func receiveLive(first: Int64, last: Int64, _ frame: Frame, hasRoom: Bool) -> Action {
        if last <= seq { return .nothing }
        let next = seq + 1
        seq = last
        if first > next { return .gap(from: next, head: last) }
        guard hasRoom else {
            waiting = Waiting(.lagging(from: next))
            return .nothing
        }
        return .send(frame)
    }

    /// Catch-up has queued everything through `head`; what was held above it follows.
    package mutating func caughtUp(through head: Int64) -> [Action] {
        guard let waiting, case .catchingUp = waiting.cause else { return [] }
        self.waiting = nil
        seq = head
        return waiting.held.map { receive(first: $0.first, last: $0.last, $0.frame, hasRoom: true) }
    }

    /// Back to catching up from a position that the client named.
    package mutating func restart() {
        waiting = Waiting(.catchingUp)
    }

    /// There is room again: the gap to send, and pushes flow from here on.
    package mutating func resumeIfLagging() -> Gap? {
        guard let waiting, case .lagging(let from) = waiting.cause else { return nil }
        self.waiting = nil
        return Gap(log: "", from: from, head: seq)
    }

    package var isLagging: Bool {
        if case .lagging = waiting?.cause { true } else { false }
    }
}
