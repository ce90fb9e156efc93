package import ChatAPI

/// Finds jumps of the wall clock by comparing it with a clock that cannot jump. Pure.
package struct JumpWatch: Sendable {
    private var last: (wall: Milliseconds, steady: Int64)?

    /// Smaller ones are slewing and rounding.
    package static let limitMilliseconds: Int64 = 60_000

    package init() {}

    /// By how much the wall clock moved on its own since the last look, if that is more than a minute.
    package mutating func jump(wall: Milliseconds, steady: Int64) -> Int64? {
        defer { last = (wall, steady) }
        guard let last else { return nil }
        let jump = (wall - last.wall) - (steady - last.steady)
        return abs(jump) > Self.limitMilliseconds ? jump : nil
    }
}
