import ChatAPI
import ChatKit

/// What the command line, the environment and the files of this person come to: a daemon to connect to, or questions.
struct StartPlan {
    var flags: Profile.Flags
    let folders: Folders
    let environment: Environment
    /// Nil as long as nobody said which daemon.
    var profile: Profile?
    /// Nil when somebody is signed in.
    var form: SignInForm?

    init(_ flags: Profile.Flags, environment: Environment = .process) throws(ProfileError) {
        self.flags = flags
        self.environment = environment
        folders = try Folders(environment)
        let contexts = try Contexts.load(from: folders)
        let sockets = folders.defaultSockets.filter(Files.isSocket)
        let isGiven =
            flags.server != nil || flags.socket != nil
            || flags.context == nil && (environment["PLAZA_SERVER"] != nil || environment["PLAZA_SOCKET"] != nil)
        let isKnown = (flags.context ?? environment["PLAZA_CONTEXT"]).map { contexts.contexts[$0] != nil } ?? true
        if !isGiven, !isKnown {
            // A new profile, and nothing says where: ask.
            if let name = flags.context, !Contexts.isName(name) {
                _ = try Profile.resolve(flags, environment: environment)
            }
            form = SignInForm(sockets: sockets, server: nil)
            return
        }
        do throws(ProfileError) {
            profile = try Profile.resolve(flags, environment: environment)
        } catch {
            guard error.kind == .noServer else { throw error }
            form = SignInForm(sockets: [], server: nil)
            return
        }
        guard let profile, !Self.isSignedIn(profile) else { return }
        // A bare start that knows nothing offers what it found instead of taking it.
        let isBare = !isGiven && contexts.contexts.isEmpty
        form = SignInForm(
            sockets: isBare ? sockets : [],
            server: isBare ? nil : profile.address.description,
            account: profile.account ?? ""
        )
        if isBare { self.profile = nil }
    }

    /// Whether there is a token to try. What a damaged file says is said when it is read.
    private static func isSignedIn(_ profile: Profile) -> Bool {
        guard profile.token == .credentials else { return true }
        return (try? Credentials(profile).file()) != nil
    }

    /// The profile for a daemon that was chosen on the screen, written down so that the next start knows it.
    func profile(at server: String, account: String) throws(ProfileError) -> Profile {
        let address = try ServerAddress(typed: server)
        if let profile, profile.address == address, flags.context == nil, !isFirst { return profile }
        var contexts = try Contexts.load(from: folders)
        var name = flags.context ?? environment["PLAZA_CONTEXT"] ?? ""
        if name.isEmpty {
            let known = contexts.contexts.sorted { $0.key < $1.key }
            name =
                known.first { $0.value.server == server || $0.value.socket.map { "unix:" + $0 } == server }?.key
                ?? (contexts.contexts["default"] == nil ? "default" : account)
        }
        guard Contexts.isName(name) else {
            throw ProfileError(.usage, "'\(name)' is no name of a profile; give --profile NAME")
        }
        var context = contexts.contexts[name] ?? Context()
        switch address {
        case .unix(let path):
            context.socket = path
            context.server = nil
        case .url:
            context.server = address.description
            context.socket = nil
        }
        context.account = account
        if let ca = flags.ca { context.ca = ca }
        contexts.contexts[name] = context
        if contexts.current == nil { contexts.current = name }
        try contexts.save(to: folders)
        return try Profile.resolve(Profile.Flags(context: name, ca: flags.ca), environment: environment)
    }

    /// Nothing is known of this person yet, and no address was given.
    private var isFirst: Bool { profile == nil }
}
