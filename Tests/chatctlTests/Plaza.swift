import ChatAPI
import ChatKit
import ChatTestKit
import Engine
import Glibc
import Synchronization
import Transport
import chatctl

/// An engine of this process behind the commands, with the few people and things that they are tried on.
final class Plaza: Sendable {
    let temporary: TemporaryEngine
    private let folder: ScratchFolder
    var home: String { folder.path }
    /// Tier: leaf. The operations that were called.
    private let called = Mutex<[String]>([])

    struct Answer {
        let code: ExitCode
        let output: String
        let error: String
    }

    init() throws {
        temporary = try TemporaryEngine { $0.passwordCost = .least }
        temporary.engine.domains.server.install(Self.operations)
        folder = try ScratchFolder()
    }

    private static var operations: Operations {
        var operations = Operations()
        operations.commit = "abcdef"
        operations.startedAt = 1_777_636_000_000
        operations.drain = {}
        operations.reload = { () throws(APIError) in ReloadResult(changed: ["registration"], needsRestart: ["listen"]) }
        return operations
    }

    var operations: Set<String> { Set(called.withLock { $0 }) }

    func forgetOperations() { called.withLock { $0 = [] } }

    /// The local administrator, or somebody who signed in, or nobody.
    enum As: Sendable {
        case administrator
        case token(String)
        case nobody
    }

    /// Runs a line as in a shell. `environment` is what a script would set.
    func run(
        _ line: [String],
        as who: As = .administrator,
        input: [String] = [],
        answers: [String]? = nil,
        isTerminal: Bool = false,
        environment: [String: String] = [:],
        refusing refusal: APIError? = nil,
        isOfTomorrow: Bool = false,
        streams: Streams = Streams()
    ) async -> Answer {
        let variables = ["XDG_CONFIG_HOME": home + "/config", "HOME": home, "PLAZA_SOCKET": "/nowhere"]
            .merging(environment) { $1 }
        let console = RecordedConsole(
            input: input,
            answers: answers,
            isTerminal: isTerminal,
            environment: variables,
            now: temporary.clock.now
        )
        let code: ExitCode
        switch Chatctl.understand(line, console) {
        case .ended(let ended): code = ended
        case .complete(let question):
            await Completion.answer(question, console) { [self] _, _ in
                daemon(as: who, refusing: refusal, isOfTomorrow, streams)
            }
            code = .ok
        case .run(let invocation):
            code = await Chatctl.perform(invocation, console) { [self] _, _ in
                daemon(as: who, refusing: refusal, isOfTomorrow, streams)
            }
        }
        return Answer(code: code, output: console.output, error: console.error)
    }

    /// What the live connection tells, batch by batch; it ends with a session that was ended elsewhere.
    struct Streams: Sendable {
        var tail: [[Tail.Event]] = []
        var live: [[LiveEvent]] = []
    }

    private static let ended = APIError(.notSignedIn, "this session was ended: sign in again")

    private func daemon(
        as who: As,
        refusing refusal: APIError?,
        _ isOfTomorrow: Bool,
        _ streams: Streams
    ) -> Daemon {
        let service = Witness(plaza: self, who: who, refusal: refusal, isOfTomorrow: isOfTomorrow)
        return Daemon(
            address: "unix:/nowhere",
            service: service,
            raw: { [self] request throws(APIError) in
                if let refusal { throw refusal }
                return try await raw(request, who)
            },
            follow: { _, _ in Self.stream(streams.tail + [[.state(.stopped(refusal ?? Self.ended))]]) },
            live: { _ in service },
            watch: { _ in Self.stream(streams.live + [[.state(.stopped(refusal ?? Self.ended))]]) }
        )
    }

    private static func stream<Element: Sendable>(_ batches: [Element]) -> AsyncStream<Element> {
        AsyncStream { stream in
            for batch in batches { stream.yield(batch) }
            stream.finish()
        }
    }

    func caller(_ who: As) async throws(APIError) -> Caller {
        let authenticator = temporary.engine.authenticator
        switch who {
        case .administrator: return try await authenticator.localCaller(LocalIdentity(uid: 0, name: "root"))
        case .token(let token): return try await authenticator.caller(token: token, address: "unix")
        case .nobody: return .anonymous(address: "unix")
        }
    }

    fileprivate func note(_ operation: String) { called.withLock { $0.append(operation) } }

    /// `%3D` as it was meant.
    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The engine's table as the router of the daemon uses it.
    private func raw(_ request: RESTRequest, _ who: As) async throws(APIError) -> RESTAnswer {
        do throws(APIError) {
            let target = request.target.split(separator: "?", maxSplits: 1)
            let segments = target[0].split(separator: "/").map(String.init)
            var query: [(name: String, value: String)] = []
            var options = CallOptions(key: request.headers["idempotency-key"])
            for pair in (target.count > 1 ? target[1] : "").split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                if parts[0] == "dryRun" {
                    options.dryRun = true
                } else {
                    query.append((parts[0], Self.decoded(parts.last ?? "")))
                }
            }
            for row in temporary.engine.api.rows where row.method.rawValue == request.method {
                guard row.path.segments.count == segments.count else { continue }
                var path: [(name: String, value: String)] = []
                let isMatch = zip(row.path.segments, segments).allSatisfy { pattern, segment in
                    switch pattern {
                    case .literal(let text): return text == segment
                    case .parameter(let name):
                        path.append((name, segment))
                        return true
                    }
                }
                guard isMatch else { continue }
                note(row.name)
                let call = RawCall(
                    caller: try await caller(who),
                    options: options,
                    path: path,
                    query: query,
                    body: request.body ?? []
                )
                let body = try await temporary.engine.api.perform(row.name, call)
                return RESTAnswer(status: 200, headers: ["Content-Type": "application/json"], body: body)
            }
            throw APIError(.notFound, "there is nothing at \(target[0])")
        } catch {
            return RESTAnswer(
                status: error.code.status,
                headers: ["Content-Type": "application/problem+json"],
                body: Coding.encode(error)
            )
        }
    }
}

/// The service of a plaza, noting what is called.
private struct Witness: Service {
    let plaza: Plaza
    let who: Plaza.As
    let refusal: APIError?
    let isOfTomorrow: Bool

    func call<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        _ options: CallOptions
    ) async throws(APIError) -> Output {
        plaza.note(endpoint.name)
        if var refusal {
            refusal.instance = endpoint.name
            throw refusal
        }
        // Only a connection can point; the table of the engine says so.
        if endpoint.name == "sketches.pointer", let empty = Empty() as? Output { return empty }
        let caller = endpoint.needs == .anyone ? Caller.anonymous(address: "unix") : try await plaza.caller(who)
        return try await LocalService(plaza.temporary.engine, as: caller, isOfTomorrow: isOfTomorrow)
            .call(endpoint, input, options)
    }
}
