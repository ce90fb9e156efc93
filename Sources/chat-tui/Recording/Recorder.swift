import ChatAPI
package import ChatKit
import Glibc
import TerminalUI

/// `--record FILE`: what came in, a JSON line each, for bug reports. Nothing of the sign-in screen or of password forms.
package final class Recorder {
    private let file: Int32
    private let start: Int64
    private var size: Size?

    package init(path: String) throws(Files.Failure) {
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Files.Failure("cannot write \(path)") }
        start = TimeSource.system.uptime()
    }

    package func close() { Glibc.close(file) }

    /// Writes a line before the action is taken, and gives the names that it makes a seed, so that the daemon's answers fit
    /// when it is played.
    package func record(_ action: Action, _ model: inout Model) {
        switch action {
        case .clock, .tick, .names: return
        case .input where !model.isRecordable, .line where !model.isRecordable: return
        default: break
        }
        guard var line = Recording.line(action) else { return }
        let seed = UInt64.random(in: .min ... .max)
        model.random = Randomness(seed: seed)
        line["seed"] = .integer(Int64(bitPattern: seed))
        line["ms"] = .integer(TimeSource.system.uptime() - start)
        line["now"] = .integer(model.now)
        // Once, and again when it changes without a word of the terminal.
        if line["size"] == nil, model.size != size {
            line["size"] = .array([.integer(Int64(model.size.width)), .integer(Int64(model.size.height))])
        }
        size = model.size
        let bytes = Coding.encode(JSON.object(line)) + [0x0A]
        _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    }
}

extension Model {
    /// Keys that may be secrets are not written down.
    var isRecordable: Bool {
        if case .signIn = screen { return false }
        if case .form = overlay { return false }
        return true
    }
}
