import ChatAPI
import ChatKit
import ChatTestKit
import Testing

/// Flags win over the environment, that over the context, that over the defaults; and tokens stay where they belong.
@Suite struct ProfileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var flags = Profile.Flags()
        var environment: [String: String] = [:]
        var current: String?
        var sockets: [String] = []
        var name: String?
        let address: String
        var token = Profile.TokenPlace.credentials
    }

    private static let contexts: [String: Context] = [
        "work": Context(server: "https://work.example.org", account: "ana", tokenCommand: "pass plaza"),
        "home": Context(socket: "/home/chatd.sock", ca: "/ca.pem", tokenFile: "/bot.token"),
    ]

    private static func resolve(_ item: Case) throws(ProfileError) -> Profile {
        var values = item.environment
        values["HOME"] = "/home/ana"
        values["XDG_RUNTIME_DIR"] = "/run/user/1000"
        let environment = Environment(values)
        return try Profile.resolve(
            item.flags,
            environment,
            Contexts(current: item.current, contexts: contexts),
            Folders(environment),
            isSocket: { item.sockets.contains($0) }
        )
    }

    @Test(arguments: [
        Case(
            testDescription: "the system's socket comes first",
            sockets: ["/run/user/1000/plaza/chatd.sock", "/run/chatd/chatd.sock"],
            address: "unix:/run/chatd/chatd.sock"
        ),
        Case(
            testDescription: "then the user's",
            sockets: ["/run/user/1000/plaza/chatd.sock"],
            address: "unix:/run/user/1000/plaza/chatd.sock"
        ),
        Case(
            testDescription: "the current context wins over a default socket",
            current: "work",
            sockets: ["/run/chatd/chatd.sock"],
            name: "work",
            address: "https://work.example.org",
            token: .command("pass plaza")
        ),
        Case(
            testDescription: "PLAZA_CONTEXT wins over the current one",
            environment: ["PLAZA_CONTEXT": "home"],
            current: "work",
            name: "home",
            address: "unix:/home/chatd.sock",
            token: .file("/bot.token")
        ),
        Case(
            testDescription: "PLAZA_SERVER wins over the context, whose token stays at home",
            environment: ["PLAZA_SERVER": "https://other.example.org"],
            current: "work",
            address: "https://other.example.org"
        ),
        Case(
            testDescription: "a context on the command line wins over PLAZA_SERVER",
            flags: .init(context: "home"),
            environment: ["PLAZA_SERVER": "https://other.example.org"],
            name: "home",
            address: "unix:/home/chatd.sock",
            token: .file("/bot.token")
        ),
        Case(
            testDescription: "flags win over everything",
            flags: .init(socket: "/tmp/x.sock"),
            environment: ["PLAZA_SERVER": "https://other.example.org", "PLAZA_CONTEXT": "work"],
            name: "work",
            address: "unix:/tmp/x.sock"
        ),
        Case(
            testDescription: "an address that a context has is that context",
            flags: .init(server: "https://work.example.org/"),
            name: "work",
            address: "https://work.example.org",
            token: .command("pass plaza")
        ),
        Case(
            testDescription: "a new context may be named with its address",
            flags: .init(server: "http://127.0.0.1:7878", context: "alice"),
            name: "alice",
            address: "http://127.0.0.1:7878"
        ),
        Case(
            testDescription: "PLAZA_TOKEN_FILE wins over the context's token",
            environment: ["PLAZA_TOKEN_FILE": "/t"],
            current: "home",
            name: "home",
            address: "unix:/home/chatd.sock",
            token: .file("/t")
        ),
        Case(
            testDescription: "--local wins over every token",
            flags: .init(isLocal: true),
            environment: ["PLAZA_TOKEN_FILE": "/t"],
            current: "home",
            name: "home",
            address: "unix:/home/chatd.sock",
            token: .local
        ),
    ])
    func `the precedence holds`(item: Case) throws {
        let profile = try Self.resolve(item)
        #expect(profile.address.description == item.address)
        #expect(profile.token == item.token)
        if let name = item.name { #expect(profile.name == name) }
        #expect(Contexts.isName(profile.name))
        #expect(profile.credentialsPath == "/home/ana/.config/plaza/credentials/\(profile.name).json")
    }

    @Test(arguments: [
        (Case(testDescription: "nothing", address: ""), ProfileError.Kind.noServer, "no daemon is named"),
        (
            Case(testDescription: "both", flags: .init(server: "https://x", socket: "/x"), address: ""), .usage,
            "exclude each other"
        ),
        (Case(testDescription: "unknown", flags: .init(context: "nope"), address: ""), .usage, "there are: home, work"),
        (Case(testDescription: "path", flags: .init(context: "../x"), address: ""), .usage, "no name of a context"),
        (
            Case(
                testDescription: "both of the environment",
                environment: ["PLAZA_SERVER": "https://x", "PLAZA_SOCKET": "/x"],
                address: ""
            ),
            .usage, "unset one"
        ),
        (
            Case(testDescription: "local far away", flags: .init(isLocal: true), current: "work", address: ""), .usage,
            "takes the daemon's Unix socket; https://work.example.org is not one"
        ),
        (
            Case(
                testDescription: "local and a token",
                flags: .init(context: "home", tokenFile: "/t", isLocal: true),
                address: ""
            ),
            .usage, "--local and --token-file exclude each other"
        ),
    ])
    func `what makes no sense is said`(item: Case, kind: ProfileError.Kind, why: String) {
        let error = #expect(throws: ProfileError.self) { try Self.resolve(item) }
        #expect(error?.kind == kind)
        #expect(error?.sentence.contains(why) == true, "\(error?.sentence ?? "")")
    }

    @Test func `contexts are kept in a file that people can read`() throws {
        let folder = try TemporaryFolder()
        let folders = try Folders(Environment(["XDG_CONFIG_HOME": folder.path, "HOME": "/x"]))
        #expect(try Contexts.load(from: folders) == Contexts())
        let contexts = Contexts(current: "work", contexts: Self.contexts)
        try contexts.save(to: folders)
        #expect(try Contexts.load(from: folders) == contexts)
        #expect(try folder.mode(of: "plaza/contexts.json") == 0o600)
        #expect(try folder.mode(of: "plaza") == 0o700)
        try Files.write(Array("{".utf8), to: Contexts.path(in: folders))
        #expect(throws: ProfileError.self) { try Contexts.load(from: folders) }
    }

    @Test func `a profile that was signed in with is found at the next start`() throws {
        let folder = try TemporaryFolder()
        let environment = Environment(["HOME": folder.path])
        let first = try Profile.resolve(
            .init(server: "http://127.0.0.1:7878", context: "alice", ca: "/ca.pem"),
            environment: environment
        )
        try Contexts.remember(first, account: "alice")
        let next = try Profile.resolve(environment: environment)
        #expect(next.name == "alice")
        #expect(next.address == first.address)
        #expect(next.account == "alice")
        #expect(next.caFile == "/ca.pem")
        try next.makeFolders()
        #expect(try folder.mode(of: ".cache/plaza/alice") == 0o700)
    }

    @Test func `without HOME and without XDG folders there is a sentence`() {
        #expect(throws: ProfileError.self) { try Folders(Environment([:])) }
        #expect(throws: ProfileError.self) { try Folders(Environment(["XDG_CONFIG_HOME": "relative"])) }
    }
}
