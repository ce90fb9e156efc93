import ChatAPI
import ChatTestKit
import Engine
import Glibc
import Testing

/// Who may do what at a help desk: its participants, its organizers by role, another agency's, and whoever is in neither.
///
/// In devconf `ana` has a chat with `sam` and `kim`, a guest, waits; bob's request ended, and his chat with sam is archived.
@Suite("Help desk matrix")
struct DeskMatrixTests {
    private static let file = "DeskMatrix.txt"

    private struct DeskStage {
        let world: AgencyWorld
        private(set) var names: JSONPattern

        init() async throws {
            world = try await AgencyWorld()
            names = world.names
            let bob = try #require(names.bindings["bob"]?.string)
            _ = try await world.call("odin", .approveAttendee, AttendeeRef(event: "devconf", account: bob))
            let queues = try await world.call("odin", .listQueues, QueueQuery(event: "devconf")).items
            let queue = try #require(queues.first).id
            bind("queue", queue)
            let other = try await world.call("odin", .createQueue, QueueDraft(agency: "nordlys", name: "office"))
            bind("office", other.id)
            try await chats(queue)
            let own = try await world.call("sam", .setReply, ReplyDraft(key: "hi", text: "Hello"))
            bind("samsReply", own.id)
            let draft = ReplyDraft(scope: "agency/\(queues[0].agency)", key: "welcome", text: "Welcome")
            bind("agencyReply", try await world.call("odin", .setReply, draft).id)
        }

        private mutating func chats(_ queue: QueueID) async throws {
            for (name, isEnded) in [("bob", true), ("ana", false)] {
                let asked = try await world.call(name, .ask, RequestDraft(queue: queue, text: "help"))
                bind(name + "Request", asked.id)
                let chat = try await world.call("sam", .takeRequest, RequestRef(asked.id))
                bind(name + "Chat", chat.id)
                bind(name + "Channel", chat.channel)
                if isEnded { _ = try await world.call("sam", .endChat, ChatEnding(chat: chat.id)) }
            }
            let waiting = try await world.call("kim", .ask, RequestDraft(queue: queue, text: "help"))
            bind("kimRequest", waiting.id)
        }

        private mutating func bind<Owner>(_ name: String, _ id: ID<Owner>) {
            names.bindings[name] = .string(id.description)
        }

        func verdict(of caller: Caller, _ operation: ChatTestKit.Operation, _ input: JSON) async throws -> String {
            try await world.verdict(of: caller, operation, names.filled(input))
        }
    }

    @Test
    func `every operation, every role, own and others' requests and chats`() async throws {
        let stage = try await DeskStage()
        let isRecording = getenv("RECORD") != nil
        let head = try await stage.world.call("local", .audit, AuditQuery(limit: 1)).head
        var recorded = ""
        for row in try AuthorizationMatrixTests.rows(Self.file) {
            let operation = try #require(Operation.named(row.operation), "\(row.operation) is no operation")
            var verdicts: [String] = []
            for column in AgencyWorld.columns {
                verdicts.append(try await stage.verdict(of: try stage.world.caller(column), operation, row.input))
            }
            if isRecording {
                recorded += AuthorizationMatrixTests.line(row, verdicts)
            } else {
                #expect(row.verdicts == verdicts, "\(row.operation) \(row.about)")
            }
        }
        if isRecording { try RunningDaemon.write(recorded, to: AuthorizationMatrixTests.path(Self.file) + ".recorded") }
        // All of these were dry runs: nothing is left of them.
        #expect(try await stage.world.call("local", .audit, AuditQuery(limit: 1)).head == head)
    }

    @Test
    func `another agency and the platform's administrator may nothing at a help desk`() throws {
        let columns = AgencyWorld.columns
        for row in try AuthorizationMatrixTests.rows(Self.file) where !row.about.hasPrefix("own") {
            try #require(row.verdicts.count == columns.count, "\(row.operation) \(row.about)")
            let reads = row.operation == "queues.list" || row.operation == "chats.list" || row.about == "agency-queue"
            // A super admin keeps queues in order and sees nobody's requests or chats.
            let manages =
                row.operation == "queues.create" || row.operation == "queues.update" || row.operation == "queues.get"
                || row.about == "agency's-reply"
            for name in ["nils", "otto", "vera", "olga"] where !reads && !(manages && name == "olga") {
                let verdict = row.verdicts[try #require(columns.firstIndex(of: name))]
                #expect(verdict != "ok", "\(row.operation) \(row.about): \(name)")
            }
        }
    }
}
