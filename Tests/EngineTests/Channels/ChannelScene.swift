import ChatAPI
import ChatTestKit
import Engine
import Storage
import Synchronization
import Testing

/// An engine with a few people in it, for the tests of channels and registers.
final class ChannelScene: Sendable {
    let kit: TemporaryEngine
    private let count = Mutex(0)

    init(_ change: (inout EngineSettings) -> Void = { _ in }) throws {
        kit = try TemporaryEngine(change)
    }

    var engine: Engine { kit.engine }
    var channels: Channels { engine.domains.channels }
    var registers: Registers { engine.domains.registers }

    private static let insertAccount: SQL = """
        INSERT INTO account (id, kind, name, folded, look, created_at)
        VALUES (:id, :kind, :name, :folded, :look, :createdAt)
        """

    /// Someone who has an account and is in no channel yet.
    func person(_ name: String, _ role: Role = .member, kind: AccountKind = .person) async throws -> Caller {
        let number = count.withLock {
            $0 += 1; return $0
        }
        let id = AccountID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
        let now = kit.clock.now
        try await engine.database.write(touching: []) { tx in
            try tx.run(Self.insertAccount) {
                $0.bind("id", id)
                $0.bind("kind", kind.rawValue)
                $0.bind("name", name)
                $0.bind("folded", Names.fold(name))
                $0.bind("look", Names.look(name))
                $0.bind("createdAt", now)
            }
        }
        var capabilities = CapabilitySet(role.capabilities)
        capabilities.formUnion([.createChannels])
        return Caller(account: id, name: name, capabilities: capabilities, address: "127.0.0.1", rank: role.rank)
    }

    /// Someone in `#general`, as registration makes them.
    func neighbour(_ name: String, _ role: Role = .member) async throws -> Caller {
        let caller = try await person(name, role)
        _ = try await channels.join(ChannelJoin(channel: "general"), call(caller))
        return caller
    }

    func call(_ caller: Caller, _ operation: String = "test", ifMatch: String? = nil) -> Call {
        Call(caller: caller, operation: operation, options: CallOptions(ifMatch: ifMatch), now: kit.clock.now)
    }

    func service(_ caller: Caller) -> LocalService { LocalService(engine, as: caller) }

    @discardableResult
    func say(_ text: String, in channel: ChannelID, _ caller: Caller) async throws -> Sent {
        var generator = SystemRandomNumberGenerator()
        let cid = ClientID.make(at: kit.clock.now, using: &generator)
        return try await engine.messages.send(Message(channel: channel, cid: cid, text: text), call(caller))
    }

    func log(_ log: LogID) async throws -> [Entry] {
        try await engine.database.read { tx in
            try EntryStore.page(of: log, .after(0), limit: 100_000, tx)
        }
    }

    func kinds(_ log: LogID) async throws -> [EntryKind] { try await self.log(log).map(\.kind) }

    func joined(_ caller: Caller) async throws -> [JoinedChannel] {
        let account = try caller.signedIn()
        return try await engine.database.read { tx in try JoinedChannels.list(for: account, tx) }
    }

    func unread(_ caller: Caller, _ channel: ChannelID) async throws -> Unread? {
        try await joined(caller).first { $0.channel.id == channel }?.unread
    }

    func number(_ sql: String) async throws -> Int64 {
        let statement = SQL(sql)
        return try await engine.database.read { tx in try tx.first(statement) { $0.int64(0) } ?? 0 }
    }

    func auditActions(_ prefix: String) async throws -> [String] {
        let statement = SQL("SELECT action FROM audit_entry WHERE action LIKE '\(prefix)%' ORDER BY seq")
        return try await engine.database.read { tx in try tx.all(statement) { $0.string(0) } }
    }
}

/// Expects a refusal with this code.
func refused(
    _ code: APIError.Code,
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("it was not refused\(comment.map { ": \($0)" } ?? "")", sourceLocation: sourceLocation)
    } catch let error as APIError {
        #expect(error.code == code, "\(error.detail)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("not a refusal: \(error)", sourceLocation: sourceLocation)
    }
}
