/// The limits and hooks of a `Database`. Every default says why.
package struct DatabaseOptions: Sendable {
    /// The mark in the file's header by which `file` and we know whose it is.
    package var applicationID: Int32
    /// Two readers keep one free while the other waits for the disk; more would only contend for the cores of the loops.
    package var readers = 2
    /// At 1 ms per write of a bad disk this is 8 s of work: who waits longer has given up.
    package var queuedWrites = 8192
    package var queuedReads = 4096
    /// A group of 1,024 commits in some 3 ms; larger ones gain nothing and delay everybody in them.
    package var groupLimit = 1024
    /// A long reader makes the write-ahead log grow without bound, so reads come in pages.
    package var readLimit: Duration = .milliseconds(250)
    /// From so much on the log is moved into the file, beside the commits and a little at a time (`PacedCopy`). Of 4 MiB a third are
    /// different pages, of 32 MiB a sixth: each is moved once.
    package var checkpointBytes = 32 << 20
    /// At this length the writer moves the rest itself, for some 10 ms, so that the log starts over. Reading a log of this length
    /// takes half a second at the start after a crash.
    package var logRestartBytes = 256 << 20
    /// Above this readers are interrupted and the log is emptied.
    package var logLimitBytes = 512 << 20
    /// The largest the file may grow, nil for as large as the disk; beyond it writes fail with `StorageError.full`.
    package var fileLimitBytes: Int?
    /// The working set of a busy community: the ends of the logs and the inner pages of the indexes.
    package var writerCacheKiB = 16 << 10
    package var readerCacheKiB = 4 << 10
    /// For locks of other processes (a shell, a backup); our own threads never wait for each other's.
    package var busyTimeoutMilliseconds = 2000

    /// On the writer thread after the `committed:` closures of a group: the hub flushes what they published.
    package var groupCommitted: @Sendable () -> Void = {}
    /// On the writer thread after the completions of a group: mailboxes that they filled are woken, once.
    package var groupCompleted: @Sendable () -> Void = {}
    /// The outcome of a commit is unknown and all its callers have been told. Only a restart from disk finds out; the daemon exits.
    package var onFatal: @Sendable (StorageError) -> Void = { _ in }
    package var measures = Measures()
    package var faults: Faults?

    package init(applicationID: Int32) {
        self.applicationID = applicationID
    }
}
