import ChatAPI
import ChatTestKit
import Engine
import Storage
import Synchronization
import Testing

/// Who is there to answer is a question for the clock that cannot jump.
@Suite("Who is there, when the time of day is changed")
struct AttendanceTests {
    /// The time of day, which somebody sets, and the time that passes.
    private final class TwoClocks: Clock {
        private let state = Mutex((now: Milliseconds(1_777_636_800_000), steady: Int64(5_000)))

        var now: Milliseconds { state.withLock { $0.now } }
        var steady: Int64 { state.withLock { $0.steady } }

        func pass(_ milliseconds: Int64) { state.withLock { $0 = ($0.now + milliseconds, $0.steady + milliseconds) } }
        func set(by milliseconds: Milliseconds) { state.withLock { $0.now += milliseconds } }
    }

    /// A desk with one chat; its organizer works by calls, without a connection.
    private struct Scene {
        let clock = TwoClocks()
        let engine: Engine
        let olga: LocalService
        let ana: LocalService
        let chat: Chat
        private let folder: ScratchFolder

        init() async throws {
            folder = try ScratchFolder()
            var settings = EngineSettings(
                databasePath: folder.path + "/plaza.db",
                searchPath: folder.path + "/search.db"
            )
            settings.passwordCost = .least
            settings.rates = .unlimited
            let engine = try Engine(settings: settings, clock: clock, hub: Hub(sealing: .lines))
            self.engine = engine
            let anonymous = LocalService(engine, as: .anonymous(address: "192.0.2.1"))
            let password = AccountWorld.password
            let owner = OwnerDraft(name: "olga", password: password)
            _ = try await anonymous.call(.registerAgency, AgencyRegistration(slug: "acme", owner: owner))
            let root = LocalService(
                engine,
                as: try await engine.authenticator.localCaller(LocalIdentity(uid: 0, name: "root"))
            )
            _ = try await root.call(.approveAgency, AgencyDecision(agency: "acme"))
            func service(_ token: String) async throws -> LocalService {
                LocalService(engine, as: try await engine.authenticator.caller(token: token, address: "192.0.2.1"))
            }
            let signedIn = try await anonymous.call(.signIn, SignIn(name: "olga", password: password))
            olga = try await service(signedIn.tokens.accessToken)
            let draft = EventDraft(
                agency: "acme",
                slug: "fair",
                name: "The Fair",
                starts: "2026-05-01T09:00",
                ends: "2026-05-03T18:00",
                zone: "Etc/UTC"
            )
            _ = try await olga.call(.createEvent, draft)
            _ = try await olga.call(.publishEvent, EventRef("fair"))
            let registered = try await anonymous.call(.register, Registration(name: "ana", password: password))
            ana = try await service(registered.tokens.accessToken)
            _ = try await ana.call(.registerForEvent, EventRef("fair"))
            let queue = try #require(try await olga.call(.listQueues, QueueQuery(event: "fair")).items.first).id
            _ = try await ana.call(.ask, RequestDraft(queue: queue, text: "help"))
            chat = try await olga.call(.takeNext, QueueRef(queue))
        }

        func isUnattended() async throws -> Bool {
            try await engine.timers.fireDue()
            return try await ana.call(.chat, ChatRef(chat.id)).isUnattended
        }

        func isPresent() async throws -> Bool {
            let queue = chat.queue
            return try await olga.call(.listOrganizers, QueueRef(queue)).items.first?.isPresent == true
        }
    }

    @Test func `set forward by a day, the time of day makes nobody absent`() async throws {
        let scene = try await Scene()
        defer { scene.engine.close() }
        scene.clock.set(by: 86_400_000)
        #expect(try await scene.isPresent())
        #expect(try await !scene.isUnattended())
        scene.clock.pass(60_000)
        #expect(try await scene.isPresent())
        #expect(try await !scene.isUnattended())
    }

    @Test func `set back by a day, it keeps nobody there who is gone`() async throws {
        let scene = try await Scene()
        defer { scene.engine.close() }
        scene.clock.set(by: -86_400_000)
        scene.clock.pass(120_000)
        #expect(try await !scene.isPresent())
        // The alarm itself is a time of day; when it goes off, what has passed counts.
        scene.clock.set(by: 86_400_000)
        scene.clock.pass(300_000)
        #expect(try await scene.isUnattended())
    }
}
