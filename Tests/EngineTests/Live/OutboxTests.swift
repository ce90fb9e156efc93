import ChatAPI
import Engine
import Testing

/// The ladder of back-pressure: merge, drop, stop live pushes, close.
@Suite("Outbox")
struct OutboxTests {
    private static let channel = ChannelID(high: 1, low: 2)
    private let ana = AccountID(high: 3, low: 4)

    private func drain(_ outbox: inout Outbox, room: Int = .max) -> [Int] {
        var sizes: [Int] = []
        outbox.take(room: room, seal: { Frame(LiveFrames.ephemeral($0)) }) { sizes.append($0.byteCount) }
        return sizes
    }

    @Test func `frames leave in order and the bytes are counted`() {
        var outbox = Outbox()
        for size in [10, 20, 30] { outbox.append(Frame([UInt8](repeating: 0, count: size))) }
        #expect(outbox.byteCount == 60)
        #expect(drain(&outbox, room: 15) == [10, 20])
        #expect(outbox.byteCount == 30)
        #expect(drain(&outbox) == [30])
        #expect(outbox.isEmpty)
    }

    @Test func `a frame larger than the room still leaves, alone`() {
        var outbox = Outbox()
        outbox.append(Frame([UInt8](repeating: 0, count: 100)))
        outbox.append(Frame([1]))
        #expect(drain(&outbox, room: 1) == [100])
    }

    @Test func `ephemeral news is merged while the reader is behind`() {
        var outbox = Outbox()
        outbox.append(Frame([UInt8](repeating: 0, count: Outbox.ephemeralBytes)))
        for state in [PresenceState.away, .online] {
            let news = Ephemeral(channel: Self.channel, presence: [Presence(account: ana, state: state)])
            outbox.append(news, frame: Frame([0]))
        }
        #expect(outbox.byteCount == Outbox.ephemeralBytes)
        _ = drain(&outbox)
        var last: [UInt8] = []
        outbox.take(room: .max, seal: { Frame(LiveFrames.ephemeral($0)) }) { last = $0.bytes }
        let text = String(decoding: last, as: UTF8.self)
        #expect(text.contains("online"))
        #expect(!text.contains("away"))
    }

    @Test func `above the limit ephemeral news is dropped and live pushes stop`() {
        var outbox = Outbox()
        outbox.append(Frame([UInt8](repeating: 0, count: Outbox.limitBytes)))
        #expect(!outbox.takesLivePushes)
        outbox.append(Ephemeral(channel: Self.channel, online: 3), frame: Frame([0]))
        #expect(drain(&outbox) == [Outbox.limitBytes])
        #expect(outbox.isEmpty)
    }

    @Test func `answers that nobody reads end the connection at last`() {
        var outbox = Outbox()
        let answer = Frame([UInt8](repeating: 0, count: Outbox.limitBytes))
        for _ in 0..<4 { outbox.append(answer) }
        #expect(!outbox.isHopeless)
        outbox.append(answer)
        #expect(outbox.isHopeless)
    }
}
