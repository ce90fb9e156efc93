package import Glibc
import Synchronization

/// Ends every daemon and removes every folder of the tests, however the test process ends: a shell that waits for the end of
/// a pipe whose other end only this process holds.
final class DaemonGuard: Sendable {
    static let shared = DaemonGuard()

    private let pipe: Int32
    private let lock = Mutex(())

    private static let script = """
        pids=" "; folders=""
        while read -r verb word; do
            case "$verb" in
                started) pids="$pids$word ";;
                ended) pids="${pids%% $word *} ${pids#* $word }";;
                folder) folders="$folders $word";;
            esac
        done
        for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
        rm -rf $folders
        """

    private init() {
        let ends = Spawn.pair()
        pipe = ends.ours
        let input: [Int32: Int32] = [0: ends.theirs]
        guard case .success = Spawn.start("/bin/sh", ["-c", Self.script], environment: [], descriptors: input) else {
            preconditionFailure("/bin/sh does not start")
        }
        close(ends.theirs)
    }

    func tell(_ verb: String, _ word: String) {
        let line = Array("\(verb) \(word)\n".utf8)
        lock.withLock { _ in _ = write(pipe, line, line.count) }
    }
}

/// Starting another program (posix_spawn(3)).
package enum Spawn {
    /// Two ends of a stream that no other child inherits, whatever is started at the same moment. `theirs` blocks.
    package static func pair() -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { preconditionFailure("no sockets: errno \(errno)") }
        return (ends[0], ends[1])
    }

    /// - Parameter descriptors: the child's descriptor and which of ours it is. What is not named here is closed.
    package static func start(
        _ path: String,
        _ arguments: [String],
        environment: [String],
        descriptors: [Int32: Int32]
    ) -> Result<pid_t, TestFailure> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (theirs, ours) in descriptors.sorted(by: { $0.key < $1.key }) {
            posix_spawn_file_actions_adddup2(&actions, ours, theirs)
        }
        // The child begins with default signals whatever the test runner ignores or blocks.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, path, &actions, &attributes, &argv, &envp)
        return status == 0
            ? .success(pid) : .failure(TestFailure("cannot start \(path): \(String(cString: strerror(status)))"))
    }
}
