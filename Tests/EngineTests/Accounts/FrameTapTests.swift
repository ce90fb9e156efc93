import ChatAPI
import ChatTestKit
import Testing

@testable import Engine

/// `session tail`: what is kept of a session's frames, for whom, and what of it is masked.
@Suite struct FrameTapTests {
    private let session = SessionID(high: 1, low: 2)

    private func record(_ text: String, _ taps: FrameTaps, now: Milliseconds = 1_000) {
        var bytes = Array(text.utf8)
        bytes.withUnsafeMutableBytes { taps.record(UnsafeRawBufferPointer($0), .out, of: session, now: now) }
    }

    @Test func `nothing is kept of a session that nobody looks at`() throws {
        let taps = FrameTaps()
        #expect(!taps.isActive)
        record(#"{"push":"message","text":"hello"}"#, taps)
        let first = try taps.read(SessionTail(session: session), isLive: true, now: 1_000)
        #expect(first.isNew)
        #expect(first.frames.isEmpty)
        #expect(taps.isActive)
    }

    @Test func `texts are masked, ids and the words of the protocol are not`() throws {
        let taps = FrameTaps()
        _ = try taps.read(SessionTail(session: session), isLive: true, now: 1_000)
        let channel = "01975c3e-7a00-7000-8000-000000000001"
        record(
            #"{"push":"message","channel":"\#(channel)","seq":813,"text":"the key is under the mat","x":7.5}"#,
            taps
        )
        let page = try taps.read(SessionTail(session: session, after: 0), isLive: true, now: 1_000)
        let frame = try #require(page.frames.first)
        #expect(frame.kind == "message")
        #expect(frame.frame["channel"] == .string(channel))
        #expect(frame.frame["seq"] == 813)
        #expect(frame.frame["text"] == "(24 bytes)")
        #expect(frame.frame["x"] == "(number)")
        #expect(!"\(page)".contains("under the mat"))
    }

    @Test func `tokens are masked whatever they are called`() {
        let hello = JSON.object(["id": 1, "hello": .object(["token": "secret-token", "device": "phone"])])
        let masked = FrameMask.masked(hello)
        #expect(masked["hello"]?["token"] == "(12 bytes)")
        #expect(masked["hello"]?["device"] == "(5 bytes)")
        #expect(FrameMask.kind(of: hello) == "hello")
    }

    @Test func `what came between two questions is told once, and what was too much is counted`() throws {
        let taps = FrameTaps()
        _ = try taps.read(SessionTail(session: session), isLive: true, now: 1_000)
        for number in 1...1_200 { record(#"{"id":\#(number),"ok":{}}"#, taps) }
        let page = try taps.read(SessionTail(session: session, after: 0), isLive: true, now: 1_000)
        #expect(page.frames.count == FrameTaps.frames)
        #expect(page.frames.last?.number == 1_200)
        #expect(page.missed == 700)
        let next = try taps.read(SessionTail(session: session, after: page.last), isLive: true, now: 1_000)
        #expect(next.frames.isEmpty)
        #expect(next.missed == 0)
    }

    @Test func `looking lapses a minute after the last question`() throws {
        let taps = FrameTaps()
        _ = try taps.read(SessionTail(session: session), isLive: true, now: 0)
        record(#"{"bye":{}}"#, taps, now: FrameTaps.patienceMilliseconds + 1)
        #expect(!taps.isActive)
        #expect(taps.begins(SessionTail(session: session, after: 0), now: FrameTaps.patienceMilliseconds + 1))
    }

    @Test func `only so many sessions are looked at at a time`() throws {
        let taps = FrameTaps()
        for number in 1...FrameTaps.sessions {
            _ = try taps.read(SessionTail(session: SessionID(high: 9, low: UInt64(number))), isLive: false, now: 0)
        }
        #expect(throws: APIError.self) {
            try taps.read(SessionTail(session: SessionID(high: 9, low: 99)), isLive: false, now: 0)
        }
        // The oldest has lapsed by then.
        _ = try taps.read(
            SessionTail(session: SessionID(high: 9, low: 99)),
            isLive: false,
            now: FrameTaps.patienceMilliseconds + 1
        )
    }
}
