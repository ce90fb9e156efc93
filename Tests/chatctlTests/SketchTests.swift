import ChatAPI
import ChatKit
import ChatTestKit
import Engine
import Glibc
import Storage
import Testing
import chatctl

/// Sketches on the command line: files that come back as they went, films, and what is refused.
@Suite struct SketchTests {
    private func plaza() async throws -> Plaza {
        let plaza = try Plaza()
        for line in ["channel create lounge", "sketch create lounge/plan --width 20 --height 6"] {
            try #require(await plaza.run(words(line)).code == .ok)
        }
        return plaza
    }

    private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

    @Test func `what is exported is imported again, in every form that holds cells`() async throws {
        let plaza = try await plaza()
        #expect(await plaza.run(words("sketch draw lounge/plan --at 1,1 --foreground ff8700 --bold hello")).code == .ok)
        #expect(await plaza.run(words("sketch draw lounge/plan --at 3,3 --background 4 漢字")).code == .ok)
        let ansi = await plaza.run(words("sketch export lounge/plan --as ansi"))
        #expect(ansi.output == "\n \u{1B}[0;1;38;2;255;135;0mhello\u{1B}[0m\n\n   \u{1B}[0;48;5;4m漢字\u{1B}[0m\n\n\n")
        let lines = ansi.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).dropLast()
        let made = await plaza.run(words("sketch import lounge/copy -"), input: Array(lines))
        #expect(made.error.contains("made lounge/copy, 8 × 6, drew 9 cells"), "\(made.error)")
        #expect(await plaza.run(words("sketch export lounge/copy --as ansi")).output == ansi.output)
        // Into another sketch, elsewhere.
        let into = await plaza.run(words("sketch import lounge/plan - --into --at 10,0"), input: ["..", ".."])
        #expect(into.code == .ok, "\(into.error)")
        let text = await plaza.run(words("sketch export lounge/plan"))
        #expect(text.output == "          ..\n hello    ..\n\n   漢字\n\n\n")
        #expect(
            await plaza.run(words("sketch export lounge/plan --crop")).output == "         ..\nhello    ..\n\n  漢字\n"
        )
        #expect(await plaza.run(words("sketch export lounge/plan --region 10,0,2,1")).output == "..\n")
    }

    @Test func `an import is one stroke`() async throws {
        let plaza = try await plaza()
        let picture = Array(repeating: String(repeating: "#", count: 20), count: 6)
        #expect(await plaza.run(words("sketch import lounge/plan - --into"), input: picture).code == .ok)
        #expect(await plaza.run(words("sketch undo lounge/plan")).code == .ok)
        #expect(await plaza.run(words("sketch export lounge/plan")).output == "\n\n\n\n\n\n")
    }

    @Test func `a picture goes to a file, comes back as half blocks, and is nothing for a terminal`() async throws {
        let plaza = try await plaza()
        #expect(await plaza.run(words("sketch draw lounge/plan --background 00ff00 ....")).code == .ok)
        let file = plaza.home + "/export"
        #expect(await plaza.run(words("sketch export lounge/plan --to \(file) --as png --scale 1")).code == .ok)
        let image = try PNG.decode(Files.read(file))
        #expect(image.width == 160 && image.height == 96)
        let made = await plaza.run(words("sketch import lounge/copy \(file) --columns 20"))
        #expect(made.code == .ok, "\(made.error)")
        let terminal = await plaza.run(words("sketch export lounge/plan --as png"), isTerminal: true)
        #expect(terminal.code == .usage && terminal.error.contains("give --to FILE"))
    }

    @Test func `the same sketch is the same bytes, whoever exports it`() async throws {
        let plaza = try await plaza()
        #expect(await plaza.run(words("sketch draw lounge/plan --foreground 208 [hello]")).code == .ok)
        let service = LocalService(plaza.temporary.engine, as: try await plaza.caller(.administrator))
        let sketch = try #require(try await service.call(.listSketches, ChannelRef("lounge")).items.first)
        let canvas = try #require(try await service.call(.sketchSnapshot, SketchRef(sketch.id)).canvas())
        for form in SketchExport.Form.allCases where form != .png {
            let answer = await plaza.run(words("sketch export lounge/plan --as \(form.rawValue)"))
            #expect(Array(answer.output.utf8) == SketchExport.bytes(canvas, named: "plan", as: form), "\(form)")
        }
        let file = plaza.home + "/export"
        #expect(await plaza.run(words("sketch export lounge/plan --as png --to \(file)")).code == .ok)
        #expect(try Files.read(file) == SketchExport.bytes(canvas, named: "plan", as: .png))
    }

    @Test func `a replay is frames where nobody watches`() async throws {
        let plaza = try await plaza()
        for (number, text) in ["one", "two", "three"].enumerated() {
            #expect(await plaza.run(words("sketch draw lounge/plan --at 0,\(number) \(text)")).code == .ok)
            plaza.temporary.clock.advance(by: .seconds(10))
        }
        let film = await plaza.run(words("sketch replay lounge/plan"))
        let frames = film.output.split(separator: "\u{C}\n")
        #expect(frames.map { $0.split(separator: "\n").joined(separator: " ") } == ["one", "one two", "one two three"])
        let data = await plaza.run(words("sketch replay lounge/plan -o jsonl --fields frame,seq,operations,shownAt"))
        #expect(
            data.output == """
                {"frame":1,"seq":2,"operations":2,"shownAt":0}
                {"frame":2,"seq":3,"operations":1,"shownAt":1000}
                {"frame":3,"seq":4,"operations":1,"shownAt":2000}

                """
        )
        // The first operation says how large it is.
        let part = await plaza.run(words("sketch replay lounge/plan --after 2 --through 3"))
        #expect(part.output.split(separator: "\u{C}\n").count == 1)
    }

    @Test func `a film of which the beginning is not kept begins with the drawing as it was then, and says so`()
        async throws
    {
        let plaza = try await plaza()
        for (number, text) in ["one", "two", "three"].enumerated() {
            #expect(await plaza.run(words("sketch draw lounge/plan --at 0,\(number) \(text)")).code == .ok)
        }
        // What a trimmed log looks like: "one" and "two" are in the base, "three" is an entry.
        let service = LocalService(plaza.temporary.engine, as: try await plaza.caller(.administrator))
        let sketch = try #require(try await service.call(.listSketches, ChannelRef("lounge")).items.first)
        let page = try await service.call(.sketchOperations, SketchOperationQuery(sketch: sketch.id, limit: 500))
        var canvas = SketchCanvas.first
        for entry in page.operations.dropLast() { canvas.apply(entry) }
        let base = Coding.encode(SketchSnapshot(canvas, of: sketch))
        let seq = canvas.seq
        try await plaza.temporary.engine.database.write(touching: []) { tx in
            try tx.run(Self.putBase) {
                $0.bind("sketch", sketch.id)
                $0.bind("seq", seq)
                $0.bind("snapshot", base)
            }
            try tx.run(Self.trim) {
                $0.bind("sketch", sketch.id)
                $0.bind("seq", seq)
            }
        }
        let film = await plaza.run(words("sketch replay lounge/plan"))
        let frames = film.output.split(separator: "\u{C}\n")
        #expect(frames.map { $0.split(separator: "\n").joined(separator: " ") } == ["one two three"])
        #expect(film.error.contains("operations before 4 are not kept"), "\(film.error)")
    }

    private static let putBase: SQL =
        "INSERT INTO sketch_base (sketch, seq, snapshot) VALUES (:sketch, :seq, :snapshot)"
    private static let trim: SQL = "DELETE FROM sketch_operation WHERE sketch = :sketch AND seq <= :seq"

    @Test(
        arguments: [
            ("sketch show plan", ExitCode.usage, "is no sketch: write its channel and its name, general/plan"),
            ("sketch show lounge/nothing", .notFound, "there is no sketch \"nothing\" in lounge"),
            ("sketch show nowhere/plan", .notFound, ""),
            ("sketch draw lounge/plan --at 19,0 ab", .usage, "outside"),
            ("sketch draw lounge/plan --at x ab", .usage, "--at must be X,Y, not \"x\""),
            ("sketch draw lounge/plan --foreground mauve ab", .usage, "--foreground must be a colour such as ff8700"),
            (
                "sketch export lounge/plan --region 90,90,2,2", .usage,
                "--region lies outside the sketch, which has 20 × 6"
            ),
            ("sketch clear lounge/plan", .usage, "repeat with --yes"),
            ("sketch delete lounge/plan", .usage, "repeat with --confirm lounge/plan"),
            ("sketch import lounge/plan /nowhere/x.png", .other, "cannot read /nowhere/x.png"),
            ("sketch replay lounge/plan --after 9", .notFound, "nothing was drawn in lounge/plan there"),
        ]
    )
    func `what cannot be done is refused by name`(line: String, code: ExitCode, sentence: String) async throws {
        let answer = try await plaza().run(words(line))
        #expect(answer.code == code && answer.error.contains(sentence), "\(answer.error)")
    }

    @Test func `a film that is larger than the terminal shows a part and says so, and a region shows others`()
        async throws
    {
        let plaza = try await plaza()
        #expect(await plaza.run(words("sketch create lounge/large --width 100 --height 40")).code == .ok)
        #expect(await plaza.run(words("sketch draw lounge/large --at 75,0 0123456789")).code == .ok)
        #expect(await plaza.run(words("sketch draw lounge/large --at 90,30 far")).code == .ok)
        let film = await plaza.run(words("sketch replay lounge/large --speed 1000"), isTerminal: true)
        #expect(
            film.error.contains("this terminal shows 80 × 23 cells from 0,0 on; --region shows others"),
            "\(film.error)"
        )
        #expect(film.output.contains("01234") && !film.output.contains("012345"))
        let part = await plaza.run(words("sketch replay lounge/large --region 85,25,15,10"))
        #expect(part.output.contains("     far") && !part.output.contains("0123"))
        let outside = await plaza.run(words("sketch replay lounge/large --region 100,0,5,5"))
        #expect(outside.code == .usage && outside.error.contains("which has 100 × 40 cells"))
    }

    @Test func `a sketch shows its layers and what is locked`() async throws {
        let plaza = try await plaza()
        let name = await plaza.run(words("whoami -o name")).output.filter { $0 != "\n" }
        #expect(await plaza.run(words("sketch layer lounge/plan 3 --name ink --hidden --locked")).code == .ok)
        #expect(await plaza.run(words("sketch lock lounge/plan --region 1,2,3,4")).code == .ok)
        let shown = await plaza.run(words("sketch show lounge/plan")).output
        #expect(shown.contains("0 1 · 3 ink (hidden, locked by \(name))"), "\(shown)")
        #expect(shown.contains("1,2,3,4 by \(name)"), "\(shown)")
    }

    @Test func `a wipe of the wrong person is undone`() async throws {
        let plaza = try await plaza()
        #expect(await plaza.run(words("sketch draw lounge/plan hello")).code == .ok)
        let name = await plaza.run(words("whoami -o name")).output.filter { $0 != "\n" }
        let asked = await plaza.run(words("sketch wipe lounge/plan --by \(name)"))
        #expect(asked.code == .usage && asked.error.contains("their own undo does not reach it"), "\(asked.error)")
        #expect(await plaza.run(words("sketch wipe lounge/plan --by \(name) --yes")).code == .ok)
        #expect(await plaza.run(words("sketch export lounge/plan")).output.contains("hello") == false)
        let back = await plaza.run(words("sketch wipe lounge/plan --by \(name) --undo"))
        #expect(
            back.code == .ok && back.error.contains("brought back what \(name) drew in lounge/plan"),
            "\(back.error)"
        )
        #expect(await plaza.run(words("sketch export lounge/plan")).output.contains("hello"))
        let again = await plaza.run(words("sketch wipe lounge/plan --by \(name) --undo"))
        #expect(again.code == .conflict)
    }

    @Test func `files that no sketch can hold are refused, and leave no sketch`() async throws {
        let plaza = try await plaza()
        let file = plaza.home + "/export"
        let hostile: [([UInt8], String)] = [
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0], "the picture is damaged: it ends too early"),
            (Array("abc\u{202E}def".utf8), "line 1 holds the direction control U+202E"),
            (Array(String(repeating: "x", count: 600).utf8), "line 1 takes more than 512 cells"),
        ]
        for (bytes, sentence) in hostile {
            try Files.write(bytes, to: file)
            let answer = await plaza.run(words("sketch import lounge/bad \(file)"))
            #expect(answer.code == .usage && answer.error.contains(sentence), "\(answer.error)")
        }
        #expect(await plaza.run(words("sketch ls lounge -o name")).output == "lounge/plan\n")
    }

    @Test func `a posted drawing is read along as text`() async throws {
        let plaza = try await plaza()
        #expect(await plaza.run(words("sketch draw lounge/plan --at 2,2 <-here->")).code == .ok)
        #expect(await plaza.run(words("sketch post lounge/plan look")).code == .ok)
        let tail = await plaza.run(words("channel tail lounge -n 1"))
        #expect(tail.output.hasSuffix(": look\n                     <-here->\n"), "\(tail.output)")
    }

    @Test func `names are completed with their channel`() async throws {
        let plaza = try await plaza()
        for prefix in ["lounge/", "lou", ""] {
            let answer = await plaza.run(["__complete", "sketches", prefix, "--"])
            #expect(answer.output == "lounge/plan\t20 × 6\n", "\(prefix): \(answer.error)")
        }
    }
}
