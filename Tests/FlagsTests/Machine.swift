import Glibc

/// Runs programs of the machine on texts, for what only they can judge.
enum Machine {
    /// True when a program is in the path.
    static func has(_ program: String) -> Bool { run("command -v \(program)").status == 0 }

    /// Runs `command` in sh; standard output and error together.
    static func run(_ command: String) -> (output: String, status: Int32) {
        guard let pipe = popen("{ \(command)\n} 2>&1", "r") else { return ("popen failed", -1) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&chunk, 1, chunk.count, pipe)
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return (String(decoding: bytes, as: UTF8.self), pclose(pipe) >> 8)
    }

    /// Calls `body` with the path of a new folder that holds `files`, and removes it.
    static func withFiles<Result>(_ files: [String: String], _ body: (String) throws -> Result) rethrows -> Result {
        var template = Array("/tmp/flags-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("no folder for a test") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for name in files.keys { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }
        for (name, text) in files {
            guard let file = fopen("\(folder)/\(name)", "w") else { preconditionFailure("no file for a test") }
            fputs(text, file)
            fclose(file)
            chmod("\(folder)/\(name)", 0o755)
        }
        return try body(folder)
    }
}
