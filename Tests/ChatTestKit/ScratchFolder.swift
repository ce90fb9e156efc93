import Glibc

/// A folder that is gone with its owner, or with the test process, however that ends. Every file of the tests is in one.
package final class ScratchFolder: Sendable {
    package let path: String

    /// - Parameter parent: a path that is short: the names of sockets may have 107 bytes.
    package init(in parent: String = "/tmp") throws {
        path = try Self.make(in: parent)
    }

    deinit { Self.remove(path) }

    package func write(_ text: String, to name: String) throws -> String {
        try RunningDaemon.write(text, to: path + "/" + name)
        return path + "/" + name
    }

    /// For an owner that removes it at a moment of its own.
    static func make(in parent: String = "/tmp") throws -> String {
        var template = Array("\(parent)/plaza-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw TestFailure("no temporary folder: errno \(errno)") }
        let path = String(cString: made)
        DaemonGuard.shared.tell("folder", path)
        return path
    }

    static func remove(_ folder: String) {
        guard let directory = opendir(folder) else { return }
        var names: [(String, Bool)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append((name, entry.pointee.d_type == UInt8(DT_DIR))) }
        }
        closedir(directory)
        for (name, isFolder) in names {
            if isFolder { remove(folder + "/" + name) } else { unlink(folder + "/" + name) }
        }
        rmdir(folder)
    }
}
