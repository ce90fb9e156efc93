import TerminalUI

/// Keys of pages: the queue, chats, events, people. They hold while the line is empty; `/` begins a command there, too.
extension KeyBinding {
    static let pageTable: [KeyBinding] = [
        KeyBinding(.page, .page(.up), ["Up"], "the row before", when: .empty),
        KeyBinding(.page, .page(.down), ["Down"], "the row after", when: .empty),
        KeyBinding(.page, .page(.pageUp), ["PageUp"], "a page up"),
        KeyBinding(.page, .page(.pageDown), ["PageDown"], "a page down"),
        KeyBinding(.page, .page(.first), ["Home"], "the first row", when: .empty),
        KeyBinding(.page, .page(.last), ["End"], "the last row", when: .empty),
        KeyBinding(.page, .page(.open), ["Enter"], "queue: take it; else open it", when: .empty),
        KeyBinding(.page, .page(.refresh), ["u"], "read it anew", when: .empty),
        KeyBinding(.page, .page(.take), ["t"], "queue: take the request and talk", when: .empty),
        KeyBinding(.page, .page(.hold), ["h"], "queue: hold it, to look at it first", when: .empty),
        KeyBinding(.page, .page(.release), ["r"], "queue: give it back to its place", when: .empty),
        KeyBinding(
            .page,
            .page(.reject),
            ["x"],
            "queue: refuse it; events: call off; agencies: suspend; with a reason",
            when: .empty
        ),
        KeyBinding(.page, .page(.move), ["m"], "queue: hand it to somebody or to another queue", when: .empty),
        KeyBinding(.page, .page(.approve), ["a"], "events: publish; agencies, attendees: approve", when: .empty),
        KeyBinding(.page, .page(.issues), ["i"], "events: its issues", when: .empty),
        KeyBinding(
            .page,
            .page(.check),
            ["c"],
            "attendees: they have arrived; issues: closed, or open again",
            when: .empty
        ),
        KeyBinding(
            .page,
            .page(.remove),
            ["d"],
            "disable a person, take away a grant, a ban, a code; asked twice",
            when: .empty
        ),
    ]
}

/// What a key does to a page.
package enum PageAction: Hashable, Sendable {
    case up, down, pageUp, pageDown, first, last
    case open, refresh
    case take, hold, release, reject, move
    case approve, issues, check, remove
}
