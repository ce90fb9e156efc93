import ChatTestKit
import Storage
import Synchronization
import Testing

/// Opening, closing, crashing: what the file keeps and whose it is.
struct LifeTests {
    @Test func `closing finishes what was accepted`() async throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/ledger.db"
        let database = try Database.ledger(path: path)
        let hold = await WriterHold(database)
        let outcomes = Arrivals<Bool>()
        for account in 1...500 {
            database.enqueue(touching: []) {
                try LedgerStore.put(account, in: account, $0)
            } completion: {
                outcomes.add($0.isSuccess)
            }
        }
        hold.end()
        database.close()
        #expect(outcomes.soFar == Array(repeating: true, count: 500))
        await #expect(throws: StorageError.closed) { try await database.put(1, in: 1) }
        await #expect(throws: StorageError.closed) { try await database.balances() }
        database.close()
        let reopened = try Database.ledger(path: path)
        #expect(try await reopened.balances().count == 500)
        #expect(reopened.epoch == database.epoch)
        #expect(reopened.epoch.utf8.count == 16)
    }

    @Test func `a database may be dropped on its own thread`() async throws {
        let done = Arrivals<Bool>()
        func open() throws {
            let database = try Database.ledger()
            database.enqueue(touching: []) {
                try LedgerStore.put(1, in: 1, $0)
            } completion: { [database] result in
                database.close()
                done.add(result.isSuccess)
            }
        }
        try open()
        #expect(await done.first(1) == [true])
    }

    @Test func `a restore gets a new epoch`() throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/ledger.db"
        let first = try Database.ledger(path: path)
        first.close()
        let connection = try Connection(path: path)
        let renewed = try connection.renewEpoch()
        connection.close()
        let second = try Database.ledger(path: path)
        #expect(second.epoch == renewed)
        #expect(second.epoch != first.epoch)
    }

    @Test func `a second owner and a stranger's file are refused`() throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/ledger.db"
        let database = try Database.ledger(path: path)
        #expect(throws: StorageError.inUse(path: path)) { try Database.ledger(path: path) }
        database.close()
        #expect(throws: StorageError.foreignFile(path: path)) {
            try Database.ledger(path: path) { $0.applicationID = 7 }
        }

        let unmarked = "\(folder.path)/unmarked.db"
        let connection = try Connection(path: unmarked)
        try connection.execute("CREATE TABLE theirs (x TEXT)")
        connection.close()
        #expect(throws: StorageError.foreignFile(path: unmarked)) { try Database.ledger(path: unmarked) }

        let missing = "\(folder.path)/none/ledger.db"
        #expect(throws: StorageError.cannotOpen(path: missing, reason: "No such file or directory")) {
            try Database.ledger(path: missing)
        }
    }

    @Test func `a file that is no database is refused`() throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/text.db"
        ScratchFolder.copy("/proc/cpuinfo", to: path)
        #expect(throws: StorageError.corrupt(code: 26)) { try Database.ledger(path: path) }
    }

    @Test func `facts that cannot be loaded are a sentence`() throws {
        let folder = try ScratchFolder()
        #expect(throws: StorageError.setup(reason: "Refusal(reason: \"no\")")) {
            try Database<Ledger>(
                path: folder.path + "/ledger.db",
                options: DatabaseOptions(applicationID: 1),
                migrations: LedgerStore.migrations
            ) { _ in throw Refusal() }
        }
    }

    /// The files are copied by the writer itself, within a group and just after a commit, while checkpoints go on: exactly what the
    /// machine would find after a power loss at that moment.
    @Test(arguments: [11, 12, 13] as [UInt64])
    func `everything acknowledged is in a copy of the files taken mid-flight`(seed: UInt64) async throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/live.db"
        let acknowledged = Mutex(0)
        let copies = Mutex<[(path: String, acknowledged: Int)]>([])
        let generator = Mutex(SeededGenerator(seed: seed))
        let crash: @Sendable () -> Void = {
            let isTaken = generator.withLock { Int.random(in: 0..<200, using: &$0) == 0 }
            guard isTaken else { return }
            let copy = copies.withLock { copies in
                copies.append(("\(folder.path)/copy\(copies.count).db", acknowledged.withLock { $0 }))
                return copies[copies.count - 1].path
            }
            ScratchFolder.copy(path, to: copy)
            ScratchFolder.copy(path + "-wal", to: copy + "-wal")
        }
        let database = try Database.ledger(path: path) {
            $0.checkpointBytes = 64 << 10
            $0.logRestartBytes = 256 << 10
            $0.groupLimit = 16
            $0.groupCommitted = crash
        }
        let note = String(repeating: "n", count: 600)
        let outcomes = Arrivals<Bool>()
        for account in 1...2000 {
            database.enqueue(touching: []) {
                try LedgerStore.put(account, in: account, note: note, $0)
                crash()
            } committed: {
                acknowledged.withLock { $0 = account }
            } completion: {
                outcomes.add($0.isSuccess)
            }
        }
        #expect(await outcomes.first(2000).allSatisfy { $0 })
        database.close()
        let taken = copies.withLock { $0 }
        #expect(!taken.isEmpty, "seed \(seed) took no copy")
        for copy in taken {
            let revived = try Database.ledger(path: copy.path)
            let accounts = try await revived.balances().keys.sorted()
            // Closures run one after another, so a copy may be one group ahead of what was counted, and never behind.
            #expect(accounts == Array(1..<(accounts.count + 1)), "seed \(seed): gaps")
            #expect(accounts.count >= copy.acknowledged, "seed \(seed): acknowledged writes are missing")
            revived.close()
        }
    }
}
