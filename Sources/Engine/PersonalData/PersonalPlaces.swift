import ChatAPI
import Storage

/// What agencies and events keep about an account: sections of a personal export beside those of `PersonalSources.swift`.
extension PersonalSources {
    static let places: [PersonalSource] = [
        PersonalSource(
            "registrations",
            "events the account has registered for",
            [
                ("event", .id), ("name", .text), ("state", .text), ("registeredAt", .integer),
                ("offeredUntil", .integer), ("checkedInAt", .integer),
            ],
            SQL(
                """
                SELECT a.event, e.name, a.state, a.registered_at, a.offered_until, a.checked_in_at
                FROM attendee a JOIN event e ON e.id = a.event
                WHERE a.account = :account ORDER BY a.event LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "issues",
            "issues of events that the account has written",
            [
                ("id", .id), ("event", .id), ("number", .integer), ("title", .text), ("text", .text),
                ("status", .text), ("createdAt", .integer),
            ],
            SQL(
                """
                SELECT id, event, number, title, text, status, created_at
                FROM issue WHERE created_by = :account ORDER BY id LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "comments",
            "comments on issues",
            [("id", .id), ("issue", .id), ("text", .text), ("at", .integer), ("editedAt", .integer)],
            SQL(
                """
                SELECT id, issue, text, at, edited_at
                FROM issue_comment WHERE author = :account ORDER BY id LIMIT :limit OFFSET :offset
                """
            )
        ),
    ]
}
