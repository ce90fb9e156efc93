package import ChatAPI
package import Storage

/// What keeps sketches small: checkpoints, the base beneath a log that is kept in part, and purging what was deleted.
package enum SketchTrimming {
    private static let selectBase: SQL = "SELECT seq, snapshot FROM sketch_base WHERE sketch = :sketch"
    private static let putBase: SQL = """
        INSERT INTO sketch_base (sketch, seq, snapshot) VALUES (:sketch, :seq, :snapshot)
        ON CONFLICT (sketch) DO UPDATE SET seq = excluded.seq, snapshot = excluded.snapshot WHERE excluded.seq > sketch_base.seq
        """
    private static let deleteThrough: SQL = """
        DELETE FROM sketch_operation WHERE sketch = :sketch AND seq <= :through
        """

    /// Entries that one step takes out of a log.
    static let step: Int64 = 2_000

    /// The drawing before the oldest entry that is kept; nil if all are.
    static func base(
        of sketch: SketchID,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> (seq: Int64, json: [UInt8])? {
        try tx.first(selectBase) {
            $0.bind("sketch", sketch)
        } row: {
            (seq: $0.int64(0), json: $0.bytes(1))
        }
    }

    /// What a step puts in the place of the entries that it takes out.
    package struct NewBase: Sendable {
        package let seq: Int64
        package let json: [UInt8]

        package init(seq: Int64, json: [UInt8]) {
            self.seq = seq
            self.json = json
        }
    }

    /// Works out the base after the next `step` entries, on a reader; nil if the log is not too long.
    package static func nextBase(
        of id: SketchID,
        keeping kept: Int64,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> NewBase? {
        let ends = try SketchLog.ends(of: id, tx)
        guard ends.head - ends.first + 1 > kept + step, let sketch = try SketchStore.sketch(id, tx) else { return nil }
        var canvas = SketchCanvas.first
        if let base = try base(of: id, tx) {
            guard let stored = try Coding.decode(SketchSnapshot.self, from: base.json).canvas() else { return nil }
            canvas = stored
        }
        let through = ends.first + step - 1
        try SketchLog.each(of: id, after: canvas.seq, through: through, tx) { canvas.apply($0) }
        return NewBase(seq: canvas.seq, json: Coding.encode(SketchSnapshot(canvas, of: sketch)))
    }

    /// Puts the base in and takes the entries out, in one write. False if it may not be yet.
    package static func trim(_ id: SketchID, to base: NewBase, _ tx: borrowing Transaction) throws -> Bool {
        // What a checkpoint has not seen is needed to open the sketch.
        guard let checkpoint = try SketchLog.checkpointSeq(of: id, tx), checkpoint >= base.seq else { return false }
        try tx.run(putBase) {
            $0.bind("sketch", id)
            $0.bind("seq", base.seq)
            $0.bind("snapshot", base.json)
        }
        try tx.run(deleteThrough) {
            $0.bind("sketch", id)
            $0.bind("through", base.seq)
        }
        return true
    }
}

/// Deleting sketches: gone for everyone in one short write, their rows in batches after that.
package enum SketchPurge {
    /// Rows of one batch.
    private static let batch = 500

    private static let selectNext: SQL = """
        SELECT id FROM sketch WHERE deleted_at IS NOT NULL ORDER BY deleted_at, id LIMIT 1
        """
    private static let selectLast: SQL = """
        SELECT MAX(seq) FROM (SELECT seq FROM sketch_operation WHERE sketch = :sketch ORDER BY seq LIMIT :limit) page
        """
    private static let deleteThrough: SQL = """
        DELETE FROM sketch_operation WHERE sketch = :sketch AND seq <= :through
        """
    private static let deleteVersions: SQL = "DELETE FROM sketch_version WHERE sketch = :sketch"
    private static let deleteCheckpoint: SQL = "DELETE FROM sketch_checkpoint WHERE sketch = :sketch"
    private static let deleteBase: SQL = "DELETE FROM sketch_base WHERE sketch = :sketch"
    private static let deleteSketch: SQL = "DELETE FROM sketch WHERE id = :sketch"
    private static let deleteOfChannel: SQL = """
        UPDATE sketch SET deleted_at = :at, folded = NULL WHERE channel = :channel AND deleted_at IS NULL
        """

    /// The sketches of a channel that is being deleted go with it.
    static func markAll(of channel: ChannelID, at time: Milliseconds, _ tx: borrowing Transaction) throws {
        try tx.run(deleteOfChannel) {
            $0.bind("at", time)
            $0.bind("channel", channel)
        }
    }

    /// One batch. True if there is more to delete, in this sketch or another.
    package static func step(_ tx: borrowing Transaction) throws -> Bool {
        guard let sketch: SketchID = try tx.first(selectNext, row: { $0.id(0) }) else { return false }
        let last = try tx.first(selectLast) {
            $0.bind("sketch", sketch)
            $0.bind("limit", batch)
        } row: {
            $0.optionalInt64(0)
        }
        if let last = last.flatMap(\.self) {
            try tx.run(deleteThrough) {
                $0.bind("sketch", sketch)
                $0.bind("through", last)
            }
            return true
        }
        for statement in [deleteVersions, deleteCheckpoint, deleteBase, deleteSketch] {
            try tx.run(statement) { $0.bind("sketch", sketch) }
        }
        return try tx.first(selectNext, row: { _ in true }) ?? false
    }
}
