import Glibc
import Synchronization
import Telemetry
import Testing

/// Log lines as they leave the process.
struct LogTests {
    /// A reading and a writing end, which programs that other tests start do not keep open.
    private static func ends() -> [Int32] {
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        return ends
    }

    /// What `body` logs, read from the other end of a pipe.
    private func lines(
        _ format: LogSink.Format,
        levels: LogLevels = LogLevels(.debug),
        _ body: (LogSink) -> Void
    ) -> [String] {
        let ends = Self.ends()
        let sink = LogSink(descriptor: ends[1], format: format, levels: levels) { 1_795_243_660_123 }
        body(sink)
        close(ends[1])
        defer { close(ends[0]) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(ends[0], &chunk, chunk.count)
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        #expect(bytes.isEmpty || bytes.last == UInt8(ascii: "\n"))
        return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a line in both formats`() {
        let write = { (sink: LogSink) in
            let log = sink.log("transport").with(requestID: "r-1")
            log.notice(
                "listening",
                [
                    "address": "127.0.0.1:7878", "port": 7878, "tls": false, "took": .duration(.microseconds(1500)),
                    "load": 0.5, "note": "two words",
                ]
            )
        }
        #expect(
            lines(.logfmt, write) == [
                #"ts=2026-11-21T06:47:40.123Z level=notice subsystem=transport msg=listening requestId=r-1 address=127.0.0.1:7878 port=7878 tls=false took=1.5 load=0.5 note="two words""#
            ]
        )
        #expect(
            lines(.json, write) == [
                #"{"ts":"2026-11-21T06:47:40.123Z","level":"notice","subsystem":"transport","msg":"listening","requestId":"r-1","address":"127.0.0.1:7878","port":7878,"tls":false,"took":1.5,"load":0.5,"note":"two words"}"#
            ]
        )
    }

    @Test func `what is switched off is not even evaluated`() {
        let evaluated = Atomic<Int>(0)
        let expensive = { () -> String in
            evaluated.add(1, ordering: .relaxed)
            return "x"
        }
        let written = lines(.json, levels: LogLevels(.notice)) { sink in
            let log = sink.log("engine")
            #expect(!log.isEnabled(.info))
            log.debug(expensive(), ["a": .string(expensive())])
            log.info(expensive())
            log.notice("one")
            log.warning("two")
            log.error("three")
        }
        #expect(evaluated.load(ordering: .relaxed) == 0)
        #expect(written.count == 3)
    }

    @Test func `levels change while it runs, for each subsystem`() throws {
        let written = lines(.logfmt, levels: try LogLevels("warning,storage=debug")) { sink in
            let (storage, engine) = (sink.log("storage"), sink.log("engine"))
            let bound = engine.with(["a": 1])
            storage.debug("storage-1")
            engine.notice("never")
            sink.apply(LogLevels(.error, subsystems: ["engine": .debug]))
            storage.warning("never")
            bound.debug("engine-1")
            sink.log("engine").debug("engine-2")
            sink.log("late").error("late-1")
            #expect(sink.currentLevels == LogLevels(.error, subsystems: ["engine": .debug]))
        }
        #expect(
            written.map { $0.split(separator: " ")[3] } == [
                "msg=storage-1", "msg=engine-1", "msg=engine-2", "msg=late-1",
            ]
        )
    }

    @Test func `a level that is none is named`() {
        let refusal = #expect(throws: LogLevels.Refusal.self) { try LogLevels("info,engine=loud") }
        #expect(refusal?.sentence == #""loud" is no log level; levels are debug, info, notice, warning, error"#)
        #expect(throws: LogLevels.Refusal.self) { try LogLevels("=") }
        #expect(throws: Never.self) { try LogLevels("") }
    }

    /// Hostile texts in every place: one line each, no control byte, nothing that reorders, no second field.
    @Test(arguments: [
        "a\nlevel=error msg=forged", "\r\n", "\u{1B}[2J\u{1B}]0;x\u{7}", "\u{9B}31m", "\u{0}", "\u{7F}", "x\u{202E}y",
        "\u{200B}\u{FEFF}",
        "\u{2028}", "\u{E0041}", "\" level=error x=\"", "\\", "\\\"", "\",\"level\":\"error", "a=b c=d", "\u{85}",
        "😀 é 日本", "\u{10FFFF}",
    ])
    func `hostile text cannot forge a line`(text: String) throws {
        for format in [LogSink.Format.logfmt, .json] {
            let written = lines(format) {
                $0.log("engine").with(["bound": .string(text)]).info(text, ["field": .string(text), "k\n=x": 1])
            }
            #expect(written.count == 1)
            let line = try #require(written.first)
            for scalar in line.unicodeScalars {
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
                    #expect(Bool(false), "\(scalar.value) in \(line)")
                default: break
                }
            }
            let fields = try #require(parsed(line, format), "\(line)")
            #expect(fields.map(\.key) == ["ts", "level", "subsystem", "msg", "bound", "field", "k__x"], "\(line)")
            #expect(fields[1].value == "info")
            for index in 3...5 {
                #expect(fields[index].value.unicodeScalars.elementsEqual(text.unicodeScalars), "\(line)")
            }
        }
    }

    @Test func `a line never exceeds what a pipe writes at once`() throws {
        let long = String(repeating: "ä\"", count: 50_000)
        for format in [LogSink.Format.logfmt, .json] {
            let written = lines(format) { sink in
                sink.log("engine").info(
                    long,
                    ["a": .string(long), "b": .string(long), "c": .string(long), "d": .string(long), "e": 1]
                )
            }
            #expect(written.count == 1)
            #expect(written[0].utf8.count < 4096)
            let fields = try #require(parsed(written[0], format))
            #expect(fields.map(\.key) == ["ts", "level", "subsystem", "msg", "a", "b", "e", "truncated"])
            #expect(fields[3].value.hasSuffix("…"))
        }
    }

    @Test func `names of the line itself are not overwritten`() {
        let written = lines(.logfmt) { $0.log("engine").info("x", ["level": "error", "msg": "y", "closeCode": 4008]) }
        #expect(written[0].hasSuffix(" level=info subsystem=engine msg=x level_=error msg_=y closeCode=4008"))
    }

    @Test func `a reader that is gone loses lines and stops nobody`() {
        signal(SIGPIPE, SIG_IGN)
        let ends = Self.ends()
        close(ends[0])
        let sink = LogSink(descriptor: ends[1], format: .json)
        sink.log("engine").error("x")
        #expect(sink.lostLines == 1)
        close(ends[1])
    }

    @Test func `a socket is no terminal`() {
        let ends = Self.ends()
        #expect(LogSink.format(for: ends[1]) == .json)
        close(ends[0])
        close(ends[1])
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func `times are civil`(milliseconds: Int64, text: String) throws {
        let ends = Self.ends()
        LogSink(descriptor: ends[1], format: .logfmt, now: { milliseconds }).log("x").error("x")
        var bytes = [UInt8](repeating: 0, count: 200)
        let count = read(ends[0], &bytes, bytes.count)
        #expect(String(decoding: bytes[..<count], as: UTF8.self).hasPrefix("ts=\(text) "))
        close(ends[0])
        close(ends[1])
    }
}
