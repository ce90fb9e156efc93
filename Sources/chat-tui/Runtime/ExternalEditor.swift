import ChatKit
import Glibc

/// `$EDITOR` for the composer's text.
enum ExternalEditor {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs the editor on a file of the person's own; returns what it left.
    static func edit(_ text: String, in folders: Folders) throws -> String {
        try Files.makeFolder(folders.state)
        let path = "\(folders.state)/message-\(getpid()).txt"
        try Files.write(Array(text.utf8), to: path)
        defer { try? Files.remove(path) }
        // The shell splits what people put into EDITOR: `code --wait`.
        setenv("PLAZA_MESSAGE", path, 1)
        defer { unsetenv("PLAZA_MESSAGE") }
        let status = system("${VISUAL:-${EDITOR:-vi}} \"$PLAZA_MESSAGE\"")
        guard status == 0 else {
            throw Failure(description: "it ended with status \(status >> 8 & 255); the text is as before")
        }
        return String(decoding: try Files.read(path), as: UTF8.self)
    }
}

/// Programs that are started and left alone.
enum Spawn {
    static func start(_ words: [String]) -> Bool {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in Int32(0)...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        return posix_spawnp(&process, words[0], &actions, nil, &arguments, environ) == 0
    }
}
