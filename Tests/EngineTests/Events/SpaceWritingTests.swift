import ChatAPI
import ChatTestKit
import Engine
import Testing

/// What may be said and shown in an event's channels, by whom and until when: drawings are no way around it.
@Suite("Writing and drawing in events")
struct SpaceWritingTests {
    private struct Scene {
        var world: EventWorld
        let event: Event

        init() async throws {
            world = try await EventWorld()
            event = try await world.publish("devconf") { $0.guests = true }
            try await world.enter("ana")
            _ = try await world.call("ana", .registerForEvent, EventRef("devconf"))
        }

        func channel(_ name: String) async throws -> ChannelID {
            try await world.call("ana", .channel, ChannelRef("devconf/" + name)).id
        }

        func draw(_ name: String, in sketch: SketchID, _ number: UInt64) async throws {
            let runs = [SketchRun(x: 0, y: 0, text: "mine")]
            let cells = SketchOperation.cells(stroke: .fresh(at: 1), layer: 0, runs: runs)
            _ = try await world.call(name, .draw, SketchDraw(sketch: sketch, cid: .make(number), operation: cells))
        }
    }

    @Test func `announcements are not drawn into by who may not announce`() async throws {
        let scene = try await Scene()
        let draft = SketchDraft(channel: "devconf/announcements", name: "advertisement")
        let refused = await scene.world.refusal("ana", .createSketch, draft)
        #expect(refused?.code == .forbidden && refused?.detail.contains("may announce") == true)
        let map = try await scene.world.call("odin", .createSketch, draft)
        #expect(await refusal { try await scene.draw("ana", in: map.id, 1) }?.code == .forbidden)
        try await scene.draw("odin", in: map.id, 2)
        // What is announced can be reacted to.
        let sent = try await scene.world.call("odin", .announce, AnnouncementDraft(event: "devconf", text: "welcome"))
        let place = try await scene.channel("announcements")
        _ = try await scene.world.call("ana", .react, ReactionRef(channel: place, seq: sent.seq, emoji: "👋"))
    }

    @Test func `an archived event is only read: no drawing, no edit, no reaction, no pin`() async throws {
        let scene = try await Scene()
        let general = try await scene.channel("general")
        let draft = SketchDraft(channel: "devconf/general", name: "plan")
        let plan = try await scene.world.call("ana", .createSketch, draft)
        let sent = try await scene.world.call(
            "ana",
            .sendMessage,
            Message(channel: general, cid: .make(1), text: "before")
        )
        _ = try await scene.world.call("odin", .archiveEvent, EventRef("devconf"))
        let reaction = ReactionRef(channel: general, seq: sent.seq, emoji: "👋")
        for attempt in 0..<6 {
            let refused = await refusal {
                switch attempt {
                case 0: try await scene.draw("ana", in: plan.id, 2)
                case 1:
                    _ = try await scene.world.call(
                        "ana",
                        .createSketch,
                        SketchDraft(channel: "devconf/general", name: "b")
                    )
                case 2:
                    let edit = MessageEdit(channel: general, seq: sent.seq, text: "after")
                    _ = try await scene.world.call("ana", .editMessage, edit)
                case 3: _ = try await scene.world.call("ana", .react, reaction)
                case 4: _ = try await scene.world.call("ana", .pinMessage, MessageRef(channel: general, seq: sent.seq))
                default:
                    let late = Message(channel: general, cid: .make(3), text: "late")
                    _ = try await scene.world.call("ana", .sendMessage, late)
                }
            }
            #expect(refused?.code == .forbidden, "\(attempt): \(refused?.detail ?? "done")")
        }
        // What one said can still be taken back.
        _ = try await scene.world.call("ana", .deleteMessage, MessageRef(channel: general, seq: sent.seq))
    }

    @Test func `guests look on, unless the channel's rules give them a pen`() async throws {
        let scene = try await Scene()
        let entry = GuestEntry(code: try await scene.world.code(of: "devconf"), displayName: "Kim")
        let signedIn = try await scene.world.accounts.anonymous().call(.enterAsGuest, entry)
        let kim = Person(scene.world.accounts, signedIn)
        let draft = SketchDraft(channel: "devconf/general", name: "plan")
        let plan = try await scene.world.call("ana", .createSketch, draft)
        func draws(_ number: UInt64) async -> APIError? {
            let runs = [SketchRun(x: 0, y: 0, text: "kim")]
            let cells = SketchOperation.cells(stroke: .fresh(at: 1), layer: 0, runs: runs)
            let draw = SketchDraw(sketch: plan.id, cid: .make(number), operation: cells)
            do {
                _ = try await kim.call(.draw, draw)
                return nil
            } catch { return error as? APIError }
        }
        #expect(await draws(1)?.detail.hasPrefix("guests look on") == true)
        #expect(try await kim.call(.sketchSnapshot, SketchRef(plan.id)).canvas() != nil)
        let rules = [PostingRule(.guest, allow: [.draw])]
        _ = try await scene.world.call("odin", .setPosting, PostingChange(channel: "devconf/general", rules: rules))
        #expect(await draws(2) == nil)
        _ = try await scene.world.call("odin", .setPosting, PostingChange(channel: "devconf/general", rules: []))
        #expect(await draws(3)?.code == .forbidden)
        _ = try await kim.call(.becomeMember, GuestUpgrade(name: "kim", password: AccountWorld.password))
        #expect(await draws(4) == nil)
    }
}
