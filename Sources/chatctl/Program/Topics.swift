import Flags

/// The help topics: what holds for every command.
enum Topics {
    static var all: [Topic] { [exitCodes, environment, formatting, contexts, roles, eventFile] }

    private static var exitCodes: Topic {
        Topic(
            "exit-codes",
            "What a script sees in $?.",
            section: "exit status",
            [
                .definitions(ExitCode.allCases.map { Definition(String($0.rawValue), $0.meaning) }),
                .paragraph(
                    """
                    With `-o json` a failure is a problem (RFC 9457) on standard error with `code`, `detail` and `exitCode`. \
                    Codes are never changed, only added to.
                    """
                ),
            ]
        )
    }

    private static var environment: Topic {
        Topic(
            "environment",
            "The variables that are read.",
            section: "environment",
            [
                .paragraph("Flags win over the environment, that over the context, that over the defaults."),
                .definitions([
                    Definition("PLAZA_SERVER", "The daemon's URL, as --server. A --context on the line wins over it."),
                    Definition(
                        "PLAZA_SOCKET",
                        "The daemon's Unix socket, as --socket. Only one of the two may be set."
                    ),
                    Definition("PLAZA_CONTEXT", "A context, as --context."),
                    Definition("PLAZA_CA", "Authorities to trust, as --ca."),
                    Definition(
                        "PLAZA_TOKEN_FILE",
                        "A file that holds a token, as --token-file. Never the token itself."
                    ),
                    Definition(
                        "XDG_CONFIG_HOME",
                        "Where plaza/contexts.json and plaza/credentials are; else ~/.config."
                    ),
                    Definition(
                        "XDG_RUNTIME_DIR",
                        "Where plaza/chatd.sock is looked for, behind /run/chatd/chatd.sock."
                    ),
                    Definition("NO_COLOR", "If set, nothing is bold."),
                    Definition("TERM", "dumb: nothing is bold, no progress is shown."),
                    Definition("COLUMNS", "How wide help is; tables are as wide as what is in them."),
                    Definition("TZ", "The time zone of tables, and of --since without one."),
                ]),
            ]
        )
    }

    private static var formatting: Topic {
        Topic(
            "formatting",
            "How results are printed: -o and --fields.",
            section: "formatting",
            [
                .paragraph(
                    """
                    Results go to standard output, everything else to standard error. A terminal changes nothing but bold: what \
                    you see is what a pipe gets.
                    """
                ),
                .definitions([
                    Definition(
                        "table",
                        "For people: the important columns, times in your zone. One thing is a line per field."
                    ),
                    Definition("wide", "The same with all columns."),
                    Definition("json", "One document: an object, or a list. Times are Unix milliseconds."),
                    Definition("jsonl", "One object a line, as they come: for jq, and for what has no end."),
                    Definition("yaml", "One document; with --follow one per entry."),
                    Definition(
                        "csv",
                        "RFC 4180, all columns, times in ISO 8601. A cell that a spreadsheet would run as a formula gets a ' in front."
                    ),
                    Definition(
                        "name",
                        "Only what other commands take: `chatctl user ls -o name | xargs -n1 chatctl user show`."
                    ),
                ]),
                .paragraph(
                    """
                    `--fields a,b.c` chooses fields in every format but name; a field that does not exist is refused with the list \
                    of those that do. Lists are complete: only `--limit` cuts, and says so on standard error.
                    """
                ),
                .paragraph(
                    """
                    Other people's text cannot move the cursor or hide: in tables controls and invisible characters are written as \
                    `<U+202E>`, in JSON as `\\u202e`, which is the same data.
                    """
                ),
                .paragraph(
                    """
                    A command given several things (words, `--file`, `-`) prints a result for each, with `input` and `status`, \
                    and ends with exit code 7 if some failed.
                    """
                ),
            ]
        )
    }

    private static var contexts: Topic {
        Topic(
            "contexts",
            "Which daemon is meant, and as whom.",
            section: "choosing a daemon",
            [
                .paragraph(
                    """
                    Without anything said, the sockets `/run/chatd/chatd.sock` and `$XDG_RUNTIME_DIR/plaza/chatd.sock` are tried. \
                    There root, and outside systemd the daemon's own user, need not sign in: they act as a named local \
                    administrator, under the same rules, and are audited. Everyone else signs in with `chatctl login`.
                    """
                ),
                .paragraph(
                    """
                    Who is signed in acts as themselves there too, root as well; `--local` asks for the local administrator all the \
                    same. A context that names an account does not become the administrator when that account signs out, or its \
                    session ends elsewhere: the next command says so and ends with 4. `chatctl whoami` shows as whom one acts.
                    """
                ),
                .paragraph("A context gives a daemon and an account a name:"),
                .code(
                    "chatctl context set work --server https://chat.example.org --account ana\n"
                        + "chatctl login --context work\nchatctl context use work"
                ),
                .paragraph(
                    """
                    Contexts are in `$XDG_CONFIG_HOME/plaza/contexts.json`, sessions in `credentials/` beside it, readable by you \
                    alone. A token is sent only to the daemon that its context names. Bots use a file (`--token-file`) or a \
                    command of the context (`--token-command`); secrets are never words of a line.
                    """
                ),
            ]
        )
    }

    private static var eventFile: Topic {
        Topic(
            "event-file",
            "What the file of \"event apply\" may hold.",
            section: "event files",
            [
                .paragraph(
                    """
                    One event in YAML or JSON. A key that is left out leaves what is there as it is; a key that there is not is \
                    refused with its line. Applying a file twice, or what `chatctl event export` wrote, changes nothing.
                    """
                ),
                .definitions([
                    Definition("event, agency, name", "The words they are named by, and the name in full. Needed."),
                    Definition(
                        "starts, ends, zone",
                        "On the clocks of the zone: `2027-05-07T09:00` and `Europe/Oslo`. Needed."
                    ),
                    Definition("description", "A text; over several lines behind a |."),
                    Definition("place", "`name`, `address`, and in degrees `latitude` and `longitude`."),
                    Definition("capacity, offerMinutes", "Places, 0 without a limit; how long a free one is kept."),
                    Definition("registration", "`open`, `approval` or `code`."),
                    Definition("guests, participantChannels", "true or false."),
                    Definition("contacts", "The whole list: `name`, `email`, `phone`, `notes`. Who is not in it goes."),
                    Definition(
                        "channels",
                        "`name`, `kind` (text, announce, staff), `topic`. Made and changed, never deleted."
                    ),
                    Definition(
                        "queues",
                        "`name`, `topics` (`key`, `title`, `priority`, `skill`), `policy`, `sla`. Made and changed, never deleted."
                    ),
                    Definition("state", "`draft`, or `published`, which publishes a draft."),
                ]),
            ]
        )
    }
}
