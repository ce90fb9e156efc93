import ChatAPI
import ChatKit
import chatctl

/// One line for every command, with what has to be there first; the contract is checked on all of them.
struct Case: Sendable, CustomStringConvertible {
    /// `channel create`.
    let path: String
    /// Words behind it; `{n}` is a number that no other run of the case has.
    let words: [String]
    /// Lines that prepare, each as its words.
    let setup: [String]
    let input: [String]
    /// What must be in the output whatever the format; `{n}` as above.
    let shows: String
    let who: Who
    let streams: @Sendable () -> Plaza.Streams
    /// A stream ends with the session.
    let code: ExitCode

    enum Who: Sendable {
        case administrator
        case ana
        /// Owns the agency of the event.
        case olga
        /// In the event without an account.
        case guest
    }

    init(
        _ path: String,
        _ words: String = "",
        setup: [String] = [],
        input: [String] = [],
        shows: String = "",
        as who: Who = .administrator,
        code: ExitCode = .ok,
        streams: @escaping @Sendable () -> Plaza.Streams = { Plaza.Streams() }
    ) {
        self.path = path
        self.words = words.split(separator: " ").map(String.init)
        self.setup = setup
        self.input = input
        self.shows = shows
        self.who = who
        self.code = code
        self.streams = streams
    }

    var description: String { path }

    var line: [String] { path.split(separator: " ").map(String.init) + words }

    private static let drawing = ["sketch create lounge/plan", "sketch draw lounge/plan hello"]

    static let password = "seven green bottles hanging"

    static let all: [Case] = plain + events + desk

    private static let plain: [Case] = [
        Case("login", "ana --password-file -", input: [password], shows: "ana"),
        Case("logout", "", as: .ana),
        Case("whoami", "", shows: "ana", as: .ana),
        Case("register", "p{n} --password-file -", input: [password], shows: "p{n}"),
        Case(
            "password",
            "--current-file - --password-file - --dry-run",
            input: [password, password + " here"],
            as: .ana
        ),
        Case("user ls", shows: "ana"),
        Case("user show", "ana", shows: "ana"),
        Case("user create", "u{n} --display-name Ulla", shows: "u{n}"),
        Case("user invite", "--hours 3", shows: "plz"),
        Case("user reset", "ana", shows: "plz"),
        Case("user disable", "bob --yes", shows: "bob"),
        Case("user enable", "bob", shows: "bob"),
        Case("user delete", "u{n} --confirm u{n}", setup: ["user create u{n}"]),
        Case("user export", "ana", shows: "ana"),
        Case("user grants", "ana"),
        Case("user grant", "bob auditor", shows: "auditor"),
        Case("user revoke", "bob auditor --yes", setup: ["user grant bob auditor"]),
        Case("user token create", "bot --label l{n} --scope own,read", shows: "plz"),
        Case("user token ls", "bot"),
        Case("user token revoke", "{token} --yes", setup: ["token"]),
        Case("session ls", "", shows: "test", as: .ana),
        Case("session show", "{session}", shows: "test", as: .ana),
        Case("session revoke", "{other} --yes", setup: ["session"], as: .ana),
        Case("session refresh", "", setup: ["login"], shows: "nowhere"),
        Case("session tail", "-f", as: .ana, code: .notSignedIn) { Plaza.Streams(live: [[.state(.live)]]) },
        Case("channel ls", shows: "general"),
        Case("channel create", "c{n} --topic Talk", shows: "c{n}"),
        Case("channel show", "general", shows: "general"),
        Case("channel edit", "lounge --topic t{n}", shows: "lounge"),
        Case("channel delete", "c{n} --confirm c{n}", setup: ["channel create c{n}"]),
        Case("channel join", "c{n}", setup: ["channel create c{n}"], shows: "c{n}", as: .ana),
        Case("channel leave", "c{n}", setup: ["channel create c{n}", "ana: channel join c{n}"], as: .ana),
        Case("channel members", "lounge", shows: "ana"),
        Case("channel add", "c{n} ana", setup: ["channel create c{n}"], shows: "ana"),
        Case("channel remove", "c{n} ana --yes", setup: ["channel create c{n}", "ana: channel join c{n}"]),
        Case("channel role", "c{n} ana admin", setup: ["channel create c{n}", "ana: channel join c{n}"], shows: "ana"),
        Case("channel post", "lounge hello {n}", shows: "lounge/"),
        Case("channel tail", "lounge", shows: "hello"),
        Case("channel export", "lounge", shows: "hello"),
        Case("channel presence", "lounge"),
        Case("channel typing", "lounge"),
        Case("member ls", "lounge", shows: "ana"),
        Case("member add", "c{n} ana", setup: ["channel create c{n}"], shows: "ana"),
        Case("member remove", "c{n} ana --yes", setup: ["channel create c{n}", "ana: channel join c{n}"]),
        Case("member role", "c{n} ana admin", setup: ["channel create c{n}", "ana: channel join c{n}"], shows: "ana"),
        Case("dm open", "bob", as: .ana),
        Case("dm ls", "", setup: ["ana: dm open bob"], as: .ana),
        Case("dm post", "bob psst", as: .ana),
        Case("dm tail", "bob", setup: ["ana: dm post bob psst"], shows: "psst", as: .ana),
        Case("message ls", "lounge", shows: "hello"),
        Case("message show", "lounge/2", shows: "hello"),
        Case("message edit", "lounge/2 hello again", shows: "hello"),
        Case("message delete", "c{n}/2 --yes", setup: ["channel create c{n}", "channel post c{n} gone"]),
        Case("message search", "hello"),
        Case("message pin", "lounge/2"),
        Case("message unpin", "lounge/2", setup: ["message pin lounge/2"]),
        Case("message pins", "lounge", setup: ["message pin lounge/2"], shows: "hello"),
        Case("message react", "lounge/2 👍"),
        Case("message unreact", "lounge/2 👍", setup: ["message react lounge/2 👍"]),
        Case("sketch ls", "lounge", setup: ["sketch create lounge/plan"], shows: "lounge/plan"),
        Case("sketch show", "lounge/plan", setup: ["sketch create lounge/plan"], shows: "lounge/plan"),
        Case("sketch create", "lounge/s{n} --width 20 --height 8", shows: "lounge/sx"),
        Case("sketch rename", "lounge/s{n} r{n}", setup: ["sketch create lounge/s{n}"], shows: "lounge/rx"),
        Case("sketch delete", "lounge/s{n} --confirm lounge/s{n}", setup: ["sketch create lounge/s{n}"]),
        Case("sketch export", "lounge/plan", setup: drawing, shows: "hello"),
        Case("sketch import", "lounge/i{n} -", input: ["+--+", "|ok|", "+--+"], shows: "lounge/ix"),
        Case("sketch replay", "lounge/plan", setup: drawing, shows: "hello"),
        Case("sketch draw", "lounge/plan --at 2,2 hello", setup: ["sketch create lounge/plan"], shows: "lounge/plan"),
        Case("sketch undo", "lounge/plan", setup: drawing, shows: "lounge/plan"),
        Case("sketch redo", "lounge/plan", setup: drawing + ["sketch undo lounge/plan"], shows: "lounge/plan"),
        Case("sketch clear", "lounge/plan --yes", setup: drawing, shows: "lounge/plan"),
        Case(
            "sketch wipe",
            "lounge/plan --by ana --yes",
            setup: ["sketch create lounge/plan", "ana: sketch draw lounge/plan hello"],
            shows: "lounge/plan"
        ),
        Case("sketch resize", "lounge/s{n} 100 30", setup: ["sketch create lounge/s{n}"], shows: "lounge/sx"),
        Case("sketch layer", "lounge/plan 1 --name l{n}", setup: ["sketch create lounge/plan"], shows: "lounge/plan"),
        Case(
            "sketch lock",
            "lounge/plan --region 0,0,2,2",
            setup: ["sketch create lounge/plan"],
            shows: "lounge/plan"
        ),
        Case(
            "sketch unlock",
            "lounge/plan --region 0,0,2,2",
            setup: ["sketch create lounge/plan", "sketch lock lounge/plan --region 0,0,2,2"],
            shows: "lounge/plan"
        ),
        Case("sketch post", "lounge/plan look", setup: drawing, shows: "lounge/"),
        Case("sketch who", "lounge/plan 0 0", setup: drawing),
        Case("sketch point", "lounge/plan 1 1 --for 1ms", setup: ["sketch create lounge/plan"]),
        Case(
            "sketch version ls",
            "lounge/plan",
            setup: drawing + ["sketch version create lounge/plan first"],
            shows: "first"
        ),
        Case("sketch version create", "lounge/plan v{n}", setup: drawing, shows: "vx"),
        Case(
            "sketch version show",
            "lounge/plan 1",
            setup: drawing + ["sketch version create lounge/plan first"],
            shows: "first"
        ),
        Case(
            "sketch version restore",
            "lounge/plan 1 --yes",
            setup: drawing + ["sketch version create lounge/plan first"],
            shows: "lounge/plan"
        ),
        Case("message mentions", "", setup: ["channel post lounge '@ana look'"], shows: "look", as: .ana),
        Case("draft ls", "", setup: ["draft set lounge so"], shows: "lounge"),
        Case("draft show", "lounge", setup: ["draft set lounge so"], shows: "so"),
        Case("draft set", "lounge so far", shows: "so far"),
        Case("draft clear", "lounge", shows: "lounge"),
        Case("marker ls", shows: "lounge"),
        Case("marker show", "lounge", shows: "lounge"),
        Case("marker set", "lounge", shows: "lounge"),
        Case("registers ls", "", setup: ["registers set client/a 1"], shows: "client/a"),
        Case("registers show", "client/a", setup: ["registers set client/a 1"], shows: "client/a"),
        Case("registers set", "client/a \"{n}\"", shows: "client/a"),
        Case("registers clear", "client/a", setup: ["registers set client/a 1"], shows: "client/a"),
        Case("profile show", "", shows: "ana", as: .ana),
        Case("profile edit", "--status s{n}", shows: "ana", as: .ana),
        Case("profile presence", "away", as: .ana),
        Case("profile log", "", as: .ana),
        Case("profile export", "", shows: "ana", as: .ana),
        Case("profile delete", "--confirm p{n} --password-file - --dry-run", input: [password], as: .ana),
        Case("block ls", "", setup: ["ana: block add bob"], shows: "bob", as: .ana),
        Case("block add", "bob --mute", shows: "bob", as: .ana),
        Case("block remove", "bob", setup: ["ana: block add bob"], as: .ana),
        Case("channel posting", "lounge", shows: "mentionAll"),
        Case("channel break-glass", "{direct} --reason threats-were-reported --yes", shows: "threats"),
        Case("channel rules", "c{n} --slow 30s --deny everyone:pin", setup: ["channel create c{n}"], shows: "everyone"),
        Case("moderation ls", "lounge"),
        Case("moderation kick", "c{n} ana --yes", setup: ["channel create c{n}", "ana: channel join c{n}"]),
        Case("moderation ban", "c{n} ana --for 1h --reason spam --yes", setup: ["channel create c{n}"], shows: "ana"),
        Case("moderation timeout", "c{n} ana --for 10m", setup: ["channel create c{n}"], shows: "ana"),
        Case(
            "moderation reinstate",
            "c{n} ana",
            setup: ["channel create c{n}", "moderation timeout c{n} ana --for 10m"]
        ),
        Case("emergency ls"),
        Case("emergency start", "c{n} --for 5m --yes", setup: ["channel create c{n}"], shows: "c{n}"),
        Case("emergency end", "c{n}", setup: ["channel create c{n}", "emergency start c{n} --for 5m --yes"]),
        Case("invitation ls", "c{n}", setup: ["channel create c{n}", "invitation create c{n}"]),
        Case("invitation create", "c{n} --uses 2 --for 1h", setup: ["channel create c{n}"], shows: "plz"),
        Case("invitation revoke", "lounge {invitation}", setup: ["invitation"]),
        Case("invitation accept", "{code}", setup: ["invitation"], shows: "lounge", as: .ana),
        Case(
            "invitation mine",
            "",
            setup: ["channel create c{n}", "invitation create c{n} --account ana"],
            shows: "c{n}",
            as: .ana
        ),
        Case(
            "invitation decline",
            "c{n}",
            setup: ["channel create c{n}", "invitation create c{n} --account ana"],
            shows: "c{n}",
            as: .ana
        ),
        Case("report resolve", "{report} --note done", setup: ["report"], shows: "resolved"),
        Case("report dismiss", "{report}", setup: ["report"], shows: "dismissed"),
        Case("report reopen", "{report}", setup: ["decided report"], shows: "open"),
        Case("report create", "lounge/2 rude", shows: "rude", as: .ana),
        Case("report ls", "", setup: ["report"], shows: "rude"),
        Case("audit tail", "", shows: "accounts.create"),
        Case("audit search", "--action accounts.", shows: "accounts.create"),
        Case("audit verify"),
        Case("audit head"),
        Case("audit heads", "", setup: ["audit head"]),
        Case("audit trim", "--through 1 --yes --dry-run", shows: "1"),
        Case("audit export", "", shows: "accounts.create"),
        Case("server status", shows: "abcdef"),
        Case("server drain", "--yes"),
        Case("server reload"),
        Case("context ls", "", setup: ["context set work --server https://chat.example.org"], shows: "work"),
        Case("context show", "work", setup: ["context set work --server https://chat.example.org"], shows: "work"),
        Case("context set", "work --server https://chat.example.org", shows: "work"),
        Case("context use", "work", setup: ["context set work --server https://chat.example.org"], shows: "work"),
        Case("context delete", "work", setup: ["context set work --server https://chat.example.org"], shows: "work"),
        Case("api", "GET /v1/channels", shows: "general"),
    ]
}
