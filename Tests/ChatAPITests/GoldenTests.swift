import ChatAPI
import Testing

/// What is on the wire, to the byte: a change here is a change of the protocol.
@Suite("Golden JSON")
struct GoldenTests {
    private static let account = AccountID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001)
    private static let channel = ChannelID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0002)
    private static let cid = ClientID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0003)
    private static let (a, c, m) = (
        "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002",
        "01900000-0000-7000-8000-000000000003"
    )

    private func check<Value: Codable & Equatable>(_ value: Value, _ json: String) throws {
        #expect(String(decoding: Coding.encode(value), as: UTF8.self) == json)
        #expect(try Coding.decode(Value.self, from: Array(json.utf8)) == value)
        // What a newer daemon adds is passed over.
        let more = json.dropLast() + (json == "{}" ? "" : ",") + #""added":{"later":[1]}}"#
        #expect(try Coding.decode(Value.self, from: Array(more.utf8)) == value)
    }

    @Test
    func `a message's push`() throws {
        var entry = Entry(
            kind: .message,
            channel: Self.channel,
            seq: 812,
            by: Self.account,
            at: 1_777_636_800_000,
            messagesSoFar: 700,
            broadcastsSoFar: 3
        )
        entry.cid = Self.cid
        entry.text = "hello \"ü\"\n"
        entry.replyTo = 7
        entry.mentions = [Self.account]
        entry.mentionsAll = true
        entry.rev = 815
        entry.editedAt = 1_777_636_800_001
        entry.reactions = [Reaction(emoji: "👍", by: [Self.account])]
        entry.pinned = true
        try check(
            entry,
            #"{"at":1777636800000,"broadcastsSoFar":3,"by":"\#(Self.a)","channel":"\#(Self.c)","cid":"\#(Self.m)","#
                + #""editedAt":1777636800001,"mentions":["\#(Self.a)"],"mentionsAll":true,"messagesSoFar":700,"pinned":true,"#
                + #""push":"message","reactions":[{"by":["\#(Self.a)"],"emoji":"👍"}],"replyTo":7,"rev":815,"seq":812,"#
                + #""text":"hello \"ü\"\n"}"#
        )
    }

    @Test
    func `hello, resume, view, gap, bye`() throws {
        try check(
            Hello(
                token: "t",
                device: "laptop",
                resume: Resume(epoch: "e", seq: ["@me": 93]),
                view: View(channels: [Self.channel], sketch: nil, people: [Self.account]),
                caps: ["x"]
            ),
            #"{"caps":["x"],"device":"laptop","resume":{"epoch":"e","seq":{"@me":93}},"token":"t","#
                + #""view":{"channels":["\#(Self.c)"],"people":["\#(Self.a)"]}}"#
        )
        try check(Gap(log: "@me", from: 813, head: 4_012), #"{"from":813,"head":4012,"log":"@me"}"#)
        try check(Bye(code: 4_010, retryMs: [0, 30_000]), #"{"code":4010,"retryMs":[0,30000]}"#)
        try check(
            LogState(log: "@audit", state: .denied, head: 0),
            #"{"head":0,"log":"@audit","state":"denied"}"#
        )
        try check(
            Ephemeral(
                channel: Self.channel,
                presence: [Presence(account: Self.account, state: .doNotDisturb)],
                online: 2
            ),
            #"{"channel":"\#(Self.c)","online":2,"presence":[{"account":"\#(Self.a)","state":"doNotDisturb"}]}"#
        )
    }

    @Test
    func `answers and drafts`() throws {
        try check(Sent(seq: 813, at: 5), #"{"at":5,"seq":813}"#)
        try check(
            Message(channel: Self.channel, cid: Self.cid, text: "x"),
            #"{"channel":"\#(Self.c)","cid":"\#(Self.m)","text":"x"}"#
        )
        try check(
            Unread(channel: Self.channel, marker: 3, unread: 2, mentions: 1),
            #"{"channel":"\#(Self.c)","marker":3,"mentions":1,"unread":2}"#
        )
        try check(Register(key: "sidebar", value: ["a"], version: 4), #"{"key":"sidebar","value":["a"],"version":4}"#)
        try check(Register(key: "sidebar", value: nil, version: 4), #"{"key":"sidebar","version":4}"#)
        try check(Page([1, 2], nextCursor: "n:x"), #"{"items":[1,2],"nextCursor":"n:x"}"#)
        try check(Page<Int>([]), #"{"items":[]}"#)
        try check(Empty(), "{}")
        try check(
            Tokens(accessToken: "a", accessExpiresAt: 1, refreshToken: "r"),
            #"{"accessExpiresAt":1,"accessToken":"a","refreshToken":"r"}"#
        )
    }

    @Test
    func `a refusal is problem details`() throws {
        var error = APIError(
            .rateLimited,
            "too many calls",
            retryAfterMilliseconds: 1_200,
            errors: [FieldError(pointer: "/text", message: "is empty")],
            allowed: ["GET"]
        )
        error.instance = "messages.send"
        error.requestID = "r1"
        try check(
            error,
            #"{"allowed":["GET"],"code":"rate_limited","detail":"too many calls","errors":[{"message":"is empty","pointer":"/text"}],"#
                + #""instance":"messages.send","requestId":"r1","retryAfterMs":1200,"status":429,"title":"Too many calls","#
                + #""type":"urn:plaza:error:rate_limited"}"#
        )
    }

    /// Scripts rely on these names: none is ever changed or taken away.
    @Test
    func `the closed lists of words`() {
        #expect(
            APIError.Code.allCases.map { "\($0.rawValue) \($0.status)" } == [
                "bad_request 400", "not_signed_in 401", "token_expired 401", "wrong_password 401", "forbidden 403",
                "not_member 403", "wrong_secret 403", "banned 403", "muted 403", "registration_closed 403",
                "code_invalid 403", "not_found 404", "method_not_allowed 405", "conflict 409", "name_taken 409",
                "last_admin 409", "invalid_transition 409", "locked 423", "already_claimed 409", "key_running 409",
                "precondition_failed 412", "too_large 413", "unsupported_media 415", "invalid 422", "cid_reused 422",
                "key_reused 422", "upgrade_required 426", "rate_limited 429", "internal 500", "outcome_unknown 503",
                "overloaded 503", "storage_full 503", "draining 503", "unavailable 503", "timed_out 504",
            ]
        )
        #expect(
            CloseCode.allCases.map(\.rawValue) == [4000, 4008, 4010, 4011, 4401, 4500, 4501, 4502]
        )
        #expect(PresenceState.words.map(\.rawValue) == ["online", "away", "doNotDisturb", "offline"])
        #expect(
            Role.words.map(\.rawValue) == [
                "superAdmin", "owner", "manager", "organizer", "supervisor", "auditor", "support", "moderator",
                "speaker",
                "checkin", "participant", "member", "guest",
            ]
        )
        #expect(AgencyState.words.map(\.rawValue) == ["pending", "approved", "suspended", "revoked"])
        #expect(EventState.words.map(\.rawValue) == ["draft", "published", "cancelled", "archived"])
        #expect(
            AttendeeState.words.map(\.rawValue) == [
                "requested", "waiting", "offered", "registered", "declined", "withdrawn", "lapsed",
            ]
        )
        #expect(MemberRole.words.map(\.rawValue) == ["member", "admin"])
    }

    @Test
    func `what a program does not know yet`() throws {
        // An entry of a new kind still counts its number; a new code becomes the most general one of its status.
        let entry = #"{"push":"sketchMade","seq":9,"by":"\#(Self.a)","at":1,"messagesSoFar":1,"broadcastsSoFar":0}"#
        #expect(try Coding.decode(Entry.self, from: Array(entry.utf8)).kind == .unknown)
        for (status, code) in [
            (409, APIError.Code.conflict), (451, .badRequest), (500, .internal), (503, .unavailable),
        ] {
            let json = #"{"code":"new_thing","status":\#(status),"detail":"d"}"#
            #expect(try Coding.decode(APIError.self, from: Array(json.utf8)).code == code)
        }
        for (code, verdict) in [
            (4_000, CloseVerdict.reconnect), (4_499, .reconnect), (4_401, .refreshThenReconnect), (4_500, .stop),
            (4_999, .stop),
            (1_009, .failCallThenReconnect), (1_002, .failCallThenReconnect), (1_006, .reconnect), (3_333, .reconnect),
        ] { #expect(CloseCode.verdict(code) == verdict, "\(code)") }
    }
}
