package import ChatAPI

/// What the engine asks of the daemon around it: counts that only the sockets know, and the two levers. Supplied by the
/// daemon once it runs; an engine without one answers with zeros and refuses the levers.
package struct Operations: Sendable {
    package var commit = ""
    package var startedAt: Milliseconds = 0
    package var connections: @Sendable () -> Int64 = { 0 }
    package var liveSessions: @Sendable () -> Int64 = { 0 }
    /// Writes accepted and not finished.
    package var writeQueue: @Sendable () -> Int64 = { 0 }
    package var residentBytes: @Sendable () -> Int64 = { 0 }
    package var isReady: @Sendable () -> Bool = { true }
    package var isDraining: @Sendable () -> Bool = { false }
    /// Starts the drain and returns at once.
    package var drain: (@Sendable () -> Void)?
    /// Reads the configuration and certificates again. What it throws is told to the caller in a sentence.
    package var reload: (@Sendable () throws(APIError) -> ReloadResult)?

    package init() {}
}
