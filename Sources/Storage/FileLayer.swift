import CSQLite
import Glibc

/// A layer under SQLite (a VFS) that is a copy of SQLite's own, except that some calls of some files are replaced.
///
/// What a layer keeps of a file lies in memory behind SQLite's own object of it, and goes with it.
struct FileLayer<State>: @unchecked Sendable {
    typealias File = UnsafeMutablePointer<sqlite3_file>
    typealias Calls = sqlite3_io_methods

    /// What is kept of one file: SQLite's own calls, the same with some replaced, and the layer's own.
    private struct Record {
        let own: UnsafePointer<Calls>
        var calls: Calls
        var state: State
    }

    private let system: UnsafeMutablePointer<sqlite3_vfs>
    /// Where `Record` begins, behind SQLite's own object.
    private let offset: Int
    /// The layer's name for `sqlite3_open_v2`.
    let name: String

    /// Registers the layer, for as long as the process lives.
    ///
    /// - Parameter open: SQLite calls it to open a file; it hands over to `opened`.
    /// - Returns: nil if SQLite does not take it; its own layer does the work then.
    init?(_ name: StaticString, open: @escaping FileOpening) {
        guard let system = sqlite3_vfs_find(nil) else { return nil }
        self.system = system
        self.name = name.description
        offset = (Int(system.pointee.szOsFile) + 15) & ~15
        let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        layer.initialize(to: system.pointee)
        layer.pointee.zName = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        layer.pointee.szOsFile = Int32(offset + MemoryLayout<Record>.size)
        layer.pointee.xOpen = open
        guard sqlite3_vfs_register(layer, 0) == SQLITE_OK else { return nil }
    }

    /// Opens a file with SQLite's own layer; if it is of the kind and may be written, some of its calls are replaced.
    func opened(
        _ path: UnsafePointer<CChar>?,
        _ file: File?,
        _ flags: Int32,
        _ granted: UnsafeMutablePointer<Int32>?,
        kind: Int32,
        state: @autoclosure () -> State?,
        replacing: (inout Calls) -> Void
    ) -> Int32 {
        guard let file else { return SQLITE_MISUSE }
        let code = system.pointee.xOpen(system, path, file, flags, granted)
        guard code == SQLITE_OK, flags & kind != 0, flags & SQLITE_OPEN_READWRITE != 0 else { return code }
        guard let own = file.pointee.pMethods, let state = state() else { return code }
        var record = Record(own: own, calls: own.pointee, state: state)
        replacing(&record.calls)
        let place = self.record(of: file)
        place.initialize(to: record)
        let calls = UnsafeMutableRawPointer(place) + (MemoryLayout<Record>.offset(of: \Record.calls) ?? 0)
        file.pointee.pMethods = UnsafePointer(calls.assumingMemoryBound(to: Calls.self))
        return SQLITE_OK
    }

    /// The layer's own of a file whose calls were replaced.
    func state(of file: File) -> UnsafeMutablePointer<State> {
        let state = UnsafeMutableRawPointer(record(of: file)) + (MemoryLayout<Record>.offset(of: \Record.state) ?? 0)
        return state.assumingMemoryBound(to: State.self)
    }

    /// SQLite's own calls for it.
    func own(of file: File) -> UnsafePointer<Calls> { record(of: file).pointee.own }

    private func record(of file: File) -> UnsafeMutablePointer<Record> {
        (UnsafeMutableRawPointer(file) + offset).assumingMemoryBound(to: Record.self)
    }
}

/// How SQLite asks a layer to open a file.
typealias FileOpening =
    @convention(c) (
        UnsafeMutablePointer<sqlite3_vfs>?, UnsafePointer<CChar>?, UnsafeMutablePointer<sqlite3_file>?, Int32,
        UnsafeMutablePointer<Int32>?
    ) -> Int32
