package import ChatAPI

/// A drawing as it came to be: its log, played faster or slower, forth and back.
///
/// Time in it is what passed between the operations, with long pauses cut short, so that a drawing of three days is watched in a
/// minute.
package struct SketchReplay: Sendable {
    package private(set) var canvas: SketchCanvas
    package private(set) var entries: [SketchEntry] = []
    /// When each entry comes, from the start.
    private var times: [Int64] = []
    private var base: SketchCanvas
    /// How many entries are applied.
    package private(set) var count = 0
    /// Where the replay stands, in its own milliseconds.
    package private(set) var position: Int64 = 0
    package private(set) var speed = 4
    package var isPlaying = true
    /// More of the log is being asked for.
    package var isLoading = true
    private var lastTick: Milliseconds

    /// Nobody waits longer than this for the next stroke.
    static let longestPause: Int64 = 1_000
    /// The beginning is the drawing before its first entry.
    static let firstPause: Int64 = 100
    package static let speeds = [1, 2, 4, 8, 16, 32, 64]

    /// - Parameter base: The drawing before the first entry.
    package init(_ base: SketchCanvas, speed: Int = 4, at now: Milliseconds) {
        self.base = base
        canvas = base
        self.speed = speed
        lastTick = now
    }

    /// The log does not begin at its beginning any more: this is the drawing before its oldest entry.
    package mutating func begin(with base: SketchCanvas) {
        guard entries.isEmpty else { return }
        self.base = base
        canvas = base
    }

    package var length: Int64 { times.last ?? 0 }
    package var isAtEnd: Bool { count == entries.count && !isLoading }
    package var entry: SketchEntry? { count > 0 ? entries[count - 1] : nil }

    package mutating func append(_ more: [SketchEntry]) {
        for entry in more where entry.seq > (entries.last?.seq ?? base.seq) {
            let pause = entries.last.map { min(Self.longestPause, max(0, entry.at - $0.at)) } ?? Self.firstPause
            times.append(length + pause)
            entries.append(entry)
        }
    }

    /// Time passed.
    package mutating func tick(_ now: Milliseconds) {
        let passed = max(0, now - lastTick)
        lastTick = now
        guard isPlaying, !(entries.isEmpty && isLoading) else { return }
        seek(min(length, position + passed * Int64(speed)))
        if isAtEnd { isPlaying = false }
    }

    package mutating func seek(_ time: Int64) {
        let target = max(0, min(length, time))
        if target < position || target == 0 {
            // Back is forth from the beginning.
            canvas = base
            count = 0
        }
        position = target
        while count < entries.count, times[count] <= position {
            canvas.apply(entries[count])
            count += 1
        }
    }

    /// By so many hundredths of the whole.
    package mutating func skip(_ hundredths: Int64) {
        seek(position + max(1, length / 100) * hundredths)
    }

    package mutating func changeSpeed(_ step: Int) {
        let index = Self.speeds.firstIndex(of: speed) ?? 0
        speed = Self.speeds[max(0, min(Self.speeds.count - 1, index + step))]
    }

    package mutating func toggle(at now: Milliseconds) {
        if !isPlaying, isAtEnd { seek(0) }
        // The time that it stood still is not made up for.
        lastTick = now
        isPlaying.toggle()
    }
}
