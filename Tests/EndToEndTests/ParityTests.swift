import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Every operation is refused in the same words whatever carries the call: generated over the whole table, so that an
/// operation that is added tomorrow is in it.
@Suite("Parity of the transports")
struct ParityTests {
    /// Wrong inputs of one operation, made from the shape of its input.
    static func wrongInputs(of operation: Operation) -> [(about: String, input: JSON)] {
        guard case .object(let members) = operation.input else { return [] }
        // The path always says something: an absent parameter is another path.
        var base: [String: JSON] = [:]
        for name in operation.path.parameters { base[name] = sample(of: operation.input.member(name)) }
        let body = members.filter { !operation.path.parameters.contains($0.name) }
        var whole = base
        for member in body where member.isRequired { whole[member.name] = sample(of: member.schema) }
        var inputs: [(String, JSON)] = []
        for member in body where member.isRequired && operation.method != .get {
            var input = whole
            input[member.name] = nil
            inputs.append(("without \(member.name)", .object(input)))
        }
        for member in members {
            guard let wrong = wrong(for: member.schema, inURL: operation.method == .get || base[member.name] != nil)
            else {
                continue
            }
            var input = whole
            input[member.name] = wrong
            inputs.append(("with a wrong \(member.name)", .object(input)))
        }
        return inputs
    }

    private static func sample(of schema: Schema) -> JSON {
        switch schema {
        case .string(let format): format == "uuid" ? "0190a000-0000-7000-8000-000000000001" : "no-such-thing"
        case .integer: 1
        case .number: .number(1.5)
        case .boolean: true
        case .names(let names): .string(names.first ?? "")
        case .array, .map: []
        case .object, .any: .object([:])
        }
    }

    /// A value that is not of this shape; nil where a text in a URL may be anything.
    private static func wrong(for schema: Schema, inURL: Bool) -> JSON? {
        switch schema {
        case .string(let format):
            if format == "uuid" { return "no id" }
            return inURL ? nil : 7
        case .names: return "no-such-word"
        case .integer, .number, .boolean: return "no number"
        case .array(let item):
            guard inURL else { return "no list" }
            return wrong(for: item, inURL: true).map { [$0] }
        case .map: return "no map"
        case .object: return "no object"
        case .any: return nil
        }
    }

    @Test
    func `what is wrong with an input is said in the same words by REST, live and in process`() async throws {
        let world = try await SharedWorld.get()
        // An administrator may call almost everything, so that the input is looked at, and often.
        let admin = try await world.person(SharedWorld.name("admin"), superAdmin: true)
        let live = try await world.live(admin)
        let rest = RESTCaller(HTTPClient(world.daemon.tcp), token: admin.token)
        let temporary = try TemporaryEngine { $0.rates = .unlimited }
        let engine = temporary.engine
        let root = try await engine.authenticator.localCaller(LocalIdentity(uid: 0, name: "root"))
        _ = try await LocalService(engine, as: root).call(
            .createAccount,
            AccountCreation(name: admin.name, password: World.password, superAdmin: true)
        )
        let signedIn = try await LocalService(engine, as: root).call(
            .signIn,
            SignIn(name: admin.name, password: World.password)
        )
        let caller = try await engine.authenticator.caller(token: signedIn.tokens.accessToken, address: "127.0.0.1")
        let liveOnly: Set<String> = ["view.set", "sync"]
        var compared = 0
        for operation in Operation.all
        where !liveOnly.contains(operation.name) && caller.capabilities.contains(operation.needs) {
            for (about, input) in Self.wrongInputs(of: operation) {
                let overREST = try Self.refusal(await rest.call(operation, input), operation, about)
                let overLive = try Self.refusal(await live.call(operation.name, input), operation, about)
                var inProcess: APIError?
                do throws(APIError) {
                    _ = try await engine.api.perform(
                        operation.name,
                        RawCall(caller: caller, body: Coding.encode(input))
                    )
                } catch {
                    inProcess = error
                }
                let words = [overREST, overLive, inProcess].map { error in
                    "\(error?.code.rawValue ?? "taken"): \(error?.detail ?? "") \(error?.errors ?? []) \(error?.instance ?? "")"
                }
                #expect(Set(words).count == 1, "\(operation.name) \(about): \(words)")
                #expect(overREST?.code == .invalid, "\(operation.name) \(about): \(words[0])")
                compared += 1
            }
        }
        #expect(compared > 100)
        live.close()
    }

    private static func refusal(
        _ answer: Result<JSON, APIError>,
        _ operation: Operation,
        _ about: String
    ) throws -> APIError? {
        if case .failure(let error) = answer { error } else { nil }
    }

    @Test
    func `whoever has not signed in is told so by every operation that needs it, over REST and in process`()
        async throws
    {
        let world = try await SharedWorld.get()
        let rest = RESTCaller(HTTPClient(world.daemon.tcp), token: nil)
        let temporary = try TemporaryEngine { $0.rates = .unlimited }
        for operation in Operation.all where operation.needs != .anyone {
            let input = JSON.object([:])
            guard case .failure(let error) = try await rest.call(operation, input) else {
                throw TestFailure("\(operation.name) is answered for anybody")
            }
            // A flood of refusals is one as well.
            if error.code == .rateLimited { continue }
            #expect(error.code == .notSignedIn, "\(operation.name)")
            let raw = RawCall(caller: .anonymous(address: "192.0.2.1"), body: Coding.encode(input))
            await #expect(throws: APIError.self) { _ = try await temporary.engine.api.perform(operation.name, raw) }
        }
    }
}
