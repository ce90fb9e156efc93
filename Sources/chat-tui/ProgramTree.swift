import CBuild
import ChatAPI
package import Flags
import TerminalUI

/// The command line of chat-tui, its help and its man page; keys and commands come out of their tables.
package enum ProgramTree {
    package static let program = Program<Void>(
        root: Command(
            "chat-tui",
            "Chat in the terminal.",
            discussion: """
                Without options it opens the profile that was used last. The first start offers the daemon of this machine or \
                asks for an address, then signs in, makes an account or takes a code.

                Linear modes read lines and commands from standard input and print each event once, as text or JSON lines. \
                They are used by themselves, with a sentence, where there is no full screen.
                """,
            examples: [
                Example("chat-tui", "open the last profile"),
                Example("chat-tui --server https://chat.example.org", "a daemon far away"),
                Example("chat-tui --profile work --channel '#ops'", "another account, in a channel"),
                Example("echo 'deployed' | chat-tui --plain --channel '#ops'", "say something and leave"),
            ],
            options: [
                .value("server", "URL", "The daemon: https://host[:port], or http:// on this machine."),
                .value("socket", "PATH", .file, "The daemon's Unix socket."),
                .value("profile", "NAME", "The account and daemon to use; a new name makes a new profile."),
                .value("ca", "FILE", .file, "Trust the authorities in this PEM file instead of the system's."),
                .flag("plain", "Lines instead of a screen."),
                .flag("json", "JSON lines instead of a screen."),
                .value("channel", "NAME", "Open this channel, #general, or person, @ana; linear modes show only it."),
                .value("record", "FILE", .file, "Write down what happens, for a bug report; passwords are left out."),
                .value("replay", "FILE", .file, "Show a recording."),
                .flag("keydump", "Show what the terminal sends for each key."),
            ],
            action: ()
        ),
        version: "chat-tui \(Version.number) (\(String(cString: cbuild_commit())))",
        manual: { manual }
    )

    /// The man page's source, as `chat-tui __manual` prints it.
    package static var manualSource: String {
        guard case .text(let source)? = try? program.parse(["__manual"]) else { return "" }
        return source
    }

    private static var manual: Manual {
        var sections = KeyBinding.Place.allCases.map { place in
            Manual.Section(
                "Keys: " + place.rawValue,
                [
                    .definitions(
                        KeyBinding.table.filter { $0.place == place }.map { binding in
                            let condition = binding.condition == .always ? "" : ", \(binding.condition.rawValue)"
                            return Definition(binding.keys.joined(separator: ", "), binding.sentence + condition + ".")
                        }
                    )
                ]
            )
        }
        sections += SlashCommand.Group.allCases.map { group in
            Manual.Section(
                "Commands: " + group.rawValue,
                [
                    .definitions(
                        SlashCommand.table.filter { $0.group == group }.map { Definition($0.line, $0.summary + ".") }
                    )
                ]
            )
        }
        sections += [
            Manual.Section(
                "Commands: Drawings",
                [
                    .paragraph(SketchManual.about),
                    .definitions(SketchVerb.table.map { Definition($0.line, $0.summary + ".") }),
                ]
            ),
            Manual.Section(
                "Editing keys",
                [
                    .definitions(
                        EditCommand.bindings.map { Definition($0.keys.joined(separator: ", "), $0.sentence + ".") }
                    )
                ]
            ),
            Manual.Section(
                "Themes",
                [
                    .paragraph(
                        "A theme is a file `NAME.theme` with a line per role of the screen: `ROLE = COLOUR [on COLOUR] "
                            + "[bold] [italic] [underline] [reverse] [dim]`. A colour is `#rrggbb`, a number from 0 to 255, "
                            + "`default`, or a name such as `red` and `bright-red`. The roles are: "
                            + Theme.Role.allCases.map(\.rawValue).joined(separator: ", ")
                            + ". The line `people = COLOUR …` gives the colours of names."
                    )
                ]
            ),
            Manual.Section("Environment", [.definitions(environment)]),
            Manual.Section(
                "Files",
                [
                    .definitions([
                        Definition("$XDG_CONFIG_HOME/plaza/contexts.json", "The profiles, shared with chatctl(1)."),
                        Definition("$XDG_CONFIG_HOME/plaza/credentials/", "Tokens, readable by their owner only."),
                        Definition("$XDG_CONFIG_HOME/plaza/themes/", "Themes."),
                        Definition("$XDG_CACHE_HOME/plaza/", "What was seen; may be deleted at any time."),
                        Definition("$XDG_STATE_HOME/plaza/", "What was not sent yet, and the history of the line."),
                    ])
                ]
            ),
            Manual.Section(
                "Exit status",
                [
                    .definitions([
                        Definition("0", "All is well."), Definition("1", "The terminal or a file could not be used."),
                        Definition("2", "The command line or the configuration makes no sense."),
                        Definition("3", "The channel of the command line is not there, in a linear mode."),
                        Definition("4", "Not signed in, in a linear mode."),
                        Definition("8", "Not everything could be sent, in a linear mode; the next start sends it."),
                    ])
                ]
            ),
        ]
        return Manual(
            "chat-tui",
            section: 1,
            date: "November 21, 2026",
            summary: "chat in the terminal",
            sections: sections,
            seeAlso: [("chatctl", 1), ("chatd", 8)]
        )
    }

    private static let environment = [
        Definition("PLAZA_SERVER, PLAZA_SOCKET", "The daemon, where no option names one."),
        Definition("PLAZA_CONTEXT", "The profile."),
        Definition("PLAZA_TOKEN_FILE", "A file with a bot's token."),
        Definition("PLAZA_CA", "Authorities to trust."),
        Definition("NO_COLOR", "No colours."),
        Definition("COLORTERM", "`truecolor` allows 24-bit colours."),
        Definition("TZ", "The time zone in which times are shown; else /etc/localtime."),
        Definition("VISUAL, EDITOR", "The editor of Ctrl+X Ctrl+E."),
    ]
}
