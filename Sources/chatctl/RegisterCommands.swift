import ChatAPI
import Flags

/// `registers …`: what an account keeps in step on all its devices.
enum RegisterCommands {
    static let shape = Shape(
        "register",
        Register.self,
        name: { $0.at("key").text ?? "" },
        [
            Column("key"), Column("version", "VERSION", .number), Column("value"),
        ]
    )

    private static let key = Argument.required(
        "KEY",
        "mute/CHANNEL-ID, sidebar, or client/… for what a program likes; markers and drafts have commands of their own."
    )

    static var noun: Command<Action> {
        Command(
            "registers",
            "What one's devices keep in step: markers, drafts, mutes, the sidebar, settings of programs.",
            aliases: ["reg"],
            examples: [Example("chatctl registers ls"), Example("chatctl registers set client/theme '\"dark\"'")],
            children: { [list, show, set, clear] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists registers.",
            aliases: ["list"],
            examples: [Example("chatctl registers ls"), Example("chatctl registers ls --prefix mute/")],
            options: [
                .value("prefix", "TEXT", "Only keys that start with this."),
                .value("after", "VERSION", .integer(0...Int.max), "Only what changed behind this version."),
            ],
            action: Action("registers.list") { run in
                try await print(
                    run,
                    prefix: run.values.string("prefix"),
                    after: run.values.int("after").map(Int64.init)
                )
            }
        )
    }

    static func print(_ run: Run, prefix: String?, after: Int64? = nil, _ shape: Shape = shape) async throws {
        try await run.list(shape, where: { $0.value != nil || after != nil }) { _, _ in
            try await run.call(.listRegisters, RegisterQuery(after: after, prefix: prefix))
        }
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows a register.",
            aliases: ["get"],
            examples: [Example("chatctl registers show sidebar -o json --fields value")],
            arguments: [key],
            action: Action("registers.list") { run in
                try run.output.one(Node(try await register(run, run.values.required("KEY"))), shape)
            }
        )
    }

    /// One register; not found if it was never set or is cleared.
    static func register(_ run: Run, _ key: String, orSay missing: String? = nil) async throws -> Register {
        let page = try await run.call(.listRegisters, RegisterQuery(prefix: key))
        guard let register = page.items.first(where: { $0.key == key && $0.value != nil }) else {
            throw APIError(.notFound, missing ?? "there is no register '\(key)'")
        }
        return register
    }

    private static var set: Command<Action> {
        Command(
            "set",
            "Sets a register to a JSON value.",
            examples: [
                Example("chatctl registers set client/theme '\"dark\"'"),
                Example("chatctl registers set sidebar - < sidebar.json"),
            ],
            arguments: [key, .required("JSON", "The value; - reads it from standard input.")],
            options: Options.change,
            action: Action("registers.set") { run in
                let key = run.values.required("KEY")
                let text = try run.text("JSON", limit: Limits.registerValueBytes)
                let value: JSON
                do {
                    value = try Coding.decode(JSON.self, from: Array(text.utf8))
                } catch {
                    throw Failure.usage(
                        "\"\(VisibleText.line(String(text.prefix(60))))\" is not JSON: texts need quotes, '\"dark\"'"
                    )
                }
                let register = try await run.call(.setRegister, RegisterDraft(key: key, value: value))
                try run.changed(Node(register), shape, "set \(VisibleText.line(key))")
            }
        )
    }

    private static var clear: Command<Action> {
        Command(
            "clear",
            "Clears a register.",
            aliases: ["rm"],
            examples: [Example("chatctl registers clear client/theme")],
            arguments: [key],
            options: Options.change,
            action: Action("registers.set") { run in
                let key = run.values.required("KEY")
                let register = try await run.call(.setRegister, RegisterDraft(key: key, value: nil))
                try run.changed(Node(register), shape, "cleared \(VisibleText.line(key))")
            }
        )
    }
}
