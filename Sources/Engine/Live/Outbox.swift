package import ChatAPI

/// Frames that wait for one connection: never blocks, never reorders, and is bounded in bytes.
///
/// The ladder of `protocol.md` 14, in this order as the reader falls behind: ephemeral news is merged, then dropped;
/// then live pushes of a log stop and a `gap` follows once the reader has caught up; then the connection is closed.
package struct Outbox {
    /// Live pushes stop above this: a megabyte is three thousand messages, a minute of a busy channel.
    package static let limitBytes = 1_048_576
    /// Catch-up reads its next page, and lagging logs go live again, below this.
    package static let lowBytes = 262_144
    /// Ephemeral news is merged instead of queued above this.
    package static let ephemeralBytes = 65_536
    /// Answers to the connection's own calls count too; above this it is closed with 4008.
    package static let closeBytes = 4 * limitBytes

    private var frames: [Frame] = []
    private var next = 0
    private var ephemeral: [Place: Ephemeral] = [:]
    package private(set) var byteCount = 0

    private struct Place: Hashable {
        let channel: ChannelID?
        let sketch: SketchID?
    }

    package init() {}

    package var isEmpty: Bool { byteCount == 0 && ephemeral.isEmpty }
    package var takesLivePushes: Bool { byteCount < Self.limitBytes }
    package var isLow: Bool { byteCount < Self.lowBytes }
    package var isHopeless: Bool { byteCount > Self.closeBytes }

    package mutating func append(_ frame: Frame) {
        frames.append(frame)
        byteCount += frame.byteCount
    }

    /// The shared frame if there is room for it; merged into one value while the reader is behind; dropped above the
    /// limit.
    package mutating func append(_ news: Ephemeral, frame: Frame) {
        if byteCount < Self.ephemeralBytes {
            append(frame)
        } else if takesLivePushes {
            let place = Place(channel: news.channel, sketch: news.sketch)
            ephemeral[place, default: Ephemeral(channel: news.channel, sketch: news.sketch)].merge(news)
        } else {
            ephemeral.removeAll()
        }
    }

    /// Takes frames in order until `room` bytes are taken; at least one if there is any.
    package mutating func take(room: Int, seal: (Ephemeral) -> Frame, _ send: (Frame) -> Void) {
        var taken = 0
        while next < frames.count && (taken == 0 || taken < room) {
            let frame = frames[next]
            next += 1
            taken += frame.byteCount
            byteCount -= frame.byteCount
            send(frame)
        }
        if next == frames.count {
            frames.removeAll(keepingCapacity: frames.capacity <= 8)
            next = 0
        } else if next > 64 {
            frames.removeFirst(next)
            next = 0
        }
        guard !ephemeral.isEmpty, byteCount < Self.ephemeralBytes else { return }
        for news in ephemeral.values { append(seal(news)) }
        ephemeral.removeAll()
    }
}
