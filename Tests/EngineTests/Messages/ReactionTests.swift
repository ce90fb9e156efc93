import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Reactions and pins: sets with an order, limits, and one spelling per emoji.
@Suite("Reactions and pins")
struct ReactionTests {
    @Test func `the same reaction again changes nothing, and the order of first use stays`() async throws {
        let tea = try await Community()
        let seq = try await tea.send("hello", by: tea.ana).seq
        func react(_ emoji: String, _ person: Person) async throws {
            _ = try await person.call(.react, ReactionRef(channel: tea.id, seq: seq, emoji: emoji))
        }
        try await react("👍", tea.ana)
        try await react("🎉", tea.bob)
        try await react("👍", tea.bob)
        try await react("👍", tea.bob)
        let both = [tea.ana.id, tea.bob.id]
        let message = try await tea.message(seq, as: tea.ana)
        #expect(message.reactions == [Reaction(emoji: "👍", by: both), Reaction(emoji: "🎉", by: [tea.bob.id])])
        #expect(message.rev == seq + 3)
        _ = try await tea.ana.call(.unreact, ReactionRef(channel: tea.id, seq: seq, emoji: "👍"))
        _ = try await tea.ana.call(.unreact, ReactionRef(channel: tea.id, seq: seq, emoji: "👍"))
        let after = try await tea.message(seq, as: tea.ana)
        #expect(after.reactions?.map(\.emoji) == ["👍", "🎉"])
        #expect(after.rev == seq + 4)
    }

    @Test(arguments: [("❤", "❤️"), ("❤️", "❤️"), ("👍️", "👍"), ("👍🏽", "👍🏽"), ("🇩🇪", "🇩🇪"), ("#️⃣", "#️⃣"), ("👩‍🚀", "👩‍🚀")])
    func `an emoji has one spelling`(_ given: String, _ stored: String) async throws {
        let tea = try await Community()
        let seq = try await tea.send("hello", by: tea.ana).seq
        _ = try await tea.ana.call(.react, ReactionRef(channel: tea.id, seq: seq, emoji: given))
        let emoji = try await tea.message(seq, as: tea.ana).reactions?.first?.emoji
        #expect(emoji.map { Array($0.unicodeScalars) } == Array(stored.unicodeScalars))
    }

    @Test(arguments: ["", "a", "12", ":tada:", "👍👍", "\u{7}", "é", "👍 ", String(repeating: "👍\u{200D}", count: 20)])
    func `what is not one emoji is refused`(_ given: String) async throws {
        let tea = try await Community()
        let seq = try await tea.send("hello", by: tea.ana).seq
        let refused = await refusal {
            try await tea.ana.call(.react, ReactionRef(channel: tea.id, seq: seq, emoji: given))
        }
        #expect(refused?.errors.first?.pointer == "/emoji")
    }

    @Test func `a message takes 32 different emoji and a channel 100 pins`() async throws {
        let tea = try await Community()
        let seq = try await tea.send("hello", by: tea.ana).seq
        for offset in 0..<UInt32(Limits.emojiPerMessage) {
            let emoji = String(Unicode.Scalar(0x1F600 + offset)!)
            _ = try await tea.ana.call(.react, ReactionRef(channel: tea.id, seq: seq, emoji: emoji))
        }
        let refused = await refusal {
            try await tea.bob.call(.react, ReactionRef(channel: tea.id, seq: seq, emoji: "🎉"))
        }
        #expect(refused?.code == .invalid)
        _ = try await tea.bob.call(.react, ReactionRef(channel: tea.id, seq: seq, emoji: "😀"))
        for number in 0..<Limits.pinsPerChannel {
            let sent = try await tea.send("\(number)", by: tea.ana)
            _ = try await tea.bob.call(.pinMessage, MessageRef(channel: tea.id, seq: sent.seq))
        }
        let full = await refusal { try await tea.bob.call(.pinMessage, MessageRef(channel: tea.id, seq: seq)) }
        #expect(full?.detail.contains("100") == true)
        let pins = try await tea.ana.call(.listPins, ChannelRef("#tea"))
        #expect(pins.items.count == Limits.pinsPerChannel)
        #expect(pins.items.first?.text == "99")
        #expect(pins.items.first?.pinned == true)
    }

    @Test func `outsiders and deleted messages take no reaction`() async throws {
        let tea = try await Community()
        let seq = try await tea.send("hello", by: tea.ana).seq
        let carla = try await tea.world.register("carla")
        func react(_ person: Person) async -> APIError? {
            await refusal { try await person.call(.react, ReactionRef(channel: tea.id, seq: seq, emoji: "👍")) }
        }
        #expect(await react(carla)?.code == .notMember)
        _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: seq))
        #expect(await react(tea.bob)?.code == .invalidTransition)
        _ = try await tea.bob.call(.unreact, ReactionRef(channel: tea.id, seq: seq, emoji: "👍"))
    }
}
