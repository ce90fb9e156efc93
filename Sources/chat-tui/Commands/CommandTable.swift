import ChatAPI
import ChatKit

/// All commands, in the order of the help.
extension SlashCommand {
    package static let table: [SlashCommand] =
        [
            // Channels and people.
            SlashCommand(
                "join",
                ["j"],
                "#CHANNEL [SECRET] | CODE",
                "join a channel or go to it; enter an event, or where one is invited, by a code",
                .channels,
                completes: .channel,
                Commands.join
            ),
            SlashCommand(
                "leave",
                ["part"],
                "[#CHANNEL]",
                "leave this channel",
                .channels,
                completes: .channel,
                Commands.leave
            ),
            SlashCommand(
                "create",
                [],
                "#CHANNEL [TOPIC]",
                "make a channel; you are its admin",
                .channels,
                Commands.create
            ),
            SlashCommand("channels", ["list"], "", "show all channels, to join one", .channels, Commands.channels),
            SlashCommand("topic", [], "[TEXT]", "show or set the topic", .channels, Commands.topic),
            SlashCommand("rename", [], "NAME", "give this channel another name", .channels, Commands.rename),
            SlashCommand(
                "members",
                ["who", "names"],
                "",
                "show who is in here, or hide it",
                .channels,
                Commands.members
            ),
            SlashCommand(
                "add",
                [],
                "NAME",
                "add a person to this channel or conversation",
                .channels,
                completes: .person,
                Commands.add
            ),
            SlashCommand(
                "admin",
                [],
                "NAME [off]",
                "make a member an admin of this channel, or not",
                .channels,
                completes: .person,
                Commands.admin
            ),
            SlashCommand(
                "msg",
                ["query", "dm"],
                "NAME[,NAME…] [TEXT]",
                "talk to people alone",
                .channels,
                completes: .person,
                Commands.direct
            ),
            SlashCommand("whois", [], "NAME", "show who somebody is", .channels, completes: .person, Commands.whois),
            SlashCommand(
                "mute",
                ["ignore"],
                "[NAME]",
                "no marks from this channel, or again; with a name: fold what they say",
                .channels,
                completes: .person,
                Commands.mute
            ),
            SlashCommand(
                "switch",
                ["buffer", "b"],
                "[N | NAME]",
                "go to channel N of the list, or by its name",
                .channels,
                completes: .channel,
                Commands.change
            ),
            SlashCommand("next", [], "", "go to the next unread channel", .channels, Commands.next),
            SlashCommand("inbox", [], "", "show mentions and unread conversations", .channels, Commands.inbox),
            SlashCommand(
                "code",
                [],
                "[EVENT]",
                "make a code: to enter an event; alone, for a new account",
                .channels,
                completes: .event,
                Commands.code
            ),
            .sketch,

            // Messages.
            SlashCommand(
                "reply",
                ["re"],
                "N TEXT",
                "answer message N; 1 is the newest",
                .messages,
                completes: .message,
                Commands.reply
            ),
            SlashCommand(
                "edit",
                ["e"],
                "[N] TEXT",
                "change your message N, or your last",
                .messages,
                completes: .message,
                Commands.edit
            ),
            SlashCommand(
                "delete",
                ["del"],
                "[N]",
                "delete your message N, or your last",
                .messages,
                completes: .message,
                Commands.delete
            ),
            SlashCommand(
                "react",
                ["+"],
                "[N] EMOJI",
                "react to message N, or take it back",
                .messages,
                completes: .message,
                Commands.react
            ),
            SlashCommand("pin", [], "[N]", "pin message N, or unpin it", .messages, completes: .message, Commands.pin),
            SlashCommand("pins", [], "", "show what is pinned here", .messages, Commands.pins),
            SlashCommand(
                "search",
                ["s", "lastlog", "grep"],
                "[WORDS]",
                "search; Tab changes between here and everywhere",
                .messages,
                Commands.search
            ),
            SlashCommand("goto", [], "#NUMBER | YYYY-MM-DD", "go to a message, or to a day", .messages, Commands.goTo),
            SlashCommand(
                "unread",
                [],
                "[N]",
                "mark as unread from message N on",
                .messages,
                completes: .message,
                Commands.unread
            ),
            SlashCommand("read", [], "", "mark everything everywhere as read", .messages, Commands.read),
            SlashCommand(
                "copy",
                ["y"],
                "[N]",
                "copy message N to the clipboard",
                .messages,
                completes: .message,
                Commands.copy
            ),
            SlashCommand(
                "open",
                ["o"],
                "[N]",
                "open the link in message N",
                .messages,
                completes: .message,
                Commands.open
            ),
            SlashCommand("retry", [], "", "send again what was not sent", .messages, Commands.retry),
            SlashCommand("discard", [], "", "throw away what was not sent", .messages, Commands.discard),
            SlashCommand("me", [], "TEXT", "say what you do: * ana waves", .messages, Commands.emote),

            // You.
            SlashCommand("away", [], "[TEXT]", "be away, with a line that says why", .you, Commands.away),
            SlashCommand("dnd", ["busy"], "[TEXT]", "do not disturb: no sound, no notification", .you, Commands.busy),
            SlashCommand("back", [], "", "be there again", .you, Commands.back),
            SlashCommand("status", [], "[TEXT]", "set the line beside your name, or clear it", .you, Commands.status),
            SlashCommand("nick", [], "NAME", "set your display name", .you, Commands.nick),
            SlashCommand("about", [], "[TEXT]", "say something about yourself", .you, Commands.about),
            SlashCommand("password", [], "", "change your password", .you, Commands.password),
            SlashCommand(
                "sessions",
                ["devices"],
                "",
                "show where you are signed in, to end one",
                .you,
                Commands.sessions
            ),
            SlashCommand("signout", [], "[everywhere]", "sign out here, or on all devices", .you, Commands.signOut),

            // This program.
            SlashCommand(
                "help",
                ["h"],
                "[COMMAND | TEXT]",
                "show keys and commands; with a text: ask people for help",
                .program,
                completes: .command,
                Commands.help
            ),
            SlashCommand("keys", [], "", "show the keys", .program, Commands.keys),
            SlashCommand("theme", [], "[NAME]", "change the colours", .program, completes: .theme, Commands.theme),
            SlashCommand("mouse", [], "[on|off]", "off: the terminal selects text itself", .program, Commands.mouse),
            SlashCommand("vi", [], "[on|off]", "edit the line as in vi", .program, Commands.vi),
            SlashCommand("sidebar", [], "", "show or hide the sidebar", .program, Commands.sidebar),
            SlashCommand("editor", [], "", "write in $EDITOR", .program, Commands.editor),
            SlashCommand("reconnect", [], "", "try to connect now", .program, Commands.reconnect),
            SlashCommand("quit", ["q", "exit"], "", "leave; what was typed is kept", .program, Commands.quit),
        ] + invitationTable + invitedTable + deskTable + courseTable + orderTable + postingTable
}

/// What the commands do. Each is given what was typed behind its name.
enum Commands {}
