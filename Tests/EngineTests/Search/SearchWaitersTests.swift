import ChatAPI
import Testing

@testable import Engine

/// Who waits for the index: until it has read what they name, and never longer than a second.
@Suite("Search waiters")
struct SearchWaitersTests {
    private static let channels = (1...3).map { ChannelID(high: 0, low: UInt64($0)) }

    @Test(arguments: [
        // what is unread, where the index is, the time; whether the waiter goes on
        ([5, 9, 0], [4, 9, 0], 999, false), ([5, 9, 0], [4, 9, 0], 1_000, true), ([8, 9, 0], [5, 7, 0], 1, true),
        ([0, 0, 9], [0, 0, 0], 1, true), ([0, 9, 0], [5, 6, 0], 1, false),
    ])
    func `a waiter is released when its heads are read, gone, or its second is over`(
        _ unread: [Int64],
        _ read: [Int64],
        _ now: Int64,
        _ isReleased: Bool
    ) async {
        func map(_ values: [Int64]) -> [ChannelID: Int64] {
            Dictionary(uniqueKeysWithValues: zip(Self.channels, values)).filter { $0.value > 0 }
        }
        var waiters = SearchWaiters()
        await withCheckedContinuation { wake in
            waiters.add(map([5, 7, 0]), now: 0, wake)
            let released = waiters.released(heads: map(unread), positions: map(read), now: now)
            #expect(released.count == (isReleased ? 1 : 0))
            #expect(waiters.isEmpty == isReleased)
            for wake in released + waiters.releaseAll() { wake.resume() }
        }
        #expect(waiters.isEmpty)
    }

    @Test func `nobody waits for an index that is far behind, or for one that is not behind`() {
        let channel = Self.channels[0]
        #expect(!SearchWaiters.isWorthwhile([:], [:]))
        #expect(!SearchWaiters.isWorthwhile([channel: 7], [channel: 7]))
        #expect(SearchWaiters.isWorthwhile([channel: 8], [channel: 7]))
        #expect(SearchWaiters.isWorthwhile([channel: SearchWaiters.reach], [:]))
        #expect(!SearchWaiters.isWorthwhile([channel: SearchWaiters.reach + 1], [:]))
    }
}
