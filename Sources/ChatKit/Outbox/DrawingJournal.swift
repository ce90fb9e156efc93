package import ChatAPI
import Glibc

/// What was drawn and has no answer, on disk: whoever kills the program in mid-stroke loses nothing that was sent or waits.
///
/// A line of JSON for every operation, `{"draw":{…}}`, and one when it has its answer, `{"gone":"<cid>"}`; an empty file when nothing
/// waits. Written with every move of a hand that draws, so it is one small `write` without waiting for the disk: as with
/// the outbox, what must survive a power loss is what the daemon acknowledged.
///
/// Programs of one profile that run at once have a file each, held by a lock that the kernel drops with the process. Each start takes
/// over what ended programs left.
package final class DrawingJournal {
    /// Programs of one profile at one time.
    static let slots = 1...32
    /// The file is written anew when it is so long and mostly about what is gone.
    static let shortest = 262_144
    /// What waits is bounded in cells by the queue: some 20 MiB, and as much again about what is gone.
    static let readLimit = 256 * 1_048_576

    /// Operations without an answer, in the order in which they were drawn.
    private var entries: [Entry] = []
    private let path: String
    private var lock: Files.Lock?
    private var file: Int32 = -1
    private var size = 0
    /// A write failed: the file is made anew with the next one.
    private var isBehind = false

    package typealias Write = (Int32, UnsafeRawPointer?, Int) -> Int
    private let write: Write

    private struct Entry {
        let cid: ClientID
        let line: [UInt8]
    }

    private struct Line: Codable {
        var draw: SketchDraw?
        var gone: ClientID?
    }

    /// Opens a file of its own and takes over those whose programs have ended.
    ///
    /// - Parameter write: The system's; tests put a full disk in its place.
    package init(in folder: String, write: @escaping Write = { Glibc.write($0, $1, $2) }) throws(Files.Failure) {
        self.write = write
        var own: (number: Int, lock: Files.Lock)?
        var ended: [(path: String, lock: Files.Lock)] = []
        var draws: [SketchDraw] = []
        for number in Self.slots {
            let path = Self.path(folder, number)
            guard own == nil || access(path, F_OK) == 0, let lock = try Files.Lock(Self.lockPath(folder, number)),
                // A file that cannot be read stays for a program that can.
                let left = try? Self.load(path)
            else { continue }
            draws += left
            if own == nil { own = (number, lock) } else { ended.append((path, lock)) }
        }
        guard let own else {
            throw Files.Failure(refusing: "\(Self.slots.count) programs keep drawings in \(folder) already")
        }
        lock = own.lock
        path = Self.path(folder, own.number)
        var names: Set<ClientID> = []
        left = draws.filter { names.insert($0.cid).inserted }
        entries = left.map { Entry(cid: $0.cid, line: Self.line(Line(draw: $0))) }
        try rewrite()
        for (path, _) in ended { try? Files.remove(path) }
    }

    /// What programs that ended had not sent, or had no answer to.
    package private(set) var left: [SketchDraw]

    deinit { close() }

    /// Writes down what is new, or different, and what is gone.
    package func note(_ change: DrawingChange) throws(Files.Failure) {
        var bytes: [UInt8] = []
        for draw in change.kept {
            let entry = Entry(cid: draw.cid, line: Self.line(Line(draw: draw)))
            if let index = entries.lastIndex(where: { $0.cid == draw.cid }) {
                entries[index] = entry
            } else {
                entries.append(entry)
            }
            bytes += entry.line
        }
        if !change.gone.isEmpty {
            let gone = Set(change.gone)
            entries.removeAll { gone.contains($0.cid) }
            for cid in change.gone { bytes += Self.line(Line(gone: cid)) }
        }
        if entries.isEmpty, !isBehind {
            try truncate(to: 0)
            size = 0
        } else if isBehind || size > Self.shortest && size > 4 * entries.reduce(0, { $0 + $1.line.count }) {
            try rewrite()
        } else {
            try append(bytes)
        }
    }

    /// Forgets everything: another person signed in, or this one signed out.
    package func clear() {
        entries = []
        left = []
        try? truncate(to: 0)
        size = 0
    }

    package func close() {
        guard file >= 0 else { return }
        Glibc.close(file)
        file = -1
        if entries.isEmpty { try? Files.remove(path) }
        // What is left is the next one's to take over.
        lock = nil
    }

    // MARK: - The file

    private static func path(_ folder: String, _ number: Int) -> String { "\(folder)/drawings-\(number).jsonl" }
    private static func lockPath(_ folder: String, _ number: Int) -> String { "\(folder)/drawings-\(number).lock" }
    private static func line(_ line: Line) -> [UInt8] { Coding.encode(line) + [0x0A] }

    /// A line that was cut off, or that this program cannot read, is passed over.
    private static func load(_ path: String) throws(Files.Failure) -> [SketchDraw] {
        let bytes: [UInt8]
        do throws(Files.Failure) {
            bytes = try Files.read(path, limit: readLimit)
        } catch {
            if error.isMissing { return [] }
            throw error
        }
        var draws: [ClientID: SketchDraw] = [:]
        var order: [ClientID] = []
        for line in bytes.split(separator: 0x0A) {
            guard let line = try? Coding.decode(Line.self, from: Array(line)) else { continue }
            if let draw = line.draw {
                if draws.updateValue(draw, forKey: draw.cid) == nil { order.append(draw.cid) }
            } else if let cid = line.gone {
                draws[cid] = nil
            }
        }
        return order.compactMap { draws.removeValue(forKey: $0) }
    }

    /// A new file with what waits, in place of the old one.
    private func rewrite() throws(Files.Failure) {
        isBehind = true
        let bytes = entries.flatMap(\.line)
        try Files.write(bytes, to: path)
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw Files.Failure("cannot write \(path)") }
        if file >= 0 { Glibc.close(file) }
        file = descriptor
        size = bytes.count
        isBehind = false
    }

    private func append(_ bytes: [UInt8]) throws(Files.Failure) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                let failure = Files.Failure("cannot write \(path)")
                // Half a line would spoil the next one.
                isBehind = true
                try? truncate(to: size)
                throw failure
            }
            start += count
        }
        size += bytes.count
    }

    private func truncate(to length: Int) throws(Files.Failure) {
        guard file >= 0, ftruncate(file, off_t(length)) == 0 else {
            isBehind = true
            throw Files.Failure("cannot write \(path)")
        }
    }
}

/// What a queue of drawings tells the disk: operations without an answer that are new or different, and those that are gone.
package struct DrawingChange: Sendable, Equatable {
    package var kept: [SketchDraw]
    package var gone: [ClientID]

    package init(kept: [SketchDraw] = [], gone: [ClientID] = []) {
        self.kept = kept
        self.gone = gone
    }

    package var isEmpty: Bool { kept.isEmpty && gone.isEmpty }
}
