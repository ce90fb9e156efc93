package import ChatAPI
import Engine

/// Where a transcript is played: a transport of the one API, with people on it.
package protocol Stage: AnyObject {
    /// `live`, `rest`, `local`.
    var name: String { get }
    /// Makes somebody and returns the account's id.
    func enter(_ actor: String, _ kind: ActorKind) async throws -> AccountID?
    func call(_ actor: String, _ operation: Operation, _ input: JSON, _ options: CallOptions) async throws
        -> Result<JSON, APIError>
    /// The actor's live connection; nil where there is none.
    func listener(_ actor: String) throws -> LiveClient?
    func reconnect(_ actor: String) async throws
    /// What transcripts may name: the session and the refresh token of an actor.
    func facts(about actor: String) -> [String: JSON]
}

/// A real daemon, called over its live connections or over REST.
package final class DaemonStage: Stage {
    package let name: String
    private let world: World
    private let callsLive: Bool
    private var actors: [String: Actor] = [:]

    private struct Actor {
        let resident: World.Resident?
        let address: DaemonAddress
        let rest: RESTCaller
        var live: LiveClient?
    }

    package init(_ world: World, live: Bool) {
        self.world = world
        callsLive = live
        name = live ? "live" : "rest"
        let (tcp, unix) = (world.daemon.tcp, world.daemon.unix)
        actors["guest"] = Actor(resident: nil, address: tcp, rest: RESTCaller(HTTPClient(tcp), token: nil))
        actors["local"] = Actor(resident: nil, address: unix, rest: RESTCaller(HTTPClient(unix), token: nil))
    }

    package func enter(_ actor: String, _ kind: ActorKind) async throws -> AccountID? {
        let resident: World.Resident
        switch kind {
        case .person: resident = try await world.person(actor)
        case .admin: resident = try await world.person(actor, superAdmin: true)
        case .bot(let scopes): resident = try await world.bot(actor, scopes)
        case .visitor(let code): resident = try await world.visitor(actor, code)
        case .guest, .local: return nil
        }
        let tcp = world.daemon.tcp
        actors[actor] = Actor(
            resident: resident,
            address: tcp,
            rest: RESTCaller(HTTPClient(tcp), token: resident.token),
            live: try await world.live(resident)
        )
        return resident.id
    }

    package func call(
        _ actor: String,
        _ operation: Operation,
        _ input: JSON,
        _ options: CallOptions
    ) async throws -> Result<JSON, APIError> {
        let found = try known(actor)
        if callsLive, let live = found.live { return try await live.call(operation.name, input, options) }
        return try await found.rest.call(operation, input, options)
    }

    package func listener(_ actor: String) throws -> LiveClient? { try known(actor).live }

    package func reconnect(_ actor: String) async throws {
        let found = try known(actor)
        found.live?.close()
        actors[actor]?.live = try await LiveClient.hello(found.address, token: found.resident?.token).client
    }

    package func facts(about actor: String) -> [String: JSON] {
        guard let resident = actors[actor]?.resident else { return [:] }
        var facts: [String: JSON] = [actor + "Id": .string(resident.id.description)]
        if let session = resident.session { facts[actor + "Session"] = .string(session.description) }
        if let refresh = resident.refresh { facts[actor + "Refresh"] = .string(refresh) }
        return facts
    }

    private func known(_ actor: String) throws -> Actor {
        guard let found = actors[actor] else { throw TestFailure("nobody is called \(actor)") }
        return found
    }
}

/// An engine in this process: the same table without a socket. There are no live connections here.
package final class LocalStage: Stage {
    package let name = "local"
    private let temporary: TemporaryEngine
    private var tokens: [String: String] = [:]
    private var known: [String: [String: JSON]] = [:]

    package init() throws {
        temporary = try TemporaryEngine {
            $0.rates = .unlimited
            $0.passwordCost = .least
        }
    }

    package func enter(_ actor: String, _ kind: ActorKind) async throws -> AccountID? {
        switch kind {
        case .guest, .local: return nil
        case .bot(let scopes):
            let made = try await admin(.createAccount, AccountCreation(name: actor, kind: .bot))
            let draft = TokenDraft(account: made.account.id.description, label: "test", scopes: scopes)
            tokens[actor] = try await admin(.createToken, draft).secret
            known[actor] = [actor + "Id": .string(made.account.id.description)]
            return made.account.id
        case .visitor(let code):
            let signedIn = try await admin(.enterAsGuest, GuestEntry(code: code, displayName: actor, device: "test"))
            tokens[actor] = signedIn.tokens.accessToken
            known[actor] = [actor + "Id": .string(signedIn.account.id.description)]
            return signedIn.account.id
        case .person, .admin:
            let creation = AccountCreation(name: actor, password: World.password, superAdmin: kind == .admin)
            let made = try await admin(.createAccount, creation)
            let signedIn = try await admin(.signIn, SignIn(name: actor, password: World.password, device: "test"))
            tokens[actor] = signedIn.tokens.accessToken
            known[actor] = [
                actor + "Id": .string(made.account.id.description),
                actor + "Session": .string(signedIn.session.description),
                actor + "Refresh": .string(signedIn.tokens.refreshToken),
            ]
            return made.account.id
        }
    }

    private func admin<Input, Output>(_ endpoint: Endpoint<Input, Output>, _ input: Input) async throws -> Output {
        temporary.clock.advance(by: .milliseconds(2))
        return try await LocalService(temporary.engine, as: try await caller("local")).call(endpoint, input)
    }

    private func caller(_ actor: String) async throws -> Caller {
        let authenticator = temporary.engine.authenticator
        switch actor {
        case "guest": return .anonymous(address: "127.0.0.1")
        case "local": return try await authenticator.localCaller(LocalIdentity(uid: 0, name: "root"))
        default:
            guard let token = tokens[actor] else { throw TestFailure("nobody is called \(actor)") }
            return try await authenticator.caller(token: token, address: "127.0.0.1")
        }
    }

    package func call(
        _ actor: String,
        _ operation: Operation,
        _ input: JSON,
        _ options: CallOptions
    ) async throws -> Result<JSON, APIError> {
        temporary.clock.advance(by: .milliseconds(2))
        do {
            let raw = RawCall(caller: try await caller(actor), options: options, body: Coding.encode(input))
            let json = try await temporary.engine.api.perform(operation.name, raw)
            return .success(try Coding.decode(JSON.self, from: json))
        } catch let error as APIError {
            return .failure(error)
        }
    }

    package func listener(_ actor: String) throws -> LiveClient? { nil }
    package func reconnect(_ actor: String) async throws {}
    package func facts(about actor: String) -> [String: JSON] { known[actor] ?? [:] }
}
