import ChatKit
import Glibc
import TerminalUI

/// `--replay FILE`: what a recording shows, at the speed it was recorded, without any connection. Any key ends it.
enum Replay {
    /// Pauses longer than this are cut: a bug report is not watched overnight.
    static let pauseMilliseconds: Int64 = 2_000

    static func run(_ path: String, _ model: Model, mailbox: ActionMailbox) throws(StartProblem) {
        let lines = try load(path)
        guard Terminal.check() == nil else { return try print(lines, model, path) }
        let terminal: Terminal
        do throws(TerminalError) {
            terminal = try Terminal()
            try terminal.start { mailbox.post($0.map(Action.input)) }
        } catch {
            throw StartProblem(error.sentence)
        }
        defer { terminal.stop() }
        var model = model
        var last: Int64 = 0
        for (number, line) in lines.enumerated() {
            guard let actions = Recording.actions(line.bytes) else {
                throw StartProblem("\(path), line \(number + 1): is not a line of a recording")
            }
            // As long as it took then.
            let pause = min(Self.pauseMilliseconds, max(0, line.milliseconds - last))
            last = line.milliseconds
            if wait(pause, &model, terminal, mailbox) { return }
            for action in actions { _ = update(&model, action) }
            terminal.paint(view(model))
        }
        while !mailbox.take(waiting: -1).contains(where: isKey) {}
    }

    /// Lets time pass; what it alone changes moves, as the time-lapse of a drawing does. True when a key ended it.
    private static func wait(
        _ milliseconds: Int64,
        _ model: inout Model,
        _ terminal: Terminal,
        _ mailbox: ActionMailbox
    ) -> Bool {
        var left = milliseconds
        while left > 0 {
            let step = model.sketchWake == nil ? left : min(left, Sketchbook.flushMilliseconds)
            if mailbox.take(waiting: Int32(step)).contains(where: isKey) { return true }
            left -= step
            guard left > 0 else { break }
            _ = update(&model, .clock(model.now + step))
            _ = update(&model, .tick)
            if model.isDirty {
                model.isDirty = false
                terminal.paint(view(model))
            }
        }
        return false
    }

    private static func isKey(_ action: Action) -> Bool {
        if case .input(.key) = action { return true }
        if case .input(.signal) = action { return true }
        return false
    }

    /// Without a terminal, the last picture as text.
    private static func print(_ lines: [Line], _ model: Model, _ path: String) throws(StartProblem) {
        var model = model
        for (number, line) in lines.enumerated() {
            guard let actions = Recording.actions(line.bytes) else {
                throw StartProblem("\(path), line \(number + 1): is not a line of a recording")
            }
            for action in actions { _ = update(&model, action) }
        }
        Swift.print(FrameText(view(model)).plain)
    }

    private struct Line {
        let bytes: [UInt8]
        let milliseconds: Int64
    }

    private static func load(_ path: String) throws(StartProblem) -> [Line] {
        do throws(Files.Failure) {
            let bytes = try Files.read(path, limit: 256 * 1_048_576)
            return bytes.split(separator: 0x0A).map { Line(bytes: Array($0), milliseconds: Recording.milliseconds($0)) }
        } catch {
            throw StartProblem(error.sentence)
        }
    }
}

/// Why the program does not start: a sentence.
struct StartProblem: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
