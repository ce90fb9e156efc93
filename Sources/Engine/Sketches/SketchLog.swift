import ChatAPI
import Storage

/// Tables `sketch_operation` and `sketch_checkpoint`: every sketch's log, and the places it can be opened from.
///
/// The body of an operation is the JSON of its entry, the very bytes that were pushed: catch-up and replay send what is
/// stored. A checkpoint is a history as bytes (`SketchHistory+coding`), at most one for each sketch.
package enum SketchLog {
    package static let schema = """
        CREATE TABLE sketch_operation (
            sketch BLOB NOT NULL CHECK (length(sketch) = 16),
            seq INTEGER NOT NULL CHECK (seq > 0),
            author BLOB NOT NULL,
            at INTEGER NOT NULL,
            cid BLOB,
            body BLOB NOT NULL,
            PRIMARY KEY (sketch, seq)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX sketch_operation_cid ON sketch_operation (cid, author) WHERE cid IS NOT NULL;
        CREATE TABLE sketch_checkpoint (
            sketch BLOB NOT NULL PRIMARY KEY,
            seq INTEGER NOT NULL,
            state BLOB NOT NULL
        ) STRICT;
        CREATE TABLE sketch_base (
            sketch BLOB NOT NULL PRIMARY KEY,
            seq INTEGER NOT NULL,
            snapshot BLOB NOT NULL
        ) STRICT;
        """

    private static let insert: SQL = """
        INSERT INTO sketch_operation (sketch, seq, author, at, cid, body)
        VALUES (:sketch, :seq, :author, :at, :cid, :body)
        ON CONFLICT (cid, author) WHERE cid IS NOT NULL DO NOTHING
        """
    private static let selectByCid: SQL = """
        SELECT sketch, body FROM sketch_operation WHERE cid = :cid AND author = :author
        """
    private static let selectBodies: SQL = """
        SELECT seq, body FROM sketch_operation
        WHERE sketch = :sketch AND seq > :after AND seq <= :through ORDER BY seq LIMIT :limit
        """
    private static let selectHead: SQL = """
        SELECT MIN(seq), MAX(seq) FROM sketch_operation WHERE sketch = :sketch
        """
    private static let selectTime: SQL = "SELECT at FROM sketch_operation WHERE sketch = :sketch AND seq = :seq"
    private static let selectCheckpoint: SQL = "SELECT seq, state FROM sketch_checkpoint WHERE sketch = :sketch"
    private static let selectCheckpointSeq: SQL = "SELECT seq FROM sketch_checkpoint WHERE sketch = :sketch"
    private static let putCheckpoint: SQL = """
        INSERT INTO sketch_checkpoint (sketch, seq, state) VALUES (:sketch, :seq, :state)
        ON CONFLICT (sketch) DO UPDATE SET seq = excluded.seq, state = excluded.state WHERE excluded.seq > sketch_checkpoint.seq
        """

    /// False, and nothing is stored, if its author has used its cid before.
    static func insert(
        _ entry: SketchEntry,
        _ body: [UInt8],
        in sketch: SketchID,
        _ tx: borrowing Transaction
    ) throws -> Bool {
        try tx.run(insert) {
            $0.bind("sketch", sketch)
            $0.bind("seq", entry.seq)
            $0.bind("author", entry.by)
            $0.bind("at", entry.at)
            $0.bind("cid", entry.cid)
            $0.bind("body", body)
        } > 0
    }

    /// What was stored under an author's cid.
    static func stored(
        cid: ClientID,
        by author: AccountID,
        _ tx: borrowing Transaction
    ) throws -> (sketch: SketchID, entry: SketchEntry)? {
        try tx.first(selectByCid) {
            $0.bind("cid", cid)
            $0.bind("author", author)
        } row: { row in
            (sketch: row.id(0), entry: try entry(row, 1))
        }
    }

    /// The oldest that is kept, and the newest; 1 and 0 for a sketch without entries.
    static func ends(of sketch: SketchID, _ tx: borrowing some Reading & ~Copyable) throws -> (
        first: Int64, head: Int64
    ) {
        try tx.first(selectHead) {
            $0.bind("sketch", sketch)
        } row: { row in
            (first: row.optionalInt64(0) ?? 1, head: row.optionalInt64(1) ?? 0)
        } ?? (1, 0)
    }

    static func head(of sketch: SketchID, _ tx: borrowing some Reading & ~Copyable) throws -> Int64 {
        try ends(of: sketch, tx).head
    }

    static func time(of seq: Int64, in sketch: SketchID, _ tx: borrowing some Reading & ~Copyable) throws
        -> Milliseconds?
    {
        try tx.first(selectTime) {
            $0.bind("sketch", sketch)
            $0.bind("seq", seq)
        } row: {
            $0.int64(0)
        }
    }

    /// The stored bodies of entries `after + 1` through `through`, at most `limit`, and at least one if there is any;
    /// no more than about `bytes`.
    static func bodies(
        of sketch: SketchID,
        after: Int64,
        through: Int64,
        limit: Int,
        bytes: Int = .max,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [[UInt8]] {
        var bodies: [[UInt8]] = []
        var count = 0
        try tx.each(selectBodies) {
            $0.bind("sketch", sketch)
            $0.bind("after", after)
            $0.bind("through", through)
            $0.bind("limit", limit)
        } row: { row in
            let body = row.bytes(1)
            if !bodies.isEmpty, count + body.count > bytes { return false }
            bodies.append(body)
            count += body.count
            return true
        }
        return bodies
    }

    /// Calls `body` with each entry after a position.
    static func each(
        of sketch: SketchID,
        after: Int64,
        through: Int64 = .max,
        _ tx: borrowing some Reading & ~Copyable,
        _ body: (SketchEntry) -> Void
    ) throws {
        try tx.each(selectBodies) {
            $0.bind("sketch", sketch)
            $0.bind("after", after)
            $0.bind("through", through)
            $0.bind("limit", -1)
        } row: { row in
            body(try entry(row, 1))
            return true
        }
    }

    /// Entries are stored by `SketchWriting` and read by its twin.
    static func entry(_ row: Row, _ column: Int) throws -> SketchEntry {
        try row.withBytes(column) { bytes in
            try SketchScanner.entry(bytes) ?? Coding.decode(SketchEntry.self, from: Array(bytes))
        }
    }

    // MARK: - Checkpoints

    static func checkpoint(of sketch: SketchID, _ tx: borrowing some Reading & ~Copyable) throws -> SketchHistory? {
        try tx.first(selectCheckpoint) {
            $0.bind("sketch", sketch)
        } row: {
            SketchHistory(encoded: $0.bytes(1))
        }.flatMap(\.self)
    }

    static func checkpointSeq(of sketch: SketchID, _ tx: borrowing Transaction) throws -> Int64? {
        try tx.first(selectCheckpointSeq) {
            $0.bind("sketch", sketch)
        } row: {
            $0.int64(0)
        }
    }

    static func put(_ state: [UInt8], at seq: Int64, of sketch: SketchID, _ tx: borrowing Transaction) throws {
        try tx.run(putCheckpoint) {
            $0.bind("sketch", sketch)
            $0.bind("seq", seq)
            $0.bind("state", state)
        }
    }
}
