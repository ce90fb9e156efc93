import ChatAPI
import ChatKit
import Flags

/// `session …`: signed-in devices.
enum SessionCommands {
    static let shape = Shape(
        "session",
        Session.self,
        name: { $0.at("id").text ?? "" },
        [
            Column("id"), Column("device"), Column("address"), Column("lastUsedAt", "LAST-USED", .time),
            Column("isLive", "LIVE"), Column("isCurrent", "CURRENT"), Column("createdAt", "CREATED", .time, wide: true),
            Column("expiresAt", "EXPIRES", .time, wide: true), Column("account", wide: true),
        ]
    )

    private static let session = Argument.required("SESSION", .dynamic("sessions"), "A session, by id.")

    static var noun: Command<Action> {
        Command(
            "session",
            "Signed-in devices.",
            aliases: ["sessions"],
            examples: [
                Example("chatctl session ls"), Example("chatctl session revoke ID --yes"),
                Example("chatctl session tail ID", "What its connections carry, with texts masked."),
            ],
            children: { [list, show, revoke, refresh, SessionTailing.tail] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists sessions: one's own, or those of another account.",
            aliases: ["list"],
            examples: [Example("chatctl session ls"), Example("chatctl session ls ana")],
            arguments: [.optional("NAME", .dynamic("users"), "Whose; one's own if nothing is said.")],
            action: Action("sessions.list") { run in
                try await run.list(shape) { _, _ in
                    try await run.call(.listSessions, SessionQuery(account: run.values.string("NAME")))
                }
            }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows a session.",
            aliases: ["get"],
            examples: [Example("chatctl session show 01975c3e-7a00-7000-8000-000000000001")],
            arguments: [session],
            action: Action("sessions.get") { run in
                let found = try await run.call(.session, SessionRef(try id(run.values.required("SESSION"))))
                try run.output.one(Node(found), shape)
            }
        )
    }

    private static var revoke: Command<Action> {
        Command(
            "revoke",
            "Ends sessions and closes their connections at once.",
            aliases: ["rm"],
            examples: [Example("chatctl session revoke 01975c3e-7a00-7000-8000-000000000001 --yes")],
            arguments: [.rest("SESSION", .dynamic("sessions"), minimum: 1, "Sessions, by id.")],
            options: [Options.yes] + Options.change,
            action: Action("sessions.revoke") { run in
                let sessions = run.values.strings("SESSION")
                try run.confirm("End \(UserCommands.shown(sessions))?")
                try await run.each(sessions, shape, verb: "revoked") { text, part in
                    _ = try await run.call(.revokeSession, SessionRef(try id(text)), part: part)
                    return nil
                }
            }
        )
    }

    private static let refreshShape = Shape(
        "token",
        Refreshed.self,
        name: { $0.at("context").text ?? "" },
        [
            Column("context"), Column("accessExpiresAt", "GOOD-UNTIL", .time),
        ]
    )

    private struct Refreshed: Codable {
        var context: String
        var accessExpiresAt: Milliseconds?
    }

    private static var refresh: Command<Action> {
        Command(
            "refresh",
            "Renews the tokens of this session now; every command does it by itself when it is due.",
            examples: [Example("chatctl session refresh")],
            action: Action("session.refresh") { run in
                let profile = try run.profile()
                let credentials = Credentials(profile)
                let stale = try credentials.file()?.tokens.accessToken
                let token = try await credentials.renew(after: stale, through: try run.daemon().service)
                let view = Refreshed(context: profile.name, accessExpiresAt: token.endsAt)
                try run.changed(Node(view), refreshShape, "renewed the tokens of \(VisibleText.line(profile.name))")
            }
        )
    }

    static func id(_ text: String) throws(Failure) -> SessionID {
        guard let id = SessionID(text) else { throw .usage("\"\(VisibleText.line(text))\" is no id") }
        return id
    }
}
