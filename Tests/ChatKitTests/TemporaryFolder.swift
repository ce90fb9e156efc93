import ChatAPI
import ChatKit
import Glibc
import Synchronization

/// A folder of one test's own, gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/plaza-kit-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ mkdtemp($0.baseAddress!) }) != nil else {
            throw Files.Failure("no temporary folder")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.removeAll(path) }

    private static func removeAll(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != "." && name != ".." { removeAll(path + "/" + name) }
            }
            closedir(folder)
        }
        remove(path)
    }

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
