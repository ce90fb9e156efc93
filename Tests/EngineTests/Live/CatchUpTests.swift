import ChatAPI
import Testing

@testable import Engine

/// What is read for a session that resumes: each log once, from the lowest position that was named.
@Suite("Catching up")
struct CatchUpTests {
    private static let log = LogID.channel(ChannelID(high: 1, low: 7))

    private func range(_ from: Int64, _ head: Int64) -> CatchUp.Range {
        CatchUp.Range(log: Self.log, from: from, head: head, visibleFrom: 0)
    }

    @Test func `a log that is asked for twice is read once, from the lower position to the higher head`() {
        var catchUp = CatchUp()
        catchUp.add(CatchUp.Range(log: .audit, from: 1, head: 2, visibleFrom: 0))
        catchUp.add(range(50, 90))
        catchUp.add(range(70, 95))
        catchUp.add(range(40, 80))
        catchUp.finishFirst()
        #expect(catchUp.ranges.count == 1)
        #expect(catchUp.next?.from == 40 && catchUp.next?.head == 95)
    }

    @Test func `a lower position that comes while a page is read is read from after it`() {
        var catchUp = CatchUp()
        catchUp.add(range(50, 90))
        catchUp.isReading = true
        catchUp.add(range(60, 90))
        #expect(catchUp.next?.from == 50)
        catchUp.advance(to: 70, bytes: 1)
        #expect(catchUp.next?.from == 70)
        catchUp.add(range(40, 99))
        catchUp.advance(to: 90, bytes: 1)
        #expect(catchUp.next?.from == 40 && catchUp.next?.head == 99)
        catchUp.advance(to: 99, bytes: 1)
        #expect(catchUp.next?.from == 99)
    }
}
