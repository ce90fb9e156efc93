import ChatAPI
import ChatKit
import Flags

/// `server …`: the daemon itself.
enum ServerCommands {
    static let shape = Shape(
        "daemon",
        ServerStatus.self,
        name: { $0.at("version").text ?? "" },
        [
            Column("version"), Column("commit"), Column("startedAt", "STARTED", .time), Column("isReady", "READY"),
            Column("isDraining", "DRAINING"), Column("accounts"), Column("channels"), Column("messages"),
            Column("connections"), Column("liveSessions", "LIVE"), Column("writeQueue"), Column("searchLag"),
            Column("residentBytes", "MEMORY", .bytes), Column("epoch", wide: true),
        ]
    )

    private static let reloadShape = Shape(
        "reload",
        ReloadResult.self,
        name: { _ in "reload" },
        [
            Column("changed"), Column("needsRestart"),
        ]
    )

    static var noun: Command<Action> {
        Command(
            "server",
            "The daemon: how it is, draining it, reloading its configuration.",
            examples: [Example("chatctl server status"), Example("chatctl server reload")],
            children: { [status, drain, reload] }
        )
    }

    private static var status: Command<Action> {
        Command(
            "status",
            "Shows how the daemon is.",
            examples: [
                Example("chatctl server status"), Example("chatctl server status --watch 5s -o jsonl"),
            ],
            options: [
                .value(
                    "watch",
                    "INTERVAL",
                    .duration(.milliseconds(200)...(.seconds(86_400))),
                    "Again and again, until Ctrl-C."
                )
            ],
            action: Action("server.status") { run in
                guard let interval = run.values.duration("watch") else {
                    return try run.output.one(Node(try await run.call(.serverStatus)), shape)
                }
                let list = try run.output.list(shape, isEndless: true)
                var isAway = false
                while true {
                    do {
                        list.add(Node(try await run.call(.serverStatus)))
                        isAway = false
                    } catch let error as APIError where ExitCode(error.code) == .unavailable {
                        if !isAway { run.warn("not reachable: \(VisibleText.line(error.detail))") }
                        isAway = true
                    }
                    try await Task.sleep(for: interval)
                }
            }
        )
    }

    private static var drain: Command<Action> {
        Command(
            "drain",
            "Stops accepting, lets clients go, finishes what was accepted, and ends the daemon.",
            examples: [Example("chatctl server drain --yes")],
            options: [Options.yes] + Options.change,
            action: Action("server.drain") { run in
                try run.confirm("Drain and end the daemon?")
                _ = try await run.call(.drainServer)
                try run.done("draining", "\(try run.profile().address)", "the daemon is draining")
            }
        )
    }

    private static var reload: Command<Action> {
        Command(
            "reload",
            "Makes the daemon read its configuration and certificates again; no connection is dropped.",
            examples: [Example("chatctl server reload")],
            options: Options.change,
            action: Action("server.reload") { run in
                let result = try await run.call(.reloadServer)
                let count = result.changed.count
                try run.changed(Node(result), reloadShape, "reloaded: \(count) setting\(count == 1 ? "" : "s") changed")
                if !result.needsRestart.isEmpty {
                    run.say("a restart is needed for: \(VisibleText.line(result.needsRestart.joined(separator: ", ")))")
                }
            }
        )
    }
}
