import ChatAPI
import ChatTestKit
import Engine
import Testing

/// An engine with cheap password hashes, and the people in it.
struct AccountWorld {
    let temporary: TemporaryEngine
    var engine: Engine { temporary.engine }
    var clock: TestClock { temporary.clock }

    init(_ change: (inout EngineSettings) -> Void = { _ in }) throws {
        temporary = try TemporaryEngine { settings in
            settings.passwordCost = .least
            settings.rates = .unlimited
            change(&settings)
        }
    }

    static let password = "seven green bottles"

    func anonymous(_ address: String = "192.0.2.1") -> LocalService {
        LocalService(engine, as: .anonymous(address: address))
    }

    func register(_ name: String, password: String = Self.password, device: String? = nil) async throws -> Person {
        Person(
            self,
            try await anonymous().call(.register, Registration(name: name, password: password, device: device))
        )
    }

    func signIn(_ name: String, password: String = Self.password, from address: String = "192.0.2.1") async throws
        -> Person
    {
        Person(self, try await anonymous(address).call(.signIn, SignIn(name: name, password: password)))
    }

    /// The local administrator `local-root`.
    func root() async throws -> LocalService {
        LocalService(engine, as: try await engine.authenticator.localCaller(LocalIdentity(uid: 0, name: "root")))
    }

    func superAdmin(_ name: String = "olga") async throws -> Person {
        let creation = AccountCreation(name: name, password: Self.password, superAdmin: true)
        _ = try await root().call(.createAccount, creation)
        return try await signIn(name)
    }

    func caller(_ token: String, _ address: String = "192.0.2.1") async throws(APIError) -> Caller {
        try await engine.authenticator.caller(token: token, address: address)
    }

    func service(_ token: String) async throws -> LocalService {
        LocalService(engine, as: try await caller(token))
    }

    func audit(_ action: String) async throws -> [AuditEntry] {
        try await root().call(.audit, AuditQuery(action: action)).entries
    }
}

/// Somebody who is signed in.
struct Person {
    let world: AccountWorld
    let signedIn: SignedIn

    init(_ world: AccountWorld, _ signedIn: SignedIn) {
        self.world = world
        self.signedIn = signedIn
    }

    var id: AccountID { signedIn.account.id }
    var name: String { signedIn.account.name }
    var session: SessionID { signedIn.session }
    var tokens: Tokens { signedIn.tokens }

    func service() async throws -> LocalService { try await world.service(tokens.accessToken) }

    func call<Input, Output>(_ endpoint: Endpoint<Input, Output>, _ input: Input) async throws -> Output {
        try await service().call(endpoint, input)
    }

    func call<Output>(_ endpoint: Endpoint<Empty, Output>) async throws -> Output {
        try await service().call(endpoint)
    }
}

/// The refusal that a call ends in; a failure of the test if it does not.
func refusal<Output>(
    _ body: () async throws -> Output,
    at location: SourceLocation = #_sourceLocation
) async -> APIError? {
    do {
        _ = try await body()
        Issue.record("was not refused", sourceLocation: location)
        return nil
    } catch {
        let refusal = error as? APIError
        if refusal == nil { Issue.record("not an APIError: \(error)", sourceLocation: location) }
        return refusal
    }
}
