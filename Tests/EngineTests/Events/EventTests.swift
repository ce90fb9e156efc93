import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Events from draft to archive: who sees them, what publishing makes, what is refused.
@Suite("Events")
struct EventTests {
    @Test func `publishing makes the space: channels, a join code, and its staff in the staff channel`() async throws {
        let world = try await EventWorld()
        let event = try await world.publish("devconf")
        #expect(event.phase == .upcoming)
        #expect(event.starts == "2026-06-20T09:00")
        #expect(event.startsAt == 1_781_938_800_000)
        let channels = try await world.call("odin", .eventChannels, EventRef("devconf")).items
        #expect(channels.map(\.name) == ["announcements", "general", "help", "staff"])
        #expect(channels.map(\.kind) == [.announce, .text, .text, .staff])
        #expect(channels.allSatisfy { $0.spaceName == "devconf" && $0.space == .event(event.id) })
        #expect(try await world.call("odin", .listJoinCodes, EventRef("devconf")).items.count == 1)
        let staff = try await world.call("sam", .listMembers, MemberQuery(channel: "devconf/staff")).items
        #expect(staff.map(\.name) == ["mona", "odin", "sam"])
        // A second time it is refused, and nothing is made twice.
        let refused = await world.refusal("odin", .publishEvent, EventRef("devconf"))
        #expect(refused?.code == .invalidTransition)
        #expect(refused?.allowed == ["cancel", "archive"])
    }

    @Test func `names are of a space: the platform's general stays the platform's`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana")
        _ = try await world.publish("devconf")
        _ = try await world.publish("fair")
        _ = try await world.call("ana", .joinEvent, EventJoin(code: try await world.code(of: "devconf")))
        let platform = try await world.call("ana", .channel, ChannelRef("#general"))
        let event = try await world.call("ana", .channel, ChannelRef("devconf/general"))
        #expect(platform.space == nil)
        #expect(event.spaceName == "devconf")
        #expect(try await world.call("ana", .channel, ChannelRef("#DevConf/general")).id == event.id)
        // Of the other event she sees nothing.
        #expect(await world.refusal("ana", .channel, ChannelRef("fair/general"))?.code == .notFound)
        #expect(await world.refusal("ana", .joinChannel, ChannelJoin(channel: "fair/general"))?.code == .notMember)
        #expect(await world.refusal("ana", .joinChannel, ChannelJoin(channel: "devconf/staff"))?.code == .notFound)
        // In the list: the platform's first, then what she is in elsewhere.
        let listed = try await world.call("ana", .listChannels, ChannelQuery()).items
        #expect(listed.filter { $0.space == nil }.map(\.name) == ["general"])
        #expect(Set(listed.filter { $0.space != nil }.compactMap(\.name)) == ["announcements", "general", "help"])
        let space = ChannelQuery(space: event.space)
        #expect(
            try await world.call("ana", .listChannels, space).items.map(\.name) == ["announcements", "general", "help"]
        )
        let other = try #require(try await world.call("odin", .channel, ChannelRef("fair/general")).space)
        #expect(await world.refusal("ana", .listChannels, ChannelQuery(space: other))?.code == .notMember)
    }

    @Test func `announcements reach everyone and are written by those who may`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana")
        _ = try await world.publish("devconf")
        let joined = try await world.call("ana", .joinEvent, EventJoin(code: try await world.code(of: "devconf")))
        let channel = try #require(joined.channels.first { $0.kind == .announce })
        let draft = AnnouncementDraft(event: "devconf", text: "Lunch is served", cid: .make(1))
        for name in ["ana", "otto", "sam"] {
            #expect(await world.refusal(name, .announce, draft)?.code == .forbidden, "\(name)")
        }
        let sent = try await world.call("mona", .announce, draft)
        #expect(try await world.call("mona", .announce, draft) == sent)
        let unread = try await world.call("ana", .me, Empty()).channels.first { $0.channel.id == channel.id }?.unread
        #expect(unread?.mentions == 1)
        let message = Message(channel: channel.id, cid: .make(2), text: "me too")
        #expect(await world.refusal("ana", .sendMessage, message)?.code == .forbidden)
    }

    @Test func `a draft is the agency's own`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana")
        try await world.call("odin", .createEvent, EventWorld.draft("devconf"))
        for name in ["ana", "otto"] {
            #expect(await world.refusal(name, .event, EventRef("devconf"))?.code == .notFound)
            #expect(try await world.call(name, .listEvents, EventQuery()).items.isEmpty)
            #expect(await world.refusal(name, .registerForEvent, EventRef("devconf"))?.code == .notFound)
        }
        #expect(try await world.call("sam", .listEvents, EventQuery(state: .draft)).items.map(\.slug) == ["devconf"])
        #expect(await world.refusal("sam", .publishEvent, EventRef("devconf"))?.code == .forbidden)
        #expect(await world.refusal("otto", .createEvent, EventWorld.draft("theirs"))?.code == .forbidden)
    }

    @Test func `a slug is one thing on the platform`() async throws {
        let world = try await EventWorld()
        try await world.call("odin", .createEvent, EventWorld.draft("devconf"))
        for slug in ["devconf", "nordlys", "sydpol"] {
            #expect(await world.refusal("odin", .createEvent, EventWorld.draft(slug))?.code == .nameTaken)
        }
        for slug in ["Dev", "a", "dev conf", "dev/conf", "system", ".hidden"] {
            #expect(await world.refusal("odin", .createEvent, EventWorld.draft(slug))?.code == .invalid, "\(slug)")
        }
    }

    @Test func `cancelling tells everyone, archiving leaves it to read`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana")
        for slug in ["devconf", "fair"] {
            _ = try await world.publish(slug)
            _ = try await world.call("ana", .joinEvent, EventJoin(code: try await world.code(of: slug)))
        }
        let cancelled = try await world.call("mona", .cancelEvent, EventCancellation(event: "fair", reason: "storm"))
        #expect(cancelled.reason == "storm")
        let entries = try await world.call("ana", .entries, EntryQuery(channel: "fair/announcements")).entries
        #expect(entries.last?.text == "This event is called off: storm")
        _ = try await world.call("mona", .archiveEvent, EventRef("devconf"))
        let general = try await world.call("ana", .channel, ChannelRef("devconf/general"))
        _ = try await world.call("ana", .entries, EntryQuery(channel: "devconf/general"))
        let message = Message(channel: general.id, cid: .make(3), text: "still here?")
        #expect(await world.refusal("ana", .sendMessage, message)?.code == .forbidden)
        #expect(await world.refusal("ana", .changeEvent, EventChange(event: "devconf"))?.code == .forbidden)
        var change = EventChange(event: "devconf")
        change.name = "Later"
        #expect(await world.refusal("mona", .changeEvent, change)?.code == .conflict)
    }

    @Test func `a clone is a draft with the same contacts, as long as the original`() async throws {
        let world = try await EventWorld()
        let event = try await world.publish("devconf")
        _ = try await world.call("mona", .addContact, ContactDraft(event: "devconf", name: "Dr. Holm", phone: "112"))
        let clone = EventClone(event: "devconf", slug: "devconf27", starts: "2027-06-19T09:00")
        let copy = try await world.call("mona", .cloneEvent, clone)
        #expect(copy.state == .draft)
        #expect(copy.endsAt - copy.startsAt == event.endsAt - event.startsAt)
        #expect(try await world.call("sam", .listContacts, EventRef("devconf27")).items.map(\.phone) == ["112"])
        #expect(try await world.call("sam", .eventChannels, EventRef("devconf27")).items.isEmpty)
    }

    @Test func `what takes a published event says of a draft what to do`() async throws {
        let world = try await EventWorld()
        try await world.call("odin", .createEvent, EventWorld.draft("devconf"))
        let announcement = AnnouncementDraft(event: "devconf", text: "soon")
        #expect(
            await world.refusal("odin", .announce, announcement)?.detail == "the event is a draft: publish it first"
        )
    }

    @Test func `only drafts are deleted`() async throws {
        let world = try await EventWorld()
        try await world.call("odin", .createEvent, EventWorld.draft("devconf"))
        _ = try await world.call("odin", .deleteEvent, EventRef("devconf"))
        #expect(await world.refusal("odin", .event, EventRef("devconf"))?.code == .notFound)
        _ = try await world.publish("devconf")
        #expect(await world.refusal("odin", .deleteEvent, EventRef("devconf"))?.code == .conflict)
    }

    @Test func `times keep their place on the clocks when the zone changes`() async throws {
        let world = try await EventWorld()
        try await world.call("odin", .createEvent, EventWorld.draft("devconf"))
        var change = EventChange(event: "devconf")
        change.zone = "America/New_York"
        let moved = try await world.call("odin", .changeEvent, change)
        #expect(moved.starts == "2026-06-20T09:00")
        #expect(moved.startsAt == 1_781_960_400_000)
        change.zone = "Mars/Olympus"
        #expect(await world.refusal("odin", .changeEvent, change)?.errors.first?.pointer == "/zone")
        change.zone = nil
        change.ends = "2026-06-20T08:00"
        #expect(await world.refusal("odin", .changeEvent, change)?.errors.first?.pointer == "/ends")
        change.ends = "2029-06-20T08:00"
        #expect(await world.refusal("odin", .changeEvent, change)?.errors.first?.pointer == "/ends")
        change.ends = nil
        change.place = EventPlace(name: "Folkets Hus", latitude: 59.9)
        #expect(await world.refusal("odin", .changeEvent, change)?.errors.first?.pointer == "/place")
        change.place = EventPlace(latitude: 91, longitude: 10)
        #expect(await world.refusal("odin", .changeEvent, change)?.errors.first?.pointer == "/place/latitude")
    }

    @Test func `the list is narrowed by text and time, and every page is whole`() async throws {
        let world = try await EventWorld()
        for day in 10..<22 {
            _ = try await world.publish("day\(day)") {
                $0.starts = "2026-07-\(day)T10:00"
                $0.ends = "2026-07-\(day)T12:00"
                $0.name = day % 2 == 0 ? "Even" : "Odd"
            }
        }
        var slugs: [String] = []
        var cursor: String?
        repeat {
            let page = try await world.call("otto", .listEvents, EventQuery(limit: 5, cursor: cursor))
            slugs += page.items.map(\.slug)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(slugs == (10..<22).map { "day\($0)" })
        let even = EventQuery(query: "even", from: 1_783_987_200_000, to: 1_784_332_800_000)
        #expect(try await world.call("otto", .listEvents, even).items.map(\.slug) == ["day14", "day16"])
    }

    @Test func `issues close themselves, count up, and are the staff's`() async throws {
        var world = try await EventWorld()
        try await world.enter("ana")
        _ = try await world.publish("devconf")
        let first = try await world.call("sam", .createIssue, IssueDraft(event: "devconf", title: "Projector"))
        let second = try await world.call("sam", .createIssue, IssueDraft(event: "devconf", title: "Water"))
        #expect([first.number, second.number] == [1, 2])
        world.clock.advance(by: .seconds(60))
        let closed = try await world.call("mona", .changeIssue, IssueChange(issue: first.id, status: .resolved))
        #expect(closed.closedAt == world.clock.now)
        let again = try await world.call("mona", .changeIssue, IssueChange(issue: first.id, status: .inProgress))
        #expect(again.closedAt == nil)
        let comment = try await world.call("sam", .addComment, CommentDraft(issue: first.id, text: "bulb ordered"))
        #expect(try await world.call("sam", .issue, IssueRef(first.id)).comments == 1)
        let change = CommentChange(comment: comment.id, text: "bulb is here")
        #expect(await world.refusal("mona", .changeComment, change)?.code == .forbidden)
        #expect(try await world.call("sam", .changeComment, change).text == "bulb is here")
        for name in ["ana", "otto"] {
            #expect(await world.refusal(name, .issue, IssueRef(first.id)) != nil)
            #expect(await world.refusal(name, .listIssues, IssueQuery(event: "devconf"))?.code == .forbidden)
        }
        #expect(await world.refusal("otto", .issue, IssueRef(first.id))?.code == .notFound)
        let open = IssueQuery(event: "devconf", status: .open)
        #expect(try await world.call("sam", .listIssues, open).items.map(\.title) == ["Water"])
    }
}
