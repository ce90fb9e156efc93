import ChatAPI
import ChatKit
import Glibc
import TerminalUI
import Testing
import chat_tui

/// What was recorded replays to the same screen.
@Suite struct RecordingTests {
    @Test func `a recording replays to the same screen`() throws {
        var opening = CachedOpening()
        opening.account = Sample.account(Sample.ana, "ana")
        opening.accounts = [Sample.account(Sample.bob, "bob")]
        opening.channels = [
            JoinedChannel(
                channel: Sample.channel(Sample.general, "general", head: 6),
                unread: Unread(channel: Sample.general, marker: 6, unread: 0, mentions: 0)
            )
        ]
        let actions: [Action] = [
            .opened(opening, outbox: []), .loaded(Sample.general, Sample.timeline), .live([.state(.live)]),
            .input(.key(.character("h"))), .input(.paste("ello", isLast: true)),
            .input(.resize(Size(width: 100, height: 30))),
            .live([.entries(log: Sample.general.description, [Sample.message(7, Sample.bob, "hi")])]),
            .live([.ephemeral(Ephemeral(channel: Sample.general, typing: [Sample.carol]))]), .input(.focus(false)),
        ]
        func start() -> Model { Model(serverName: "x", now: Sample.now, zone: .fixed(0)) }
        var lived = start()
        var replayed = start()
        for action in actions {
            _ = update(&lived, action)
            let line = try #require(Recording.line(action))
            let read = try #require(Recording.actions(Coding.encode(JSON.object(line))))
            for action in read { _ = update(&replayed, action) }
        }
        #expect(FrameText(view(lived)).styled == FrameText(view(replayed)).styled)
    }

    @Test func `a recording of drawing replays to the same screen: own strokes, those of others, a time-lapse`() throws
    {
        let folder = "/tmp/plaza-recording-\(getpid())"
        defer { unlink(folder) }
        let recorder = try Recorder(path: folder)
        let size = Size(width: 60, height: 16)
        let sketch = Sample.sketch(size, seq: 8)
        func start() -> Model { Sample.model(Size(width: 100, height: 30)) }
        var lived = start()
        var cids: [ClientID] = []
        func live(_ actions: Action..., after milliseconds: Int64 = 40) {
            for action in [.clock(lived.now + milliseconds)] + actions + [.tick] {
                recorder.record(action, &lived)
                cids += update(&lived, action).draws.map(\.cid)
            }
        }
        func mouse(_ kind: MouseEvent.Kind, _ x: Int, _ y: Int) { live(.input(.mouse(MouseEvent(kind, x: x, y: y)))) }
        live(.answered(.sketch(.list(Sample.general)), .success(.sketch(.list([sketch])))))
        live(.input(.paste("/sketch open plan", isLast: true)), .input(.key(try #require(Key("Enter")))))
        let snapshot = SketchSnapshot(Sample.canvas(size), of: sketch)
        live(.answered(.sketch(.snapshot(Sample.plan, .open)), .success(.sketch(.snapshot(snapshot)))))
        let paper = try #require(SketchLayout(lived)).canvas
        // A stroke of one's own, confirmed by the answer and by the log; carol draws over its end.
        mouse(.press(.left), paper.x + 20, paper.y + 9)
        mouse(.drag(.left), paper.x + 24, paper.y + 9)
        mouse(.release(.left), paper.x + 24, paper.y + 9)
        let first = try #require(cids.first)
        let last = try #require(cids.last)
        live(.drawn(first, .success(SketchDrawn(seq: 9, at: lived.now))))
        let stroke = [
            Sample.entry(9, Sample.ana, cid: first, SketchRun(x: 20, y: 9, text: "█")),
            Sample.entry(10, Sample.ana, cid: last, SketchRun(x: 21, y: 9, text: "████")),
        ]
        live(.live([.sketch(Sample.plan, stroke)]))
        live(.live([.sketch(Sample.plan, [Sample.entry(11, Sample.carol, SketchRun(x: 23, y: 9, text: "carol"))])]))
        // Another that is refused, one that has no answer, a box with the keyboard.
        mouse(.press(.right), paper.x + 2, paper.y + 1)
        mouse(.release(.right), paper.x + 2, paper.y + 1)
        if let refused = cids.last { live(.drawn(refused, .failure(APIError(.locked, "bob has locked it")))) }
        mouse(.move, paper.x + 40, paper.y + 12)
        for key in ["b", "Enter", "Right", "Right", "Down", "Down", "Enter"] {
            live(.input(.key(try #require(Key(key)))))
        }
        #expect(Recording.actions(Array("{\"mouse\":\"drag\",\"x\":9223372036854775807,\"y\":-5}".utf8))?.count == 1)
        var screens = [FrameText(view(lived)).styled]
        // A time-lapse, half played.
        live(.input(.key(try #require(Key("R")))))
        let entries = (1...9).map { Sample.entry(Int64($0), Sample.bob, SketchRun(x: $0, y: 0, text: "\($0)")) }
        let page = SketchOperationPage(operations: entries, head: 9, first: 1, hasLater: false)
        live(.answered(.sketch(.history(Sample.plan, after: nil)), .success(.sketch(.history(page)))))
        live(.input(.key(try #require(Key("Space")))), after: 10)
        screens.append(FrameText(view(lived)).styled)
        recorder.close()

        var replayed = start()
        var found = 0
        for line in try Files.read(folder).split(separator: 0x0A) {
            for action in try #require(Recording.actions(line)) { _ = update(&replayed, action) }
            _ = update(&replayed, .tick)
            if found < 2, FrameText(view(replayed)).styled == screens[found] { found += 1 }
        }
        #expect(found == 2, "\(FrameText(view(replayed)).plain)\n\(screens[found == 1 ? 1 : 0])")
        #expect(replayed.book.queue.unanswered == lived.book.queue.unanswered)
        #expect(screens[0].contains("carol") && lived.book.queue.unanswered.count == 1)
    }

    @Test func `a line that is no JSON is refused`() {
        #expect(Recording.actions(Array("hello".utf8)) == nil)
        #expect(Recording.actions(Array("[1]".utf8)) == nil)
        #expect(Recording.actions(Array("{}".utf8))?.isEmpty == true)
    }

    @Test func `what the terminal says of itself is no news`() {
        #expect(Recording.line(.input(.reply(.attributes([1])))) == nil)
    }
}
