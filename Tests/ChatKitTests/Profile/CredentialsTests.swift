import ChatAPI
import ChatKit
import ChatTestKit
import Synchronization
import Testing

/// Tokens are renewed once, written before they are used, and shared by all programs of a profile.
@Suite struct CredentialsTests {
    /// A daemon that renews tokens: the previous refresh token works until the new one was used.
    private final class Daemon: Service {
        struct State {
            var refreshes = 0
            var accepted: Set<String> = ["r0"]
            var failure: APIError?
            /// Runs inside the call, before the answer.
            var during: (@Sendable () -> Void)?
        }

        /// Tier: leaf.
        let state = Mutex(State())
        let time: ManualTime

        init(_ time: ManualTime) { self.time = time }

        func call<Input, Output>(
            _ endpoint: Endpoint<Input, Output>,
            _ input: Input,
            _ options: CallOptions
        ) async throws(APIError) -> Output {
            guard let refresh = input as? Refresh else { throw APIError(.internal, "only refresh is answered") }
            let (result, during): (Result<Tokens, APIError>, (@Sendable () -> Void)?) = state.withLock { state in
                if let failure = state.failure { return (.failure(failure), nil) }
                guard state.accepted.contains(refresh.refreshToken) else {
                    return (.failure(APIError(.notSignedIn, "the refresh token is not good")), nil)
                }
                state.refreshes += 1
                let number = state.refreshes
                state.accepted = [refresh.refreshToken, "r\(number)"]
                return (.success(CredentialsTests.tokens(number, until: time.now + 600_000)), state.during)
            }
            during?()
            guard let output = try result.get() as? Output else { throw APIError(.internal, "not tokens") }
            return output
        }
    }

    private static func tokens(_ number: Int, until end: Milliseconds) -> Tokens {
        Tokens(accessToken: "a\(number)", accessExpiresAt: end, refreshToken: "r\(number)")
    }

    private struct Setting {
        let folder: TemporaryFolder
        let profile: Profile
        let time = ManualTime()
        let daemon: Daemon

        init() throws {
            folder = try TemporaryFolder()
            let environment = Environment(["HOME": folder.path])
            profile = try Profile.resolve(
                .init(server: "https://chat.example.org", context: "work"),
                environment,
                Contexts(),
                Folders(environment),
                isSocket: { _ in false }
            )
            daemon = Daemon(time)
        }

        func credentials() -> Credentials { Credentials(profile, time: time.source) }

        func signIn() throws {
            let signedIn = SignedIn(
                account: Account(id: account(1), name: "ana", createdAt: 0),
                session: SessionID(high: 1, low: 1),
                tokens: tokens(0, until: time.now + 600_000)
            )
            try credentials().store(signedIn)
        }
    }

    @Test func `nobody is signed in without a file, and the file is private`() async throws {
        let setting = try Setting()
        #expect(try await setting.credentials().token(through: setting.daemon) == nil)
        try setting.signIn()
        #expect(try setting.folder.mode(of: ".config/plaza/credentials/work.json") == 0o600)
        #expect(try setting.folder.mode(of: ".config/plaza/credentials") == 0o700)
        #expect(try await setting.credentials().token(through: setting.daemon)?.text == "a0")
        try setting.credentials().remove()
        #expect(try setting.credentials().file() == nil)
    }

    @Test(arguments: [
        // who the context says one is; whether there is a sentence instead of the local administrator
        (nil, false, false), ("ana", false, true), ("ana", true, false),
    ])
    func `who is signed out on the socket does not become its administrator unasked`(
        _ account: String?,
        _ isLocal: Bool,
        _ isRefused: Bool
    ) async throws {
        let setting = try Setting()
        let environment = Environment(["HOME": setting.folder.path])
        let profile = try Profile.resolve(
            .init(context: "here", isLocal: isLocal),
            environment,
            Contexts(contexts: ["here": Context(socket: "/run/chatd/chatd.sock", account: account)]),
            Folders(environment),
            isSocket: { _ in true }
        )
        let credentials = Credentials(profile, time: setting.time.source)
        do throws(APIError) {
            let token = try await credentials.token(through: setting.daemon)
            #expect(token == nil && !isRefused)
        } catch {
            #expect(isRefused && error.code == .notSignedIn)
            #expect(error.detail.hasPrefix("ana is signed out here"))
        }
    }

    @Test func `a token about to end is renewed, and written before anybody gets it`() async throws {
        let setting = try Setting()
        try setting.signIn()
        setting.time.advance(590_000)
        let token = try await setting.credentials().token(through: setting.daemon)
        #expect(token?.text == "a1")
        let file = try setting.credentials().file()
        #expect(file?.tokens.refreshToken == "r1")
        #expect(file?.previousRefreshToken == "r0")
    }

    @Test func `programs that find the token ended together renew it once`() async throws {
        let setting = try Setting()
        try setting.signIn()
        setting.time.advance(700_000)
        let texts = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<8 {
                let credentials = setting.credentials()
                let daemon = setting.daemon
                group.addTask { try await credentials.token(through: daemon)?.text }
            }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(texts == ["a1"])
        #expect(setting.daemon.state.withLock { $0.refreshes } == 1)
    }

    @Test func `a crash between the answer and the file costs nothing`() async throws {
        let setting = try Setting()
        try setting.signIn()
        // The daemon renewed, the program died before it wrote.
        _ = try await setting.daemon.call(.refresh, Refresh(refreshToken: "r0"))
        let token = try await setting.credentials().renew(after: "a0", through: setting.daemon)
        #expect(token.text == "a2")
    }

    @Test func `the refresh token before stays until a call confirmed the new one`() async throws {
        let setting = try Setting()
        try setting.signIn()
        let credentials = setting.credentials()
        let token = try await credentials.renew(after: "a0", through: setting.daemon)
        // The daemon lost its last second, and knows only the token before.
        setting.daemon.state.withLock { $0.accepted = ["r0"] }
        let again = try await credentials.renew(after: token.text, through: setting.daemon)
        credentials.confirm(again.text)
        #expect(try credentials.file()?.previousRefreshToken == nil)
        #expect(try credentials.file()?.tokens.accessToken == again.text)
    }

    @Test func `a daemon that is away leaves the file as it was`() async throws {
        let setting = try Setting()
        try setting.signIn()
        setting.daemon.state.withLock { $0.failure = APIError(.unavailable, "refused") }
        await #expect(throws: APIError.self) {
            try await setting.credentials().renew(after: "a0", through: setting.daemon)
        }
        #expect(try setting.credentials().file()?.tokens.refreshToken == "r0")
    }

    @Test func `tokens of one daemon are not sent to another`() async throws {
        let setting = try Setting()
        try setting.signIn()
        let environment = Environment(["HOME": setting.folder.path])
        let other = try Profile.resolve(
            .init(server: "https://evil.example.org", context: "work"),
            environment,
            Contexts(),
            Folders(environment),
            isSocket: { _ in false }
        )
        #expect(try await Credentials(other).token(through: setting.daemon) == nil)
    }

    @Test func `a bot's token is the first line of its file or of what its command prints`() async throws {
        let setting = try Setting()
        try Files.write(Array("bot-token\nnote\n".utf8), to: setting.folder.path + "/token")
        func credentials(_ context: Context) throws -> Credentials {
            let environment = Environment(["HOME": setting.folder.path])
            return Credentials(
                try Profile.resolve(
                    .init(context: "bot"),
                    environment,
                    Contexts(contexts: ["bot": context]),
                    Folders(environment),
                    isSocket: { _ in false }
                )
            )
        }
        let file = try credentials(Context(server: "https://x", tokenFile: setting.folder.path + "/token"))
        #expect(try await file.token(through: setting.daemon)?.text == "bot-token")
        await #expect(throws: APIError.self) { try await file.renew(after: "bot-token", through: setting.daemon) }
        let command = try credentials(Context(server: "https://x", tokenCommand: "printf 'from-command\\n'"))
        #expect(try await command.token(through: setting.daemon)?.text == "from-command")
        for wrong in [
            Context(server: "https://x", tokenCommand: "exit 3"), Context(server: "https://x", tokenFile: "/nowhere"),
        ] {
            let error = await #expect(throws: APIError.self) {
                try await credentials(wrong).token(through: setting.daemon)
            }
            #expect(error?.code == .notSignedIn)
        }
    }
}
