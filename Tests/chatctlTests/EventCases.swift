import ChatAPI
import ChatKit
import chatctl

/// The cases of agencies, events and the help desk. `{code}`, `{request}`, `{chat}` and so on come from their set-up.
extension Case {
    static let events: [Case] = [
        Case("agency ls", shows: "nordlys"),
        Case("agency show", "nordlys", shows: "nordlys"),
        Case("agency create", "a{n} --owner o{n} --password-file -", input: [staffPassword], shows: "a{n}"),
        Case("agency edit", "nordlys --website https://nordlys.example/{n}", shows: "nordlys", as: .olga),
        Case("agency approve", "a{n}", setup: ["agency a{n}"], shows: "a{n}"),
        Case(
            "agency suspend",
            "a{n} --reason papers --yes",
            setup: ["agency a{n}", "agency approve a{n}"],
            shows: "a{n}"
        ),
        Case("agency revoke", "a{n} --yes", setup: ["agency a{n}"], shows: "a{n}"),
        Case("agency delete", "a{n} --confirm a{n}", setup: ["agency a{n}"], shows: "a{n}"),
        Case("agency staff ls", "nordlys", shows: "olga", as: .olga),
        Case("agency staff create", "nordlys s{n} support", shows: "s{n}", as: .olga),
        Case("agency staff add", "nordlys bob support", shows: "bob", as: .olga),
        Case(
            "agency staff remove",
            "nordlys bob --yes",
            setup: ["olga: agency staff add nordlys bob support"],
            as: .olga
        ),
        Case("agency staff offers", "", setup: ["asked a{n}"], shows: "a{n}", as: .ana),
        Case("agency staff accept", "a{n}", setup: ["asked a{n}"], shows: "support", as: .ana),
        Case("agency staff decline", "a{n}", setup: ["asked a{n}"], shows: "a{n}", as: .ana),
        Case("event ls", shows: "devconf", as: .olga),
        Case("event show", "devconf", shows: "devconf", as: .olga),
        Case(
            "event create",
            "e{n} --agency nordlys --name E{n} --starts 2027-05-01T09:00 --ends 2027-05-02T17:00 --zone Europe/Oslo",
            shows: "e{n}",
            as: .olga
        ),
        Case("event edit", "devconf --description d{n} --at 59.9,10.7", shows: "devconf", as: .olga),
        Case("event delete", "e{n} --confirm e{n}", setup: ["draft e{n}"], shows: "e{n}", as: .olga),
        Case("event apply", "-f -", input: document, shows: "devconf", as: .olga),
        Case("event diff", "-f -", input: document, as: .olga),
        Case("event export", "devconf", shows: "devconf", as: .olga),
        Case("event publish", "e{n}", setup: ["draft e{n}"], shows: "e{n}", as: .olga),
        Case(
            "event cancel",
            "e{n} --yes",
            setup: ["draft e{n}", "olga: event publish e{n}"],
            shows: "e{n}",
            as: .olga
        ),
        Case(
            "event archive",
            "e{n} --yes",
            setup: ["draft e{n}", "olga: event publish e{n}"],
            shows: "e{n}",
            as: .olga
        ),
        Case("event clone", "devconf f{n}", shows: "f{n}", as: .olga),
        Case("event ics", "devconf", as: .olga),
        Case("event channels", "devconf", shows: "general", as: .olga),
        Case("event code ls", "devconf", shows: "{code}", as: .olga),
        Case("event code create", "devconf --label l{n} --uses 3", shows: "l{n}", as: .olga),
        Case("event code revoke", "devconf {fresh} --yes", setup: ["code"], as: .olga),
        Case("event attendees", "devconf", shows: "ana", as: .olga),
        Case(
            "event approve",
            "g{n} bob",
            setup: ["approval g{n}", "bob: event register g{n}"],
            shows: "bob",
            as: .olga
        ),
        Case(
            "event decline",
            "g{n} bob --yes",
            setup: ["approval g{n}", "bob: event register g{n}"],
            shows: "bob",
            as: .olga
        ),
        Case("event check-in", "devconf ana", shows: "ana", as: .olga),
        Case(
            "event undo-check-in",
            "devconf ana",
            setup: ["olga: event check-in devconf ana"],
            shows: "ana",
            as: .olga
        ),
        Case("event register", "h{n}", setup: ["draft h{n}", "olga: event publish h{n}"], shows: "h{n}", as: .ana),
        Case("event accept", "h{n}", setup: ["offer h{n}"], shows: "h{n}", as: .ana),
        Case(
            "event withdraw",
            "h{n} --yes",
            setup: ["draft h{n}", "olga: event publish h{n}", "ana: event register h{n}"],
            shows: "ana",
            as: .ana
        ),
        Case("event registration", "devconf", shows: "ana", as: .ana),
        Case("event contact ls", "devconf", setup: ["contact"], shows: "Kari", as: .olga),
        Case("event contact add", "devconf K{n} --phone 113", shows: "K{n}", as: .olga),
        Case("event contact edit", "{contact} --notes n{n}", setup: ["contact"], shows: "n{n}", as: .olga),
        Case("event contact delete", "{contact} --yes", setup: ["contact"], as: .olga),
        Case("event issue ls", "devconf", setup: ["issue"], shows: "Beamer", as: .olga),
        Case("event issue show", "{issue}", setup: ["issue"], shows: "Beamer", as: .olga),
        Case("event issue create", "devconf I{n} --priority high", shows: "I{n}", as: .olga),
        Case("event issue edit", "{issue} --status resolved", setup: ["issue"], shows: "resolved", as: .olga),
        Case("event issue delete", "{issue} --yes", setup: ["issue"], as: .olga),
        Case("event issue comment ls", "{issue}", setup: ["comment"], shows: "lamp", as: .olga),
        Case("event issue comment add", "{issue} c{n}", setup: ["issue"], shows: "c{n}", as: .olga),
        Case("event issue comment edit", "{comment} c{n}", setup: ["comment"], shows: "c{n}", as: .olga),
        Case("event issue comment delete", "{comment} --yes", setup: ["comment"], as: .olga),
        Case("join", "{code}", shows: "devconf", as: .ana),
        Case("announce", "devconf lunch {n}", as: .olga),
        Case(
            "profile become",
            "m{n} --password-file -",
            setup: ["guest"],
            input: [password],
            shows: "m{n}",
            as: .guest
        ),
    ]

    static let desk: [Case] = [
        Case("queue ls", "", shows: "help", as: .olga),
        Case("queue show", "devconf", shows: "{queue}", as: .olga),
        Case("queue create", "q{n} --event devconf --topic mic=Mic --max-chats 2", shows: "q{n}", as: .olga),
        Case("queue edit", "devconf --open", shows: "{queue}", as: .olga),
        Case("queue policy", "devconf --lease 90s --first-answer 2m", shows: "{queue}", as: .olga),
        Case("queue topics", "devconf --topic medical:5@medical=Hurt", shows: "medical", as: .olga),
        Case("queue stats", "devconf", as: .olga),
        Case("queue organizers", "devconf", as: .olga),
        Case("queue watch", "devconf", shows: "", as: .olga, code: .notSignedIn) {
            Plaza.Streams(tail: [[.state(.live)]])
        },
        Case("queue log", "devconf", setup: ["request"], as: .olga),
        Case("request ls", "devconf", setup: ["request"], shows: "ana", as: .olga),
        Case("request show", "", setup: ["request"], shows: "ana", as: .ana),
        Case("request ask", "devconf help {n}", setup: ["idle"], shows: "ana", as: .ana),
        Case("request add", "more {n}", setup: ["request"], shows: "ana", as: .ana),
        Case("request cancel", "--yes", setup: ["request"], shows: "cancelled", as: .ana),
        Case("request claim", "@ana", setup: ["request"], shows: "ana", as: .olga),
        Case("request accept", "@ana", setup: ["claim"], shows: "ana", as: .olga),
        Case("request take", "{request}", setup: ["request"], shows: "ana", as: .olga),
        Case("request take-next", "devconf", setup: ["request"], shows: "ana", as: .olga),
        Case("request release", "@ana", setup: ["claim"], shows: "ana", as: .olga),
        Case("request reject", "@ana --reason closed --yes", setup: ["request"], shows: "ana", as: .olga),
        Case("request transfer", "@ana --queue devconf/second", setup: ["request"], shows: "ana", as: .olga),
        Case("request requeue", "{request}", setup: ["chat"], shows: "ana", as: .olga),
        Case("chat ls", "", setup: ["chat"], shows: "ana", as: .olga),
        Case("chat archive", "", setup: ["ended"], shows: "ana", as: .ana),
        Case("chat show", "@ana", setup: ["chat"], shows: "ana", as: .olga),
        Case("chat say", "@ana hello {n}", setup: ["chat"], as: .olga),
        Case("chat reply", "@ana hello", setup: ["chat", "olga: reply set hello hello"], as: .olga),
        Case("chat tail", "@ana", setup: ["chat"], shows: "the lamp", as: .olga),
        Case("chat note", "@ana n{n}", setup: ["chat"], shows: "n{n}", as: .olga),
        Case("chat notes", "@ana", setup: ["chat", "olga: chat note @ana psst"], shows: "psst", as: .olga),
        Case("chat hold", "@ana", setup: ["chat"], shows: "on_hold", as: .olga),
        Case("chat resume", "@ana", setup: ["chat", "olga: chat hold @ana"], shows: "open", as: .olga),
        Case("chat transfer", "@ana --queue devconf/second", setup: ["chat"], shows: "ana", as: .olga),
        Case("chat end", "@ana", setup: ["chat"], shows: "ana", as: .olga),
        Case("chat rate", "@olga 5 quick", setup: ["ended"], shows: "5", as: .ana),
        Case("chat transcript", "@ana", setup: ["chat"], shows: "the lamp", as: .olga),
        Case("reply ls", "", setup: ["olga: reply set hello hello"], shows: "hello", as: .olga),
        Case("reply set", "r{n} text", shows: "r{n}", as: .olga),
        Case("reply delete", "r{n} --yes", setup: ["olga: reply set r{n} text"], shows: "r{n}", as: .olga),
        Case("availability show", "", as: .olga),
        Case("availability set", "--accept next --capacity 3", shows: "next", as: .olga),
    ]

    static let staffPassword = "seven green bottles hanging on the wall"

    static let document = [
        "event: devconf", "agency: nordlys", "name: DevConf", "starts: 2027-05-01T09:00", "ends: 2027-05-02T17:00",
        "zone: Europe/Oslo",
    ]
}
