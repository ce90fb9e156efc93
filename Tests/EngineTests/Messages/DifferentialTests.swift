import ChatAPI
import ChatTestKit
import Engine
import Testing

/// A snapshot and the pushes after it say the same as a fresh snapshot, whatever happened in between.
@Suite("Snapshot and pushes")
struct DifferentialTests {
    /// Collects the pushes of one channel as a client would get them.
    private final class Follower: Subscriber {
        var entries: [Entry] = []

        func entries(of log: LogID, first: Int64, last: Int64, _ frame: Frame) {
            for line in frame.bytes.split(separator: 0x0A) {
                guard let entry = try? Coding.decode(Entry.self, from: Array(line)) else {
                    Issue.record("not an entry: \(String(decoding: line, as: UTF8.self))")
                    continue
                }
                entries.append(entry)
            }
        }

        func changed(_ news: News) {}
        func ephemeral(_ news: Ephemeral, _ frame: Frame) {}
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `any sequence of operations`(_ seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let tea = try await Community()
        for number in 1...4 { try await tea.send("before \(number)", by: tea.ana) }
        let shard = HubShard<Follower>()
        let follower = Follower()
        shard.subscribe(follower, to: .channel(tea.id))
        // Nobody writes while this is registered, and every call below waits for its answer.
        tea.world.engine.hub.add(Hub.Shard(subscriptions: shard) { $0() })
        var replica = Replica(try await tea.entries(EntryQuery(channel: "tea", limit: 500), as: tea.ana))
        for step in 0..<60 {
            await act(tea, step, &generator)
            if step % 20 == 10 {
                // A client that reconnects: history at a random place, pushes from there.
                let page = try await tea.entries(EntryQuery(channel: "tea", limit: 500), as: tea.bob)
                replica = Replica(page)
                // What came before the page was read may still come once more.
                for entry in follower.entries.suffix(5) { replica.apply(entry) }
                follower.entries.removeAll()
            }
        }
        for entry in follower.entries { replica.apply(entry) }
        let fresh = Replica(try await tea.entries(EntryQuery(channel: "tea", limit: 500), as: tea.bob))
        #expect(replica == fresh, "seed \(seed)")
    }

    private func act(_ tea: Community, _ step: Int, _ generator: inout SeededGenerator) async {
        let person = Bool.random(using: &generator) ? tea.ana : tea.bob
        let seq = Int64.random(in: 1...(12 + Int64(step)), using: &generator)
        let emoji = ["👍", "🎉", "❤️"].randomElement(using: &generator) ?? "👍"
        let kind = Int.random(in: 0..<10, using: &generator)
        // Many of these are refused; refusals must leave no trace either.
        _ = try? await {
            switch kind {
            case 0, 1: try await tea.send("message \(step) @bob @all", by: person, replyTo: kind == 0 ? nil : seq)
            case 2, 3:
                _ = try await person.call(.editMessage, MessageEdit(channel: tea.id, seq: seq, text: "edit \(step)"))
            case 4: _ = try await person.call(.deleteMessage, MessageRef(channel: tea.id, seq: seq))
            case 5, 6: _ = try await person.call(.react, ReactionRef(channel: tea.id, seq: seq, emoji: emoji))
            case 7: _ = try await person.call(.unreact, ReactionRef(channel: tea.id, seq: seq, emoji: emoji))
            case 8: _ = try await person.call(.pinMessage, MessageRef(channel: tea.id, seq: seq))
            default: _ = try await person.call(.unpinMessage, MessageRef(channel: tea.id, seq: seq))
            }
        }()
    }
}

/// The least that a client does with entries: the reference for every other one.
private struct Replica: Equatable {
    private(set) var messages: [Int64: Entry] = [:]
    private(set) var head: Int64 = 0

    init(_ page: EntryPage) {
        for entry in page.entries { apply(entry) }
    }

    mutating func apply(_ entry: Entry) {
        if entry.kind == .message {
            // The newer form of two wins.
            if let known = messages[entry.seq], (known.rev ?? 0) >= (entry.rev ?? 0) { return }
            messages[entry.seq] = entry
        } else if let target = entry.target, var message = messages[target], entry.seq > message.rev ?? 0 {
            change(&message, by: entry)
            message.rev = entry.seq
            messages[target] = message
        }
        head = max(head, entry.seq)
    }

    private func change(_ message: inout Entry, by entry: Entry) {
        switch entry.kind {
        case .edit:
            message.text = entry.text
            message.editedAt = entry.at
        case .redaction:
            message.text = nil
            message.mentions = nil
            message.mentionsAll = nil
            message.reactions = nil
            message.pinned = nil
            message.editedAt = nil
            message.redactedAt = entry.at
        case .reaction:
            var list = message.reactions ?? []
            guard let emoji = entry.emoji else { return }
            if let index = list.firstIndex(where: { $0.emoji == emoji }) {
                list[index].by.append(entry.by)
            } else {
                list.append(Reaction(emoji: emoji, by: [entry.by]))
            }
            message.reactions = list
        case .unreaction:
            guard let index = message.reactions?.firstIndex(where: { $0.emoji == entry.emoji }) else { return }
            message.reactions?[index].by.removeAll { $0 == entry.by }
            if message.reactions?[index].by.isEmpty == true { message.reactions?.remove(at: index) }
            if message.reactions?.isEmpty == true { message.reactions = nil }
        case .pin: message.pinned = true
        case .unpin: message.pinned = nil
        default: break
        }
    }
}
