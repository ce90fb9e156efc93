import ChatAPI
import ChatTestKit
import Engine
import Testing

/// The way of a chat: held, handed on, ended by either side, rated, kept, printed.
@Suite("Help desk: chats")
struct ChatFlowTests {
    private func talk(_ desk: DeskWorld) async throws -> (chat: Chat, ada: DeskPerson, oscar: DeskPerson) {
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let asked = try await desk.ask(ada, "I lost my badge")
        return (try await oscar.call(.takeRequest, RequestRef(asked.id)), ada, oscar)
    }

    @Test(arguments: [true, false])
    func `either side ends it, and the request with it`(byParticipant: Bool) async throws {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        let ending = ChatEnding(chat: chat.id, reason: "all good")
        let ended = try await (byParticipant ? ada : oscar).call(.endChat, ending)
        #expect(ended.state == .ended && ended.endReason == "all good")
        #expect(ended.endedBy == (byParticipant ? ada.id : oscar.id))
        #expect(try await desk.request(chat.request, as: ada).state == .done)
        // Read-only from now on, for both.
        for person in [ada, oscar] {
            #expect(await refusal { try await desk.say("one more thing", in: chat, person) }?.code == .conflict)
        }
        let again = await refusal { try await oscar.call(.endChat, ending) }
        #expect(again?.code == .invalidTransition)
        // And whoever has no open request may ask again.
        #expect(try await desk.ask(ada).state == .queued)
    }

    @Test func `a chat is handed to nobody who has as many as they can have`() async throws {
        let desk = try await DeskWorld(policy: { $0.maxPerOrganizer = 1 })
        let (oscar, otto) = (try await desk.organizer("oscar"), try await desk.organizer("otto"))
        let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        let full = try await otto.call(.takeRequest, RequestRef(desk.ask(ben).id))
        let handing = ChatTransfer(chat: chat.id, organizer: "otto")
        let refused = await refusal { try await oscar.call(.transferChat, handing) }
        #expect(refused?.code == .conflict && refused?.detail.contains("as many chats") == true)
        #expect(try await desk.chat(chat.id, as: ada).organizerName == "oscar")
        _ = try await otto.call(.endChat, ChatEnding(chat: full.id))
        #expect(try await oscar.call(.transferChat, handing).organizerName == "otto")
    }

    @Test func `both sides keep an ended chat in their archive, also after it left their lists`() async throws {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        try await desk.say("found it", in: chat, oscar)
        _ = try await oscar.call(.endChat, ChatEnding(chat: chat.id))
        let before = try await ada.call(.listChannels, ChannelQuery(joined: true)).items.contains {
            $0.id == chat.channel
        }
        #expect(before)
        try await desk.pass(.seconds(3_601))
        let after = try await ada.call(.listChannels, ChannelQuery(joined: true)).items.contains {
            $0.id == chat.channel
        }
        #expect(!after)
        for person in [ada, oscar] {
            let archive = try await person.call(.listChats, ChatQuery(archived: true)).items
            #expect(archive.map(\.id) == [chat.id])
            #expect(try await person.call(.listChats, ChatQuery(archived: false)).items.isEmpty)
            #expect(try await desk.texts(chat, as: person) == ["I lost my badge", "found it"])
            #expect(try await person.call(.channel, ChannelRef(chat.channel)).kind == .chat)
        }
        let ben = try await desk.participant("ben")
        #expect(await refusal { try await desk.texts(chat, as: ben) }?.code == .notFound)
        #expect(await refusal { try await ben.call(.channel, ChannelRef(chat.channel)) }?.code == .notFound)
        #expect(await refusal { try await desk.chat(chat.id, as: ben) }?.code == .notFound)
    }

    @Test func `a supervisor reads a queue's chats, other staff and super admins do not`() async throws {
        let desk = try await DeskWorld()
        let (chat, _, _) = try await talk(desk)
        let otto = try await desk.organizer("otto")
        // The owner holds the supervisor's bundle.
        #expect(try await desk.texts(chat, as: desk.owner) == ["I lost my badge"])
        #expect(try await desk.owner.call(.listChats, ChatQuery(queue: desk.queue)).items.map(\.id) == [chat.id])
        #expect(await refusal { try await desk.texts(chat, as: otto) }?.code == .notFound)
        #expect(await refusal { try await otto.call(.listChats, ChatQuery(queue: desk.queue)) }?.code == .forbidden)
        let admin = try await desk.superAdmin("root2")
        #expect(await refusal { try await desk.texts(chat, as: admin) }?.code == .notFound)
        #expect(await refusal { try await desk.chat(chat.id, as: admin) }?.code == .notFound)
        #expect(await refusal { try await admin.call(.transcript, TranscriptQuery(chat: chat.id)) }?.code == .notFound)
    }

    @Test func `chats with a person are found from either side and by supervisors, not by others`() async throws {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        let otto = try await desk.organizer("otto")
        let ben = try await desk.participant("ben")
        func found(_ name: String, _ person: DeskPerson) async throws -> [ChatID] {
            try await person.call(.listChats, ChatQuery(with: name)).items.map(\.id)
        }
        #expect(try await found("ada", oscar) == [chat.id])
        #expect(try await found("oscar", ada) == [chat.id])
        #expect(try await found("ada", desk.owner) == [chat.id])
        for stranger in [otto, ben] { #expect(try await found("ada", stranger).isEmpty) }
        #expect(try await found("ben", oscar).isEmpty)
        let archived = ChatQuery(with: "ada", archived: true)
        #expect(try await oscar.call(.listChats, archived).items.isEmpty)
        #expect(await refusal { try await found("nobody", oscar) }?.code == .notFound)
    }

    @Test func `a rating is the participant's, from 1 to 5, once, within seven days`() async throws {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        let five = RatingDraft(chat: chat.id, stars: 5, comment: "quick")
        #expect(await refusal { try await ada.call(.rateChat, five) }?.code == .invalidTransition)
        _ = try await ada.call(.endChat, ChatEnding(chat: chat.id))
        #expect(await refusal { try await oscar.call(.rateChat, five) }?.code == .forbidden)
        #expect(await refusal { try await ada.call(.rateChat, RatingDraft(chat: chat.id, stars: 6)) }?.code == .invalid)
        let rated = try await ada.call(.rateChat, five)
        #expect(rated.state == .rated && rated.rating?.stars == 5 && rated.rating?.comment == "quick")
        #expect(await refusal { try await ada.call(.rateChat, five) }?.code == .invalidTransition)
        let stats = try await desk.owner.call(.queueStats, QueueRef(desk.queue))
        #expect(stats.ratings == 1 && stats.averageStars == 5)
        let second = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        _ = try await ada.call(.endChat, ChatEnding(chat: second.id))
        desk.clock.advance(by: .seconds(7 * 86_400 + 1))
        let late = await refusal { try await ada.call(.rateChat, RatingDraft(chat: second.id, stars: 1)) }
        #expect(late?.code == .conflict)
    }

    @Test func `private notes are the staff's: the participant sees neither them nor that they are there`() async throws
    {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        let before = try await desk.log(.channel(chat.channel)).count
        _ = try await oscar.call(.noteChat, NoteDraft(chat: chat.id, text: "third time today"))
        #expect(try await desk.log(.channel(chat.channel)).count == before)
        #expect(try await desk.chat(chat.id, as: oscar).noteCount == 1)
        let seen = try await desk.chat(chat.id, as: ada)
        #expect(seen.noteCount == nil && seen.clocks == nil && !seen.allowed.contains(.note))
        #expect(await refusal { try await ada.call(.listNotes, ChatRef(chat.id)) }?.code == .forbidden)
        #expect(
            await refusal { try await ada.call(.noteChat, NoteDraft(chat: chat.id, text: "me too")) }?.code
                == .forbidden
        )
        let document = try await ada.call(.transcript, TranscriptQuery(chat: chat.id, format: .json))
        #expect(!document.text.contains("third time"))
    }

    @Test func `a transfer hands over with everything that was said, and a note`() async throws {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        let otto = try await desk.organizer("otto")
        let absent = await refusal {
            try await oscar.call(.transferChat, ChatTransfer(chat: chat.id, organizer: "otto"))
        }
        #expect(absent?.code == .conflict, "nobody hands a chat to somebody who is not there")
        _ = try await otto.call(.availability)
        let moved = try await oscar.call(
            .transferChat,
            ChatTransfer(chat: chat.id, organizer: "otto", note: "speaks Danish")
        )
        #expect(moved.organizer == otto.id && moved.state == .open)
        #expect(try await desk.texts(chat, as: otto) == ["I lost my badge"])
        #expect(try await otto.call(.listNotes, ChatRef(chat.id)).items.map(\.text) == ["speaks Danish"])
        #expect(await refusal { try await desk.say("bye", in: chat, oscar) } != nil)
        try await desk.say("hej", in: chat, otto)
        // Both had it: both have it in their archive.
        _ = try await ada.call(.endChat, ChatEnding(chat: chat.id))
        for person in [oscar, otto] {
            #expect(try await person.call(.listChats, ChatQuery(archived: true)).items.map(\.id) == [chat.id])
        }
    }

    @Test func `back to the queue: the age stays, the participant goes on writing, the next one reads it all`()
        async throws
    {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        let ben = try await desk.participant("ben")
        try await desk.pass(.seconds(60))
        _ = try await desk.ask(ben)
        let waiting = try await oscar.call(.requeueRequest, Requeueing(request: chat.request, note: "needs a medic"))
        #expect(waiting.state == .queued && waiting.position == 1)
        let seen = try await desk.chat(chat.id, as: ada)
        #expect(seen.state == .open && seen.organizer == nil && seen.isUnattended)
        try await desk.say("hello?", in: chat, ada)
        let otto = try await desk.organizer("otto")
        let next = try await otto.call(.takeNext, QueueRef(desk.queue))
        #expect(next.id == chat.id)
        #expect(try await desk.texts(next, as: otto) == ["I lost my badge", "hello?"])
    }

    @Test func `a participant who gives up while waiting again ends both`() async throws {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        _ = try await oscar.call(.requeueRequest, Requeueing(request: chat.request))
        _ = try await ada.call(.cancelRequest, RequestRef(chat.request))
        #expect(try await desk.chat(chat.id, as: ada).state == .ended)
        #expect(try await desk.request(chat.request, as: ada).state == .cancelled)
        #expect(try await desk.ask(ada).state == .queued)
    }

    @Test func `hold and resume are the organizer's`() async throws {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        #expect(await refusal { try await ada.call(.holdChat, ChatRef(chat.id)) }?.code == .forbidden)
        #expect(try await oscar.call(.holdChat, ChatRef(chat.id)).state == .onHold)
        #expect(await refusal { try await oscar.call(.holdChat, ChatRef(chat.id)) }?.code == .invalidTransition)
        try await desk.say("still here", in: chat, ada)
        #expect(try await oscar.call(.resumeChat, ChatRef(chat.id)).state == .open)
    }

    @Test func `an idle chat is called so, and ends by itself where the queue says so`() async throws {
        let desk = try await DeskWorld(policy: {
            $0.idleMs = 300_000
            $0.idleEndMs = 120_000
            $0.lostMs = 0
        })
        let (chat, ada, _) = try await talk(desk)
        try await desk.pass(.seconds(200))
        try await desk.say("anyone?", in: chat, ada)
        try await desk.pass(.seconds(200))
        #expect(try await desk.chat(chat.id, as: ada).isIdle == false)
        try await desk.pass(.seconds(101))
        #expect(try await desk.chat(chat.id, as: ada).isIdle)
        // Whoever writes ends it at once, not when the daemon looks again.
        try await desk.say("hello?", in: chat, ada)
        #expect(try await desk.chat(chat.id, as: ada).isIdle == false)
        try await desk.pass(.seconds(301))
        #expect(try await desk.chat(chat.id, as: ada).isIdle)
        try await desk.pass(.seconds(120))
        let ended = try await desk.chat(chat.id, as: ada)
        #expect(ended.state == .ended && ended.endReason != nil && ended.endedBy == nil)
        // Nobody ended it, and no transcript says so.
        let plain = try await ada.call(.transcript, TranscriptQuery(chat: chat.id)).text
        #expect(plain.hasSuffix("Z the chat ended by itself\n"))
        #expect(try await desk.request(chat.request, as: ada).state == .done)
    }

    @Test func `a chat channel is not managed like a channel`() async throws {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        let channel = chat.channel.description
        #expect(await refusal { try await oscar.call(.leaveChannel, ChannelRef(channel)) }?.code == .conflict)
        #expect(await refusal { try await oscar.call(.deleteChannel, ChannelRef(channel)) }?.code == .conflict)
        #expect(
            await refusal { try await oscar.call(.addMember, MemberRef(channel: channel, account: "olga")) }?.code
                == .conflict
        )
        #expect(
            await refusal { try await ada.call(.changeChannel, ChannelChange(channel: channel, topic: "x")) }?.code
                == .conflict
        )
        let ben = try await desk.participant("ben")
        #expect(await refusal { try await ben.call(.joinChannel, ChannelJoin(channel: channel)) }?.code == .notFound)
    }

    @Test func `transcripts say the same in three forms`() async throws {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        try await desk.say("which *colour*?\nblue?", in: chat, oscar)
        try await desk.say("here", in: chat, ada, location: Location(latitude: 1.5, longitude: -2.25))
        _ = try await oscar.call(.endChat, ChatEnding(chat: chat.id, reason: "found"))
        let plain = try await ada.call(.transcript, TranscriptQuery(chat: chat.id)).text
        #expect(
            plain == """
                Chat with ada in help
                Started: 2026-05-01 12:00:00Z
                Ended: 2026-05-01 12:00:00Z
                Reason: found

                2026-05-01 12:00:00Z oscar took the request
                2026-05-01 12:00:00Z ada: I lost my badge
                2026-05-01 12:00:00Z oscar: which *colour*?
                  blue?
                2026-05-01 12:00:00Z ada: here
                  at 1.50000, -2.25000
                2026-05-01 12:00:00Z oscar ended the chat

                """
        )
        let markdown = try await ada.call(.transcript, TranscriptQuery(chat: chat.id, format: .markdown)).text
        #expect(markdown.contains("> which \\*colour\\*?\n> blue?"))
        let json = try await ada.call(.transcript, TranscriptQuery(chat: chat.id, format: .json)).text
        let document = try Coding.decode(JSON.self, from: Array(json.utf8))
        #expect(
            document["lines"]?.array?.compactMap { $0["text"]?.string } == [
                "I lost my badge", "which *colour*?\nblue?", "here",
            ]
        )
        #expect(document["endReason"] == "found")
    }

    @Test func `a transcript says who handed a chat to whom, and when it was rated`() async throws {
        let desk = try await DeskWorld()
        let (chat, ada, oscar) = try await talk(desk)
        _ = try await desk.organizer("otto").call(.availability)
        _ = try await oscar.call(.transferChat, ChatTransfer(chat: chat.id, organizer: "otto"))
        _ = try await ada.call(.endChat, ChatEnding(chat: chat.id))
        _ = try await ada.call(.rateChat, RatingDraft(chat: chat.id, stars: 4))
        let plain = try await ada.call(.transcript, TranscriptQuery(chat: chat.id)).text
        #expect(plain.contains("oscar handed the chat to otto\n") && plain.contains("ada ended the chat\n"))
        let json = try await ada.call(.transcript, TranscriptQuery(chat: chat.id, format: .json)).text
        let document = try Coding.decode(JSON.self, from: Array(json.utf8))
        let moved = try #require(document["lines"]?.array?.first { $0["action"] == "transfer" })
        #expect(moved["by"] == "oscar" && moved["to"] == "otto")
        #expect(document["rating"]?["at"] == "2026-05-01 12:00:00Z")
    }
}
