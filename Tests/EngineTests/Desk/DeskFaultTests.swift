import ChatAPI
import ChatTestKit
import Engine
import Storage
import Synchronization
import Testing

/// Storage that fails in the middle: a chat ends wholly or not at all, and what runs goes on.
@Suite("Help desk: when storage fails")
struct DeskFaultTests {
    /// Fails the n-th writing statement from now on.
    private final class Trap: Sendable {
        private let countdown = Mutex<Int?>(nil)
        let wasSprung = Atomic<Bool>(false)

        func arm(_ statement: Int) {
            wasSprung.store(false, ordering: .relaxed)
            countdown.withLock { $0 = statement }
        }

        func disarm() { countdown.withLock { $0 = nil } }

        var faults: Faults {
            Faults { point in
                guard case .statement = point else { return nil }
                let isHit = self.countdown.withLock { left in
                    guard let count = left else { return false }
                    left = count > 1 ? count - 1 : nil
                    return count == 1
                }
                guard isHit else { return nil }
                self.wasSprung.store(true, ordering: .relaxed)
                return Faults.Fault(.io(code: 10))
            }
        }
    }

    private func world(_ trap: Trap) async throws -> DeskWorld {
        try await DeskWorld({ $0.storage.faults = trap.faults })
    }

    @Test func `a chat ends wholly or not at all, whichever statement fails`() async throws {
        let trap = Trap()
        let desk = try await world(trap)
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        var statement = 1
        while true {
            trap.arm(statement)
            let failure: APIError?
            do {
                _ = try await oscar.call(.endChat, ChatEnding(chat: chat.id))
                failure = nil
            } catch { failure = error as? APIError }
            guard trap.wasSprung.load(ordering: .relaxed) else {
                #expect(failure == nil)
                break
            }
            trap.disarm()
            #expect(failure?.code == .unavailable, "statement \(statement)")
            // Nothing of it happened, and both are told the truth.
            #expect(try await desk.chat(chat.id, as: ada).state == .open, "statement \(statement)")
            #expect(try await desk.request(chat.request, as: ada).state == .inChat, "statement \(statement)")
            // The chat goes on, and a retry is an ordinary call.
            try await desk.say("try \(statement)", in: chat, statement % 2 == 0 ? ada : oscar)
            statement += 1
        }
        #expect(statement > 5, "it takes several statements, and each was made to fail")
        #expect(try await desk.chat(chat.id, as: ada).state == .ended)
        #expect(try await desk.request(chat.request, as: ada).state == .done)
        #expect(try await desk.texts(chat, as: ada).count == statement)
        let ends = try await desk.audit("chats.end")
        #expect(ends.map(\.object) == ["chat/\(chat.id)"])
        #expect(try await desk.audit("requests.end").map(\.object) == ["request/\(chat.request)"])
    }

    @Test func `a take that fails loses nothing: the request waits, the participant can go on`() async throws {
        let trap = Trap()
        let desk = try await world(trap)
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let asked = try await desk.ask(ada)
        var statement = 1
        while true {
            trap.arm(statement)
            let chat = try? await oscar.call(.takeNext, QueueRef(desk.queue))
            guard trap.wasSprung.load(ordering: .relaxed) else {
                #expect(chat?.request == asked.id)
                break
            }
            trap.disarm()
            #expect(chat == nil)
            let waiting = try await desk.request(asked.id, as: ada)
            #expect(waiting.state == .queued && waiting.position == 1, "statement \(statement)")
            #expect(try await oscar.call(.listChats, ChatQuery()).items.isEmpty, "statement \(statement)")
            statement += 1
        }
        #expect(statement > 8)
        #expect(try await desk.number("SELECT COUNT(*) FROM channel WHERE kind = 'chat'") == 1)
    }

    @Test func `with the queue's store failing, running chats go on, and an end happens wholly or not at all`()
        async throws
    {
        let trap = Trap()
        let desk = try await world(trap)
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let ben = try await desk.participant("ben")
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        // From here on no write to the tables of requests gets through: as if they were damaged.
        try await desk.engine.database.write(touching: []) { tx in
            try tx.run(
                """
                CREATE TRIGGER damaged_insert BEFORE INSERT ON chat_request BEGIN SELECT RAISE(ABORT, 'damaged'); END
                """
            )
        }
        try await desk.engine.database.write(touching: []) { tx in
            try tx.run(
                """
                CREATE TRIGGER damaged_update BEFORE UPDATE ON chat_request BEGIN SELECT RAISE(ABORT, 'damaged'); END
                """
            )
        }
        #expect(await refusal { try await desk.ask(ben) } != nil)
        for round in 0..<3 {
            try await desk.say("round \(round)", in: chat, round % 2 == 0 ? ada : oscar)
        }
        // Ending says that it does not work, and leaves the chat as it is.
        #expect(await refusal { try await oscar.call(.endChat, ChatEnding(chat: chat.id)) } != nil)
        #expect(try await desk.chat(chat.id, as: oscar).state == .open)
        #expect(try await desk.texts(chat, as: ada).count == 4)
        for name in ["damaged_insert", "damaged_update"] {
            let drop = SQL("DROP TRIGGER \(name)")
            try await desk.engine.database.write(touching: []) { tx in _ = try tx.run(drop) }
        }
        #expect(try await oscar.call(.endChat, ChatEnding(chat: chat.id)).state == .ended)
    }
}
