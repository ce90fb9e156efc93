import Glibc

/// A time zone out of the system's database: which offset its clocks have at a moment (RFC 9636, version 2 and later).
///
/// Foundation's zones need 30 MB of ICU, and glibc's need the process's environment. What is read here is the list of
/// changes, and the rule for the time after the last of them.
struct Zone: Sendable {
    let name: String
    /// Offsets in seconds east, in force from a moment on: ascending.
    private let changes: [(from: Int64, offset: Int32)]
    private let first: Int32
    private let rule: ZoneRule?

    private static let folder = "/usr/share/zoneinfo/"

    /// Nil if the database has no zone of that name, or there is no database. `UTC` is always known.
    init?(_ name: String) {
        if name == "UTC" || name == "Etc/UTC" {
            self.init(name: name, changes: [], first: 0, rule: nil)
            return
        }
        guard Self.isName(name), let bytes = Self.read(Self.folder + name), let parsed = ZoneFile(bytes) else {
            return nil
        }
        self.init(name: name, changes: parsed.changes, first: parsed.first, rule: ZoneRule(parsed.footer))
    }

    private init(name: String, changes: [(from: Int64, offset: Int32)], first: Int32, rule: ZoneRule?) {
        self.name = name
        self.changes = changes
        self.first = first
        self.rule = rule
    }

    /// Seconds that its clocks are ahead of UTC then.
    func offset(at seconds: Int64) -> Int32 {
        guard let last = changes.last else { return rule?.offset(at: seconds) ?? first }
        if seconds >= last.from { return rule?.offset(at: seconds) ?? last.offset }
        // The last change that is not after it.
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].from <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : changes[low - 1].offset
    }

    /// The moment at which its clocks show that. Of two, the first; a time that is skipped is as if the change came later.
    func seconds(ofLocal local: Int64) -> Int64 {
        // No zone is more than a day away: the offsets a day before and after are the two candidates.
        let before = local - Int64(offset(at: local - 86_400))
        if Int64(offset(at: before)) == local - before { return before }
        let after = local - Int64(offset(at: local + 86_400))
        return Int64(offset(at: after)) == local - after ? after : before
    }

    /// Letters, digits, `_`, `+`, `-`, with slashes in between: nothing that leads out of the folder.
    private static func isName(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count), !name.contains("..") else { return false }
        guard name.first?.isLetter == true, !["posix", "right", "localtime"].contains(name.prefix { $0 != "/" }) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    /// A zone's file; the largest has 4 kB.
    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
        }
        return bytes.isEmpty || bytes.count == 65_536 ? nil : bytes
    }
}
