import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// Golden frames of the chat in four sizes.
@Suite struct FrameTests {
    static let sizes = [
        Size(width: 40, height: 12), Size(width: 80, height: 24), Size(width: 120, height: 40),
        Size(width: 200, height: 60),
    ]

    @Test(arguments: sizes)
    func `the conversation at each size`(size: Size) {
        var model = Sample.model(size)
        if size.width >= 120 {
            Sample.press("F3", in: &model)
            let members = [(Sample.ana, "ana"), (Sample.bob, "bob"), (Sample.carol, "carol")].map {
                Member(
                    account: $0.0,
                    name: $0.1,
                    displayName: nil,
                    kind: .person,
                    role: $0.1 == "ana" ? .admin : .member,
                    joinedAt: 0
                )
            }
            _ = update(&model, .answered(.members(Sample.general), .success(.members(members))))
        }
        expectFrame(view(model), "chat-\(size.width)x\(size.height)")
    }

    @Test(arguments: sizes)
    func `help and switcher at each size`(size: Size) {
        var model = Sample.model(size)
        Sample.press("F1", in: &model)
        expectFrame(view(model), "help-\(size.width)x\(size.height)")
        Sample.press("Esc", "Ctrl+K", in: &model)
        expectFrame(view(model), "switcher-\(size.width)x\(size.height)")
    }

    @Test func `the first start`() {
        for size in Self.sizes.prefix(2) {
            var model = Model(
                screen: .signIn(SignInForm(sockets: ["/run/chatd/chatd.sock"], server: nil)),
                size: size,
                zone: .fixed(0)
            )
            expectFrame(view(model), "start-\(size.width)x\(size.height)")
            Sample.press("Enter", "Down", "Enter", in: &model)
            Sample.type("ana", into: &model)
            Sample.press("Enter", in: &model)
            Sample.type("secret", into: &model)
            expectFrame(view(model), "register-\(size.width)x\(size.height)")
            #expect(!FrameText(view(model)).plain.contains("secret"))
        }
    }

    @Test func `pending, failed, search, paste`() {
        var model = Sample.model()
        let waiting = Message(channel: Sample.general, cid: ClientID(high: 1, low: 1), text: "on its way")
        let failed = Message(channel: Sample.general, cid: ClientID(high: 1, low: 2), text: "too much")
        _ = update(
            &model,
            .live([
                .outbox([
                    OutboxItem(id: 1, call: .message(waiting), key: "a", queuedAt: Sample.now),
                    OutboxItem(
                        id: 2,
                        call: .message(failed),
                        key: "b",
                        queuedAt: Sample.now,
                        state: .failed(APIError(.forbidden, "you may not write here"))
                    ),
                ])
            ])
        )
        expectFrame(view(model), "outbox-80x24")
        _ = update(&model, .input(.paste("one\ntwo\nthree\nfour\nfive", isLast: true)))
        expectFrame(view(model), "paste-80x24")
        Sample.press("Esc", "F5", in: &model)
        Sample.type("build", into: &model)
        Sample.press("Enter", in: &model)
        let hit = SearchHit(entry: Sample.message(3, Sample.bob, "The build is green"), highlights: [[4, 9]])
        _ = update(
            &model,
            .answered(
                .search("build", Sample.general, cursor: nil),
                .success(.search(SearchPage(hits: [hit], nextCursor: nil, indexedTo: Sample.now)))
            )
        )
        expectFrame(view(model), "search-80x24")
    }

    @Test func `a long sentence makes room for itself, and what was just written stays in sight`() {
        for size in [Size(width: 40, height: 12), Size(width: 80, height: 24)] {
            var model = Sample.model(size)
            let waiting = Message(channel: Sample.general, cid: ClientID(high: 1, low: 1), text: "on its way")
            let item = OutboxItem(id: 1, call: .message(waiting), key: "a", queuedAt: Sample.now)
            _ = update(&model, .live([.outbox([item])]))
            let reason = "the connection was lost: closed by the peer"
            _ = update(&model, .live([.state(.offline(reason: reason, retryMilliseconds: 4_000))]))
            func words() -> String {
                FrameText(view(model)).plain.split { $0.isWhitespace || $0 == "│" }.joined(separator: " ")
            }
            #expect(words().contains("what you write is kept and sent later"), "\(words())")
            #expect(words().contains("on its way"))
            // It goes by itself, and the rows with it; how to wait less stays.
            _ = update(&model, .clock(Sample.now + 60_000))
            _ = update(&model, .live([.state(.offline(reason: reason, retryMilliseconds: 40_000))]))
            #expect(!words().contains("sent later"))
            if size.width > 40 { #expect(words().contains("/reconne"), "\(words())") }
            #expect(ScreenLayout(model).status.height == 1)
        }
    }

    @Test func `a window that is too small says what it needs`() {
        var model = Sample.model(Size(width: 39, height: 11))
        #expect(FrameText(view(model)).plain.contains("This window has 39×11 cells"))
        #expect(FrameText(view(model)).plain.contains("40×12"))
        _ = update(&model, .input(.resize(Size(width: 1, height: 1))))
        #expect(view(model).size == Size(width: 1, height: 1))
    }

    @Test func `no size and no text stops the view, and no control sequence gets through`() {
        for width in [1, 2, 9, 20, 39, 40, 41, 59, 60, 71, 72, 83, 84, 139, 140, 300] {
            for height in [1, 5, 11, 12, 13, 90] {
                var model = Sample.model(Size(width: width, height: height))
                for key in ["F3", "Up", "PageUp", "Alt+K"] { Sample.press(key, in: &model) }
                let frame = view(model)
                #expect(frame.size == Size(width: width, height: height))
                for cell in frame.cells {
                    for scalar in cell.text.unicodeScalars {
                        #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value))
                    }
                }
            }
        }
    }
}
