package import ChatAPI
import Synchronization

/// A running daemon with people in it: made by its local administrator, signed in, each with a token.
package final class World: Sendable {
    package let daemon: RunningDaemon
    package static let password = "seven green bottles"

    /// Somebody with a token.
    package struct Resident: Sendable {
        package let name: String
        package let id: AccountID
        package let token: String
        package let session: SessionID?
        package let refresh: String?
    }

    /// - Parameter botRate: how many times the ordinary limits a bot has; people keep theirs.
    package static func start(
        _ arguments: [String] = [],
        environment: [String] = [],
        configuration: String? = nil,
        botRate: Int = 100_000
    ) async throws -> World {
        World(
            try await RunningDaemon.start(
                ["--limits-bot-rate", "\(botRate)"] + arguments,
                environment: environment,
                configuration: configuration
            )
        )
    }

    private init(_ daemon: RunningDaemon) { self.daemon = daemon }

    /// A call of the local administrator over the Unix socket; the test's own user is that.
    @discardableResult
    package func administer<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        token: String? = nil
    ) async throws -> Output {
        guard let operation = Operation.named(endpoint.name) else { throw TestFailure("no \(endpoint.name)") }
        let json = try Coding.decode(JSON.self, from: Coding.encode(input))
        let caller = RESTCaller(HTTPClient(daemon.unix), token: token)
        for _ in 0..<10 {
            let answer = try await caller.call(operation, json)
            // A read that got no processor for 250 ms, while all tests run at once on two cores: it changed nothing.
            if case .failure(let error) = answer, error.code == .timedOut { continue }
            return try Coding.decode(Output.self, from: Coding.encode(try answer.get()))
        }
        throw TestFailure("\(endpoint.name) timed out ten times")
    }

    package func person(_ name: String, superAdmin: Bool = false) async throws -> Resident {
        let creation = AccountCreation(name: name, password: Self.password, superAdmin: superAdmin)
        let made = try await administer(.createAccount, creation)
        return try await signIn(name, made.account.id)
    }

    /// Over the Unix socket, where the local administrator's calls are not counted.
    package func signIn(_ name: String, _ id: AccountID) async throws -> Resident {
        let signedIn = try await administer(.signIn, SignIn(name: name, password: Self.password, device: "test"))
        return Resident(
            name: name,
            id: id,
            token: signedIn.tokens.accessToken,
            session: signedIn.session,
            refresh: signedIn.tokens.refreshToken
        )
    }

    /// Somebody who comes into an event with its code and without an account.
    package func visitor(_ name: String, _ code: String) async throws -> Resident {
        let signedIn = try await administer(.enterAsGuest, GuestEntry(code: code, displayName: name, device: "test"))
        return Resident(
            name: signedIn.account.name,
            id: signedIn.account.id,
            token: signedIn.tokens.accessToken,
            session: signedIn.session,
            refresh: signedIn.tokens.refreshToken
        )
    }

    /// A bot with a token of these scopes; its rate limits are raised.
    ///
    /// - Parameter role: gives it what its account needs for them, before it has a token.
    package func bot(
        _ name: String,
        _ scopes: [Capability] = [.own, .read, .post, .join, .createChannels],
        in role: (String) async throws -> Void = { _ in }
    ) async throws -> Resident {
        let made = try await administer(.createAccount, AccountCreation(name: name, kind: .bot))
        try await role(name)
        let token = try await administer(
            .createToken,
            TokenDraft(account: made.account.id.description, label: "test", scopes: scopes)
        )
        return Resident(name: name, id: made.account.id, token: token.secret, session: nil, refresh: nil)
    }

    /// A REST call as somebody.
    package func call<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        as resident: Resident
    ) async throws -> Output {
        try await administer(endpoint, input, token: resident.token)
    }

    package func live(_ resident: Resident, resume: Resume? = nil, view: View? = nil) async throws -> LiveClient {
        try await LiveClient.hello(daemon.tcp, token: resident.token, resume: resume, view: view).client
    }

    /// A channel that these people are in; the first is its admin.
    package func channel(_ name: String, _ people: [Resident], secret: String? = nil) async throws -> Channel {
        let channel = try await call(.createChannel, ChannelDraft(name: name, secret: secret), as: people[0])
        for person in people.dropFirst() {
            _ = try await call(.joinChannel, ChannelJoin(channel: name, secret: secret), as: person)
        }
        return channel
    }

    /// A new name for a message.
    package static func cid() -> ClientID {
        var generator = SystemRandomNumberGenerator()
        return .make(at: 1_777_636_800_000, using: &generator)
    }

    package static func message(_ channel: ChannelID, _ text: String, cid: ClientID = cid()) -> JSON {
        ["channel": .string(channel.description), "cid": .string(cid.description), "text": .string(text)]
    }
}
