import ChatTestKit
import Storage
import Testing

/// The worker: one thread, in order, for closures and for actors.
struct WorkerTests {
    private actor Cache {
        private nonisolated let worker: Worker
        private let connection: Connection
        private static let insert: SQL = "INSERT INTO seen (n) VALUES (:n)"
        private static let total: SQL = "SELECT sum(n) FROM seen"

        nonisolated var unownedExecutor: UnownedSerialExecutor { worker.asUnownedSerialExecutor() }

        init(_ worker: Worker, path: String) throws {
            self.worker = worker
            connection = try Connection(path: path, options: .init(durability: .normal))
            try connection.execute("CREATE TABLE seen (n INTEGER NOT NULL) STRICT")
        }

        func add(_ number: Int) throws {
            try connection.transaction { try connection.run(Self.insert) { $0.bind("n", number) } }
        }

        func addThenFail(_ number: Int) throws {
            try connection.transaction {
                try connection.run(Self.insert) { $0.bind("n", number) }
                throw Refusal()
            }
        }

        func total() throws -> Int? { try connection.first(Self.total) { $0.int(0) } }
    }

    @Test func `closures run in order on one thread and end before close returns`() throws {
        let worker = try Worker(name: "test worker")
        let order = Arrivals<Int>()
        for number in 1...1000 { worker.perform { order.add(number) } }
        worker.close()
        #expect(order.soFar == Array(1...1000))
        #expect(!worker.perform { order.add(0) })
    }

    @Test func `a worker that stands back does so alone`() async throws {
        // In the thread's own file the nineteenth field is its niceness (proc(5)).
        @Sendable func niceness() -> Int32? {
            let line = RunningDaemon.read("/proc/thread-self/stat")
            return line?.split(separator: ")").last?.split(separator: " ").dropFirst(16).first.flatMap { Int32($0) }
        }
        let behind = try Worker(name: "behind", niceness: 5)
        let beside = try Worker(name: "beside")
        let usual = try #require(try await beside.run(niceness))
        #expect(try await behind.run(niceness) == usual + 5)
        #expect(try await beside.run(niceness) == usual)
        behind.close()
        beside.close()
    }

    @Test func `a value and an error come back`() async throws {
        let worker = try Worker(name: "test worker")
        #expect(try await worker.run { 7 } == 7)
        await #expect(throws: Refusal()) { try await worker.run { throw Refusal() } }
        worker.close()
        await #expect(throws: StorageError.closed) { try await worker.run { 7 } }
    }

    @Test func `an actor with a connection lives on a worker`() async throws {
        let folder = try ScratchFolder()
        let cache = try Cache(Worker(name: "cache"), path: "\(folder.path)/cache.db")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...100 { group.addTask { try await cache.add(number) } }
            try await group.waitForAll()
        }
        await #expect(throws: Refusal()) { try await cache.addThenFail(1000) }
        #expect(try await cache.total() == 5050)
    }
}
