import ChatAPI
import ChatKit
import Flags
import Glibc

/// `channel export`: the complete history of a channel, as data or to read.
extension ChannelTalk {
    static var export: Command<Action> {
        Command(
            "export",
            "Writes the complete history of a channel: jsonl, text or markdown.",
            discussion: """
                jsonl is the whole truth, one entry a line in its current form, with the names of people. text and markdown are \
                for reading: messages with replies, edits and reactions as they are now. A file is complete or not there: it is \
                written beside its place and then renamed.
                """,
            examples: [
                Example("chatctl channel export general > general.jsonl"),
                Example("chatctl channel export general --as markdown --to general.md --since 7d"),
            ],
            arguments: [Arguments.channel],
            options: [
                .value(
                    "as",
                    "FORM",
                    .choice(["jsonl", "text", "markdown"]),
                    "The form; jsonl if neither this nor -o says something else."
                ),
                .value("to", "FILE", .file, "Where to; standard output if nothing is said.", default: "-"),
                Options.since,
                .value("until", "WHEN", "Up to this time, in the same forms as --since."),
            ],
            action: Action("entries.list", "channels.get") { run in
                let channel = try await run.channel(run.values.required("CHANNEL"))
                let title = await run.title(channel)
                let history = History(run, channel.id)
                var after: Int64 = 0
                if let since = try run.moment("since") { after = try await history.lastBefore(since) }
                let head = try await history.head()
                var through = head
                if let until = try run.moment("until") { through = try await history.lastBefore(until + 1) }
                let form = run.values.string("as")
                if form == nil, run.values.origin("output") != .fallback {
                    return try await list(run, history, title, after, through)
                }
                let file = try ExportFile(run.values.required("to"), run.console)
                let total = Int(max(0, through - after))
                let progress = Progress("exporting", total: total, sharesOutput: file.isStandardOutput, run.console)
                var count = 0
                if form == "markdown" {
                    file.write("# \(markdown(title))\n" + (channel.topic.map { "\n\(markdown($0))\n" } ?? ""))
                }
                try await history.pages(after: after, through: through) { entries in
                    await run.people.meet(EntryView.people(in: entries), run)
                    file.write(entries.map { text($0, form ?? "jsonl", title, run) }.joined())
                    count += entries.count
                    progress.advance(by: entries.count)
                }
                progress.clear()
                try file.finish()
                if !file.isStandardOutput {
                    run.say("wrote \(count) entries of \(VisibleText.line(title)) to \(file.path)")
                }
            }
        )
    }

    /// With `-o` it is a list like any other.
    private static func list(_ run: Run, _ history: History, _ title: String, _ after: Int64, _ through: Int64)
        async throws
    {
        guard run.values.required("to") == "-" else { throw Failure.usage("--to goes with --as, not with -o") }
        let list = try run.output.list(EntryView.shape)
        try await history.pages(after: after, through: through) { entries in
            await run.people.meet(EntryView.people(in: entries), run)
            for entry in entries { list.add(EntryView.node(entry, channel: title, run.people)) }
        }
        list.end()
    }

    private static func text(_ entry: Entry, _ form: String, _ title: String, _ run: Run) -> String {
        if form == "jsonl" { return JSONText.line(EntryView.node(entry, channel: title, run.people)) + "\n" }
        // What was done to a message shows in the message itself.
        switch entry.kind {
        case .edit, .redaction, .reaction, .unreaction, .pin, .unpin, .unknown: return ""
        default: break
        }
        let time = TimeText.local(entry.at, offset: run.console.zoneOffset(at: entry.at))
        let reactions = (entry.reactions ?? []).map { "\(VisibleText.line($0.emoji)) \($0.by.count)" }.joined(
            separator: "  "
        )
        if form == "text" {
            let line = EntryView.line(entry, time: time, run.people) { $0 }
            return line + "\n" + (reactions.isEmpty ? "" : String(repeating: " ", count: 21) + "[\(reactions)]\n")
        }
        let who = markdown(run.people.name(entry.by))
        guard entry.kind == .message else {
            let line = EntryView.line(entry, time: time, run.people) { $0 }
            return
                "\n*\(markdown(String(line.dropFirst(time.count + 2))).drop { $0 == "\\" || $0 == "*" || $0 == " " })* (\(time))\n"
        }
        var text = "\n**\(who)** \(time) [\(entry.seq)]\n\n"
        if let reply = entry.replyTo { text += "> to [\(reply)]\n\n" }
        if entry.redactedAt != nil {
            text += "*deleted*\n"
        } else {
            let lines = (entry.text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            text += lines.map { markdown(String($0)) }.joined(separator: "  \n") + "\n"
        }
        if !reactions.isEmpty { text += "\n\(reactions)\n" }
        return text
    }

    /// So that nobody's text becomes a heading, a link or HTML in somebody's page.
    private static func markdown(_ text: String) -> String {
        var result = ""
        var isStart = true
        for character in VisibleText.line(text) {
            if "\\`*_[]<>|~".contains(character) || isStart && "#+-=.)".contains(character) { result += "\\" }
            result.append(character)
            // `1.` and `1)` begin a list, also behind blanks.
            isStart = isStart && (character == " " || character.isNumber)
        }
        return result
    }
}

/// Where an export goes: standard output, or a file that is whole or not there.
final class ExportFile {
    let path: String
    private let console: any Console
    private var descriptor: Int32 = -1
    private var failure: Files.Failure?

    var isStandardOutput: Bool { path == "-" }
    private var beside: String { "\(path).new-\(getpid())" }

    init(_ path: String, _ console: any Console) throws(Files.Failure) {
        self.path = path
        self.console = console
        guard !isStandardOutput else { return }
        descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Files.Failure("cannot write \(path)") }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(beside)
    }

    func write(_ text: String) { write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) {
        if isStandardOutput { return console.write(bytes, to: .output) }
        var start = 0
        while start < bytes.count, failure == nil {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + start, bytes.count - start) }
            if count >= 0 {
                start += count
            } else if errno != EINTR {
                failure = Files.Failure("cannot write \(path)")
            }
        }
    }

    func finish() throws(Files.Failure) {
        guard descriptor >= 0 else { return }
        if let failure { throw failure }
        guard fsync(descriptor) == 0, rename(beside, path) == 0 else { throw Files.Failure("cannot write \(path)") }
        close(descriptor)
        descriptor = -1
    }
}
