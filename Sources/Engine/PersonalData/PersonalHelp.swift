import ChatAPI
import Storage

/// What the help desk keeps about an account: sections of a personal export beside those of `PersonalSources.swift`. What was said
/// in chats is among the entries.
extension PersonalSources {
    static let help: [PersonalSource] = [
        PersonalSource(
            "requests",
            "requests for a chat",
            [
                ("id", .id), ("queue", .id), ("topic", .text), ("texts", .json), ("location", .json), ("state", .text),
                ("createdAt", .integer), ("takenAt", .integer), ("endedAt", .integer), ("reason", .text),
            ],
            SQL(
                """
                SELECT id, queue, topic, texts, location, state, created_at, taken_at, ended_at, reason
                FROM chat_request WHERE participant = :account ORDER BY ordinal LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "chats",
            "chats the account has asked for or answered, with the rating",
            [
                ("id", .id), ("request", .id), ("participant", .id), ("organizer", .id), ("topic", .text),
                ("state", .text), ("startedAt", .integer), ("endedAt", .integer), ("reason", .text),
                ("stars", .integer),
                ("comment", .text), ("ratedAt", .integer),
            ],
            SQL(
                """
                SELECT c.id, c.request, c.participant, c.organizer, c.topic, c.state, c.started_at, c.ended_at, c.reason,
                    c.stars, c.comment, c.rated_at
                FROM chat_side s JOIN chat c ON c.id = s.chat
                WHERE s.account = :account ORDER BY s.started_at, s.chat LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "notes",
            "private notes that the account has written in chats",
            [("chat", .id), ("seq", .integer), ("at", .integer), ("text", .text)],
            SQL(
                """
                SELECT chat, seq, at, text
                FROM chat_note WHERE author = :account ORDER BY chat, seq LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "availability",
            "how the account answers chats",
            [
                ("accepts", .text), ("isAway", .flag), ("capacity", .integer), ("skills", .json),
                ("misses", .integer),
            ],
            SQL(
                """
                SELECT accepts, is_away, capacity, skills, misses
                FROM organizer WHERE account = :account LIMIT :limit OFFSET :offset
                """
            )
        ),
    ]
}
