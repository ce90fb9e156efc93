import Glibc

/// Puts our terminfo entries where ncurses finds them: in a directory of this user's own.
enum PrivateTerminfo {
    /// The entry to use in place of `term` for 24-bit colour, installed; nil where none fits or no directory is writable.
    static func install(for family: TerminalFamily, environment: (String) -> String?) -> (
        name: String, directory: String
    )? {
        let name: String
        let content: String
        switch family {
        case .xterm: (name, content) = ("plaza-xterm", TerminfoEntries.xterm)
        case .tmux: (name, content) = ("plaza-tmux", TerminfoEntries.tmux)
        case .screen, .console: return nil
        }
        var parents: [String] = []
        if let runtime = environment("XDG_RUNTIME_DIR"), runtime.hasPrefix("/") { parents.append(runtime) }
        if let cache = environment("XDG_CACHE_HOME"), cache.hasPrefix("/") {
            parents.append(cache)
        } else if let home = environment("HOME"), home.hasPrefix("/") {
            parents.append(home + "/.cache")
        }
        let bytes = Base64.decode(content)
        for parent in parents {
            let directory = parent + "/plaza/terminfo"
            if write(bytes, named: name, into: directory) { return (name, directory) }
        }
        return nil
    }

    /// Writes the file unless it is there already, through a temporary name, so that another client that starts at the
    /// same moment never reads half of it.
    private static func write(_ bytes: [UInt8], named name: String, into directory: String) -> Bool {
        // ncurses keeps entries in subdirectories named after their first letter.
        let folder = directory + "/" + name.prefix(1)
        var made = ""
        for part in folder.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o700) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES { return false }
        }
        // Somebody else's directory could be changed under us.
        var status = stat()
        guard stat(folder, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else { return false }
        let path = folder + "/" + name
        if read(path, limit: bytes.count + 1) == bytes { return true }
        let temporary = path + ".\(getpid())"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return false }
        let written = Glibc.write(file, bytes, bytes.count)
        guard close(file) == 0, written == bytes.count, rename(temporary, path) == 0 else {
            unlink(temporary)
            return false
        }
        return true
    }

    private static func read(_ path: String, limit: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = max(0, Glibc.read(file, buffer.baseAddress, limit))
        }
    }
}
