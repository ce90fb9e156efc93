import ChatAPI
import ChatKit

/// Files around drawings: exports, imports.
enum DrawingFile {
    static func export(_ bytes: [UInt8], to path: String) -> Action {
        do {
            try Files.write(bytes, to: expanded(path), mode: 0o644)
            return .notice("written: \(path), \(bytes.count) bytes", isTrouble: false)
        } catch {
            return .notice(World.sentence(error), isTrouble: true)
        }
    }

    static func read(_ path: String) -> Action {
        do {
            // Behind other names there may be something that never ends, or never begins: everything else would wait for it.
            let bytes = try Files.read(expanded(path), limit: PNG.fileBytes, onlyFiles: true)
            return .fileRead(path, .success(bytes))
        } catch {
            return .fileRead(path, .failure(FileProblem(World.sentence(error))))
        }
    }

    /// `~/drawing.png`, as a shell has it.
    private static func expanded(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = Environment.process["HOME"] else { return path }
        return home + path.dropFirst()
    }
}
