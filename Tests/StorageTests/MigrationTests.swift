import ChatTestKit
import Storage
import Testing

/// Schema versions: upwards from every number, never downwards, never halfway.
struct MigrationTests {
    static let history = [
        Migration(
            number: 1,
            name: "person",
            sql: "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT"
        ),
        Migration(
            number: 2,
            name: "pets",
            sql: """
                CREATE TABLE pet (owner INTEGER NOT NULL REFERENCES person (id), name TEXT NOT NULL) STRICT;
                INSERT INTO person (id, name) VALUES (1, 'ada');
                INSERT INTO pet (owner, name) VALUES (1, 'grace');
                """
        ),
        Migration(number: 3, name: "folded names", sql: "ALTER TABLE person ADD COLUMN folded TEXT") { connection in
            try connection.run(fold)
        },
        Migration(
            number: 4,
            name: "person rebuilt",
            sql: """
                CREATE TABLE new_person (id INTEGER PRIMARY KEY, folded TEXT NOT NULL) STRICT;
                INSERT INTO new_person SELECT id, folded FROM person;
                DROP TABLE person;
                ALTER TABLE new_person RENAME TO person;
                """
        ),
    ]
    static let fold: SQL = "UPDATE person SET folded = upper(name)"
    static let owners: SQL = "SELECT person.folded, pet.name FROM pet JOIN person ON person.id = pet.owner"
    static let numbers: SQL = "SELECT number, name FROM schema_migration ORDER BY number"
    static let tables: SQL = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"

    @Test(arguments: 0...4) func `every released schema comes to the newest`(_ released: Int) throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/m.db"
        let old = try Connection(path: path)
        try old.migrate(Array(Self.history.prefix(released)))
        #expect(try old.all(Self.numbers) { $0.int(0) } == Array(1..<(released + 1)))
        old.close()
        let connection = try Connection(path: path)
        try connection.migrate(Self.history)
        try connection.migrate(Self.history)
        #expect(try connection.all(Self.numbers) { $0.string(1) } == Self.history.map(\.name))
        #expect(try connection.all(Self.owners) { "\($0.string(0)) \($0.string(1))" } == ["ADA grace"])
        #expect(throws: StorageError.self) { try connection.execute("INSERT INTO pet (owner, name) VALUES (2, 'x')") }
    }

    @Test func `a newer database is refused and left alone`() throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/m.db"
        try Connection(path: path).migrate(Self.history)
        let connection = try Connection(path: path)
        #expect(throws: StorageError.newerSchema(found: 4, known: 2)) {
            try connection.migrate(Array(Self.history.prefix(2)))
        }
        #expect(try connection.all(Self.owners) { $0.string(0) } == ["ADA"])
        #expect("\(StorageError.newerSchema(found: 4, known: 2))".contains("schema 4, this program knows up to 2"))
    }

    @Test func `a database of another line of versions is refused`() throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/m.db"
        try Connection(path: path).migrate(Array(Self.history.prefix(2)))
        let other = [Self.history[0], Migration(number: 2, name: "cars", sql: "CREATE TABLE car (id INTEGER) STRICT")]
        #expect(throws: StorageError.differentHistory(number: 2, found: "pets", known: "cars")) {
            try Connection(path: path).migrate(other)
        }
    }

    struct Broken: Sendable {
        let sql: String
        let reason: String
        var failsInStep = false
    }

    @Test(arguments: [
        Broken(
            sql: "CREATE TABLE a (b TEXT) STRICT; CREATE TABLE person (x TEXT) STRICT",
            reason: "table person already exists"
        ),
        Broken(sql: "CREATE TABLE a (b TEXT) STRICT; DELETE FROM person", reason: "rows of pet point to nothing"),
        Broken(sql: "CREATE TABLE a (b TEXT) STRICT", reason: "Refusal", failsInStep: true),
    ])
    func `a failed migration leaves the one before it`(_ broken: Broken) throws {
        let folder = try ScratchFolder()
        let connection = try Connection(path: "\(folder.path)/m.db")
        try connection.migrate(Array(Self.history.prefix(2)))
        let before = try connection.all(Self.tables) { $0.string(0) }
        let next = Migration(number: 3, name: "broken", sql: broken.sql) { _ in
            if broken.failsInStep { throw Refusal() }
        }
        let error = #expect(throws: StorageError.self) { try connection.migrate(Self.history.prefix(2) + [next]) }
        guard case .migration(3, "broken", let reason) = error else {
            Issue.record("threw \(String(describing: error))")
            return
        }
        #expect(reason.contains(broken.reason))
        #expect(try connection.all(Self.tables) { $0.string(0) } == before)
        try connection.migrate(Self.history)
        #expect(try connection.all(Self.owners) { $0.string(0) } == ["ADA"])
    }

    @Test func `a gap in the list stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let list = [MigrationTests.history[0], MigrationTests.history[2]]
            try Connection(path: ":memory:").migrate(list)
        }
    }
}
