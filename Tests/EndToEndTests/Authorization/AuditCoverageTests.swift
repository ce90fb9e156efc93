import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Every operation that changes something leaves an entry of the audit log that says who, from where and under which
/// request; what does not is on a list here, with the record that it leaves instead.
@Suite("Audit coverage")
struct AuditCoverageTests {
    /// A channel's log is its own record, a register is one's own, and presence is not stored.
    static let recordedElsewhere: [String: String] = [
        "messages.send": "the channel's log", "messages.edit": "the channel's log",
        "reactions.add": "the channel's log",
        "reactions.remove": "the channel's log", "pins.add": "the channel's log", "pins.remove": "the channel's log",
        "channels.join": "the channel's log", "channels.leave": "the channel's log",
        "directs.open": "the channel's log",
        "registers.set": "one's own register", "markers.set": "one's own register", "drafts.set": "one's own register",
        "presence.set": "not stored", "typing.set": "not stored", "view.set": "not stored", "sync": "not stored",
        "session.refresh": "the session", "sketches.draw": "the sketch's log", "sketches.pointer": "not stored",
        "sketches.create": "the channel's log", "sketches.update": "the channel's log",
        "sketches.post": "the channel's log", "sketches.versions.create": "the channel's log",
        "sketches.versions.restore": "the channel's log",
        "audit.sign": "the file of heads",
    ]

    /// Rows of the matrix that change nothing there: what they would leave is tested with their noun.
    static let unchangedInMatrix: Set<String> = [
        "accounts.enable", "accounts.redeemReset", "sessions.signIn", "server.reload", "server.drain",
    ]

    @Test
    func `who changed what, from where, under which request`() async throws {
        let rows = try AuthorizationMatrixTests.rows()
        var silent: Set<String> = []
        for operation in Operation.all where operation.changes {
            var found: AuditEntry?
            var wasDone = false
            for row in rows where row.operation == operation.name && found == nil {
                guard let index = row.verdicts.lastIndex(of: "ok") else { continue }
                let world = try await AuthorizationWorld()
                let caller = try world.caller(AuthorizationWorld.columns[index])
                let before = try await world.call("local", .audit, AuditQuery(limit: 1)).head
                let raw = RawCall(
                    caller: caller,
                    options: CallOptions(requestID: "request-1"),
                    body: Coding.encode(world.names.filled(row.input))
                )
                guard (try? await world.temporary.engine.api.perform(operation.name, raw)) != nil else { continue }
                wasDone = true
                let entries = try await world.call("local", .audit, AuditQuery(after: before)).entries
                // What a deletion says of the deleted is erased with it.
                found = entries.first { $0.requestID == "request-1" || $0.isErased && $0.action == operation.name }
                // Whoever signs in acts as who they are from then on.
                guard let found, !found.isErased, operation.needs != .anyone else { continue }
                #expect(found.actor == caller.account, "\(operation.name)")
                #expect(found.session == caller.session, "\(operation.name)")
                #expect(found.address == caller.address, "\(operation.name)")
                #expect(!found.object.isEmpty && !found.action.isEmpty, "\(operation.name)")
            }
            if wasDone && found == nil { silent.insert(operation.name) }
        }
        #expect(silent.subtracting(Self.recordedElsewhere.keys).subtracting(Self.unchangedInMatrix).sorted() == [])
    }
}
