import ChatAPI
import ChatKit
import Testing
import Transport

/// An input's members go where the path names them, else into the query or the body; answers become outputs or errors.
@Suite struct RESTRequestTests {
    @Test func `path parameters leave the body, and are encoded`() throws {
        let request = try RESTRequest(
            .sendMessage,
            Message(channel: channel(1), cid: cid(2), text: "hi"),
            CallOptions(key: "k1", ifMatch: "3", requestID: "req-1")
        )
        #expect(request.method == "POST")
        #expect(request.target == "/v1/channels/\(channel(1))/messages")
        let body = try Coding.decode(JSON.self, from: request.body ?? [])
        #expect(body == ["cid": .string(cid(2).description), "text": "hi"])
        #expect(request.headers["idempotency-key"] == "k1")
        #expect(request.headers["if-match"] == "\"3\"")
        #expect(request.headers["x-request-id"] == "req-1")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.repeats)
    }

    /// Reads a request as the daemon does: parameters by the pattern, the rest by the input's schema.
    private func read<Input, Output>(_ request: RESTRequest, as endpoint: Endpoint<Input, Output>) throws -> JSON {
        let target = try RequestTarget(Array(request.target.utf8), method: request.method)
        #expect(target.segments.count == endpoint.path.segments.count)
        var path: [(name: String, value: String)] = []
        for (segment, value) in zip(endpoint.path.segments, target.segments) {
            switch segment {
            case .literal(let text): #expect(text == value)
            case .parameter(let name): path.append((name, value))
            }
        }
        let query = target.query.filter { $0.name != "dryRun" }.map { (name: $0.name, value: $0.value) }
        let input = try Coding.decode(
            Input.self,
            schema: Schema(Input.self),
            path: path,
            query: query,
            body: request.body ?? []
        )
        return json(input)
    }

    private func survives<Input, Output>(_ endpoint: Endpoint<Input, Output>, _ input: Input) throws {
        for options in [CallOptions(), CallOptions(dryRun: true)] {
            let request = try RESTRequest(endpoint, input, options)
            #expect(request.method == endpoint.method.rawValue)
            #expect(try read(request, as: endpoint) == json(input), "\(endpoint.name)")
        }
    }

    @Test func `the daemon reads the input that was meant, of every shape`() throws {
        let odd = "a/b?c&d=e+f %25 #ä👍 \"x\""
        try survives(.sendMessage, Message(channel: channel(1), cid: cid(1), text: odd + "\n\t" + odd))
        try survives(.sendMessage, Message(channel: channel(1), cid: cid(1), text: odd, replyTo: 3))
        try survives(.editMessage, MessageEdit(channel: channel(1), seq: 9, text: odd))
        try survives(.react, ReactionRef(channel: channel(1), seq: 9, emoji: "👩‍👩‍👧"))
        try survives(.unreact, ReactionRef(channel: channel(1), seq: 9, emoji: ":+1:"))
        try survives(.channel, ChannelRef(odd))
        try survives(.entries, EntryQuery(channel: odd, from: 1, through: 9, limit: 5))
        try survives(.search, SearchQuery(q: odd, channel: "#x", by: "ana", since: 5, limit: 10))
        try survives(.listAccounts, AccountQuery(ids: [account(1), account(2)]))
        try survives(.listChannels, ChannelQuery(query: odd, joined: false))
        try survives(.changeMember, MemberChange(channel: "x", account: "ana", role: .admin))
        try survives(.giveGrant, GrantDraft(account: "ana", role: .auditor))
        try survives(.setRegister, RegisterDraft(key: "k", value: ["a": [1, true, nil ?? .null]]))
        try survives(.setMarker, MarkerDraft(channel: channel(1), seq: 4, force: true))
        try survives(.audit, AuditQuery(after: 4, action: "accounts.", severity: .warning))
        try survives(.deleteMe, AccountDeletion(password: odd))
        try survives(.me, Empty())
    }

    @Test func `emoji and names are safe in a path`() throws {
        let react = try RESTRequest(.react, ReactionRef(channel: channel(1), seq: 7, emoji: "👍"))
        #expect(react.target == "/v1/channels/\(channel(1))/messages/7/reactions/%F0%9F%91%8D")
        #expect(react.body == nil)
        let show = try RESTRequest(.channel, ChannelRef("#general/../x?y"))
        #expect(show.target == "/v1/channels/%23general%2F..%2Fx%3Fy")
    }

    @Test func `a read puts the rest into the query, in order and without what is absent`() throws {
        let entries = try RESTRequest(.entries, EntryQuery(channel: "general", after: 812, limit: 50))
        #expect(entries.target == "/v1/channels/general/entries?after=812&limit=50")
        let accounts = try RESTRequest(.listAccounts, AccountQuery(ids: [account(1), account(2)], query: "a&b=c d"))
        let text = accounts.target.replacing("%2C", with: ",")
        #expect(text.hasPrefix("/v1/accounts?ids=\(account(1)),\(account(2))&query=a%26b%3Dc"))
        let channels = try RESTRequest(.listChannels, ChannelQuery(joined: true))
        #expect(channels.target == "/v1/channels?joined=true")
    }

    @Test func `a dry run is a query of a change, never of a read`() throws {
        let draft = ChannelDraft(name: "x")
        let dry = try RESTRequest(.createChannel, draft, CallOptions(dryRun: true))
        #expect(dry.target == "/v1/channels?dryRun=true")
        #expect(try RESTRequest(.me, Empty(), CallOptions(dryRun: true)).target == "/v1/me")
    }

    @Test func `an empty name is refused before it becomes another path`() {
        let error = #expect(throws: APIError.self) { try RESTRequest(.channel, ChannelRef("")) }
        #expect(error?.code == .invalid)
    }

    @Test func `what may be repeated is known`() throws {
        let leave = ChannelRef("general")
        #expect(try RESTRequest(.channel, leave).repeats)
        #expect(try !RESTRequest(.leaveChannel, leave).repeats)
        #expect(try RESTRequest(.leaveChannel, leave, CallOptions(key: "k")).repeats)
        #expect(try RESTRequest(.leaveChannel, leave, CallOptions(dryRun: true)).repeats)
    }

    @Test func `a problem document is the error, with the request's id and the wait`() {
        var problem = APIError(.rateLimited, "slower")
        problem.errors = [FieldError(pointer: "/text", message: "is wrong")]
        let answer = RESTAnswer(
            status: 429,
            headers: ["content-type": "application/problem+json", "retry-after": "3", "x-request-id": "r9"],
            body: Coding.encode(problem)
        )
        #expect(answer.error.code == .rateLimited)
        #expect(answer.error.retryAfterMilliseconds == 3_000)
        #expect(answer.error.requestID == "r9")
        #expect(answer.error.errors == problem.errors)
    }

    @Test func `an answer of something between is an error of its status`() {
        let answer = RESTAnswer(
            status: 503,
            reason: "Service Unavailable",
            headers: ["content-type": "text/plain"],
            body: Array("upstream\u{1B}[31m is down\nmore".utf8)
        )
        #expect(answer.error.code == .unavailable)
        #expect(answer.error.detail == "the server answered 503 Service Unavailable: upstream[31m is down")
        let page = RESTAnswer(status: 404, reason: "", headers: ["content-type": "text/html"], body: Array("<b>".utf8))
        #expect(page.error.detail == "the server answered 404 Not Found")
    }

    @Test func `an answer without a body is an output without members, a strange one an error`() throws {
        _ = try RESTAnswer(status: 204).output(Empty.self)
        let error = #expect(throws: APIError.self) {
            try RESTAnswer(status: 200, body: Array("[]".utf8)).output(Me.self)
        }
        #expect(error?.code == .internal)
    }

    @Test func `secrets are masked in what verbose shows, the code of an error is not`() {
        let body = Array(
            #"{"name":"ana","password":"hunter2","tokens":{"accessToken":"x","refreshToken":"y"},"n":1}"#.utf8
        )
        let shown = HTTPTrace.masked(body)
        #expect(!shown.contains("hunter2") && !shown.contains("\"x\"") && !shown.contains("\"y\""))
        #expect(shown.contains("ana"))
        #expect(HTTPTrace.masked(Coding.encode(APIError(.wrongPassword, "no"))).contains("wrong_password"))
        #expect(HTTPTrace.masked(Array("not json: hunter2".utf8)) == "(17 bytes)")
    }
}
