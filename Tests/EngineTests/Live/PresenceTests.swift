import ChatAPI
import ChatTestKit
import Engine
import Synchronization
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

    @Test func `whoever closes one of two devices stays, and is gone half a minute after the last`() {
        open(laptop)
        open(phone)
        _ = news(at: 0)
        close(laptop, at: 1_000)
        #expect(news(at: 40_000) == nil)
        #expect(board.presence(of: ana).state == .online)
        #expect(board.isOnline(ana, in: general))
        close(phone, at: 50_000)
        #expect(news(at: 79_999) == nil)
        let gone = news(at: 80_000)
        #expect(gone?.presence?.map(\.state) == [.offline])
        #expect(gone?.online == 0)
    }

    /// Two clocks, one of which is set by people.
    private final class SetBack: Clock {
        private let state = Mutex((now: Milliseconds(1_777_636_800_000), steady: Int64(5_000)))

        var now: Milliseconds { state.withLock { $0.now } }
        var steady: Int64 { state.withLock { $0.steady } }

        func pass(_ milliseconds: Int64, settingBack correction: Milliseconds) {
            state.withLock { state in
                state.now += milliseconds - correction
                state.steady += milliseconds
            }
        }
    }

    @Test func `a clock that is set back leaves nobody writing`() async throws {
        let folder = try ScratchFolder()
        let clock = SetBack()
        var settings = EngineSettings(databasePath: folder.path + "/plaza.db", searchPath: folder.path + "/search.db")
        settings.passwordCost = .least
        let engine = try Engine(settings: settings, clock: clock, hub: Hub(sealing: .lines))
        defer { engine.close() }
        let anonymous = LocalService(engine, as: .anonymous(address: "192.0.2.1"))
        let signedIn = try await anonymous.call(.register, Registration(name: "ana", password: World.password))
        let caller = try await engine.authenticator.caller(token: signedIn.tokens.accessToken, address: "192.0.2.1")
        let service = LocalService(engine, as: caller)
        let channel = try await service.call(.createChannel, ChannelDraft(name: "tea")).id
        _ = try await service.call(.typing, Typing(channel: channel))
        #expect(engine.presence.takeChanges(now: clock.steady).channels.first?.typing == [signedIn.account.id])
        clock.pass(7_000, settingBack: 3_600_000)
        #expect(engine.presence.takeChanges(now: clock.steady).channels.first?.stoppedTyping == [signedIn.account.id])
    }
}
