import ChatAPI

/// The file of contexts, `contexts.json`: which daemons one uses, as whom, and which is meant if nothing is said.
///
///     {"contexts": {"work": {"account": "ana", "server": "https://chat.example.org"}}, "current": "work"}
package struct Contexts: Codable, Sendable, Equatable {
    /// Used if neither a flag nor `PLAZA_CONTEXT` names one.
    package var current: String?
    package var contexts: [String: Context]

    package init(current: String? = nil, contexts: [String: Context] = [:]) {
        self.current = current
        self.contexts = contexts
    }

    package static func path(in folders: Folders) -> String { folders.config + "/contexts.json" }

    /// Empty if there is no file.
    package static func load(from folders: Folders) throws(ProfileError) -> Contexts {
        let path = path(in: folders)
        let bytes: [UInt8]
        do throws(Files.Failure) {
            bytes = try Files.read(path)
        } catch {
            if error.isMissing { return Contexts() }
            throw ProfileError(.file, error.sentence)
        }
        do throws(APIError) {
            return try Coding.decode(Contexts.self, from: bytes)
        } catch {
            throw ProfileError(.file, "\(path) cannot be read: \(error.detail)")
        }
    }

    package func save(to folders: Folders) throws(ProfileError) {
        do throws(Files.Failure) {
            try Files.makeFolder(folders.config)
            try Files.write(Coding.encode(self) + [0x0A], to: Self.path(in: folders))
        } catch {
            throw ProfileError(.file, error.sentence)
        }
    }

    /// Keeps a profile as a context, after signing in: the next start finds it. The first one becomes the current one.
    package static func remember(_ profile: Profile, account: String) throws(ProfileError) {
        var contexts = try load(from: profile.folders)
        var context = contexts.contexts[profile.name] ?? Context()
        switch profile.address {
        case .url: (context.server, context.socket) = (profile.address.description, nil)
        case .unix(let path): (context.server, context.socket) = (nil, path)
        }
        context.account = account
        context.ca = profile.caFile.map(Files.absolute) ?? context.ca
        contexts.contexts[profile.name] = context
        if contexts.current == nil { contexts.current = profile.name }
        try contexts.save(to: profile.folders)
    }

    /// Letters, digits, `.`, `-` and `_`: the name is part of file names.
    package static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && !name.hasPrefix(".") && !name.hasPrefix("-")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// One daemon and one account there.
package struct Context: Codable, Sendable, Equatable {
    /// `https://host[:port]`. Either this or `socket`.
    package var server: String?
    package var socket: String?
    /// The name to sign in with; shown, and proposed at the next sign-in.
    package var account: String?
    /// A PEM file with the authorities to trust instead of the system's.
    package var ca: String?
    /// A file that holds a bot's token.
    package var tokenFile: String?
    /// A command of the shell that prints a token: `pass show plaza`.
    package var tokenCommand: String?

    package init(
        server: String? = nil,
        socket: String? = nil,
        account: String? = nil,
        ca: String? = nil,
        tokenFile: String? = nil,
        tokenCommand: String? = nil
    ) {
        self.server = server
        self.socket = socket
        self.account = account
        self.ca = ca
        self.tokenFile = tokenFile
        self.tokenCommand = tokenCommand
    }

    /// Nil if the context says nothing of where.
    func address(named name: String) throws(ProfileError) -> ServerAddress? {
        switch (server, socket) {
        case (.some, .some): throw ProfileError(.file, "the context \(name) has a server and a socket; it can have one")
        case (let server?, nil): try ServerAddress(url: server)
        case (nil, let socket?): try ServerAddress(socket: socket)
        case (nil, nil): nil
        }
    }
}
