import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Many at once: exactly one wins, and nothing is lost.
@Suite("Help desk: races")
struct DeskRaceTests {
    @Test func `of many who take one request exactly one has it, and all others are told who`() async throws {
        let desk = try await DeskWorld(policy: { $0.maxPerOrganizer = 50 })
        var organizers: [DeskPerson] = []
        for number in 0..<6 { organizers.append(try await desk.organizer("organizer\(number)")) }
        let people = organizers
        for round in 0..<12 {
            let asked = try await desk.ask(desk.participant("guest\(round)"))
            let outcomes = await withTaskGroup(of: Result<Chat, APIError>.self) { group in
                for (index, person) in people.enumerated() {
                    group.addTask {
                        do {
                            // Every kind of reaching for it at once.
                            if index % 2 == 0 {
                                return .success(try await person.call(.takeRequest, RequestRef(asked.id)))
                            }
                            _ = try await person.call(.claimRequest, RequestRef(asked.id))
                            return .success(try await person.call(.acceptRequest, ClaimRef(request: asked.id)))
                        } catch let refusal as APIError {
                            return .failure(refusal)
                        } catch {
                            return .failure(APIError(.internal, "\(error)"))
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let winners = outcomes.compactMap { try? $0.get() }
            #expect(winners.count == 1, "round \(round)")
            let winner = try #require(winners.first?.organizer)
            for case .failure(let refusal) in outcomes {
                #expect(refusal.code == .alreadyClaimed && refusal.by == winner, "\(refusal.detail)")
            }
        }
        #expect(try await desk.number("SELECT COUNT(*) FROM chat") == 12)
    }

    @Test func `those who take next at once get different requests, and together all of them`() async throws {
        let desk = try await DeskWorld(policy: { $0.maxPerOrganizer = 50 })
        var organizers: [DeskPerson] = []
        for number in 0..<4 { organizers.append(try await desk.organizer("organizer\(number)")) }
        var asked: Set<RequestID> = []
        for number in 0..<24 { asked.insert(try await desk.ask(desk.participant("guest\(number)")).id) }
        let people = organizers
        let taken = await withTaskGroup(of: [RequestID].self) { group in
            for person in people {
                group.addTask {
                    var mine: [RequestID] = []
                    for _ in 0..<10 {
                        guard let chat = try? await person.call(.takeNext, QueueRef(desk.queue)) else { break }
                        mine.append(chat.request)
                    }
                    return mine
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(taken.count == 24)
        #expect(Set(taken) == asked)
    }

    @Test func `of many who ask at once in one person's name one request is made`() async throws {
        let desk = try await DeskWorld()
        let ada = try await desk.participant("ada")
        let made = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { (try? await ada.call(.ask, RequestDraft(queue: desk.queue, text: "help"))) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(made == 1)
        #expect(try await desk.number("SELECT COUNT(*) FROM chat_request") == 1)
    }

    @Test func `a call that is repeated under its key is done once`() async throws {
        let desk = try await DeskWorld()
        let oscar = try await desk.organizer("oscar")
        for name in ["ada", "ben"] { _ = try await desk.ask(desk.participant(name)) }
        let service = try await oscar.service()
        let first = try await service.call(.takeNext, QueueRef(desk.queue), CallOptions(key: "take-1"))
        let again = try await service.call(.takeNext, QueueRef(desk.queue), CallOptions(key: "take-1"))
        #expect(first.id == again.id)
        #expect(try await desk.number("SELECT COUNT(*) FROM chat") == 1)
        let dry = try await service.call(.takeNext, QueueRef(desk.queue), CallOptions(dryRun: true))
        #expect(dry.id != first.id)
        #expect(try await desk.number("SELECT COUNT(*) FROM chat") == 1)
        let line = try await oscar.call(.listRequests, RequestQuery(queue: desk.queue)).items
        #expect(line.map(\.position) == [1])
    }
}
