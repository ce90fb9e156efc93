import CSQLite
import Glibc

/// Writes a commit into the write-ahead log in one piece, on blocks the file already has.
///
/// SQLite hands the log each page in two writes, so a commit of 34 pages is 68 calls of the system before its sync; and where the
/// file has to grow, each sync also writes the file's own block. Here the bytes of a commit are gathered and written by the call
/// that syncs them, and a file that had to grow grows by a whole step. Figures: `docs/decisions/0018-gathered-log.md`.
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
    /// What a log that starts over gives back of its length at a time: the system takes 0.3 ms for a MiB, and the commit waits.
    static let giveBack = 2 << 20

    /// Nil if SQLite did not take the layer.
    static var name: String? { layer?.name }

    private typealias File = UnsafeMutablePointer<sqlite3_file>

    private struct State {
        let bytes: UnsafeMutableRawPointer
        var start: Int64 = 0
        var count = 0
        /// The length of the file, nil before it is asked.
        var length: Int64?
    }

    private static let layer: FileLayer<State>? = FileLayer("plaza-gathered-log") { _, path, file, flags, granted in
        guard let layer else { return SQLITE_MISUSE }
        return layer.opened(path, file, flags, granted, kind: SQLITE_OPEN_WAL, state: newState()) { calls in
            calls.xWrite = { GatheredLog.write($0, $1, Int($2), at: $3) }
            calls.xRead = { file, bytes, count, start in
                GatheredLog.afterWriting(file) { $0.xRead(file, bytes, count, start) }
            }
            calls.xSync = { file, flags in GatheredLog.afterWriting(file) { $0.xSync(file, flags) } }
            calls.xFileSize = { file, length in GatheredLog.afterWriting(file) { $0.xFileSize(file, length) } }
            calls.xTruncate = { GatheredLog.truncate($0, to: $1) }
            calls.xClose = { GatheredLog.close($0) }
        }
    }

    private static func newState() -> State? { malloc(capacity).map { State(bytes: $0) } }

    /// Only ever read, by the system: its pages stay the one that all zeros share.
    private static let zeros = Zeros()

    private struct Zeros: @unchecked Sendable {
        let bytes = calloc(1, GatheredLog.piece)
    }

    // MARK: - What SQLite calls

    private static func write(_ file: File?, _ bytes: UnsafeRawPointer?, _ count: Int, at start: Int64) -> Int32 {
        // The log has heads of frames and pages.
        guard let layer, let file, let bytes, count <= capacity else { return SQLITE_MISUSE }
        let state = layer.state(of: file)
        let follows = start == state.pointee.start + Int64(state.pointee.count)
        if !follows || state.pointee.count + count > capacity {
            let code = handOver(file, state)
            guard code == SQLITE_OK else { return code }
        }
        if state.pointee.count == 0 { state.pointee.start = start }
        (state.pointee.bytes + state.pointee.count).copyMemory(from: bytes, byteCount: count)
        state.pointee.count += count
        return SQLITE_OK
    }

    /// What concerns the file as it is: written first is what is gathered.
    private static func afterWriting(_ file: File?, _ body: (sqlite3_io_methods) -> Int32) -> Int32 {
        guard let layer, let file else { return SQLITE_MISUSE }
        let code = handOver(file, layer.state(of: file))
        return code == SQLITE_OK ? body(layer.own(of: file).pointee) : code
    }

    /// To nothing at once: then nobody uses the log. To a limit by and by, since it is a commit that asks for it; what stays behind
    /// the limit is older than the log's head, and asked for again when the log starts over next.
    private static func truncate(_ file: File?, to limit: Int64) -> Int32 {
        guard let layer, let file else { return SQLITE_MISUSE }
        return afterWriting(file) { calls in
            layer.state(of: file).pointee.length = nil
            guard limit > 0 else { return calls.xTruncate(file, limit) }
            var length: Int64 = 0
            let code = calls.xFileSize(file, &length)
            return code == SQLITE_OK ? calls.xTruncate(file, max(limit, length - Int64(giveBack))) : code
        }
    }

    private static func close(_ file: File?) -> Int32 {
        guard let layer, let file else { return SQLITE_MISUSE }
        let state = layer.state(of: file)
        // What was not synced was not promised: an error here concerns nobody.
        _ = handOver(file, state)
        free(state.pointee.bytes)
        return layer.own(of: file).pointee.xClose(file)
    }

    // MARK: - Writing

    /// Writes what is gathered, and lets a file that had to grow end at a whole step.
    private static func handOver(_ file: File, _ state: UnsafeMutablePointer<State>) -> Int32 {
        let (start, count) = (state.pointee.start, state.pointee.count)
        guard count > 0, let own = layer?.own(of: file).pointee else { return SQLITE_OK }
        // Whatever happens, it is not written again: after an error SQLite gives the transaction up.
        state.pointee.count = 0
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
    private static func fill(_ file: File, _ own: sqlite3_io_methods, from start: Int64) -> Int64 {
        var end = start
        while end % Int64(step) != 0 {
            let count = min(Int64(step) - end % Int64(step), Int64(piece))
            guard own.xWrite(file, zeros.bytes, Int32(count), end) == SQLITE_OK else { break }
            end += count
        }
        return end
    }
}
