import ChatAPI
import ChatKit
import Glibc
import TerminalUI

/// `--record FILE`: what came in, a JSON line each, for bug reports. Nothing of the sign-in screen or of password forms.
final class Recorder {
    private let file: Int32
    private let start: Int64

    init(path: String) throws(Files.Failure) {
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Files.Failure("cannot write \(path)") }
        start = TimeSource.system.uptime()
    }

    func close() { Glibc.close(file) }

    func record(_ action: Action, _ model: Model) {
        if case .clock = action { return }
        if case .tick = action { return }
        switch action {
        case .input where !model.isRecordable, .line where !model.isRecordable: return
        default: break
        }
        guard var line = Recording.line(action) else { return }
        line["ms"] = .integer(TimeSource.system.uptime() - start)
        line["now"] = .integer(model.now)
        if line["size"] == nil {
            line["size"] = .array([.integer(Int64(model.size.width)), .integer(Int64(model.size.height))])
        }
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
