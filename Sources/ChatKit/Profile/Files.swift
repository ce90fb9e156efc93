package import Glibc

/// Small private files: read whole, written whole or not at all, locked across programs.
package enum Files {
    /// What the operating system refused, in a sentence.
    package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        package let number: Int32
        package let sentence: String
        package var description: String { sentence }
        package var isMissing: Bool { number == ENOENT }

        package init(_ attempt: String, _ number: Int32 = errno) {
            self.number = number
            sentence = "\(attempt): \(String(cString: strerror(number)))"
        }

        init(refusing sentence: String) {
            number = EFBIG
            self.sentence = sentence
        }
    }

    /// The whole file. Configuration and tokens are small: a megabyte is a mistake.
    ///
    /// - Parameter onlyFiles: pipes and devices, for which one might wait for ever, are refused.
    package static func read(
        _ path: String,
        limit: Int = 1_048_576,
        onlyFiles: Bool = false
    ) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (onlyFiles ? O_NONBLOCK : 0))
        guard descriptor >= 0 else { throw Failure("cannot read \(path)") }
        defer { Glibc.close(descriptor) }
        if onlyFiles {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw Failure("cannot read \(path)") }
            switch status.st_mode & S_IFMT {
            case S_IFREG: break
            case S_IFDIR: throw Failure("cannot read \(path)", EISDIR)
            default: throw Failure(refusing: "cannot read \(path): it is no file")
            }
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure("cannot read \(path)")
            }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw Failure(refusing: "\(path) is longer than \(limit) bytes") }
        }
    }

    /// Replaces the file: written beside it, synced, then renamed over it. Readers see the old or the new one.
    package static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(Failure) {
        let beside = "\(path).new-\(getpid())"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Failure("cannot write \(path)") }
        var isDone = false
        defer { if !isDone { unlink(beside) } }
        defer { Glibc.close(descriptor) }
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure("cannot write \(path)")
            }
            start += count
        }
        guard fsync(descriptor) == 0 else { throw Failure("cannot write \(path)") }
        guard rename(beside, path) == 0 else { throw Failure("cannot write \(path)") }
        isDone = true
        syncFolder(of: path)
    }

    /// Makes the rename itself durable. A file system that cannot sync a folder has done what it can.
    private static func syncFolder(of path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let descriptor = open(String(path[..<slash]) + "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        Glibc.close(descriptor)
    }

    package static func remove(_ path: String) throws(Failure) {
        if unlink(path) != 0, errno != ENOENT { throw Failure("cannot remove \(path)") }
    }

    /// Makes a folder and those above it, readable by nobody else.
    package static func makeFolder(_ path: String) throws(Failure) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.dropLast().lastIndex(of: "/"), slash > path.startIndex else {
            throw Failure("cannot make the folder \(path)")
        }
        try makeFolder(String(path[..<slash]))
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw Failure("cannot make the folder \(path)") }
    }

    /// The same file from every folder: what is kept for later must not depend on where one stands.
    package static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        var rest = path[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2).drop { $0 == "/" } }
        let folder = String(cString: here)
        return (folder == "/" ? "" : folder) + "/" + rest
    }

    package static func isSocket(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// An exclusive lock on a file of its own. The kernel drops it with the process, however it ends.
    package final class Lock: Sendable {
        private let descriptor: Int32

        /// Nil if another program, or another part of this one, holds it.
        package init?(_ path: String) throws(Failure) {
            descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw Failure("cannot open \(path)") }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let number = errno
                Glibc.close(descriptor)
                if number == EWOULDBLOCK { return nil }
                throw Failure("cannot lock \(path)", number)
            }
        }

        deinit { Glibc.close(descriptor) }
    }
}
