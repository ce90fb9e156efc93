package import ChatAPI
package import TerminalUI

/// What the hand is doing: between button down and button up, or between two keys.
package enum Hand: Sendable, Equatable {
    case rest
    /// Draws while it moves; what it drew is on its way already.
    case drawing(Gesture, StrokeID)
    /// From corner to corner; nothing is drawn before the end.
    case shaping(Gesture)
    case typing(TextTool, StrokeID)
    case selecting(Gesture)
    /// What is selected hangs on the hand, by this cell.
    case moving(from: Point, to: Point)
    /// The middle button pulls the paper.
    case pulling(from: Point, origin: Point)

    package var isResting: Bool { self == .rest }
}

/// Somebody else who looks: their pointer, when it moved last, and when they were heard of last.
package struct Peer: Sendable, Equatable {
    package private(set) var pointer: SketchPointer
    package private(set) var movedAt: Milliseconds
    package private(set) var heardAt: Milliseconds
    /// It rests so long that it would only hide the drawing; whose it is still looks, and may be followed.
    package private(set) var isFaded = false

    package init(_ pointer: SketchPointer, at now: Milliseconds) {
        self.pointer = pointer
        movedAt = now
        heardAt = now
    }

    package mutating func hear(_ pointer: SketchPointer, at now: Milliseconds) {
        heardAt = now
        guard pointer != self.pointer else { return }
        self.pointer = pointer
        movedAt = now
        isFaded = false
    }

    /// True when that changes what is seen.
    package mutating func rest(at now: Milliseconds) -> Bool {
        guard !isFaded, now - movedAt > Self.restMilliseconds else { return false }
        isFaded = true
        return true
    }

    package func isGone(at now: Milliseconds) -> Bool { now - heardAt > Self.silentMilliseconds }

    /// A pointer that has not moved for so long is not drawn any more.
    package static let restMilliseconds: Int64 = 60_000
    /// Whoever looks says so at least so often (`Sketchbook.sayMilliseconds`), twice with room to be late.
    package static let silentMilliseconds: Int64 = 60_000
}
