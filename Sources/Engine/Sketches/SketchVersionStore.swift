import ChatAPI
import Storage

/// Rows of `sketch_version`: a drawing as it was when somebody gave it a name, as the JSON of its snapshot.
enum SketchVersionStore {
    private static let columns = "version, name, seq, author, at"
    private static let selectAll = SQL(
        "SELECT \(columns) FROM sketch_version WHERE sketch = :sketch ORDER BY version DESC"
    )
    private static let selectOne = SQL(
        "SELECT \(columns), snapshot FROM sketch_version WHERE sketch = :sketch AND version = :version"
    )
    private static let selectCount: SQL = """
        SELECT COUNT(*), MAX(version) FROM sketch_version WHERE sketch = :sketch
        """
    private static let insert: SQL = """
        INSERT INTO sketch_version (sketch, version, name, seq, author, at, snapshot)
        VALUES (:sketch, :version, :name, :seq, :author, :at, :snapshot)
        """

    static func list(of sketch: SketchID, _ tx: borrowing some Reading & ~Copyable) throws -> [SketchVersion] {
        try tx.all(selectAll) {
            $0.bind("sketch", sketch)
        } row: {
            version($0, of: sketch)
        }
    }

    /// The version and the JSON of its snapshot.
    static func find(
        _ number: Int64,
        of sketch: SketchID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> (version: SketchVersion, json: [UInt8]) {
        let found = try tx.first(selectOne) {
            $0.bind("sketch", sketch)
            $0.bind("version", number)
        } row: {
            (version: version($0, of: sketch), json: $0.bytes(5))
        }
        guard let found else { throw APIError(.notFound, "the sketch has no version \(number)") }
        return found
    }

    static func counts(
        of sketch: SketchID,
        _ tx: borrowing Transaction
    ) throws -> (count: Int, newest: Int64) {
        try tx.first(selectCount) {
            $0.bind("sketch", sketch)
        } row: {
            (count: $0.int(0), newest: $0.optionalInt64(1) ?? 0)
        } ?? (0, 0)
    }

    static func insert(_ version: SketchVersion, _ json: [UInt8], _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            $0.bind("sketch", version.sketch)
            $0.bind("version", version.version)
            $0.bind("name", version.name)
            $0.bind("seq", version.seq)
            $0.bind("author", version.by)
            $0.bind("at", version.at)
            $0.bind("snapshot", json)
        }
    }

    private static func version(_ row: Row, of sketch: SketchID) -> SketchVersion {
        SketchVersion(
            sketch: sketch,
            version: row.int64(0),
            name: row.string(1),
            seq: row.int64(2),
            by: row.id(3),
            at: row.int64(4)
        )
    }
}
