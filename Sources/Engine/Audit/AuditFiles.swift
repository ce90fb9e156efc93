import ChatAPI
import Glibc

/// The two files beside the database: `audit.key`, and `audit.heads` with one signed head a line, only ever appended to.
///
/// The heads are meant to be copied elsewhere as they come (`tail -F audit.heads`): the file here is as good as the
/// machine it is on.
struct AuditFiles: Sendable {
    let keyPath: String
    let headsPath: String

    init(besides database: String) {
        let folder = database.lastIndex(of: "/").map { String(database[...$0]) } ?? "./"
        keyPath = folder + "audit.key"
        headsPath = folder + "audit.heads"
    }

    // MARK: - The key

    /// Nil if there is no such file.
    func key() throws(APIError) -> AuditKey? {
        guard let text = try Self.read(keyPath) else { return nil }
        guard let key = AuditKey(text: text) else {
            throw APIError(
                .unavailable,
                "\(keyPath) is not a key of the audit log: restore it, or move it away for a new one"
            )
        }
        return key
    }

    /// Replaces the key as a whole: after a power loss it is the old one or the new one.
    func write(_ key: AuditKey) throws(APIError) {
        let draft = keyPath + ".new"
        unlink(draft)
        try Self.append(key.text, to: draft)
        guard rename(draft, keyPath) == 0 else { throw Self.failed("rename", draft) }
        try Self.syncFolder(of: keyPath)
    }

    // MARK: - The heads

    func append(_ head: SignedHead) throws(APIError) {
        try Self.append(Coding.encode(head) + [UInt8(ascii: "\n")], to: headsPath)
    }

    /// Every head, in the order in which they were signed. A last line that a power loss cut short is left out; anything
    /// else that is no head is named by its line.
    func heads() throws(APIError) -> [SignedHead] {
        guard let text = try Self.read(headsPath) else { return [] }
        var heads: [SignedHead] = []
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // What follows the last line feed is not a line.
        for (index, line) in lines.dropLast().enumerated() {
            do throws(APIError) {
                heads.append(try Coding.decode(SignedHead.self, from: Array(line)))
            } catch {
                throw APIError(.conflict, "line \(index + 1) of \(headsPath) is not a signed head: \(error.detail)")
            }
        }
        return heads
    }

    // MARK: - Bytes

    private static func read(_ path: String) throws(APIError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failed("read", path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failed("read", path)
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// On disk when it returns. A line that an earlier append left unfinished is ended first.
    private static func append(_ bytes: [UInt8], to path: String) throws(APIError) {
        let isNew = access(path, F_OK) != 0
        let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failed("open", path) }
        defer { close(descriptor) }
        var all = bytes
        let length = lseek(descriptor, 0, SEEK_END)
        var last: UInt8 = 0
        if length > 0, pread(descriptor, &last, 1, length - 1) == 1, last != UInt8(ascii: "\n") {
            // A torn line: it was never acknowledged, and would spoil this one.
            var start = length
            while start > 0, pread(descriptor, &last, 1, start - 1) == 1, last != UInt8(ascii: "\n") { start -= 1 }
            guard ftruncate(descriptor, start) == 0 else { throw failed("repair", path) }
        }
        while !all.isEmpty {
            let count = Glibc.write(descriptor, all, all.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failed("write", path)
            }
            all.removeFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw failed("sync", path) }
        if isNew { try syncFolder(of: path) }
    }

    private static func syncFolder(of path: String) throws(APIError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failed("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failed("sync", folder) }
    }

    private static func failed(_ what: String, _ path: String) -> APIError {
        APIError(.unavailable, "cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }
}
