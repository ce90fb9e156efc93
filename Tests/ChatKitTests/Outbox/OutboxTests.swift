import ChatAPI
import ChatKit
import ChatTestKit
import Testing

/// What may be queued, what answers mean, in which order things leave, and that the disk remembers.
@Suite struct OutboxTests {
    private static let general = channel(1)

    private static func message(_ text: String, _ number: Int = 1, in channel: ChannelID = general) -> OutboxCall {
        .message(Message(channel: channel, cid: cid(number), text: text))
    }

    private static func item(_ id: Int64, _ call: OutboxCall, at time: Milliseconds = 0) -> OutboxItem {
        OutboxItem(id: id, call: call, key: "k\(id)", queuedAt: time)
    }

    // MARK: - Rules

    struct Refused: Sendable, CustomTestStringConvertible {
        let call: OutboxCall
        let sentence: String
        var testDescription: String { sentence }
    }

    @Test(arguments: [
        Refused(call: message(""), sentence: "text is empty"),
        Refused(call: message(" \n\t"), sentence: "text is empty"),
        Refused(call: message(String(repeating: "x", count: 8_193)), sentence: "8193 bytes long; the limit is 8192"),
        Refused(call: message("a\u{1B}[31m"), sentence: "U+001B"),
        Refused(call: .react(ReactionRef(channel: general, seq: 1, emoji: "")), sentence: "an emoji has 1 to 48"),
        Refused(
            call: .draft(DraftChange(channel: general, text: String(repeating: "x", count: 32_769))),
            sentence: "at most 32768"
        ),
        Refused(call: .register(RegisterDraft(key: "", value: 1)), sentence: "a key has 1 to 96"),
    ])
    func `what the daemon would refuse is refused before it is queued`(refused: Refused) {
        let error = #expect(throws: APIError.self) { try OutboxRules.check(refused.call) }
        #expect(error?.detail.contains(refused.sentence) == true, "\(error?.detail ?? "")")
    }

    @Test func `tab, newline, emoji and the longest message pass`() throws {
        try OutboxRules.check(Self.message("a\tb\n👩‍👩‍👧"))
        try OutboxRules.check(Self.message(String(repeating: "x", count: Limits.messageBytes)))
    }

    @Test func `patience is for what passes, refusals are final`() {
        var random = Randomness(seed: 1)
        let patient: Set<APIError.Code> = [
            .rateLimited, .overloaded, .storageFull, .draining, .unavailable, .timedOut, .outcomeUnknown, .keyRunning,
            .notSignedIn, .tokenExpired, .internal,
        ]
        for code in APIError.Code.allCases {
            let verdict = OutboxRules.verdict(on: APIError(code, ""), attempts: 0, using: &random)
            #expect((verdict != .failed) == patient.contains(code), "\(code)")
        }
        #expect(OutboxRules.verdict(on: APIError(.internal, ""), attempts: 4, using: &random) == .failed)
        let told = APIError(.rateLimited, "", retryAfterMilliseconds: 90_000)
        #expect(OutboxRules.verdict(on: told, attempts: 0, using: &random) == .again(milliseconds: 90_000))
    }

    // MARK: - Order

    @Test func `one entry of a channel is on its way at a time, other channels do not wait for it`() {
        var queue = OutboxQueue()
        _ = queue.add(Self.item(1, Self.message("a", 1)))
        _ = queue.add(Self.item(2, Self.message("b", 2)))
        _ = queue.add(Self.item(3, Self.message("c", 3, in: channel(2))))
        #expect(queue.ready(at: 0).map(\.id) == [1, 3])
        #expect(queue.ready(at: 0).isEmpty)
        _ = queue.sent(1, seq: 7)
        #expect(queue.ready(at: 0).map(\.id) == [2])
    }

    @Test func `an entry that has to wait holds up its channel, one that failed does not`() {
        var queue = OutboxQueue([Self.item(1, Self.message("a", 1)), Self.item(2, Self.message("b", 2))])
        var random = Randomness(seed: 1)
        _ = queue.ready(at: 0)
        _ = queue.refused(1, APIError(.overloaded, "", retryAfterMilliseconds: 5_000), at: 0, using: &random)
        #expect(queue.ready(at: 4_999).isEmpty)
        #expect(queue.nextDue(at: 0) == 5_000)
        #expect(queue.ready(at: 5_000).map(\.id) == [1])
        _ = queue.refused(1, APIError(.notMember, "no"), at: 5_000, using: &random)
        #expect(queue.ready(at: 5_000).map(\.id) == [2])
        #expect(queue[id: 1]?.state == .failed(APIError(.notMember, "no")))
    }

    @Test func `of drafts and markers only the newest is sent`() {
        func marker(_ seq: Int64) -> OutboxCall { .marker(MarkerDraft(channel: Self.general, seq: seq)) }
        var queue = OutboxQueue()
        _ = queue.add(Self.item(1, marker(5)))
        #expect(queue.ready(at: 0).map(\.id) == [1])
        _ = queue.add(Self.item(2, marker(6)))
        let changed = queue.add(Self.item(3, marker(7)))
        #expect(changed.map(\.id) == [2, 3])
        #expect(changed.first?.state == .discarded)
        #expect(queue.items.map(\.id) == [1, 3])
    }

    @Test func `keys are good for a day, messages for good`() {
        let day = OutboxRules.keyLifeMilliseconds
        let edit = OutboxCall.edit(MessageEdit(channel: Self.general, seq: 1, text: "x"))
        var queue = OutboxQueue([Self.item(1, edit), Self.item(2, Self.message("a"))])
        #expect(queue.expire(at: day - 1).isEmpty)
        #expect(queue.expire(at: day).map(\.id) == [1])
        #expect(queue.retry(1, at: day).isEmpty)
        #expect(queue.ready(at: day).map(\.id) == [2])
    }

    @Test func `one's own push acknowledges, and the answer after it finds nothing to do`() {
        var queue = OutboxQueue([Self.item(1, Self.message("a", 4))])
        _ = queue.ready(at: 0)
        #expect(queue.acknowledge(cid(4), seq: 12).first?.state == .sent(seq: 12))
        #expect(queue.sent(1, seq: 12).isEmpty)
        #expect(queue.items.isEmpty)
    }

    // MARK: - Disk

    @Test func `what was typed survives the program, failures too, and what was sent does not come back`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/outbox.db"
        let clock = ManualTime()
        let outbox = try Outbox(path: path, time: clock.source)
        for number in 1...4 { _ = try outbox.add(Self.message("text \(number)", number, in: channel(number))) }
        let ids = outbox.ready().map(\.id)
        #expect(ids.count == 4)
        _ = outbox.sent(ids[0], seq: 1)
        _ = outbox.refused(ids[1], APIError(.notMember, "you are not in it"))
        _ = outbox.refused(ids[2], APIError(.overloaded, "later", retryAfterMilliseconds: 2_000))
        outbox.close()

        let reopened = try Outbox(path: path, time: clock.source)
        #expect(reopened.items.map(\.id) == Array(ids[1...]))
        #expect(reopened.items[0].state == .failed(APIError(.notMember, "you are not in it")))
        #expect(reopened.items.map(\.text) == ["text 2", "text 3", "text 4"])
        #expect(reopened.items[2].state == .pending)
        #expect(reopened.items[2].cid == cid(4))
        #expect(reopened.ready().map(\.id) == [ids[3]])
        #expect(reopened.nextDueMilliseconds == 2_000)
        #expect(try folder.mode(of: "outbox.db") == 0o600)
        reopened.close()
    }

    @Test func `every kind of change is kept and read again as it was`() throws {
        let folder = try TemporaryFolder()
        let calls: [OutboxCall] = [
            Self.message("a"),
            .edit(MessageEdit(channel: Self.general, seq: 1, text: "b")),
            .delete(MessageRef(channel: Self.general, seq: 2)),
            .react(ReactionRef(channel: Self.general, seq: 3, emoji: ":+1:")),
            .unreact(ReactionRef(channel: Self.general, seq: 3, emoji: ":+1:")),
            .pin(MessageRef(channel: Self.general, seq: 4)),
            .unpin(MessageRef(channel: Self.general, seq: 4)),
            .marker(MarkerDraft(channel: Self.general, seq: 5)),
            .draft(DraftChange(channel: Self.general, text: "half")),
            .register(RegisterDraft(key: "sidebar", value: ["general"])),
        ]
        let outbox = try Outbox(path: folder.path + "/outbox.db")
        for call in calls { _ = try outbox.add(call) }
        let keys = outbox.items.map(\.key)
        outbox.close()
        let reopened = try Outbox(path: folder.path + "/outbox.db")
        #expect(reopened.items.map(\.call) == calls)
        #expect(reopened.items.map(\.key) == keys)
        #expect(Set(keys).count == calls.count)
        reopened.close()
    }

    @Test func `a thousand entries are the limit`() throws {
        let folder = try TemporaryFolder()
        let outbox = try Outbox(path: folder.path + "/outbox.db")
        for number in 0..<OutboxRules.itemLimit { _ = try outbox.add(Self.message("x", number)) }
        let error = #expect(throws: APIError.self) { try outbox.add(Self.message("x", 5_000)) }
        #expect(error?.code == .overloaded)
        outbox.close()
    }
}
