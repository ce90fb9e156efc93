import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Promises, counters, statistics, canned replies: what an organizer's day is made of besides chats.
@Suite("Help desk: promises and tools")
struct DeskServiceTests {
    @Test func `a first answer in time keeps the promise, one too late breaks it when it is due`() async throws {
        let desk = try await DeskWorld(sla: SLAPolicy(firstAnswerMs: 60_000, resolutionMs: 300_000))
        let oscar = try await desk.organizer("oscar")
        let (ada, ben) = (try await desk.participant("ada"), try await desk.participant("ben"))
        let quick = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        let slow = try await oscar.call(.takeRequest, RequestRef(desk.ask(ben).id))
        try await desk.say("my own words do not answer me", in: slow, ben)
        try await desk.pass(.seconds(59))
        try await desk.say("on my way", in: quick, oscar)
        try await desk.pass(.seconds(2))
        let clocks = try #require(try await desk.chat(quick.id, as: oscar).clocks)
        #expect(clocks.map(\.kind) == [.firstAnswer, .resolution] && clocks.map(\.state) == [.hit, .running])
        #expect(try await desk.chat(slow.id, as: oscar).clocks?.first?.state == .missed)
        #expect(try await desk.story().filter { $0 == "chat breach" }.count == 1)
        #expect(try await desk.audit("sla.breached").count == 1)
        // Not twice: neither by the late answer nor by the end.
        try await desk.say("sorry", in: slow, oscar)
        _ = try await oscar.call(.endChat, ChatEnding(chat: slow.id))
        #expect(try await desk.audit("sla.breached").count == 1)
        #expect(try await desk.chat(slow.id, as: oscar).clocks?.last?.state == .hit)
        try await desk.pass(.seconds(300))
        #expect(try await desk.audit("sla.breached").count == 2)
        #expect(try await oscar.call(.queueStats, QueueRef(desk.queue)).breaches == 2)
        // The participant sees the promise of the waiting request, not the clocks.
        #expect(try await desk.chat(quick.id, as: ada).clocks == nil)
    }

    @Test func `on hold the promise of a solution stands still, and goes on with what was left`() async throws {
        let desk = try await DeskWorld(
            policy: { $0.lostMs = 0 },
            sla: SLAPolicy(firstAnswerMs: 60_000, resolutionMs: 300_000)
        )
        let oscar = try await desk.organizer("oscar")
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(desk.participant("ada")).id))
        func clock(_ kind: SLAClock.Kind) async throws -> SLAClock {
            let clocks = try await desk.chat(chat.id, as: oscar).clocks ?? []
            return try #require(clocks.first { $0.kind == kind })
        }
        let due = try await clock(.resolution).dueAt
        try await desk.pass(.seconds(30))
        _ = try await oscar.call(.holdChat, ChatRef(chat.id))
        #expect(try await clock(.resolution).pausedAt == desk.clock.now)
        // The answer that was promised is not waited for by the participant any less.
        #expect(try await clock(.firstAnswer).pausedAt == nil)
        try await desk.pass(.seconds(3_600))
        #expect(try await clock(.firstAnswer).state == .missed)
        #expect(try await clock(.resolution).state == .running)
        _ = try await oscar.call(.resumeChat, ChatRef(chat.id))
        let going = try await clock(.resolution)
        #expect(going.pausedAt == nil && going.dueAt == due + 3_600_000)
        // Held a second time, and ended from there: in time.
        try await desk.pass(.seconds(200))
        _ = try await oscar.call(.holdChat, ChatRef(chat.id))
        try await desk.pass(.seconds(3_600))
        _ = try await oscar.call(.endChat, ChatEnding(chat: chat.id))
        #expect(try await clock(.resolution).state == .hit)
        #expect(try await desk.audit("sla.breached").count == 1)
    }

    @Test func `a chat that is handed on from hold has its clock running again, and a broken promise is not mended`()
        async throws
    {
        let desk = try await DeskWorld(policy: { $0.lostMs = 0 }, sla: SLAPolicy(resolutionMs: 300_000))
        let (oscar, otto) = (try await desk.organizer("oscar"), try await desk.organizer("otto"))
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(desk.participant("ada")).id))
        _ = try await oscar.call(.holdChat, ChatRef(chat.id))
        try await desk.pass(.seconds(600))
        desk.engine.desk.opened(otto.id, isStaff: true, now: desk.clock.now)
        _ = try await oscar.call(.transferChat, ChatTransfer(chat: chat.id, organizer: "otto"))
        #expect(try await desk.chat(chat.id, as: otto).clocks?.first?.state == .running)
        try await desk.pass(.seconds(301))
        #expect(try await desk.chat(chat.id, as: otto).clocks?.first?.state == .missed)
        _ = try await otto.call(.holdChat, ChatRef(chat.id))
        #expect(try await desk.chat(chat.id, as: otto).clocks?.first?.pausedAt == nil)
    }

    @Test func `whoever gets the role while they are connected is there, and hears how many wait`() async throws {
        let desk = try await DeskWorld()
        let pia = try await DeskPerson(desk.world.register("pia"))
        desk.engine.desk.opened(pia.id, isStaff: false, now: desk.clock.now)
        let scope = Scope.agency(desk.event.agency)
        let grant = GrantDraft(account: pia.id.description, role: .support, scope: scope)
        _ = try await desk.world.root().call(.giveGrant, grant)
        _ = try await desk.ask(desk.participant("ada"))
        try await desk.pass(.seconds(2))
        #expect(try await desk.owner.call(.listOrganizers, QueueRef(desk.queue)).items.map(\.name) == ["pia"])
        let told = try await pia.call(.meEntries, MeQuery(after: 0, limit: 500)).entries
        #expect(told.last { $0.kind == .counters }?.counters?.waiting == 1)
    }

    @Test func `who leaves before the answer leaves no broken promise`() async throws {
        let desk = try await DeskWorld(sla: SLAPolicy(firstAnswerMs: 60_000))
        let ada = try await desk.participant("ada")
        let asked = try await desk.ask(ada)
        #expect(asked.firstAnswerDueAt == asked.createdAt + 60_000)
        _ = try await ada.call(.cancelRequest, RequestRef(asked.id))
        try await desk.pass(.seconds(120))
        #expect(try await desk.audit("sla.breached").isEmpty)
    }

    @Test func `the numbers of a queue are those of its history`() async throws {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        var asked: [ChatRequest] = []
        for name in ["ada", "ben", "cyd", "dan"] { asked.append(try await desk.ask(desk.participant(name))) }
        try await desk.pass(.seconds(60))
        _ = try await oscar.call(.takeRequest, RequestRef(asked[0].id))
        _ = try await oscar.call(.claimRequest, RequestRef(asked[1].id))
        _ = try await oscar.call(.rejectRequest, Rejection(request: asked[2].id, reason: "no"))
        let stats = try await oscar.call(.queueStats, QueueRef(desk.queue))
        #expect(stats.waiting == 1 && stats.claimed == 1 && stats.inChat == 1)
        #expect(stats.asked == 4 && stats.taken == 1 && stats.rejected == 1 && stats.cancelled == 0)
        #expect(stats.medianWaitMs == 60_003 && stats.organizersPresent == 1)
        #expect(stats.oldestAt == asked[3].createdAt)
        let people = try await oscar.call(.listOrganizers, QueueRef(desk.queue)).items
        #expect(people.map(\.name) == ["oscar"])
        #expect(people.first?.openChats == 1 && people.first?.isPresent == true)
    }

    @Test func `an estimate comes from how fast the line moved, and only then`() async throws {
        let desk = try await DeskWorld(policy: { $0.maxPerOrganizer = 50 })
        let oscar = try await desk.organizer("oscar")
        for number in 0..<6 {
            let asked = try await desk.ask(desk.participant("guest\(number)"))
            #expect(asked.estimatedWaitMs == nil || number > 2)
        }
        for _ in 0..<3 {
            _ = try await oscar.call(.takeNext, QueueRef(desk.queue))
            try await desk.pass(.seconds(60))
        }
        let line = try await oscar.call(.listRequests, RequestQuery(queue: desk.queue)).items
        #expect(line.map(\.estimatedWaitMs) == [60_000, 120_000, 180_000])
    }

    @Test func `canned replies: the nearest wins, the blanks are filled in, and one's own stay one's own`() async throws
    {
        let desk = try await DeskWorld()
        let (oscar, otto) = (try await desk.organizer("oscar"), try await desk.organizer("otto"))
        let ada = try await desk.participant("ada")
        let scopes = ["agency/\(desk.event.agency)", "event/\(desk.event.id)"]
        for (scope, text) in zip(scopes, ["Welcome to us", "Welcome to {{event}}, {{ participant }}"]) {
            let draft = ReplyDraft(scope: scope, key: "hi", text: text)
            #expect(await refusal { try await oscar.call(.setReply, draft) }?.code == .forbidden)
            _ = try await desk.owner.call(.setReply, draft)
        }
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        let use = ReplyUse(chat: chat.id, key: "hi")
        #expect(try await oscar.call(.fillReply, use).text == "Welcome to The Fair, ada")
        _ = try await oscar.call(.setReply, ReplyDraft(key: "hi", text: "{{organizer}} here"))
        #expect(try await oscar.call(.fillReply, use).text == "oscar here")
        #expect(
            try await otto.call(.listReplies, ReplyQuery()).items.map(\.text).contains("{{organizer}} here") == false
        )
        let wrong = await refusal { try await oscar.call(.setReply, ReplyDraft(key: "bye", text: "{{moon}}")) }
        #expect(wrong?.code == .invalid && wrong?.allowed == ["participant", "organizer", "event", "queue"])
        let single = await refusal {
            try await oscar.call(.setReply, ReplyDraft(key: "bye", text: "Dear {participant}"))
        }
        #expect(single?.code == .invalid && single?.detail.contains("'{{participant}}'") == true)
        _ = try await oscar.call(.setReply, ReplyDraft(key: "code", text: "{{participant}}: {} {x}"))
        #expect(await refusal { try await ada.call(.fillReply, use) }?.code == .forbidden)
        let own = try #require(
            try await oscar.call(.listReplies, ReplyQuery(scope: "own")).items.first { $0.key == "hi" }
        )
        #expect(await refusal { try await otto.call(.deleteReply, ReplyRef(own.id)) }?.code == .notFound)
        _ = try await oscar.call(.deleteReply, ReplyRef(own.id))
        #expect(try await oscar.call(.fillReply, use).text == "Welcome to The Fair, ada")
        let other = await refusal { try await oscar.call(.fillReply, ReplyUse(chat: chat.id, key: "nope")) }
        #expect(other?.code == .notFound)
    }

    @Test func `the participant is told the place in line with every step that leads into it`() async throws {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        var people: [DeskPerson] = []
        var asked: [ChatRequest] = []
        for name in ["ada", "ben", "cyd"] {
            people.append(try await desk.participant(name))
            asked.append(try await desk.ask(people[people.count - 1]))
        }
        func news(_ index: Int) async throws -> RequestNews? {
            try await desk.log(.me(people[index].id)).last { $0.request != nil }?.request
        }
        for index in 0..<3 { #expect(try await news(index)?.position == index + 1) }
        _ = try await oscar.call(.claimRequest, RequestRef(asked[1].id))
        let claimed = try #require(try await news(1))
        #expect(claimed.action == "claim" && claimed.position == nil)
        _ = try await oscar.call(.takeRequest, RequestRef(asked[0].id))
        _ = try await oscar.call(.releaseRequest, ClaimRef(request: asked[1].id))
        #expect(try await news(1)?.position == 1)
        // Nobody else's log says it: for the organizers it changes with everybody else's.
        let others = try await desk.log(.queue(desk.queue)) + desk.log(.me(oscar.id))
        #expect(others.allSatisfy { $0.request?.position == nil })
    }

    @Test func `a private note is told to the staff's side at once, without a word of it, and to nobody else`()
        async throws
    {
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let chat = try await oscar.call(.takeRequest, RequestRef(desk.ask(ada).id))
        let before = (
            ada: try await desk.log(.me(ada.id)).count, channel: try await desk.log(.channel(chat.channel)).count
        )
        _ = try await desk.owner.call(.noteChat, NoteDraft(chat: chat.id, text: "he was here yesterday"))
        let told = try #require(try await desk.log(.me(oscar.id)).last)
        #expect(told.chat?.action == "note" && told.chat?.id == chat.id && told.by == desk.owner.id)
        #expect(try await desk.story().last == "chat note")
        let logs = try await desk.log(.me(oscar.id)) + desk.log(.queue(desk.queue))
        #expect(!"\(logs)".contains("yesterday"))
        #expect(try await desk.log(.me(ada.id)).count == before.ada)
        #expect(try await desk.log(.channel(chat.channel)).count == before.channel)
        #expect(try await oscar.call(.listNotes, ChatRef(chat.id)).items.map(\.text) == ["he was here yesterday"])
    }

    @Test func `every step is in the audit log, none with what was said`() async throws {
        let desk = try await DeskWorld()
        let (ada, oscar) = (try await desk.participant("ada"), try await desk.organizer("oscar"))
        let asked = try await desk.ask(ada, "a secret matter")
        let claim = try await oscar.call(.claimRequest, RequestRef(asked.id)).claim
        _ = try await oscar.call(.releaseRequest, ClaimRef(request: asked.id, token: claim?.token))
        let chat = try await oscar.call(.takeRequest, RequestRef(asked.id))
        _ = try await oscar.call(.endChat, ChatEnding(chat: chat.id))
        let object = "request/\(asked.id)"
        let entries = try await desk.world.root().call(.audit, AuditQuery(object: object)).entries
        #expect(
            entries.map(\.action) == [
                "requests.ask", "requests.claim", "requests.release", "requests.take", "requests.end",
            ]
        )
        // One entry for each of the two machines that took a step, and the call's own name once.
        #expect(try await desk.audit("chats.end").map(\.object) == ["chat/\(chat.id)"])
        #expect(entries.map(\.actor) == [ada.id, oscar.id, oscar.id, oscar.id, oscar.id])
        for entry in entries {
            let said = "\(String(describing: entry.before)) \(String(describing: entry.after))"
            #expect(!said.contains("secret matter"))
        }
        #expect(try await desk.world.root().call(.verifyAudit).isClean)
    }

    @Test func `a change of ageing orders the line anew, a second editor is told`() async throws {
        let topics = [Topic(key: "high", title: "High", priority: 1)]
        let desk = try await DeskWorld(policy: { $0.ageingMs = 10_000 }, topics: topics)
        let old = try await desk.ask(desk.participant("ada"))
        try await desk.pass(.seconds(30))
        let urgent = try await desk.ask(desk.participant("ben"), topic: "high")
        var line = try await desk.owner.call(.listRequests, RequestQuery(queue: desk.queue)).items
        #expect(line.map(\.id) == [old.id, urgent.id])
        let queue = try await desk.owner.call(.queue, QueueRef(desk.queue))
        var change = QueuePolicyChange()
        change.ageingMs = 60_000
        let service = try await desk.owner.service()
        let edited = QueueChange(queue: desk.queue, policy: change)
        _ = try await service.call(.changeQueue, edited, CallOptions(ifMatch: "\"\(queue.version)\""))
        line = try await desk.owner.call(.listRequests, RequestQuery(queue: desk.queue)).items
        #expect(line.map(\.id) == [urgent.id, old.id] && line.map(\.position) == [1, 2])
        let lost = await refusal {
            try await service.call(.changeQueue, edited, CallOptions(ifMatch: "\"\(queue.version)\""))
        }
        #expect(lost?.code == .preconditionFailed)
    }
}
