import CSQLite

/// Copies the log into the database file a little at a time: synced after every few pages, so that the disk is never given more.
///
/// SQLite hands over all pages of a checkpoint and then syncs them; a commit whose own sync comes meanwhile waits behind hundreds
/// of scattered writes. Figures: `docs/decisions/0017-checkpoints.md`.
enum PacedCopy {
    /// Some 1.5 ms of a disk.
    private static let pages = 32

    /// Nil if SQLite did not take the layer.
    static var name: String? { layer?.name }

    /// Pages since the latest sync.
    private static let layer: FileLayer<Int>? = FileLayer("plaza-paced-copy") { _, path, file, flags, granted in
        guard let layer else { return SQLITE_MISUSE }
        return layer.opened(path, file, flags, granted, kind: SQLITE_OPEN_MAIN_DB, state: 0) { calls in
            calls.xWrite = { PacedCopy.write($0, $1, $2, at: $3) }
        }
    }

    private static func write(
        _ file: UnsafeMutablePointer<sqlite3_file>?,
        _ bytes: UnsafeRawPointer?,
        _ count: Int32,
        at start: Int64
    ) -> Int32 {
        guard let layer, let file else { return SQLITE_MISUSE }
        let own = layer.own(of: file).pointee
        let code = own.xWrite(file, bytes, count, start)
        let waiting = layer.state(of: file)
        waiting.pointee += 1
        guard code == SQLITE_OK, waiting.pointee >= pages else { return code }
        waiting.pointee = 0
        return own.xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY)
    }
}
