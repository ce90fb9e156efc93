import ChatAPI
import ChatTestKit
import Engine
import Storage

/// Two people in a channel: what most tests of messages start from.
struct Community {
    let world: AccountWorld
    let ana: Person
    let bob: Person
    let channel: Channel

    var id: ChannelID { channel.id }
    var database: EngineDatabase { world.engine.database }

    init(_ change: (inout EngineSettings) -> Void = { _ in }) async throws {
        world = try AccountWorld(change)
        ana = try await world.register("ana")
        bob = try await world.register("bob")
        channel = try await ana.call(.createChannel, ChannelDraft(name: "tea"))
        _ = try await bob.call(.joinChannel, ChannelJoin(channel: "tea"))
    }

    func cid(_ number: UInt64 = .random(in: 1 ... .max)) -> ClientID {
        ClientID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | number >> 2)
    }

    @discardableResult
    func send(
        _ text: String,
        by person: Person,
        replyTo: Int64? = nil,
        cid: ClientID? = nil,
        in channel: ChannelID? = nil
    ) async throws -> Sent {
        let message = Message(channel: channel ?? id, cid: cid ?? self.cid(), text: text, replyTo: replyTo)
        return try await person.call(.sendMessage, message)
    }

    func message(_ seq: Int64, as person: Person) async throws -> Entry {
        try await person.call(.message, MessageRef(channel: id, seq: seq))
    }

    func entries(_ query: EntryQuery, as person: Person) async throws -> EntryPage {
        try await person.call(.entries, query)
    }

    /// The first column of a statement's rows, read past the engine: what really is on the disk.
    func column(_ sql: SQL) async throws -> [String?] {
        try await database.read { tx in try tx.all(sql) { $0.optionalString(0) } }
    }

    /// Changes rows past the engine.
    func tamper(_ sql: SQL) async throws {
        try await database.write(touching: []) { tx in _ = try tx.run(sql) }
    }
}
