import ChatAPI
import ChatTestKit
import Testing
import YAML
import chatctl

/// Events as files: applied, exported, applied again.
@Suite struct EventFileTests {
    /// Everything that an event's file may hold.
    private static let rich = [
        "event: fair", "agency: nordlys", "name: \"Fair: №1 'with' quotes\"", "description: |", "  Two lines,",
        "  # this is no comment", "starts: 2027-05-01T09:00", "ends: 2027-05-02T17:30", "zone: Europe/Oslo", "place:",
        "  name: Hall", "  address: Øvre gate 1", "  latitude: 59.5", "  longitude: -10.25", "capacity: 12",
        "registration: approval", "offerMinutes: 45", "guests: true", "participantChannels: true", "contacts:",
        "  - name: Kari", "    phone: \"113\"", "    email: kari@example.org", "    notes: \"yes\"",
        "  - name: \"007\"",
        "channels:", "  - name: hallway", "    topic: between talks", "  - name: desk", "    kind: staff",
        "  - name: news", "    kind: announce", "queues:", "  - name: help", "    topics:", "      - key: medical",
        "        title: Somebody is hurt", "        priority: 5", "        skill: first-aid", "    policy:",
        "      assignment: least_busy", "      leaseMs: 90000", "      maxWaiting: 500", "      maxPerOrganizer: 7",
        "      ageingMs: 300000", "      waitLimitMs: 7200000", "      idleMs: 480000", "      idleEndMs: 240000",
        "      lostMs: 960000", "      whenNobody: refuse", "    sla:", "      firstAnswerMs: 120000",
        "      resolutionMs: 3600000", "  - name: sound", "state: published",
    ]

    /// Paths of everything that has no parts: `/queues/policy/leaseMs`.
    private static func leaves(_ schema: Schema, _ path: String) -> Set<String> {
        switch schema {
        case .object(let members):
            members.reduce(into: []) { $0.formUnion(leaves($1.schema, "\(path)/\($1.name)")) }
        case .array(let item): leaves(item, path)
        default: [path]
        }
    }

    private static func leaves(_ json: JSON, _ path: String) -> Set<String> {
        switch json {
        case .object(let members): members.reduce(into: []) { $0.formUnion(leaves($1.value, "\(path)/\($1.key)")) }
        case .array(let items): items.reduce(into: []) { $0.formUnion(leaves($1, path)) }
        default: [path]
        }
    }

    /// A field that is added to the format is tried here, too, or this fails.
    @Test func `the file of these tests leaves out nothing that a file may hold`() throws {
        let text = Self.rich.joined(separator: "\n") + "\n"
        let document = try DocumentReader.read(EventDocument.self, from: Array(text.utf8), named: "rich")
        let there = Self.leaves(try Coding.decode(JSON.self, from: Coding.encode(document)), "")
        #expect(Self.leaves(Schema(EventDocument.self), "").subtracting(there).sorted() == [])
    }

    private static func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    @Test(arguments: [[], ["-o", "json"], ["-o", "yaml"]])
    func `what was exported changes nothing when it is applied`(_ format: [String]) async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        let olga = Plaza.As.token(try stage.scene.token("olga"))
        let first = await stage.plaza.run(["event", "apply", "-f", "-"], as: olga, input: Self.rich)
        #expect(first.code == .ok, "\(first.error)")
        #expect(first.output.contains("created"))
        let exported = await stage.plaza.run(["event", "export", "fair"] + format, as: olga)
        #expect(exported.code == .ok, "\(exported.error)")
        let before = try await stage.trace()
        let second = await stage.plaza.run(
            ["event", "apply", "-f", "-", "-o", "json"],
            as: olga,
            input: Self.lines(exported.output)
        )
        #expect(second.code == .ok, "\(second.error)")
        let answer = try Coding.decode(JSON.self, from: Array(second.output.utf8))
        #expect(answer["result"] == "unchanged", "\(second.output)")
        #expect(answer["changes"] == .array([]))
        #expect(try await stage.trace() == before, "applying it left a trace")
        let again = await stage.plaza.run(["event", "export", "fair"] + format, as: olga)
        #expect(again.output == exported.output)
    }

    @Test func `nothing of the file is lost on the way`() async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        let olga = Plaza.As.token(try stage.scene.token("olga"))
        _ = await stage.plaza.run(["event", "apply", "-f", "-"], as: olga, input: Self.rich)
        let exported = await stage.plaza.run(["event", "export", "fair"], as: olga)
        let written = Array(Self.rich.joined(separator: "\n").utf8)
        let wanted = try DocumentReader.read(EventDocument.self, from: written, named: "rich")
        let found = try DocumentReader.read(EventDocument.self, from: Array(exported.output.utf8), named: "export")
        #expect(found.name == wanted.name)
        #expect(found.description?.split(separator: "\n") == wanted.description?.split(separator: "\n"))
        #expect(found.place == wanted.place)
        #expect(found.contacts?.sorted { $0.name < $1.name } == wanted.contacts?.sorted { $0.name < $1.name })
        #expect(found.capacity == 12)
        #expect(found.offerMinutes == 45)
        #expect(found.registration == .approval && found.guests == true && found.participantChannels == true)
        for queue in wanted.queues ?? [] {
            let same = try #require(found.queues?.first { $0.name == queue.name })
            if let policy = queue.policy { #expect(same.policy == policy) }
            if let topics = queue.topics { #expect(same.topics == topics) }
            if let sla = queue.sla { #expect(same.sla == sla) }
        }
        for channel in wanted.channels ?? [] {
            #expect(found.channels?.contains { $0.name == channel.name && $0.topic == channel.topic } == true)
        }
    }

    @Test func `a difference is shown with what is and what will be, and changes nothing`() async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        let olga = Plaza.As.token(try stage.scene.token("olga"))
        _ = await stage.plaza.run(["event", "apply", "-f", "-"], as: olga, input: Self.rich)
        let before = try await stage.trace()
        let changed = Self.rich.map { $0 == "capacity: 12" ? "capacity: 13" : $0 }
        let diff = await stage.plaza.run(
            ["event", "diff", "-f", "-", "--exit-code", "-o", "csv"],
            as: olga,
            input: changed
        )
        #expect(diff.code == .other)
        #expect(diff.output == "path,before,after\r\n/capacity,12,13\r\n")
        #expect(try await stage.trace() == before)
    }

    @Test func `of a queue that changes, what differs is shown, and nothing is changed in silence`() async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        let olga = Plaza.As.token(try stage.scene.token("olga"))
        _ = await stage.plaza.run(["event", "apply", "-f", "-"], as: olga, input: Self.rich)
        let exported = await stage.plaza.run(["event", "export", "fair"], as: olga)
        let changed = Self.lines(exported.output).map { line in
            line.contains("maxPerOrganizer: ") ? "    maxPerOrganizer: 9" : line
        }
        #expect(changed != Self.lines(exported.output), "\(exported.output)")
        let diff = await stage.plaza.run(["event", "diff", "-f", "-", "-o", "csv"], as: olga, input: changed)
        let rows = "/queues/help/policy/maxPerOrganizer,7,9\r\n/queues/sound/policy/maxPerOrganizer,5,9\r\n"
        #expect(diff.output == "path,before,after\r\n" + rows, "\(diff.error)")
        let applied = await stage.plaza.run(["event", "apply", "-f", "-"], as: olga, input: changed)
        let said = "~ queues/help/policy/maxPerOrganizer: 7 -> 9\n~ queues/sound/policy/maxPerOrganizer: 5 -> 9\n"
        #expect(applied.error == said)
        #expect(applied.output.contains("changed"))
    }

    @Test func `a topic that changes is said as that topic`() async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        let olga = Plaza.As.token(try stage.scene.token("olga"))
        _ = await stage.plaza.run(["event", "apply", "-f", "-"], as: olga, input: Self.rich)
        let changed = Self.rich.flatMap { line in
            switch line {
            case "        title: Somebody is hurt": ["        title: Somebody needs a doctor"]
            case "        skill: first-aid": [line, "      - key: sound", "        title: A microphone is silent"]
            default: [line]
            }
        }
        let applied = await stage.plaza.run(["event", "apply", "-f", "-"], as: olga, input: changed)
        #expect(
            applied.error == """
                ~ queues/help/topics/medical/title: Somebody is hurt -> Somebody needs a doctor
                + queues/help/topics/sound: key sound, priority 0, title A microphone is silent

                """
        )
    }

    @Test func `several files have a result each, and a wrong one does not keep the others`() async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        let olga = Plaza.As.token(try stage.scene.token("olga"))
        let folder = try ScratchFolder()
        let good = try folder.write(Self.rich.joined(separator: "\n"), to: "good.yaml")
        let wrong = try folder.write("event: x\ncapcity: 3\n", to: "wrong.yaml")
        let answer = await stage.plaza.run(
            ["event", "apply", "-f", wrong, "-f", good, "-o", "jsonl"],
            as: olga
        )
        #expect(answer.code == .partly)
        let rows = answer.output.split(separator: "\n").map(String.init)
        #expect(rows.count == 2)
        #expect(rows.first?.contains("did you mean capacity") == true)
        #expect(rows.last?.contains("\"result\":\"created\"") == true)
    }
}
