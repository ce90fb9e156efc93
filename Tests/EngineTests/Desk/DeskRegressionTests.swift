import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Known defects of the systems that this one succeeds, each by its name, each impossible here.
@Suite("Help desk: defects of the predecessors")
struct DeskRegressionTests {
    @Test func `system 000: a queue item was acknowledged before the chat was made, and lost when that failed`()
        async throws
    {
        // The chat cannot be made: its row is refused. The request must wait on.
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let asked = try await desk.ask(ada)
        try await desk.engine.database.write(touching: []) { tx in
            _ = try tx.run(
                "CREATE TRIGGER damaged BEFORE INSERT ON chat BEGIN SELECT RAISE(ABORT, 'damaged'); END"
            )
        }
        #expect(await refusal { try await oscar.call(.takeNext, QueueRef(desk.queue)) }?.code == .unavailable)
        let waiting = try await desk.request(asked.id, as: ada)
        #expect(waiting.state == .queued && waiting.position == 1)
        try await desk.engine.database.write(touching: []) { tx in _ = try tx.run("DROP TRIGGER damaged") }
        #expect(try await oscar.call(.takeNext, QueueRef(desk.queue)).request == asked.id)
    }

    @Test func `system 000: whoever stood first in line could hold up everybody behind them`() async throws {
        // A participant in as many channels as one can be is taken all the same.
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let joined = try await ada.call(.listChannels, ChannelQuery(joined: true)).items.count
        for number in joined..<Limits.channelsPerAccount {
            _ = try await ada.call(.createChannel, ChannelDraft(name: "c\(number)"))
        }
        let asked = try await desk.ask(ada)
        let chat = try await oscar.call(.takeNext, QueueRef(desk.queue))
        #expect(chat.request == asked.id)
        _ = try await desk.say("here I am", in: chat, ada)
    }

    @Test func `system 000: the participant's lock stayed for ever`() async throws {
        // Every way out of a request lets its participant ask again.
        let desk = try await DeskWorld(policy: { $0.waitLimitMs = 600_000 })
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        _ = try await ada.call(.cancelRequest, RequestRef(desk.ask(ada).id))
        _ = try await oscar.call(.rejectRequest, Rejection(request: desk.ask(ada).id, reason: "no"))
        _ = try await desk.ask(ada)
        try await desk.pass(.seconds(600))
        let ended = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        _ = try await oscar.call(.endChat, ChatEnding(chat: ended.id))
        let left = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        _ = try await oscar.call(.requeueRequest, Requeueing(request: left.request))
        _ = try await ada.call(.endChat, ChatEnding(chat: left.id))
        #expect(try await desk.request(left.request, as: ada).state == .done)
        #expect(try await desk.ask(ada).state == .queued)
    }

    @Test func `system 000: a chat ended while the release of its lock failed, and nobody was told`() async throws {
        // One transaction; `DeskFaultTests` makes each of its statements fail. Here: both sides hear of the end.
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        _ = try await oscar.call(.endChat, ChatEnding(chat: chat.id))
        for person in [ada, oscar] {
            let told = try await desk.log(.me(person.id)).contains {
                $0.chat?.id == chat.id && $0.chat?.action == "end"
            }
            #expect(told, "\(person.name)")
        }
        #expect(try await desk.log(.channel(chat.channel)).last?.chat?.action == "end")
    }

    @Test func `system 000: the time of the end was never stored`() async throws {
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        desk.clock.advance(by: .seconds(90))
        let ended = try await oscar.call(.endChat, ChatEnding(chat: chat.id))
        #expect(ended.endedAt == desk.clock.now)
        #expect(try await desk.request(chat.request, as: ada).endedAt == desk.clock.now)
    }

    @Test func `system 000: asking was answered with success although nothing was stored`() async throws {
        let desk = try await DeskWorld()
        let ada = try await desk.participant("ada")
        _ = try await desk.owner.call(.changeQueue, QueueChange(queue: desk.queue, isOpen: false))
        #expect(await refusal { try await desk.ask(ada) }?.code == .conflict)
        #expect(try await desk.number("SELECT COUNT(*) FROM chat_request") == 0)
        #expect(try await desk.audit("requests.ask").isEmpty)
    }

    @Test func `system 000: only the organizer of a chat could end it`() async throws {
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        let otto = try await desk.organizer("otto")
        #expect(await refusal { try await otto.call(.endChat, ChatEnding(chat: chat.id)) }?.code == .forbidden)
        #expect(try await ada.call(.endChat, ChatEnding(chat: chat.id)).state == .ended)
    }

    @Test func `system 000: messages after the end were refused without saying why`() async throws {
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        let sent = try await desk.say("before", in: chat, ada)
        _ = try await oscar.call(.endChat, ChatEnding(chat: chat.id))
        let late = await refusal { try await desk.say("after", in: chat, ada) }
        #expect(late?.detail.contains("has ended") == true)
        let edit = MessageEdit(channel: chat.channel, seq: sent.seq, text: "changed")
        #expect(await refusal { try await ada.call(.editMessage, edit) }?.detail.contains("has ended") == true)
        let reaction = ReactionRef(channel: chat.channel, seq: sent.seq, emoji: "👍")
        #expect(await refusal { try await oscar.call(.react, reaction) }?.code == .conflict)
    }

    @Test func `system 000: administrators could look into an agency, and read its chats`() async throws {
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        let admin = try await desk.superAdmin("root2")
        for call in 0..<4 {
            let refused = await refusal {
                switch call {
                case 0: _ = try await admin.call(.entries, EntryQuery(channel: chat.channel.description))
                case 1: _ = try await admin.call(.chat, ChatRef(chat.id))
                case 2: _ = try await admin.call(.transcript, TranscriptQuery(chat: chat.id))
                default: _ = try await admin.call(.listNotes, ChatRef(chat.id))
                }
            }
            #expect(refused?.code == .notFound || refused?.code == .forbidden, "call \(call)")
        }
    }

    @Test func `system 002: a session that was revoked kept its place in the conversation`() async throws {
        // An account that is deleted leaves no open request, no claim and no chat behind.
        let desk = try await DeskWorld()
        let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
        let oscar = try await desk.organizer("oscar")
        let talked = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        let waiting = try await desk.ask(ben)
        _ = try await ada.call(.deleteMe, AccountDeletion(password: AccountWorld.password))
        _ = try await ben.call(.deleteMe, AccountDeletion(password: AccountWorld.password))
        #expect(try await desk.chat(talked.id, as: oscar).state == .ended)
        #expect(try await desk.request(talked.request, as: oscar).state == .done)
        #expect(try await desk.request(waiting.id, as: oscar).state == .cancelled)
        #expect(
            try await desk.number("SELECT COUNT(*) FROM chat_request WHERE state IN ('queued','claimed','in_chat')")
                == 0
        )
    }
}
