import ChatAPI
import ChatTestKit
import Engine

/// The people and things that the authorization matrix is about, in an engine of their own.
///
/// `alice` made #tea, which is open, and #vault, which has a secret; `bob` is in both and in a direct conversation with her;
/// `carol` is in neither; `aud` is auditor, `olga` super admin, `hermit` shares no channel with anyone; `robo` is a bot.
struct AuthorizationWorld {
    static let columns = ["guest", "carol", "bob", "alice", "aud", "olga", "local"]

    let temporary: TemporaryEngine
    private(set) var callers: [String: Caller] = [:]
    private(set) var names = JSONPattern()
    let secretWords = "hello between members"

    init() async throws {
        temporary = try TemporaryEngine {
            $0.rates = .unlimited
            $0.passwordCost = .least
        }
        callers["guest"] = .anonymous(address: "192.0.2.1")
        callers["local"] = try await temporary.engine.authenticator.localCaller(LocalIdentity(uid: 0, name: "root"))
        for name in ["alice", "bob", "carol", "aud", "olga", "hermit"] { try await enter(name) }
        _ = try await call("local", .giveGrant, GrantDraft(account: "aud", role: .auditor))
        callers["aud"] = try await temporary.engine.authenticator.again(try caller("aud"))
        let robot = try await call("local", .createAccount, AccountCreation(name: "robo", kind: .bot))
        names.bindings["robo"] = .string(robot.account.id.description)
        try await furnish()
    }

    private mutating func enter(_ name: String) async throws {
        let creation = AccountCreation(name: name, password: World.password, superAdmin: name == "olga")
        _ = try await call("local", .createAccount, creation)
        let signedIn = try await call("local", .signIn, SignIn(name: name, password: World.password))
        names.bindings[name] = .string(signedIn.account.id.description)
        names.bindings[name + "Session"] = .string(signedIn.session.description)
        names.bindings[name + "Refresh"] = .string(signedIn.tokens.refreshToken)
        callers[name] = try await temporary.engine.authenticator.caller(
            token: signedIn.tokens.accessToken,
            address: "192.0.2.1"
        )
    }

    private mutating func furnish() async throws {
        let tea = try await call("alice", .createChannel, ChannelDraft(name: "tea"))
        let vault = try await call(
            "alice",
            .createChannel,
            ChannelDraft(name: "vault", topic: "gold", secret: "sesame")
        )
        for channel in ["tea", "vault"] {
            _ = try await call("bob", .joinChannel, ChannelJoin(channel: channel, secret: "sesame"))
        }
        let direct = try await call("bob", .openDirect, DirectDraft(people: ["alice"]))
        for (name, channel) in [("tea", tea), ("vault", vault), ("direct", direct)] {
            names.bindings[name] = .string(channel.id.description)
            let message = Message(channel: channel.id, cid: World.cid(), text: secretWords)
            let sent = try await call("bob", .sendMessage, message)
            names.bindings[name + "Message"] = .integer(sent.seq)
            try await furnishSketch(name, channel)
        }
        _ = try await call("hermit", .leaveChannel, ChannelRef("general"))
        let code = try await call("local", .resetPassword, AccountRef("hermit"))
        names.bindings["resetCode"] = .string(code.code)
        names.bindings["cid"] = .string(World.cid().description)
        let token = try await call("bob", .createToken, TokenDraft(label: "bob's", scopes: [.read]))
        names.bindings["bobToken"] = .string(token.token.id.description)
    }

    /// Alice's sketch, with a stroke of bob's and a version.
    private mutating func furnishSketch(_ name: String, _ channel: Channel) async throws {
        let draft = SketchDraft(channel: channel.id.description, name: "plan")
        let sketch = try await call("alice", .createSketch, draft)
        names.bindings[name + "Sketch"] = .string(sketch.id.description)
        let stroke = StrokeID(World.cid().description)
        guard let stroke else { return }
        names.bindings[name + "Stroke"] = .string(stroke.description)
        let cells = SketchOperation.cells(stroke: stroke, layer: 0, runs: [SketchRun(x: 0, y: 0, text: "bob")])
        _ = try await call("bob", .draw, SketchDraw(sketch: sketch.id, cid: World.cid(), operation: cells))
        _ = try await call("bob", .nameSketchVersion, SketchVersionDraft(sketch: sketch.id, name: "first"))
    }

    func caller(_ name: String) throws -> Caller {
        guard let caller = callers[name] else { throw TestFailure("nobody is called \(name)") }
        return caller
    }

    @discardableResult
    func call<Input, Output>(
        _ name: String,
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input
    ) async throws -> Output {
        temporary.clock.advance(by: .milliseconds(1))
        return try await LocalService(temporary.engine, as: try caller(name)).call(endpoint, input)
    }

    /// `ok`, or the code of the refusal. Nothing is left of a change: it is a dry run.
    func verdict(of caller: Caller, _ operation: Operation, _ input: JSON) async throws -> String {
        let raw = RawCall(
            caller: caller,
            options: CallOptions(dryRun: operation.changes),
            body: Coding.encode(names.filled(input))
        )
        do throws(APIError) {
            _ = try await temporary.engine.api.perform(operation.name, raw)
            return "ok"
        } catch {
            return error.code == .notSignedIn ? "sign-in" : error.code.rawValue
        }
    }
}
