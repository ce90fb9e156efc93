/// What storage reports about itself: plain callbacks, so that no metrics library is needed here.
package struct Measures: Sendable {
    package struct Group: Sendable {
        /// Writes in the group, and how many of them were refused by their own body.
        package var writes = 0
        package var refused = 0
        /// Whether the group was lost to a storage error.
        package var isLost = false
        /// From BEGIN to the end of COMMIT.
        package var totalNanoseconds: Int64 = 0
        /// The COMMIT alone: mostly the disk's sync.
        package var commitNanoseconds: Int64 = 0
        /// Writes accepted and not finished, after this group.
        package var queueDepth = 0
        /// The used part of the write-ahead log.
        package var logBytes = 0
    }

    /// On the writer thread, after the group's completions.
    package var group: @Sendable (Group) -> Void
    /// On the reader's thread, after each read transaction.
    package var read: @Sendable (_ nanoseconds: Int64) -> Void
    /// On the checkpoint's thread or the writer's.
    package var checkpoint: @Sendable (_ nanoseconds: Int64) -> Void

    package init(
        group: @escaping @Sendable (Group) -> Void = { _ in },
        read: @escaping @Sendable (_ nanoseconds: Int64) -> Void = { _ in },
        checkpoint: @escaping @Sendable (_ nanoseconds: Int64) -> Void = { _ in }
    ) {
        self.group = group
        self.read = read
        self.checkpoint = checkpoint
    }
}
