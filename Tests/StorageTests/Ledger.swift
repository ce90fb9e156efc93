import ChatTestKit
import Glibc
import Storage
import Synchronization

/// What the tests of storage write about: numbered accounts with balances, kept in a table and, beside the writer, in memory.
final class Ledger: WriterFacts {
    /// What readers and tests may see: changed when a group is durable, never before.
    let published: Published
    private(set) var balances: [Int: Int] = [:]
    private let folder: ScratchFolder?
    private var undoOfWrite: [(Int, Int?)] = []
    private var undoOfGroup: [(Int, Int?)] = []

    final class Published: Sendable {
        let balances = Mutex<[Int: Int]>([:])
        var value: [Int: Int] { balances.withLock { $0 } }
    }

    init(_ connection: Connection, published: Published, in folder: ScratchFolder? = nil) throws {
        self.published = published
        self.folder = folder
        try connection.each(LedgerStore.all) { row in
            balances[row.int(0)] = row.int(1)
            return true
        }
        publishGroup()
    }

    func set(_ account: Int, to balance: Int) {
        undoOfWrite.append((account, balances[account]))
        balances[account] = balance
    }

    func beginWrite() {
        undoOfGroup += undoOfWrite
        undoOfWrite = []
    }

    func revertWrite() {
        undo(&undoOfWrite)
    }

    func revertGroup() {
        undo(&undoOfWrite)
        undo(&undoOfGroup)
    }

    func publishGroup() {
        undoOfWrite = []
        undoOfGroup = []
        published.balances.withLock { [balances] in $0 = balances }
    }

    private func undo(_ changes: inout [(Int, Int?)]) {
        for (account, old) in changes.reversed() { balances[account] = old }
        changes = []
    }
}

enum LedgerStore {
    static let migrations = [
        Migration(
            number: 1,
            name: "account",
            sql: """
                CREATE TABLE account (
                    number INTEGER PRIMARY KEY,
                    balance INTEGER NOT NULL CHECK (balance >= 0),
                    note TEXT NOT NULL
                ) STRICT
                """
        )
    ]

    static let all: SQL = "SELECT number, balance FROM account ORDER BY number"
    static let put: SQL = """
        INSERT INTO account (number, balance, note) VALUES (:number, :balance, :note)
        ON CONFLICT (number) DO UPDATE SET balance = excluded.balance
        """
    static let insert: SQL = "INSERT INTO account (number, balance, note) VALUES (:number, :balance, :note)"

    static func put(
        _ balance: Int,
        in account: Int,
        note: String = "",
        _ transaction: borrowing WriteTransaction<Ledger>
    ) throws {
        transaction.facts.set(account, to: balance)
        try transaction.run(put) {
            $0.bind("number", account)
            $0.bind("balance", balance)
            $0.bind("note", note)
        }
    }

    static func balances(_ reading: borrowing some Reading & ~Copyable) throws -> [Int: Int] {
        Dictionary(uniqueKeysWithValues: try reading.all(all) { ($0.int(0), $0.int(1)) })
    }
}

/// A rule's no.
struct Refusal: Error, Equatable {
    var reason = "no"
}

extension Database where Facts == Ledger {
    static func ledger(
        path: String? = nil,
        published: Ledger.Published = .init(),
        _ change: (inout DatabaseOptions) -> Void = { _ in }
    ) throws -> Database<Ledger> {
        var options = DatabaseOptions(applicationID: 0x504C_5A54)
        // Tests that mean the limit set their own; the others do not depend on the speed of the machine.
        options.readLimit = .seconds(60)
        change(&options)
        // In memory where the machine has a file system there; it is gone with the facts, which the database holds.
        let folder = try path == nil ? ScratchFolder(in: access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") : nil
        let path = path ?? folder!.path + "/ledger.db"
        return try Database(path: path, options: options, migrations: LedgerStore.migrations) {
            try Ledger($0, published: published, in: folder)
        }
    }

    func put(_ balance: Int, in account: Int) async throws {
        try await write(touching: []) { try LedgerStore.put(balance, in: account, $0) }
    }

    func balances() async throws -> [Int: Int] {
        try await read { try LedgerStore.balances($0) }
    }
}
