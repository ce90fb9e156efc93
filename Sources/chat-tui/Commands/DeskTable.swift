import ChatAPI

/// Commands of the help desk, of events and of administration, in the order of the help.
extension SlashCommand {
    static let deskTable: [SlashCommand] = [
        // Asking.
        SlashCommand(
            "ask",
            [],
            "[TOPIC] TEXT",
            "ask for help; again: say more while you wait",
            .help,
            completes: .topic,
            Commands.ask
        ),
        SlashCommand("cancel", [], "", "take your request back", .help, Commands.cancel),
        SlashCommand("end", [], "[REASON]", "end the chat", .help, Commands.end),
        SlashCommand(
            "rate",
            [],
            "1…5 [COMMENT]",
            "say how a chat was that ended; no: not at all",
            .help,
            Commands.rate
        ),
        SlashCommand(
            "archive",
            ["history"],
            "[NAME]",
            "show chats that ended",
            .help,
            completes: .person,
            Commands.archive
        ),
        SlashCommand("transcript", [], "", "copy a chat as text", .help, Commands.transcript),

        // Answering.
        SlashCommand("queue", [], "[NAME]", "show who waits", .desk, completes: .queue, Commands.queue),
        SlashCommand("chats", [], "", "show the chats that run", .desk, Commands.chats),
        SlashCommand("take", [], "[N | NAME]", "take a request, or the next in line, and talk", .desk, Commands.take),
        SlashCommand("claim", [], "[N]", "hold request N for a while, to look at it", .desk, Commands.claim),
        SlashCommand("release", [], "[N]", "give a request back to its place in line", .desk, Commands.release),
        SlashCommand("reject", [], "[N] REASON", "refuse a request; the participant reads why", .desk, Commands.reject),
        SlashCommand(
            "note",
            ["n"],
            "TEXT",
            "write a private note: the participant never sees it",
            .desk,
            Commands.note
        ),
        SlashCommand("notes", [], "", "show or hide the private notes", .desk, Commands.notes),
        SlashCommand(
            "r",
            ["canned"],
            "[KEY]",
            "put a canned reply into the line, to look at and send",
            .desk,
            completes: .reply,
            Commands.canned
        ),
        SlashCommand(
            "transfer",
            [],
            "NAME | #QUEUE [NOTE]",
            "hand the chat, or the selected request, to somebody",
            .desk,
            completes: .person,
            Commands.transfer
        ),
        SlashCommand("requeue", [], "[NOTE]", "put the chat back in line, with its history", .desk, Commands.requeue),
        SlashCommand("hold", [], "", "put the chat on hold", .desk, Commands.hold),
        SlashCommand("resume", [], "", "go on with a chat that is on hold", .desk, Commands.resume),
        SlashCommand("accept", [], "[on|next|off|away]", "have requests handed to you, or not", .desk, Commands.accept),

        // Events.
        SlashCommand("events", [], "", "show the events", .events, Commands.events),
        SlashCommand(
            "event",
            [],
            "[NAME]",
            "show an event: times, place, codes, channels",
            .events,
            completes: .event,
            Commands.event
        ),
        SlashCommand(
            "publish",
            [],
            "[NAME]",
            "publish an event: its channels and its queue are made",
            .events,
            completes: .event,
            Commands.publish
        ),
        SlashCommand(
            "announce",
            [],
            "[EVENT] TEXT",
            "write to everybody in an event",
            .events,
            completes: .event,
            Commands.announce
        ),
        SlashCommand(
            "attendees",
            [],
            "[NAME]",
            "show who is registered, to approve and to tick off",
            .events,
            completes: .event,
            Commands.attendees
        ),
        SlashCommand(
            "issues",
            [],
            "[NAME]",
            "show what has to be done at an event",
            .events,
            completes: .event,
            Commands.issues
        ),
        SlashCommand(
            "issue",
            [],
            "new TITLE | N [STATUS]",
            "write an issue down, or change one",
            .events,
            Commands.issue
        ),
        SlashCommand("comment", [], "TEXT", "comment on the issue that is open", .events, Commands.comment),

        // Administration.
        SlashCommand(
            "people",
            [],
            "[WORDS]",
            "show accounts; Enter shows what one may do",
            .administration,
            Commands.people
        ),
        SlashCommand(
            "grants",
            [],
            "NAME",
            "show what somebody may do where",
            .administration,
            completes: .person,
            Commands.grants
        ),
        SlashCommand(
            "grant",
            [],
            "NAME ROLE [WHERE]",
            "give a role: an event, an agency, #channel, platform",
            .administration,
            completes: .person,
            Commands.grant
        ),
        SlashCommand(
            "ungrant",
            [],
            "NAME ROLE [WHERE]",
            "take a role away",
            .administration,
            completes: .person,
            Commands.ungrant
        ),
        SlashCommand(
            "work",
            [],
            "[accept | decline AGENCY]",
            "show the roles that agencies offer you; take one, or say no",
            .administration,
            Commands.work
        ),
        SlashCommand(
            "agencies",
            ["agency"],
            "[NAME]",
            "show agencies, or one with its staff and events",
            .administration,
            completes: .agency,
            Commands.agencies
        ),
        SlashCommand(
            "approve",
            [],
            "NAME",
            "let an agency work",
            .administration,
            completes: .agency,
            Commands.approve
        ),
        SlashCommand(
            "suspend",
            [],
            "NAME [REASON]",
            "put an agency to sleep: its grants rest, its events are hidden",
            .administration,
            completes: .agency,
            Commands.suspend
        ),
        SlashCommand(
            "revoke",
            [],
            "NAME [REASON]",
            "take the approval of an agency away, or refuse it",
            .administration,
            completes: .agency,
            Commands.revoke
        ),

        SlashCommand(
            "account",
            [],
            "",
            "make an account of the guest that you are, and keep everything",
            .you,
            Commands.become
        ),
    ]
}
