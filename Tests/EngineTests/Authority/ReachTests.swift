import ChatAPI
import Engine
import Testing

/// The one answer to "may this caller do that here": scopes, what is around them, and what rests.
@Suite("Reach")
struct ReachTests {
    private let agency = AgencyID(high: 1, low: 1)
    private let other = AgencyID(high: 2, low: 2)
    private let event = EventID(high: 3, low: 3)
    private let channel = ChannelID(high: 4, low: 4)

    private func reach(_ role: Role, _ scope: Scope) -> Reach {
        var reach = Reach(platform: CapabilitySet(Role.member.capabilities), rank: Role.member.rank)
        reach.add(role, in: scope)
        return reach
    }

    private func table(_ state: AgencyState) -> PlaceTable {
        var table = PlaceTable()
        table.apply(.agency(agency, state))
        table.apply(.agency(other, .approved))
        table.apply(.event(event, EventFacts(agency: agency, state: .published)))
        return table
    }

    @Test func `a grant reaches what is inside its scope and nothing beside or around it`() {
        let table = table(.approved)
        let inAgency = reach(.owner, .agency(agency))
        let inEvent = reach(.organizer, .event(event))
        let inChannel = reach(.moderator, .channel(channel))
        let places: [(Place, owner: Bool, organizer: Bool, moderator: Bool)] = [
            (table.place(.agency(agency)), true, false, false),
            (table.place(.event(event)), true, true, false),
            (table.place(.event(event)).inside(.channel(channel)), true, true, true),
            (table.place(.event(event)).inside(.channel(ChannelID(high: 9, low: 9))), true, true, false),
            (table.place(.agency(other)), false, false, false),
            (.platform, false, false, false),
            (table.place(.event(EventID(high: 8, low: 8))), false, false, false),
        ]
        for (place, owner, organizer, moderator) in places {
            #expect(inAgency.capabilities(in: place).contains(.moderate) == owner, "\(place)")
            #expect(inEvent.capabilities(in: place).contains(.moderate) == organizer, "\(place)")
            #expect(inChannel.capabilities(in: place).contains(.moderate) == moderator, "\(place)")
            #expect(inAgency.rank(in: place) == (owner ? Role.owner.rank : Role.member.rank))
        }
    }

    @Test(arguments: AgencyState.words)
    func `what is granted inside an agency counts while it is approved`(_ state: AgencyState) {
        let place = table(state).place(.event(event))
        let owner = reach(.owner, .agency(agency))
        #expect(owner.capabilities(in: place).contains(.manageEvents) == (state == .approved))
        #expect((owner.rank(in: place) == Role.owner.rank) == (state == .approved))
        // The platform's own roles look into it all the same.
        var admin = Reach(platform: [], rank: 0)
        admin.add(.superAdmin, in: .platform)
        #expect(admin.capabilities(in: place).contains(.manageEvents))
    }

    @Test func `no role on the platform reaches the private chats of others`() {
        for role in Role.words where role.scopes.contains(.platform) {
            #expect(!role.capabilities.contains(.superviseChats), "\(role)")
            #expect(!role.capabilities.contains(.handleRequests), "\(role)")
        }
        #expect(Role.superAdmin.capabilities.contains(.breakGlass))
    }

    @Test func `a token's limit is a limit in every scope`() {
        var owner = reach(.owner, .agency(agency))
        owner.limit(to: [.read, .announce])
        let place = table(.approved).place(.event(event))
        #expect(owner.capabilities(in: place).list == [.read, .announce])
    }

    @Test func `a more senior role holds what its junior holds`() {
        let chain: [Role] = [.owner, .manager, .organizer, .support]
        for (senior, junior) in zip(chain, chain.dropFirst()) {
            #expect(senior.capabilities.isSuperset(of: junior.capabilities), "\(senior) and \(junior)")
            #expect(senior.rank > junior.rank)
        }
    }

    @Test func `a scope is one text`() {
        let scopes = [
            Scope.platform, .agency(agency), .event(event), .channel(channel), Scope(.queue, .init(high: 7, low: 1)),
        ]
        for scope in scopes { #expect(Scope(scope.description) == scope) }
        for text in ["", "agency", "agency/", "agency/7", "platform/\(agency)", "room/\(agency)", "Agency/\(agency)"] {
            #expect(Scope(text) == nil, "\(text)")
        }
    }
}
