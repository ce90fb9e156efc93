import ChatAPI
import ChatKit
import Flags

/// `profile …`: one's own account.
enum ProfileCommands {
    static var noun: Command<Action> {
        Command(
            "profile",
            "One's own account: how others see one, whether one is there, what happened to one.",
            aliases: ["me"],
            examples: [
                Example("chatctl profile edit --status 'back at 3'"), Example("chatctl profile presence away"),
            ],
            children: { [show, edit, presence, log, RegistrationCommands.become, PersonalDataCommands.own, delete] }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows one's profile.",
            aliases: ["get"],
            examples: [Example("chatctl profile show")],
            action: Action("me.get") { run in
                try run.output.one(Node(try await run.call(.me).account), UserCommands.shape)
            }
        )
    }

    private static var edit: Command<Action> {
        Command(
            "edit",
            "Changes one's profile. What is not given stays; an empty text clears.",
            examples: [
                Example("chatctl profile edit --display-name 'Ana Ruiz' --about 'Lights and sound'"),
                Example("chatctl profile edit --status ''"),
            ],
            options: [
                .value("display-name", "TEXT", "How others see one beside the name."),
                .value("about", "TEXT", "A few sentences about oneself."),
                .value("status", "TEXT", "A line beside one's presence: back at 3."),
            ] + Options.change,
            action: Action("me.update") { run in
                let change = ProfileChange(
                    displayName: run.values.string("display-name"),
                    about: run.values.string("about"),
                    statusText: run.values.string("status")
                )
                guard change.displayName != nil || change.about != nil || change.statusText != nil else {
                    throw Failure.usage("nothing to change: give --display-name, --about or --status")
                }
                let account = try await run.call(.changeProfile, change)
                try run.changed(
                    Node(account),
                    UserCommands.shape,
                    "changed the profile of \(VisibleText.line(account.name))"
                )
            }
        )
    }

    private static var presence: Command<Action> {
        Command(
            "presence",
            "Says on all of one's open connections whether one is there.",
            examples: [Example("chatctl profile presence away"), Example("chatctl profile presence doNotDisturb")],
            arguments: [.required("STATE", .choice(PresenceState.words.map(\.rawValue)), "What others see.")],
            options: Options.change,
            action: Action("presence.set") { run in
                let text = run.values.required("STATE")
                guard let state = PresenceState(word: text) else { throw Failure.usage("STATE is unknown") }
                _ = try await run.call(.setPresence, PresenceDraft(state: state))
                try run.done("set", text, "presence is \(text)")
            }
        )
    }

    private static var log: Command<Action> {
        Command(
            "log",
            "Shows what happened to one's account: joins, sessions, roles; goes on with -f.",
            examples: [Example("chatctl profile log"), Example("chatctl profile log -f -o jsonl")],
            options: [
                .flag("all", "Also what one's devices tell each other: read markers, drafts, how work lists stand."),
                Options.follow, Options.since, MeLog.limit(),
            ],
            action: Action("me.entries", "sync") { run in
                let isAll = run.values.flag("all")
                try await MeLog.tail(run) { isAll || !MeView.isChatter($0) }
            }
        )
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Deletes one's account: its messages stay, its name does not.",
            examples: [Example("chatctl profile delete --confirm ana")],
            options: [Options.confirm("account"), Options.password("the password")] + Options.change,
            action: Action("me.delete", "me.get") { run in
                let name = try await run.call(.me).account.name
                try run.confirm("This deletes the account \(VisibleText.line(name)) for good.", name: name)
                let password = try run.secret("password-file", "Password")
                _ = try await run.call(.deleteMe, AccountDeletion(password: password))
                if !run.isDryRun { try Credentials(try run.profile()).remove() }
                try run.done("deleted", name)
            }
        )
    }
}
