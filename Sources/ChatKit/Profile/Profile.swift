import ChatAPI

/// Which daemon, as whom, with which files: what flags, environment and contexts come to.
package struct Profile: Sendable, Equatable {
    /// The context's name; made of the address if there is no context. Part of file names.
    package let name: String
    package let address: ServerAddress
    /// The account's name, if the context says it.
    package let account: String?
    package let caFile: String?
    package let token: TokenPlace
    package let folders: Folders

    /// Where the token comes from.
    package enum TokenPlace: Sendable, Equatable {
        /// The credentials that signing in wrote. None there: not signed in, or a local administrator on the socket.
        case credentials
        case file(String)
        case command(String)
        /// None, whoever is signed in: the local administrator on the socket.
        case local
    }

    package var credentialsPath: String { "\(folders.config)/credentials/\(name).json" }
    package var cachePath: String { "\(folders.cache)/\(name)/cache.db" }
    package var outboxPath: String { "\(folders.state)/\(name)/outbox.db" }

    /// What was given on the command line.
    package struct Flags: Sendable, Equatable {
        package var server: String?
        package var socket: String?
        /// `--context` of chatctl, `--profile` of chat-tui.
        package var context: String?
        package var ca: String?
        package var tokenFile: String?
        /// `--local` of chatctl.
        package var isLocal: Bool

        package init(
            server: String? = nil,
            socket: String? = nil,
            context: String? = nil,
            ca: String? = nil,
            tokenFile: String? = nil,
            isLocal: Bool = false
        ) {
            self.server = server
            self.socket = socket
            self.context = context
            self.ca = ca
            self.tokenFile = tokenFile
            self.isLocal = isLocal
        }
    }

    /// Reads the contexts and decides. Flags win over the environment, that over the context, that over the defaults.
    package static func resolve(
        _ flags: Flags = Flags(),
        environment: Environment = .process
    ) throws(ProfileError) -> Profile {
        let folders = try Folders(environment)
        let contexts = try Contexts.load(from: folders)
        return try resolve(flags, environment, contexts, folders, isSocket: Files.isSocket)
    }

    /// The decision alone.
    package static func resolve(
        _ flags: Flags,
        _ environment: Environment,
        _ contexts: Contexts,
        _ folders: Folders,
        isSocket: (String) -> Bool
    ) throws(ProfileError) -> Profile {
        let given = try givenAddress(flags, environment)
        let named = flags.context ?? environment["PLAZA_CONTEXT"]
        if let named, !Contexts.isName(named) {
            throw ProfileError(.usage, "'\(named)' is no name of a context: 1 to 64 of a-z A-Z 0-9 . - _")
        }
        if let named, contexts.contexts[named] == nil, given == nil {
            let known = contexts.contexts.keys.sorted().joined(separator: ", ")
            let hint = known.isEmpty ? "there are none yet" : "there are: \(known)"
            throw ProfileError(.usage, "no context is named '\(named)'; \(hint)")
        }
        let (name, address) = try place(given, named, contexts, folders, isSocket)
        let context = contexts.contexts[name]
        let tokenFile = flags.tokenFile ?? environment["PLAZA_TOKEN_FILE"]
        if flags.isLocal { try checkLocal(flags, address) }
        // A context's own token goes to the context's own daemon only.
        let isOwn = try context?.address(named: name) == address
        let token: TokenPlace =
            if flags.isLocal {
                .local
            } else if let tokenFile {
                .file(tokenFile)
            } else if isOwn, let file = context?.tokenFile {
                .file(file)
            } else if isOwn, let command = context?.tokenCommand {
                .command(command)
            } else {
                .credentials
            }
        return Profile(
            name: name,
            address: address,
            account: context?.account,
            caFile: flags.ca ?? environment["PLAZA_CA"] ?? context?.ca,
            token: token,
            folders: folders
        )
    }

    private static func checkLocal(_ flags: Flags, _ address: ServerAddress) throws(ProfileError) {
        guard flags.tokenFile == nil else { throw ProfileError(.usage, "--local and --token-file exclude each other") }
        if case .url = address {
            throw ProfileError(.usage, "--local takes the daemon's Unix socket; \(address) is not one")
        }
    }

    private static func givenAddress(_ flags: Flags, _ environment: Environment) throws(ProfileError) -> ServerAddress?
    {
        switch (flags.server, flags.socket) {
        case (.some, .some): throw ProfileError(.usage, "--server and --socket exclude each other")
        case (let server?, nil): return try ServerAddress(url: server)
        case (nil, let socket?): return try ServerAddress(socket: socket)
        case (nil, nil): break
        }
        // A context that is named on the command line wins over an address of the environment.
        if flags.context != nil { return nil }
        switch (environment["PLAZA_SERVER"], environment["PLAZA_SOCKET"]) {
        case (.some, .some): throw ProfileError(.usage, "PLAZA_SERVER and PLAZA_SOCKET exclude each other; unset one")
        case (let server?, nil): return try ServerAddress(url: server)
        case (nil, let socket?): return try ServerAddress(socket: socket)
        case (nil, nil): return nil
        }
    }

    private static func place(
        _ given: ServerAddress?,
        _ named: String?,
        _ contexts: Contexts,
        _ folders: Folders,
        _ isSocket: (String) -> Bool
    ) throws(ProfileError) -> (String, ServerAddress) {
        if let given {
            if let named { return (named, given) }
            // The context of this very daemon, the current one first.
            let names = [contexts.current].compactMap { $0 } + contexts.contexts.keys.sorted()
            for name in names where try contexts.contexts[name]?.address(named: name) == given { return (name, given) }
            return (implicitName(of: given), given)
        }
        if let name = named ?? contexts.current, let context = contexts.contexts[name] {
            guard let address = try context.address(named: name) else {
                throw ProfileError(.file, "the context \(name) says neither server nor socket")
            }
            return (name, address)
        }
        for path in folders.defaultSockets where isSocket(path) {
            let address = ServerAddress.unix(path: path)
            return (implicitName(of: address), address)
        }
        let places = folders.defaultSockets.joined(separator: " or ")
        throw ProfileError(
            .noServer,
            "no daemon is named: give --server URL or --socket PATH (there is no socket at \(places))"
        )
    }

    /// A name for files of a daemon that no context names.
    static func implicitName(of address: ServerAddress) -> String {
        let text = "\(address)".utf8.map { byte -> Character in
            let character = Character(Unicode.Scalar(byte))
            return Contexts.isName("x\(character)") ? character : "_"
        }
        let name = String(text)
        if name.utf8.count <= 64 { return name }
        // Two long paths with the same end must not share files.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(address)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return "\(String(hash, radix: 16))-\(name.suffix(40))"
    }

    /// Makes the folders of cache and outbox.
    package func makeFolders() throws(ProfileError) {
        do throws(Files.Failure) {
            try Files.makeFolder("\(folders.cache)/\(name)")
            try Files.makeFolder("\(folders.state)/\(name)")
        } catch {
            throw ProfileError(.file, error.sentence)
        }
    }
}
