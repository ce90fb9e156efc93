package import ChatAPI
import Synchronization

/// Which sessions' frames are being looked at, and the last of those frames. Nothing is kept of any other session.
package final class FrameTaps: Sendable {
    /// Frames that are kept for whoever looks: two questions a second miss none below a thousand frames a second.
    static let frames = 500
    /// Sessions at a time. Each frame of these is parsed once more.
    static let sessions = 16
    /// So long after the last question nobody looks any more.
    static let patienceMilliseconds: Int64 = 60_000
    /// Longer frames are told without their content.
    private static let frameBytes = 65_536

    private struct Tap {
        var frames: [SessionFrame] = []
        var last: Int64 = 0
        var askedAt: Milliseconds
    }

    /// Lock tier: leaf. Taken per frame while somebody looks, and never otherwise.
    private let taps = Mutex<[SessionID: Tap]>([:])
    private let count = Atomic<Int>(0)

    package init() {}

    /// One load; every frame of every connection asks.
    package var isActive: Bool { count.load(ordering: .relaxed) > 0 }

    package func isTapped(_ session: SessionID?) -> Bool {
        guard isActive, let session else { return false }
        return taps.withLock { $0[session] != nil }
    }

    /// Keeps a frame's masked form.
    package func record(
        _ payload: UnsafeRawBufferPointer,
        _ direction: SessionFrame.Direction,
        of session: SessionID,
        now: Milliseconds
    ) {
        let json =
            payload.count > Self.frameBytes ? nil : try? Coding.decode(JSON.self, from: [UInt8](payload))
        let (kind, masked) = json.map { (FrameMask.kind(of: $0), FrameMask.masked($0)) } ?? ("unreadable", .null)
        taps.withLock { taps in
            guard var tap = taps.removeValue(forKey: session) else { return }
            guard now - tap.askedAt <= Self.patienceMilliseconds else {
                return count.store(taps.count, ordering: .relaxed)
            }
            tap.last += 1
            tap.frames.append(
                SessionFrame(
                    number: tap.last,
                    at: now,
                    direction: direction,
                    bytes: payload.count,
                    kind: kind,
                    frame: masked
                )
            )
            if tap.frames.count > 2 * Self.frames { tap.frames.removeFirst(tap.frames.count - Self.frames) }
            taps[session] = tap
        }
    }

    /// True if the next question begins to look: it is the first one, or nobody asked for too long.
    func begins(_ tail: SessionTail, now: Milliseconds) -> Bool {
        taps.withLock { taps in
            guard let after = tail.after, let tap = taps[tail.session] else { return true }
            return after > tap.last || now - tap.askedAt > Self.patienceMilliseconds
        }
    }

    /// What came since, or the beginning.
    func read(_ tail: SessionTail, isLive: Bool, now: Milliseconds) throws(APIError) -> SessionFrames {
        let answer = taps.withLock { taps -> SessionFrames? in
            let gone = taps.filter { now - $0.value.askedAt > Self.patienceMilliseconds }
            for session in gone.keys { taps[session] = nil }
            defer { count.store(taps.count, ordering: .relaxed) }
            guard let after = tail.after, var tap = taps[tail.session], after <= tap.last else {
                guard taps[tail.session] != nil || taps.count < Self.sessions else { return nil }
                // Somebody else who looks already goes on undisturbed.
                let last = taps[tail.session]?.last ?? 0
                taps[tail.session, default: Tap(askedAt: now)].askedAt = now
                return SessionFrames(frames: [], last: last, missed: 0, isNew: true, isLive: isLive)
            }
            tap.askedAt = now
            taps[tail.session] = tap
            let frames = Array(tap.frames.suffix(Self.frames).drop { $0.number <= after })
            let missed = tap.last - after - Int64(frames.count)
            return SessionFrames(frames: frames, last: tap.last, missed: missed, isNew: false, isLive: isLive)
        }
        guard let answer else {
            throw APIError(.rateLimited, "\(Self.sessions) sessions are being looked at already; that is the limit")
        }
        return answer
    }
}
