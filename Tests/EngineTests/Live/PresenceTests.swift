import ChatAPI
import Engine
import Testing

/// Who is there: the most present of the connections, offline after 30 seconds, typing for six.
@Suite("Presence")
struct PresenceTests {
    private final class Socket {}
    private let board = PresenceBoard()
    private let general = ChannelID(high: 9, low: 9)
    private let ana = AccountID(high: 1, low: 1)
    private let laptop = Socket()
    private let phone = Socket()

    private func open(_ socket: Socket) {
        board.opened(ObjectIdentifier(socket), by: ana, statusText: nil, in: [general])
    }

    private func close(_ socket: Socket, at now: Milliseconds) {
        board.closed(ObjectIdentifier(socket), by: ana, in: [general], now: now)
    }

    private func news(at now: Milliseconds) -> Ephemeral? {
        board.takeChanges(now: now).channels.first { $0.channel == general }
    }

    @Test func `the first connection is news, the second is not`() {
        open(laptop)
        #expect(news(at: 0)?.presence?.first?.state == .online)
        open(phone)
        #expect(news(at: 0) == nil)
    }

    @Test func `an account shows the most present of its connections`() {
        open(laptop)
        open(phone)
        _ = news(at: 0)
        board.set(.away, on: ObjectIdentifier(laptop), of: ana)
        #expect(news(at: 0) == nil)
        board.set(.away, on: ObjectIdentifier(phone), of: ana)
        #expect(news(at: 0)?.presence?.first?.state == .away)
    }

    @Test func `do not disturb wins`() {
        open(laptop)
        open(phone)
        board.set(.doNotDisturb, on: ObjectIdentifier(phone), of: ana)
        #expect(board.presence(of: ana).state == .doNotDisturb)
    }

    @Test func `offline is announced after thirty seconds`() {
        open(laptop)
        _ = news(at: 0)
        close(laptop, at: 1_000)
        #expect(news(at: 30_999) == nil)
        let last = news(at: 31_000)
        #expect(last?.presence?.first?.state == .offline)
        #expect(last?.online == 0)
    }

    @Test func `a reconnect within thirty seconds is no news`() {
        open(laptop)
        _ = news(at: 0)
        close(laptop, at: 1_000)
        open(phone)
        #expect(news(at: 60_000) == nil)
        #expect(board.page(of: general).online == 1)
        close(phone, at: 61_000)
        #expect(news(at: 91_000)?.online == 0)
    }

    @Test func `typing ends by itself after six seconds, or when it is said to`() {
        open(laptop)
        _ = news(at: 0)
        board.typing(ana, in: general, stopped: false, now: 0)
        #expect(news(at: 100)?.typing == [ana])
        board.typing(ana, in: general, stopped: false, now: 4_000)
        #expect(news(at: 4_100) == nil)
        #expect(news(at: 10_000)?.stoppedTyping == [ana])
        board.typing(ana, in: general, stopped: false, now: 11_000)
        _ = news(at: 11_000)
        board.typing(ana, in: general, stopped: true, now: 11_500)
        #expect(news(at: 11_500)?.stoppedTyping == [ana])
    }
}
