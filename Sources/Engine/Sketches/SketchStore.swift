import ChatAPI
import Storage

/// Tables `sketch` and `sketch_version`: which sketches a channel has, what shape they are, what was kept under a name.
///
/// `shape` is what a list shows without opening the drawing (size, layers, locks), as JSON. A deleted sketch gives its name
/// free at once; its rows go in batches (`SketchPurge`).
package enum SketchStore {
    package static let schema = """
        CREATE TABLE sketch (
            id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            channel BLOB NOT NULL CHECK (length(channel) = 16),
            name TEXT NOT NULL,
            folded TEXT,
            shape TEXT NOT NULL,
            created_by BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            version INTEGER NOT NULL,
            deleted_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX sketch_name ON sketch (channel, folded) WHERE folded IS NOT NULL;
        CREATE INDEX sketch_deleted ON sketch (deleted_at) WHERE deleted_at IS NOT NULL;
        CREATE TABLE sketch_version (
            sketch BLOB NOT NULL,
            version INTEGER NOT NULL CHECK (version > 0),
            name TEXT NOT NULL,
            seq INTEGER NOT NULL,
            author BLOB NOT NULL,
            at INTEGER NOT NULL,
            snapshot BLOB NOT NULL,
            PRIMARY KEY (sketch, version)
        ) STRICT;
        """

    /// What a list shows of a drawing.
    struct Shape: Codable, Equatable {
        var width: Int
        var height: Int
        var layers: [SketchLayer]
        var locks: [SketchLock]

        init(_ canvas: SketchCanvas) {
            width = canvas.width
            height = canvas.height
            layers = canvas.layers
            locks = canvas.locks
        }

        var json: String { String(decoding: Coding.encode(self), as: UTF8.self) }
    }

    private static let columns = """
        s.id, s.channel, s.name, s.shape, s.created_by, s.created_at, s.version,
        (SELECT MAX(seq) FROM sketch_operation o WHERE o.sketch = s.id),
        (SELECT at FROM sketch_operation o WHERE o.sketch = s.id ORDER BY seq DESC LIMIT 1)
        """
    private static let selectOne = SQL("SELECT \(columns) FROM sketch s WHERE s.id = :id AND s.deleted_at IS NULL")
    private static let selectOfChannel = SQL(
        """
        SELECT \(columns) FROM sketch s WHERE s.channel = :channel AND s.folded IS NOT NULL ORDER BY s.folded
        """
    )
    private static let selectChannel: SQL = "SELECT channel FROM sketch WHERE id = :id AND deleted_at IS NULL"
    private static let countOfChannel: SQL = """
        SELECT COUNT(*) FROM sketch WHERE channel = :channel AND folded IS NOT NULL
        """
    private static let selectByName: SQL = """
        SELECT id FROM sketch WHERE channel = :channel AND folded = :folded
        """
    private static let insert: SQL = """
        INSERT INTO sketch (id, channel, name, folded, shape, created_by, created_at, version)
        VALUES (:id, :channel, :name, :folded, :shape, :createdBy, :createdAt, 1)
        """
    private static let updateName: SQL = """
        UPDATE sketch SET name = :name, folded = :folded, version = :version WHERE id = :id
        """
    private static let updateShape: SQL = "UPDATE sketch SET shape = :shape WHERE id = :id"
    private static let markDeleted: SQL = "UPDATE sketch SET deleted_at = :at, folded = NULL WHERE id = :id"

    static func unknown(_ id: SketchID) -> APIError { APIError(.notFound, "there is no sketch \(id)") }

    /// The sketch as it is listed, without who draws; nil if there is none, or none any more.
    static func sketch(_ id: SketchID, _ tx: borrowing some Reading & ~Copyable) throws -> Sketch? {
        try tx.first(selectOne) {
            $0.bind("id", id)
        } row: {
            try sketch($0)
        }
    }

    static func sketches(of channel: ChannelID, _ tx: borrowing some Reading & ~Copyable) throws -> [Sketch] {
        try tx.all(selectOfChannel) {
            $0.bind("channel", channel)
        } row: {
            try sketch($0)
        }
    }

    /// The channel that a sketch belongs to.
    static func channel(of id: SketchID, _ tx: borrowing some Reading & ~Copyable) throws -> ChannelID? {
        try tx.first(selectChannel) {
            $0.bind("id", id)
        } row: {
            $0.id(0)
        }
    }

    private static func sketch(_ row: Row) throws -> Sketch {
        let shape = try Coding.decode(Shape.self, from: Array(row.string(3).utf8))
        return Sketch(
            id: row.id(0),
            channel: row.id(1),
            name: row.string(2),
            width: shape.width,
            height: shape.height,
            layers: shape.layers,
            locks: shape.locks,
            createdBy: row.id(4),
            createdAt: row.int64(5),
            seq: row.optionalInt64(7) ?? 0,
            changedAt: row.optionalInt64(8) ?? row.int64(5),
            version: row.int64(6),
            drawing: []
        )
    }

    static func count(of channel: ChannelID, _ tx: borrowing Transaction) throws -> Int {
        try tx.first(countOfChannel) {
            $0.bind("channel", channel)
        } row: {
            $0.int(0)
        } ?? 0
    }

    static func id(named name: String, in channel: ChannelID, _ tx: borrowing Transaction) throws -> SketchID? {
        try tx.first(selectByName) {
            $0.bind("channel", channel)
            $0.bind("folded", ChannelRules.folded(name))
        } row: {
            $0.id(0)
        }
    }

    // MARK: - Changing

    static func insert(_ sketch: Sketch, _ canvas: SketchCanvas, _ tx: borrowing Transaction) throws {
        try tx.run(insert) {
            $0.bind("id", sketch.id)
            $0.bind("channel", sketch.channel)
            $0.bind("name", sketch.name)
            $0.bind("folded", ChannelRules.folded(sketch.name))
            $0.bind("shape", Shape(canvas).json)
            $0.bind("createdBy", sketch.createdBy)
            $0.bind("createdAt", sketch.createdAt)
        }
    }

    static func rename(_ id: SketchID, _ name: String, version: Int64, _ tx: borrowing Transaction) throws {
        try tx.run(updateName) {
            $0.bind("name", name)
            $0.bind("folded", ChannelRules.folded(name))
            $0.bind("version", version)
            $0.bind("id", id)
        }
    }

    static func setShape(of id: SketchID, _ canvas: SketchCanvas, _ tx: borrowing Transaction) throws {
        try tx.run(updateShape) {
            $0.bind("shape", Shape(canvas).json)
            $0.bind("id", id)
        }
    }

    static func markDeleted(_ id: SketchID, at time: Milliseconds, _ tx: borrowing Transaction) throws {
        try tx.run(markDeleted) {
            $0.bind("at", time)
            $0.bind("id", id)
        }
    }
}
