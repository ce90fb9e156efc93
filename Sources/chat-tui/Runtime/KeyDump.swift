import TerminalUI

/// `--keydump`: shows what the terminal sends as this program understands it. Ctrl+C twice ends it.
enum KeyDump {
    static func run(mailbox: ActionMailbox) throws(StartProblem) {
        let terminal: Terminal
        do throws(TerminalError) {
            terminal = try Terminal()
            try terminal.start { mailbox.post($0.map(Action.input)) }
        } catch {
            throw StartProblem(error.sentence)
        }
        defer { terminal.stop() }
        var lines = ["Press keys, click, paste. Ctrl+C twice ends.", ""]
        var wasInterrupt = false
        while true {
            let size = terminal.size
            var frame = Frame(size)
            for (row, line) in lines.suffix(size.height).enumerated() {
                frame.put(Text.truncated(line, width: size.width), at: Point(x: 0, y: row))
            }
            terminal.paint(frame)
            for action in mailbox.take(waiting: -1) {
                guard case .input(let event) = action else { continue }
                lines.append(describe(event))
                if case .signal = event { return }
                guard case .key(let key) = event else { continue }
                if key == .ctrl("c"), wasInterrupt { return }
                wasInterrupt = key == .ctrl("c")
            }
        }
    }

    private static func describe(_ event: InputEvent) -> String {
        switch event {
        case .key(let key):
            let meanings = KeyBinding.table.filter { $0.keys.contains(key.description) }.map {
                "\($0.place.rawValue): \($0.sentence)"
            }
            return "key \(key)" + (meanings.isEmpty ? "" : " — " + meanings.joined(separator: "; "))
        case .mouse(let mouse): return "mouse \(mouse.kind) at \(mouse.x),\(mouse.y)"
        case .paste(let text, _): return "paste of \(text.utf8.count) bytes: \(MessageText.oneLine(text))"
        case .focus(let isOn): return isOn ? "focus gained" : "focus lost"
        case .resize(let size): return "size \(size.width)×\(size.height)"
        case .reply(let reply): return "answer \(reply)"
        case .signal(let signal): return "signal \(signal)"
        }
    }
}
