/// What the owner of a connection is told. All calls come on the connection's loop, and never from inside a call of the owner
/// to the connection.
package protocol ConnectionHandler: AnyObject {
    /// The connection can carry bytes. Called once, only where TLS had to be agreed first, before anything is received.
    func connectionEstablished(_ connection: Connection)

    /// Bytes came in. They lie in a buffer of the loop and are valid only during the call; codecs may change them in place.
    /// What the owner cannot take yet it gives back with `pauseReading(keeping:)`.
    func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer)

    /// The peer will send no more (half close). The default closes after what is queued has been written.
    func connectionReceivedEnd(_ connection: Connection)

    /// What was asked for with `requestFlush`: the moment to `send` what the handler has kept so far.
    func connectionWillFlush(_ connection: Connection)

    /// A flush has taken `pendingByteCount` from above `lowWaterMark` to it or below.
    func connectionDrained(_ connection: Connection)

    /// The idle timeout or the receive deadline has passed. The default closes; a server may answer 408 first.
    func connectionTimedOut(_ connection: Connection, _ timeout: ConnectionTimeout)

    /// The connection is closed. Called exactly once; the connection lets go of its handler afterwards.
    func connectionClosed(_ connection: Connection, reason: CloseReason)
}

extension ConnectionHandler {
    package func connectionEstablished(_ connection: Connection) {}
    package func connectionReceivedEnd(_ connection: Connection) { connection.close(afterFlush: true) }
    package func connectionWillFlush(_ connection: Connection) {}
    package func connectionDrained(_ connection: Connection) {}
    package func connectionTimedOut(_ connection: Connection, _ timeout: ConnectionTimeout) {
        connection.abort(.timedOut(timeout))
    }
}

/// Which clock of a connection ran out.
package enum ConnectionTimeout: Sendable, Hashable {
    /// Nothing was received for the idle time.
    case idle
    /// What was expected by `setReceiveDeadline` did not come.
    case deadline
    /// The peer took nothing of what is queued for the write time.
    case write
}

/// Why a connection is closed.
package enum CloseReason: Sendable, Hashable, CustomStringConvertible {
    /// We closed it.
    case local
    /// The peer ended its side and ours followed.
    case peerClosed
    /// The connection broke; the sentence is the system's.
    case failed(String)
    case timedOut(ConnectionTimeout)
    /// The TLS handshake or a record was refused, by us or by the peer.
    case tls(String)
    case loopStopped

    package var description: String {
        switch self {
        case .local: "closed"
        case .peerClosed: "closed by the peer"
        case .failed(let sentence), .tls(let sentence): sentence
        case .timedOut(.idle): "nothing was received for too long"
        case .timedOut(.deadline): "the expected bytes did not come in time"
        case .timedOut(.write): "the peer did not read for too long"
        case .loopStopped: "the program is stopping"
        }
    }
}
