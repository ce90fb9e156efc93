import ChatAPI
import ChatKit
import Flags

/// `context …`: which daemons one uses, and as whom.
enum ContextCommands {
    static let shape = Shape(
        "context",
        ContextView.self,
        name: { $0.at("name").text ?? "" },
        [
            Column("name"), Column("isCurrent", "CURRENT"), Column("address"), Column("account"),
            Column("ca", wide: true),
            Column("tokenFile", wide: true), Column("tokenCommand", wide: true),
        ]
    )

    struct ContextView: Codable {
        var name: String
        var isCurrent: Bool
        var address: String?
        var account: String?
        var ca: String?
        var tokenFile: String?
        var tokenCommand: String?
    }

    private static let name = Argument.required("NAME", .dynamic("contexts"), "A context.")

    static var noun: Command<Action> {
        Command(
            "context",
            "Daemons and accounts by a name of one's own; see \"chatctl help contexts\".",
            aliases: ["ctx"],
            examples: [
                Example("chatctl context set work --server https://chat.example.org --account ana"),
                Example("chatctl context use work"),
            ],
            children: { [list, show, set, use, delete] }
        )
    }

    private static func view(_ name: String, _ contexts: Contexts) throws -> Node {
        guard let context = contexts.contexts[name] else {
            let known = contexts.contexts.keys.sorted()
            let near = Suggestion.nearest(to: name, among: known)
            throw Failure(
                APIError(
                    .notFound,
                    "no context is named '\(name)'" + (near.isEmpty ? "" : "; did you mean \(near[0])?")
                )
            )
        }
        return Node(
            ContextView(
                name: name,
                isCurrent: contexts.current == name,
                address: context.server ?? context.socket.map { "unix:\($0)" },
                account: context.account,
                ca: context.ca,
                tokenFile: context.tokenFile,
                tokenCommand: context.tokenCommand
            )
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists contexts.",
            aliases: ["list"],
            examples: [Example("chatctl context ls")],
            action: Action { run in
                let contexts = try Contexts.load(from: Folders(run.console.kit))
                let list = try run.output.list(shape)
                for name in contexts.contexts.keys.sorted() { list.add(try view(name, contexts)) }
                list.end()
            }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows a context.",
            aliases: ["get"],
            examples: [Example("chatctl context show work")],
            arguments: [name],
            action: Action { run in
                let contexts = try Contexts.load(from: Folders(run.console.kit))
                try run.output.one(try view(run.values.required("NAME"), contexts), shape)
            }
        )
    }

    private static var set: Command<Action> {
        Command(
            "set",
            "Makes or changes a context; --server, --socket, --ca and --token-file become part of it.",
            examples: [
                Example("chatctl context set work --server https://chat.example.org --account ana"),
                Example("chatctl context set bot --socket /run/chatd/chatd.sock --token-command 'pass show plaza'"),
            ],
            arguments: [name],
            options: [
                .value("account", "NAME", "The name to sign in with."),
                .value("token-command", "COMMAND", "A command of the shell that prints a token."),
                .flag("dry-run", "Says what would happen and writes nothing."),
            ],
            action: Action { run in
                let name = run.values.required("NAME")
                guard Contexts.isName(name) else {
                    throw Failure.usage(
                        "\"\(VisibleText.line(name))\" is no name of a context: 1 to 64 of a-z A-Z 0-9 . - _"
                    )
                }
                let folders = try Folders(run.console.kit)
                var contexts = try Contexts.load(from: folders)
                var context = contexts.contexts[name] ?? Context()
                let (server, socket) = (run.values.string("server"), run.values.string("socket"))
                if server != nil, socket != nil { throw Failure.usage("--server and --socket exclude each other") }
                if let server {
                    (context.server, context.socket) = ("\(try ServerAddress(url: server))", nil)
                } else if let socket {
                    _ = try ServerAddress(socket: socket)
                    (context.server, context.socket) = (nil, Files.absolute(socket))
                }
                guard context.server != nil || context.socket != nil else {
                    throw Failure.usage("a context needs --server URL or --socket PATH")
                }
                if let account = run.values.string("account") { context.account = account }
                if let ca = run.values.string("ca") { context.ca = Files.absolute(ca) }
                if let file = run.values.string("token-file") {
                    (context.tokenFile, context.tokenCommand) = (Files.absolute(file), nil)
                }
                if let command = run.values.string("token-command") {
                    (context.tokenFile, context.tokenCommand) = (nil, command)
                }
                contexts.contexts[name] = context
                if contexts.current == nil { contexts.current = name }
                if !run.isDryRun { try contexts.save(to: folders) }
                try run.changed(try view(name, contexts), shape, "set the context \(name)")
            }
        )
    }

    private static var use: Command<Action> {
        Command(
            "use",
            "Makes a context the one that is meant if nothing is said.",
            examples: [Example("chatctl context use work")],
            arguments: [name],
            options: [.flag("dry-run", "Says what would happen and writes nothing.")],
            action: Action { run in
                let name = run.values.required("NAME")
                let folders = try Folders(run.console.kit)
                var contexts = try Contexts.load(from: folders)
                _ = try view(name, contexts)
                contexts.current = name
                if !run.isDryRun { try contexts.save(to: folders) }
                try run.changed(try view(name, contexts), shape, "using \(name)")
            }
        )
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Forgets a context and the session that was kept for it; the session itself is ended by \"logout\".",
            aliases: ["rm"],
            examples: [Example("chatctl context delete work")],
            arguments: [name],
            options: [.flag("dry-run", "Says what would happen and writes nothing.")],
            action: Action { run in
                let name = run.values.required("NAME")
                let folders = try Folders(run.console.kit)
                var contexts = try Contexts.load(from: folders)
                _ = try view(name, contexts)
                contexts.contexts[name] = nil
                if contexts.current == name { contexts.current = nil }
                if !run.isDryRun {
                    try contexts.save(to: folders)
                    try Files.remove("\(folders.config)/credentials/\(name).json")
                }
                try run.done("deleted", name)
            }
        )
    }
}
