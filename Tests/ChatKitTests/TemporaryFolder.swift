import ChatAPI
import ChatKit
import ChatTestKit
import Glibc
import Synchronization

/// A folder of one test's own, whose files' modes can be asked for.
typealias TemporaryFolder = ScratchFolder

extension ScratchFolder {
    func mode(of name: String) throws -> mode_t {
        var status = stat()
        guard stat(path + "/" + name, &status) == 0 else { throw Files.Failure("no \(name)") }
        return status.st_mode & 0o777
    }
}

/// Time that a test moves.
final class ManualTime: Sendable {
    private let milliseconds: Atomic<Int64>

    init(_ start: Int64 = 1_700_000_000_000) { milliseconds = Atomic(start) }

    func advance(_ by: Int64) { milliseconds.add(by, ordering: .relaxed) }

    var now: Int64 { milliseconds.load(ordering: .relaxed) }

    var source: TimeSource { TimeSource(wall: { [self] in now }, uptime: { [self] in now }) }
}
