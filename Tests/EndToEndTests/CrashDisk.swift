import ChatTestKit
import Glibc

/// A disk that forgets what was not synced, that lies about syncing, or that breaks: a library loaded before libc's own calls.
///
/// Before each write of a database file the old bytes go to an undo log beside it (`FILE.undo`); a successful fdatasync empties
/// that log. Whoever kills the process and plays the undo log back has the file as a power failure may leave it.
/// A record is offset, length, old file size (64 bits each, native) and the old bytes.
struct CrashDisk {
    private let library: String
    private let folder: ScratchFolder

    /// Compiles the library once per process; clang comes with the Swift toolchain.
    init() throws {
        library = try Self.compiled.get().path + "/disk.so"
        folder = try ScratchFolder()
    }

    /// What it is to do is in a file: one word.
    private var control: String { folder.path + "/control" }

    var environment: [String] { ["LD_PRELOAD=\(library)", "CRASH_DISK=\(control)"] }

    /// fdatasync answers success and keeps nothing.
    func lie() { command("lie") }

    /// fdatasync fails with EIO.
    func breakSyncs() { command("break") }

    /// Nothing fits any more: writes fail with ENOSPC.
    func fill() { command("full") }

    func behave() { command("") }

    private func command(_ word: String) {
        let bytes = Array((word + "\n").utf8)
        let file = open(control, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0, pwrite(file, bytes, bytes.count, 0) == bytes.count else {
            preconditionFailure("cannot write \(control): errno \(errno)")
        }
        close(file)
    }

    private static let compiled = Result<ScratchFolder, any Error> {
        let folder = try ScratchFolder()
        let path = try folder.write(source, to: "disk.c")
        let line = """
            cc=$(command -v clang || command -v cc || command -v gcc) || { echo "no C compiler"; exit 1; }
            "$cc" -shared -fPIC -O1 -o \(folder.path)/disk.so \(path) -ldl -lpthread
            """
        let search = getenv("PATH").map { "PATH=" + String(cString: $0) } ?? "PATH=/usr/bin:/bin"
        let pid = try Spawn.start("/bin/sh", ["-c", line], environment: [search], descriptors: [1: 1, 2: 2]).get()
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else { throw TestFailure("the disk library does not compile") }
        return folder
    }

    // MARK: - Power failure

    /// Takes back what no sync made durable: of each file the newest writes.
    ///
    /// - Parameter keeping: how many of so many writes reached the disk all the same.
    /// - Returns: how many writes were forgotten.
    func forgetUnsynced(in folder: String, keeping: (Int) -> Int) throws -> Int {
        var count = 0
        for name in ["plaza.db-wal", "plaza.db"] {
            let path = folder + "/" + name
            count += try Self.rewind(path, keeping)
        }
        // The index of the log lives in memory only; after a power failure there is none.
        unlink(folder + "/plaza.db-shm")
        return count
    }

    private static func rewind(_ path: String, _ keeping: (Int) -> Int) throws -> Int {
        let undo = open(path + ".undo", O_RDWR)
        guard undo >= 0 else { return 0 }
        defer { close(undo) }
        let file = open(path, O_RDWR)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var records: [(offset: Int64, size: Int64, bytes: [UInt8])] = []
        while true {
            var head: [Int64] = [0, 0, 0]
            guard read(undo, &head, 24) == 24 else { break }
            var bytes = [UInt8](repeating: 0, count: Int(head[1]))
            // A record that was cut by the kill belongs to a write that never began.
            guard read(undo, &bytes, bytes.count) == bytes.count else { break }
            records.append((head[0], head[2], bytes))
        }
        let kept = keeping(records.count)
        for record in records[kept...].reversed() {
            if !record.bytes.isEmpty { _ = pwrite(file, record.bytes, record.bytes.count, off_t(record.offset)) }
            guard ftruncate(file, off_t(record.size)) == 0 else { throw TestFailure("cannot cut \(path)") }
        }
        ftruncate(undo, 0)
        return records.count - kept
    }

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <pthread.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <unistd.h>

        static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
        /* By descriptor: its undo log; 0 not looked at yet, -1 not ours. */
        static int undo_of[4096];

        static int undo(int fd) {
            if (fd < 0 || fd >= 4096) return -1;
            if (undo_of[fd] != 0) return undo_of[fd];
            char link[64], path[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t n = readlink(link, path, sizeof path - 8);
            undo_of[fd] = -1;
            if (n <= 0) return -1;
            path[n] = 0;
            const char *name = strrchr(path, '/');
            if (!name || (strcmp(name, "/plaza.db") && strcmp(name, "/plaza.db-wal"))) return -1;
            strcpy(path + n, ".undo");
            int file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
            if (file > 0) undo_of[fd] = file;
            return undo_of[fd];
        }

        static void keep(int fd, int log, int64_t offset, size_t length) {
            struct stat facts;
            fstat(fd, &facts);
            int64_t old = offset < facts.st_size ? facts.st_size - offset : 0;
            if (old > (int64_t)length) old = length;
            char *record = malloc(24 + old);
            int64_t head[3] = { offset, old, facts.st_size };
            memcpy(record, head, 24);
            ssize_t (*read_at)(int, void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pread64");
            if (old > 0) read_at(fd, record + 24, old, offset);
            if (write(log, record, 24 + old) < 0) abort();
            free(record);
        }

        /* What the test wants: the first letter in the control file. */
        static char wish(void) {
            char word = 0;
            const char *control = getenv("CRASH_DISK");
            int file = control ? open(control, O_RDONLY | O_CLOEXEC) : -1;
            if (file < 0) return 0;
            if (read(file, &word, 1) < 1) word = 0;
            close(file);
            return word;
        }

        ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
            static ssize_t (*real)(int, const void *, size_t, off64_t);
            if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
            pthread_mutex_lock(&lock);
            int log = undo(fd);
            if (log > 0 && wish() == 'f') {
                pthread_mutex_unlock(&lock);
                errno = ENOSPC;
                return -1;
            }
            if (log > 0) keep(fd, log, offset, length);
            ssize_t result = real(fd, bytes, length, offset);
            pthread_mutex_unlock(&lock);
            return result;
        }

        int ftruncate64(int fd, off64_t length) {
            static int (*real)(int, off64_t);
            if (!real) real = dlsym(RTLD_NEXT, "ftruncate64");
            pthread_mutex_lock(&lock);
            int log = undo(fd);
            struct stat facts;
            if (log > 0 && fstat(fd, &facts) == 0 && facts.st_size > length) keep(fd, log, length, facts.st_size - length);
            int result = real(fd, length);
            pthread_mutex_unlock(&lock);
            return result;
        }

        int fdatasync(int fd) {
            static int (*real)(int);
            if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
            int log = undo(fd);
            char word = wish();
            if (log > 0 && word == 'l') return 0;
            if (log > 0 && word == 'b') { errno = EIO; return -1; }
            pthread_mutex_lock(&lock);
            int result = real(fd);
            if (log > 0 && result == 0 && ftruncate(log, 0) < 0) abort();
            pthread_mutex_unlock(&lock);
            return result;
        }

        int close(int fd) {
            static int (*real)(int);
            if (!real) real = dlsym(RTLD_NEXT, "close");
            if (fd >= 0 && fd < 4096) {
                if (undo_of[fd] > 0) real(undo_of[fd]);
                undo_of[fd] = 0;
            }
            return real(fd);
        }

        """
}
