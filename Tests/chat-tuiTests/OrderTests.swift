import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// Keeping order from the client: kicks, bans, mutes, reports.
@Suite struct OrderTests {
    private let channel = Scope.channel(Sample.eventGeneral).description
    private let event = Scope.event(Sample.event).description

    private func model() -> Model {
        var model = Sample.organizer()
        _ = update(&model, .line("/join devconf/general"))
        return model
    }

    private func orders(_ effects: [Effect]) -> [OrderRequest] {
        effects.requests.compactMap { if case .order(let request) = $0 { request } else { nil } }
    }

    @Test func `measures name their place, a time and a reason`() {
        let expected: [(String, OrderRequest)] = [
            ("/kick bob shouting", .kick("bob", scope: channel, reason: "shouting")),
            ("/kick @bob everywhere", .kick("bob", scope: event, reason: nil)),
            ("/ban bob", .ban("bob", scope: channel, forMs: nil, reason: nil)),
            (
                "/ban bob everywhere 2h selling tickets",
                .ban("bob", scope: event, forMs: 7_200_000, reason: "selling tickets")
            ),
            ("/timeout bob 10m calm down", .timeOut("bob", scope: channel, forMs: 600_000, reason: "calm down")),
            ("/timeout bob everywhere 1d", .timeOut("bob", scope: event, forMs: 86_400_000, reason: nil)),
            ("/reinstate bob", .reinstate("bob", scope: channel)), ("/slow 10s", .slow(Sample.eventGeneral, 10_000)),
            ("/slow off", .slow(Sample.eventGeneral, 0)), ("/slow", .posting(Sample.eventGeneral)),
            (
                "/emergency 15m fire drill",
                .emergency(scope: event, voice: nil, forMs: 900_000, reason: "fire drill")
            ),
            ("/emergency 1h moderators", .emergency(scope: event, voice: .moderators, forMs: 3_600_000, reason: nil)),
            ("/emergency off", .calm(scope: event)), ("/block bob", .block("bob", .block)),
            ("/mute bob", .block("bob", .mute)),
            ("/unmute bob", .unblock("bob")),
        ]
        for (line, request) in expected {
            var model = model()
            // A whole event is silenced when it is said twice.
            if case .emergency = request { _ = update(&model, .line(line)) }
            #expect(orders(update(&model, .line(line))) == [request], "\(line)")
        }
    }

    @Test(arguments: [
        ("/timeout bob", "/timeout needs a time: 10m, 2h, 1d"),
        ("/timeout bob 10", "/timeout needs a time: 10m, 2h, 1d"),
        ("/slow 3x", "'3x' is no pause: 1s to 6h, or off"), ("/slow 7h", "'7h' is no pause: 1s to 6h, or off"),
        ("/emergency 30s", "'30s' is no time: 1m to 24h, or off"),
        ("/slow 99999999999999999999d", "'99999999999999999999' is no pause: 1s to 6h, or off"),
    ])
    func `times that make no sense are refused`(line: String, sentence: String) {
        var model = model()
        #expect(orders(update(&model, .line(line))).isEmpty)
        #expect(model.notices.last?.text == sentence)
    }

    @Test func `mute alone is about the channel, in a conversation nobody is banned`() {
        var model = model()
        #expect(orders(update(&model, .line("/mute"))).isEmpty)
        #expect(model.muted.contains(Sample.eventGeneral))
        var chat = Sample.organizer(withChat: true)
        _ = update(&chat, .line("/join &carol"))
        #expect(orders(update(&chat, .line("/ban carol"))).isEmpty)
        #expect(chat.notices.last?.text == "that is for channels, not for conversations")
    }

    @Test func `what a muted person says is folded, on the screen and in lines`() {
        var model = Sample.model()
        let before = FrameText(view(model)).plain
        #expect(before.contains("The build is green"))
        let block = Block(account: Sample.bob, name: "bob", kind: .mute, at: Sample.now)
        _ = update(&model, .answered(.order(.blocks), .success(.order(.blocks([block])))))
        let after = FrameText(view(model)).plain
        #expect(!after.contains("The build is green") && after.contains("folded: you muted them"))
        let line = LinearLine.entry(Sample.message(9, Sample.bob, "psst"), room: Sample.general).plain(model)
        #expect(!line.contains("psst"))
        _ = update(&model, .answered(.order(.blocks), .success(.order(.blocks([])))))
        #expect(FrameText(view(model)).plain == before)
    }

    @Test func `reports are decided on, dismissing is asked twice`() {
        var model = model()
        #expect(orders(update(&model, .line("/reports"))) == [.reports])
        let report = Report(
            id: ReportID(high: 1, low: 1),
            channel: Sample.eventGeneral,
            channelName: "general",
            seq: 3,
            author: Sample.bob,
            text: "buy my tickets",
            reason: "spam",
            by: Sample.carol,
            at: Sample.now,
            state: .open
        )
        _ = update(&model, .answered(.order(.reports), .success(.order(.reports([report])))))
        for size in FrameTests.sizes.prefix(2) {
            _ = update(&model, .input(.resize(size)))
            expectFrame(view(model), "reports-\(size.width)x\(size.height)")
        }
        #expect(orders(Sample.press("a", in: &model)) == [.decide(report.id, .resolve)])
        #expect(orders(Sample.press("d", in: &model)).isEmpty)
        #expect(orders(Sample.press("d", in: &model)) == [.decide(report.id, .dismiss)])
    }
}
