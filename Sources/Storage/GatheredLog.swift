import CSQLite
import Glibc

/// The layer under SQLite that writes a commit into the write-ahead log in one piece, on blocks the file already has.
///
/// SQLite hands the log each page in two writes, so a commit of 34 pages is 68 calls of the system before its sync; and where the
/// file has to grow, each sync also writes the file's own block. Here the bytes of a commit are gathered and written by the call
/// that syncs them, and a file that had to grow grows by a whole step. Everything else is SQLite's own layer, whose table of
/// calls is copied. Figures: `docs/decisions/0018-gathered-log.md`.
///
/// 1. Nothing is promised before its sync, and the sync writes first: durability is SQLite's own.
/// 2. Others read a page of the log only once the index in shared memory names it, which happens after the sync. That is why
///    only connections with `Durability.full` use the layer. The connection itself reads what it has just written: a read
///    writes first as well.
/// 3. The step is written after the commit's bytes, as zeros, which no reader of a log takes for a page; if the disk has no room
///    for it, it is left out.
enum GatheredLog {
    /// As many bytes are gathered at most: 30 pages. A larger commit takes several writes. SQLite's own layer writes less than
    /// 128 KiB at a time: of a longer run it takes what is above as if it were not there.
    static let capacity = 124 << 10
    /// A file that grows ends at a multiple of this, zeros are written in pieces of the other.
    static let step = 256 << 10
    private static let piece = 64 << 10

    /// The layer's name for `sqlite3_open_v2`; nil if SQLite did not take it, and then its own layer does the work.
    static let name: String? = register()

    /// What the layer keeps of one file; it lies in memory behind SQLite's own object of the file.
    private struct State {
        /// SQLite's own calls for this file, and the same with some replaced.
        var system: UnsafePointer<sqlite3_io_methods>
        var calls: sqlite3_io_methods
        var bytes: UnsafeMutableRawPointer
        var start: Int64 = 0
        var count = 0
        /// The length of the file, nil before it is asked.
        var length: Int64?
    }

    private struct System: @unchecked Sendable {
        let layer: UnsafeMutablePointer<sqlite3_vfs>
        /// Where `State` begins.
        let offset: Int
    }

    private static let system: System? = {
        guard let layer = sqlite3_vfs_find(nil) else { return nil }
        return System(layer: layer, offset: (Int(layer.pointee.szOsFile) + 15) & ~15)
    }()

    /// Only ever read, by the system: the pages stay the one that all zeros share.
    private static let zeros = Zeros()

    private struct Zeros: @unchecked Sendable {
        let bytes = calloc(1, GatheredLog.piece)
    }

    private static func register() -> String? {
        guard let system, let label = strdup("plaza-gathered-log") else { return nil }
        // Both live as long as the process: SQLite keeps the pointers.
        let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        layer.initialize(to: system.layer.pointee)
        layer.pointee.zName = UnsafePointer(label)
        layer.pointee.szOsFile = Int32(system.offset + MemoryLayout<State>.size)
        layer.pointee.xOpen = open
        return sqlite3_vfs_register(layer, 0) == SQLITE_OK ? String(cString: label) : nil
    }

    private static func state(of file: UnsafeMutablePointer<sqlite3_file>?) -> UnsafeMutablePointer<State> {
        guard let file, let system else { preconditionFailure("a file of the layer") }
        return (UnsafeMutableRawPointer(file) + system.offset).assumingMemoryBound(to: State.self)
    }

    // MARK: - What SQLite calls

    private static let open:
        @convention(c) (
            UnsafeMutablePointer<sqlite3_vfs>?, UnsafePointer<CChar>?, UnsafeMutablePointer<sqlite3_file>?, Int32,
            UnsafeMutablePointer<Int32>?
        ) -> Int32 = { _, path, file, flags, granted in
            guard let system, let file else { return SQLITE_MISUSE }
            let code = system.layer.pointee.xOpen(system.layer, path, file, flags, granted)
            let isLog = flags & SQLITE_OPEN_WAL != 0 && flags & SQLITE_OPEN_READWRITE != 0
            guard code == SQLITE_OK, isLog, let own = file.pointee.pMethods, let bytes = malloc(capacity) else {
                return code
            }
            var calls = own.pointee
            calls.xWrite = write
            calls.xRead = read
            calls.xSync = sync
            calls.xTruncate = truncate
            calls.xFileSize = length
            calls.xClose = close
            let state = GatheredLog.state(of: file)
            state.initialize(to: State(system: own, calls: calls, bytes: bytes))
            let table = UnsafeMutableRawPointer(state) + (MemoryLayout<State>.offset(of: \State.calls) ?? 0)
            file.pointee.pMethods = UnsafePointer(table.assumingMemoryBound(to: sqlite3_io_methods.self))
            return SQLITE_OK
        }

    private static let write:
        @convention(c) (UnsafeMutablePointer<sqlite3_file>?, UnsafeRawPointer?, Int32, Int64) -> Int32 = {
            file,
            bytes,
            count,
            start in
            let state = GatheredLog.state(of: file)
            let follows = state.pointee.count > 0 && start == state.pointee.start + Int64(state.pointee.count)
            if !follows || state.pointee.count + Int(count) > capacity {
                let code = handOver(file, state)
                guard code == SQLITE_OK else { return code }
                state.pointee.start = start
            }
            // The log has heads of frames and pages.
            guard let bytes, Int(count) <= capacity else { return SQLITE_MISUSE }
            (state.pointee.bytes + state.pointee.count).copyMemory(from: bytes, byteCount: Int(count))
            state.pointee.count += Int(count)
            return SQLITE_OK
        }

    private static let read:
        @convention(c) (UnsafeMutablePointer<sqlite3_file>?, UnsafeMutableRawPointer?, Int32, Int64) -> Int32 = {
            file,
            bytes,
            count,
            start in
            let state = GatheredLog.state(of: file)
            let code = handOver(file, state)
            return code == SQLITE_OK ? state.pointee.system.pointee.xRead(file, bytes, count, start) : code
        }

    private static let sync: @convention(c) (UnsafeMutablePointer<sqlite3_file>?, Int32) -> Int32 = { file, flags in
        let state = GatheredLog.state(of: file)
        let code = handOver(file, state)
        guard code == SQLITE_OK else { return code }
        return state.pointee.system.pointee.xSync(file, flags)
    }

    private static let truncate: @convention(c) (UnsafeMutablePointer<sqlite3_file>?, Int64) -> Int32 = {
        file,
        length in
        let state = GatheredLog.state(of: file)
        let code = handOver(file, state)
        guard code == SQLITE_OK else { return code }
        state.pointee.length = nil
        return state.pointee.system.pointee.xTruncate(file, length)
    }

    private static let length:
        @convention(c) (UnsafeMutablePointer<sqlite3_file>?, UnsafeMutablePointer<Int64>?) -> Int32 = { file, length in
            let state = GatheredLog.state(of: file)
            let code = handOver(file, state)
            return code == SQLITE_OK ? state.pointee.system.pointee.xFileSize(file, length) : code
        }

    private static let close: @convention(c) (UnsafeMutablePointer<sqlite3_file>?) -> Int32 = { file in
        let state = GatheredLog.state(of: file)
        // What was not synced was not promised: an error here concerns nobody.
        _ = handOver(file, state)
        let own = state.pointee.system
        free(state.pointee.bytes)
        state.deinitialize(count: 1)
        return own.pointee.xClose(file)
    }

    // MARK: - Writing

    /// Writes what is gathered, and lets a file that had to grow end at a whole step.
    private static func handOver(
        _ file: UnsafeMutablePointer<sqlite3_file>?,
        _ state: UnsafeMutablePointer<State>
    ) -> Int32 {
        let (start, count) = (state.pointee.start, state.pointee.count)
        guard count > 0 else { return SQLITE_OK }
        // Whatever happens, it is not written again: after an error SQLite gives the transaction up.
        state.pointee.count = 0
        let own = state.pointee.system.pointee
        if state.pointee.length == nil {
            var length: Int64 = 0
            let code = own.xFileSize(file, &length)
            guard code == SQLITE_OK else { return code }
            state.pointee.length = length
        }
        let code = own.xWrite(file, state.pointee.bytes, Int32(count), start)
        guard code == SQLITE_OK, let length = state.pointee.length else { return code }
        let end = start + Int64(count)
        if end > length { state.pointee.length = fill(file, own, from: end) }
        return SQLITE_OK
    }

    /// Writes zeros up to the next whole step, as far as there is room.
    ///
    /// - Returns: the file's new length.
    private static func fill(
        _ file: UnsafeMutablePointer<sqlite3_file>?,
        _ own: sqlite3_io_methods,
        from start: Int64
    ) -> Int64 {
        var end = start
        while end % Int64(step) != 0 {
            let count = min(Int64(step) - end % Int64(step), Int64(piece))
            guard own.xWrite(file, zeros.bytes, Int32(count), end) == SQLITE_OK else { break }
            end += count
        }
        return end
    }
}
