/// Where tests make storage fail: at the start of a group, at a statement, on both sides of the commit.
package struct Faults: Sendable {
    package enum Point: Equatable, Sendable {
        case begin
        /// Before the n-th statement that writes, counted from 1 since the database was opened.
        case statement(Int)
        /// Everything is written, the commit is not.
        case beforeCommit
        /// The commit is on disk and nobody knows.
        case afterCommit
    }

    package struct Fault: Sendable {
        package let error: StorageError
        /// Whether SQLite would have rolled back the whole transaction, as it does for a full disk.
        package let losesTransaction: Bool

        package init(_ error: StorageError, losesTransaction: Bool = false) {
            self.error = error
            self.losesTransaction = losesTransaction
        }
    }

    /// Answers nil to go on. Runs on the writer thread; a crash test ends the process in it.
    package let strike: @Sendable (Point) -> Fault?

    package init(_ strike: @escaping @Sendable (Point) -> Fault?) {
        self.strike = strike
    }
}
