import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Events as documents: applied twice is applied once, and what is exported changes nothing.
@Suite("Event documents")
struct DocumentTests {
    private static func document() -> EventDocument {
        var document = EventDocument(
            event: "devconf",
            agency: "nordlys",
            name: "DevConf 2026",
            starts: "2026-06-20T09:00",
            ends: "2026-06-21T18:00",
            zone: "Europe/Oslo"
        )
        document.description = "Two days, one terminal."
        document.place = EventPlace(name: "Folkets Hus", address: "Youngs gate 11", latitude: 59.914, longitude: 10.751)
        document.capacity = 200
        document.guests = true
        document.contacts = [
            ContactDocument(name: "Dr. Holm", phone: "112", notes: "first aid"),
            ContactDocument(name: "Venue", email: "post@venue.example"),
        ]
        document.channels = [
            ChannelDocument(name: "hallway", topic: "between the talks"),
            ChannelDocument(name: "speakers", kind: .staff),
        ]
        document.state = .published
        return document
    }

    @Test func `applying makes it, applying again changes nothing`() async throws {
        let world = try await EventWorld()
        let first = try await world.call("mona", .applyEvent, Self.document())
        #expect(first.isNew)
        #expect(first.event.state == .published)
        let again = try await world.call("mona", .applyEvent, Self.document())
        #expect(!again.isNew)
        #expect(again.changes == [])
        #expect(again.event.version == first.event.version)
        let names = try await world.call("mona", .eventChannels, EventRef("devconf")).items.compactMap(\.name)
        #expect(names == ["announcements", "general", "hallway", "help", "speakers", "staff"])
    }

    @Test func `export and apply is nothing, in every state and for every event`() async throws {
        let world = try await EventWorld()
        _ = try await world.call("mona", .applyEvent, Self.document())
        try await world.call("odin", .createEvent, EventWorld.draft("small"))
        for slug in ["devconf", "small"] {
            let document = try await world.call("mona", .exportEvent, EventRef(slug))
            let applied = try await world.call("mona", .applyEvent, document)
            #expect(applied.changes == [], "\(slug)")
            #expect(try await world.call("mona", .exportEvent, EventRef(slug)) == document)
        }
        _ = try await world.call("mona", .archiveEvent, EventRef("devconf"))
        let document = try await world.call("mona", .exportEvent, EventRef("devconf"))
        #expect(try await world.call("mona", .applyEvent, document).changes == [])
    }

    @Test func `an export is all of an event: applied under another word it makes the same one`() async throws {
        let world = try await EventWorld()
        var document = Self.document()
        document.registration = .approval
        document.offerMinutes = 45
        document.participantChannels = true
        _ = try await world.call("mona", .applyEvent, document)
        let queue = try #require(try await world.call("odin", .listQueues, QueueQuery(event: "devconf")).items.first)
        var policy = QueuePolicyChange()
        policy.assignment = .leastBusy
        policy.maxPerOrganizer = 7
        _ = try await world.call(
            "odin",
            .changeQueue,
            QueueChange(
                queue: queue.id,
                topics: [Topic(key: "medical", title: "Somebody is hurt", priority: 5)],
                policy: policy,
                sla: SLAPolicy(firstAnswerMs: 120_000)
            )
        )
        var copy = try await world.call("mona", .exportEvent, EventRef("devconf"))
        copy.event = "other"
        _ = try await world.call("mona", .applyEvent, copy)
        #expect(try await world.call("mona", .exportEvent, EventRef("other")) == copy)
        // Nothing of it was left to what is there by itself.
        #expect(copy.offerMinutes == 45 && copy.registration == .approval && copy.participantChannels == true)
        let queues = try await world.call("odin", .listQueues, QueueQuery(event: "other")).items
        #expect(queues.map(\.policy.maxPerOrganizer) == [7] && queues.map(\.sla.firstAnswerMs) == [120_000])
        #expect(queues.first?.topics.map(\.key) == ["medical"])
    }

    @Test func `a dry run says what would change and leaves no trace`() async throws {
        let world = try await EventWorld()
        let mona = try await world.person("mona").service()
        let dry = CallOptions(dryRun: true)
        #expect(try await mona.call(.applyEvent, Self.document(), dry).isNew)
        #expect(await world.refusal("mona", .event, EventRef("devconf"))?.code == .notFound)
        _ = try await world.call("mona", .applyEvent, Self.document())
        var changed = Self.document()
        changed.capacity = 300
        changed.zone = "Europe/Berlin"
        changed.contacts?.removeLast()
        changed.contacts?[0].phone = "113"
        changed.channels?[0].topic = "coffee"
        changed.channels?.append(ChannelDocument(name: "lost-and-found"))
        let plan = try await mona.call(.applyEvent, changed, dry)
        #expect(
            plan.changes.map(\.path) == [
                "/zone", "/capacity", "/contacts/Dr. Holm", "/contacts/Venue", "/channels/hallway/topic",
                "/channels/lost-and-found",
            ]
        )
        #expect(try await world.call("mona", .event, EventRef("devconf")).capacity == 200)
        let done = try await world.call("mona", .applyEvent, changed)
        #expect(done.changes == plan.changes)
    }

    @Test func `all of a document, or nothing`() async throws {
        let world = try await EventWorld()
        var document = Self.document()
        document.channels?.append(ChannelDocument(name: "staff", kind: .text))
        #expect(await world.refusal("mona", .applyEvent, document)?.code == .conflict)
        #expect(await world.refusal("mona", .event, EventRef("devconf"))?.code == .notFound)
        for change in [
            { (document: inout EventDocument) in document.zone = "Nowhere" },
            { $0.capacity = -1 },
            { $0.state = .cancelled },
            { $0.contacts?.append(ContactDocument(name: "Venue")) },
            { $0.channels?.append(ChannelDocument(name: "Hallway")) },
            { $0.channels?.append(ChannelDocument(name: "chat", kind: .chat)) },
        ] {
            var document = Self.document()
            change(&document)
            #expect(await world.refusal("mona", .applyEvent, document)?.code == .invalid)
        }
        #expect(await world.refusal("sam", .applyEvent, Self.document())?.code == .forbidden)
        #expect(await world.refusal("otto", .applyEvent, Self.document())?.code == .forbidden)
    }

    @Test func `a document does not take an event from its agency`() async throws {
        let world = try await EventWorld()
        _ = try await world.call("mona", .applyEvent, Self.document())
        var stolen = Self.document()
        stolen.agency = "sydpol"
        #expect(await world.refusal("otto", .applyEvent, stolen)?.code == .forbidden)
        #expect(await world.refusal("mona", .applyEvent, stolen)?.code == .conflict)
    }

    @Test func `contacts and queues come in the order in which the document names them`() async throws {
        let world = try await EventWorld()
        var document = Self.document()
        let names = ["Holm", "Venue", "Ada", "Night", "Board", "Zoe", "Cables"]
        document.contacts = names.map { ContactDocument(name: $0) }
        document.queues = names.map { QueueDocument(name: $0) }
        _ = try await world.call("mona", .applyEvent, document)
        let contacts = try await world.call("mona", .listContacts, EventRef("devconf")).items
        #expect(contacts.map(\.name) == names)
        #expect(Set(contacts.map(\.createdAt)).count == 1, "one write has one time: only the ids order them")
        let queues = try await world.call("mona", .listQueues, QueueQuery(event: "devconf")).items
        #expect(Array(queues.map(\.name).suffix(names.count)) == names)
        #expect(try await world.call("mona", .exportEvent, EventRef("devconf")).contacts?.map(\.name) == names)
    }
}
