import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Random histories: nothing is lost, nobody is in two chats of one event, the order holds, and nothing stays locked.
@Suite("Help desk: random histories")
struct DeskPropertyTests {
    @Test(arguments: [11, 12, 13, 14, 15, 16] as [UInt64])
    func `whatever happens, every request is somewhere, once`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let topics = [Topic(key: "low", title: "Low", priority: 0), Topic(key: "high", title: "High", priority: 3)]
        let desk = try await DeskWorld(
            policy: {
                $0.leaseMs = 20_000
                $0.ageingMs = 30_000
                $0.lostMs = 300_000
                $0.waitLimitMs = 900_000
            },
            topics: topics
        )
        var (participants, organizers): ([DeskPerson], [DeskPerson]) = ([], [])
        for number in 0..<6 { participants.append(try await desk.participant("guest\(number)")) }
        for number in 0..<3 { organizers.append(try await desk.organizer("organizer\(number)")) }
        for step in 0..<160 {
            let person = participants.randomElement(using: &random)!
            let organizer = organizers.randomElement(using: &random)!
            try await act(Int.random(in: 0..<15, using: &random), person, organizer, desk, &random)
            try await check(desk, "seed \(seed), step \(step)")
        }
    }

    /// One thing that somebody may do; what is refused is refused.
    private func act(
        _ action: Int,
        _ person: DeskPerson,
        _ organizer: DeskPerson,
        _ desk: DeskWorld,
        _ random: inout SeededGenerator
    ) async throws {
        let open = try await person.call(.listRequests, RequestQuery()).items.first
        let own = try await organizer.call(.listChats, ChatQuery(archived: false)).items.first
        let waiting = try await organizer.call(.listRequests, RequestQuery(queue: desk.queue)).items
        let first = waiting.randomElement(using: &random)
        let accepts = Availability.Accepts.words.randomElement(using: &random)
        do {
            switch action {
            case 0, 1, 2:
                _ = try await desk.ask(person, topic: Bool.random(using: &random) ? "low" : "high")
            case 3: if let open { _ = try await person.call(.cancelRequest, RequestRef(open.id)) }
            case 4: if let first { _ = try await organizer.call(.claimRequest, RequestRef(first.id)) }
            case 5: if let first { _ = try await organizer.call(.takeRequest, RequestRef(first.id)) }
            case 6: try await checkTakesFirst(organizer, desk)
            case 7: if let own { _ = try await organizer.call(.endChat, ChatEnding(chat: own.id)) }
            case 8: if let open, let chat = open.chat { _ = try await person.call(.endChat, ChatEnding(chat: chat)) }
            case 9: if let own { _ = try await organizer.call(.requeueRequest, Requeueing(request: own.request)) }
            case 10:
                if let first {
                    _ = try await organizer.call(.rejectRequest, Rejection(request: first.id, reason: "no"))
                }
            case 11: _ = try await organizer.call(.setAvailability, AvailabilityChange(accepts: accepts, isAway: false))
            case 12:
                if let open { _ = try await organizer.call(.acceptRequest, ClaimRef(request: open.id)) }
            case 13:
                if let open { _ = try await organizer.call(.releaseRequest, ClaimRef(request: open.id)) }
            default: try await desk.pass(.seconds(Int64.random(in: 1..<90, using: &random)))
            }
        } catch let refusal as APIError {
            #expect(refusal.code.status < 500, "\(refusal.detail)")
        }
    }

    /// Take-next takes whom the list shows first.
    private func checkTakesFirst(_ organizer: DeskPerson, _ desk: DeskWorld) async throws {
        let line = try await organizer.call(.listRequests, RequestQuery(queue: desk.queue)).items
        let taken = try await organizer.call(.takeNext, QueueRef(desk.queue))
        #expect(taken.request == line.first?.id)
    }

    private func check(_ desk: DeskWorld, _ place: String) async throws {
        func zero(_ sql: String, _ what: String) async throws {
            #expect(try await desk.number(sql) == 0, "\(place): \(what)")
        }
        try await zero(
            """
            SELECT COUNT(*) FROM (SELECT participant FROM chat_request WHERE state IN ('queued', 'claimed', 'in_chat')
            GROUP BY participant HAVING COUNT(*) > 1)
            """,
            "two open requests of one participant"
        )
        try await zero(
            """
            SELECT COUNT(*) FROM (SELECT participant FROM chat WHERE state IN ('open', 'on_hold')
            GROUP BY participant HAVING COUNT(*) > 1)
            """,
            "a participant in two chats"
        )
        try await zero(
            """
            SELECT COUNT(*) FROM chat c JOIN chat_request r ON r.id = c.request
            WHERE (c.state IN ('open', 'on_hold')) <> (r.state IN ('queued', 'claimed', 'in_chat'))
            """,
            "a chat and its request disagree"
        )
        try await zero(
            """
            SELECT COUNT(*) FROM chat c JOIN chat_request r ON r.id = c.request
            WHERE c.state IN ('open', 'on_hold') AND (c.organizer IS NOT NULL) <> (r.state = 'in_chat')
            """,
            "a chat has an organizer exactly while its request is in it"
        )
        try await zero(
            """
            SELECT COUNT(*) FROM chat_request r WHERE r.state = 'claimed' AND NOT EXISTS (
                SELECT 1 FROM timer t WHERE t.kind = 'request.lease'
                    AND t.object = lower(substr(hex(r.id), 1, 8) || '-' || substr(hex(r.id), 9, 4) || '-'
                    || substr(hex(r.id), 13, 4) || '-' || substr(hex(r.id), 17, 4) || '-' || substr(hex(r.id), 21)))
            """,
            "a claim without a timer that ends it"
        )
        try await zero(
            """
            SELECT COUNT(*) FROM membership m JOIN chat c ON c.id = m.channel
            WHERE c.state IN ('open', 'on_hold') AND m.account <> c.participant
                AND (c.organizer IS NULL OR m.account <> c.organizer)
            """,
            "somebody is in a chat who is no side of it"
        )
        // The board shows what is stored.
        let line = try await desk.owner.call(.listRequests, RequestQuery(queue: desk.queue)).items
        #expect(line.map(\.position) == Array(1...max(line.count, 1)).prefix(line.count).map(Optional.some), "\(place)")
        let ranks = line.map { $0.createdAt - Int64($0.priority) * 30_000 }
        #expect(ranks == ranks.sorted(), "\(place): the order is priority with ageing, then age")
        #expect(try await desk.owner.call(.queueStats, QueueRef(desk.queue)).waiting == line.count, "\(place)")
    }
}
