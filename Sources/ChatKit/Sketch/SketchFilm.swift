package import ChatAPI

/// A time-lapse of a sketch: which entries make up each frame, and when it is shown. Pure; whoever plays it waits.
package struct SketchFilm: Sendable {
    package struct Pace: Sendable, Equatable {
        /// So many times as fast as it was drawn.
        package var speed: Int64 = 10
        /// Frames are at least so far apart.
        package var frameMilliseconds: Milliseconds = 83
        /// A pause in which nobody drew is at most this long on the screen.
        package var pauseMilliseconds: Milliseconds = 1_000

        package init() {}
    }

    package struct Frame: Sendable, Equatable {
        /// When the last of its entries was drawn.
        package var at: Milliseconds
        /// From the beginning of the film on.
        package var shownAt: Milliseconds
        package var operations: Int
        /// Who drew, in the order of their first entry in it.
        package var people: [AccountID]
    }

    private let beginning: SketchCanvas
    private let entries: [SketchEntry]
    private let pace: Pace

    /// - Parameter beginning: The canvas before the first entry.
    package init(beginning: SketchCanvas, entries: [SketchEntry], _ pace: Pace = Pace()) {
        self.beginning = beginning
        self.entries = entries
        self.pace = pace
    }

    package var people: Set<AccountID> { Set(entries.map(\.by)) }

    package var projector: Projector { Projector(self) }

    /// Goes through the film once; `canvas` is what the last frame shows.
    package struct Projector: Sendable {
        package private(set) var canvas: SketchCanvas
        private let film: SketchFilm
        private var index = 0
        /// On the screen, when the last entry was reached and when the last frame was shown.
        private var clock: Milliseconds = 0
        private var shownAt: Milliseconds?

        fileprivate init(_ film: SketchFilm) {
            self.film = film
            canvas = film.beginning
        }

        /// The next frame, nil at the end. Entries that come within one frame's time are one frame.
        package mutating func next() -> Frame? {
            guard index < film.entries.count else { return nil }
            advance()
            let start = max(clock, shownAt.map { $0 + film.pace.frameMilliseconds } ?? 0)
            var frame = Frame(at: 0, shownAt: start, operations: 0, people: [])
            take(into: &frame)
            while index < film.entries.count, clock + gap(before: index) <= start {
                advance()
                take(into: &frame)
            }
            shownAt = start
            return frame
        }

        private mutating func advance() { clock += gap(before: index) }

        private mutating func take(into frame: inout Frame) {
            let entry = film.entries[index]
            canvas.apply(entry)
            frame.at = entry.at
            frame.operations += 1
            if !frame.people.contains(entry.by) { frame.people.append(entry.by) }
            index += 1
        }

        private func gap(before index: Int) -> Milliseconds {
            guard index > 0 else { return 0 }
            let time = max(film.entries[index].at - film.entries[index - 1].at, 0)
            return min(time / max(film.pace.speed, 1), film.pace.pauseMilliseconds)
        }
    }
}
