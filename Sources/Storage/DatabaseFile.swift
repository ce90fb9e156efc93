import Glibc

/// The file's owner: one process at a time, because the facts beside the writer know only of its own commits.
final class DatabaseFile: @unchecked Sendable {
    let path: String
    private var lock: Int32 = -1
    private let temporaryFolder: String?

    /// - Parameter path: `:memory:` makes a database of its own in a folder that is deleted with it. It is a real file (on
    ///   `/dev/shm` where there is one), so that tests run through the same log, locks and readers as the daemon.
    init(_ path: String) throws(StorageError) {
        if path == ":memory:" {
            let folder = try Self.makeTemporaryFolder()
            temporaryFolder = folder
            self.path = folder + "/database.db"
        } else {
            temporaryFolder = nil
            self.path = path
        }
        // The kernel drops the lock with the process, however it ends.
        lock = open(self.path + "-lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .cannotOpen(path: self.path, reason: String(cString: strerror(errno))) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(lock)
            throw .inUse(path: self.path)
        }
    }

    /// After the last connection is closed.
    func release() {
        if lock >= 0 { Glibc.close(lock) }
        lock = -1
        guard let temporaryFolder else { return }
        for suffix in ["", "-wal", "-shm", "-lock"] { unlink(path + suffix) }
        rmdir(temporaryFolder)
    }

    private static func makeTemporaryFolder() throws(StorageError) -> String {
        let parents = ["/dev/shm", getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"]
        for parent in parents {
            var template = Array("\(parent)/plaza-memory-XXXXXX".utf8CString)
            let isMade = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) != nil }
            if isMade { return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
        }
        throw .cannotOpen(path: ":memory:", reason: String(cString: strerror(errno)))
    }
}
