package import ChatAPI
import Synchronization

/// The ids that the daemon gives: of two with the same millisecond the one that was made later is the greater.
///
/// One write makes many things at one time, an event with its channels, queues and contacts, and what is listed in the
/// order of its ids is to come in the order in which it was made. So 42 of the 74 bits that UUIDv7 leaves free are a
/// count of all ids of this process (RFC 9562 §6.2, method 1) and the other 32 are random. The count is one for all
/// milliseconds: two writes whose calls arrived at different times may make ids by turns, and a clock may be set back,
/// without either disturbing the order of the other. No id is a secret; what opens a door is random throughout.
package enum FreshID {
    static let counterBits: UInt64 = 42

    /// Begins anywhere in the lower half, so that ids of two processes do not meet and the end of the count is years
    /// away.
    private static let counter = Atomic<UInt64>(.random(in: 0..<1 << (counterBits - 1)))

    fileprivate static func next() -> UInt64 { counter.add(1, ordering: .relaxed).newValue & (1 << counterBits - 1) }

    /// The two words of an id, as RFC 9562 §5.7 lays them out: the upper 12 bits of the count stand where its `rand_a`
    /// is.
    static func words(at now: Milliseconds, count: UInt64, tail: UInt32) -> (high: UInt64, low: UInt64) {
        let high = UInt64(bitPattern: now) << 16 | 0x7000 | (count >> 30) & 0x0FFF
        let low = 0x8000_0000_0000_0000 | (count & 0x3FFF_FFFF) << 32 | UInt64(tail)
        return (high, low)
    }
}

extension ID {
    /// A new id, greater than every other that this process has made for the same millisecond.
    package static func fresh(at now: Milliseconds) -> Self {
        let words = FreshID.words(at: now, count: FreshID.next(), tail: .random(in: .min ... .max))
        return Self(high: words.high, low: words.low)
    }
}
