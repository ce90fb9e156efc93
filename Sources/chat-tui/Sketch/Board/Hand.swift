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

/// Somebody else's pointer, and when it was last heard of.
package struct Peer: Sendable, Equatable {
    package var pointer: SketchPointer
    package var at: Milliseconds

    /// Without news for so long it fades.
    package static let idleMilliseconds: Int64 = 60_000
}
