import Glibc

/// The file's owner: one process at a time, because the facts beside the writer know only of its own commits.
final class DatabaseFile: @unchecked Sendable {
    let path: String
    private var lock: Int32 = -1

    init(_ path: String) throws(StorageError) {
        self.path = path
        // The kernel drops the lock with the process, however it ends.
        lock = open(path + "-lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(lock)
            throw .inUse(path: path)
        }
    }

    /// After the last connection is closed.
    func release() {
        if lock >= 0 { Glibc.close(lock) }
        lock = -1
    }
}
