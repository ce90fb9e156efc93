import ChatAPI
import Storage

/// Every section of a personal export, and where each column of the database that can name an account stands: in a section,
/// or on the list of those that are left out, with the reason. A test holds both against the schema.
enum PersonalSources {
    static let all = own + places + help

    private static let own: [PersonalSource] = [
        PersonalSource(
            "account",
            "the account itself; its password is kept as a hash and is not part of it",
            [
                ("id", .id), ("kind", .text), ("name", .text), ("displayName", .text), ("about", .text),
                ("statusText", .text), ("createdAt", .integer), ("disabledAt", .integer), ("hasLongPassword", .flag),
            ],
            SQL(
                """
                SELECT id, kind, name, display_name, about, status_text, created_at, disabled_at, has_long_password
                FROM account WHERE id = :account LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "sessions",
            "devices that are signed in",
            [
                ("id", .id), ("device", .text), ("address", .text), ("createdAt", .integer), ("lastUsedAt", .integer),
                ("expiresAt", .integer),
            ],
            SQL(
                """
                SELECT id, device, address, created_at, last_used_at, expires_at
                FROM session WHERE account = :account ORDER BY id LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "tokens",
            "tokens for programs, without what proves them",
            [
                ("id", .id), ("label", .text), ("scopes", .text), ("createdAt", .integer), ("lastUsedAt", .integer),
                ("expiresAt", .integer),
            ],
            SQL(
                """
                SELECT id, label, scopes, created_at, last_used_at, expires_at
                FROM token WHERE account = :account ORDER BY id LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "codes",
            "codes for a new password that are still good, without the code",
            [("kind", .text), ("createdBy", .id), ("createdAt", .integer), ("expiresAt", .integer)],
            SQL(
                """
                SELECT kind, created_by, created_at, expires_at
                FROM code WHERE account = :account ORDER BY created_at LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "grants",
            "roles",
            [("role", .text), ("scope", .text), ("grantedBy", .id), ("grantedAt", .integer)],
            SQL(
                """
                SELECT role, scope, granted_by, granted_at
                FROM role_grant WHERE account = :account ORDER BY role, scope LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "channels",
            "channels the account is in, and how far it has read",
            [
                ("channel", .id), ("name", .text), ("role", .text), ("joinedAt", .integer), ("visibleFrom", .integer),
                ("marker", .integer),
            ],
            SQL(
                """
                SELECT m.channel, c.name, m.role, m.joined_at, m.visible_from, m.marker
                FROM membership m LEFT JOIN channel c ON c.id = m.channel
                WHERE m.account = :account ORDER BY m.channel LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "registers",
            "drafts, settings and whatever else is kept in step on all devices",
            [("key", .text), ("value", .json), ("version", .integer)],
            SQL(
                """
                SELECT key, value, version FROM register WHERE account = :account ORDER BY key LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "mentions",
            "messages that call the account by name",
            [("channel", .id), ("seq", .integer), ("at", .integer)],
            SQL(
                """
                SELECT channel, seq, at FROM mention
                WHERE account = :account ORDER BY channel, seq LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "blocks",
            "whom the account has blocked or muted; who has blocked it is theirs to know",
            [("account", .id), ("kind", .text), ("at", .integer)],
            SQL(
                """
                SELECT other, kind, at FROM block WHERE account = :account ORDER BY other LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "sanctions",
            "bans and time-outs",
            [
                ("scope", .text), ("kind", .text), ("until", .integer), ("reason", .text), ("by", .id),
                ("at", .integer),
            ],
            SQL(
                """
                SELECT scope, kind, until, reason, imposed_by, at
                FROM sanction WHERE account = :account ORDER BY scope, kind LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "invitations",
            "invitations to channels, or what the account declined",
            [
                ("id", .id), ("channel", .id), ("by", .id), ("at", .integer), ("expiresAt", .integer),
                ("declinedAt", .integer),
            ],
            SQL(
                """
                SELECT id, channel, invited_by, at, expires_at, declined_at
                FROM channel_invitation WHERE account = :account ORDER BY channel LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "offers",
            "roles that agencies offer to the account, or that it declined",
            [
                ("agency", .id), ("role", .text), ("scope", .text), ("by", .id), ("at", .integer),
                ("until", .integer), ("declinedAt", .integer),
            ],
            SQL(
                """
                SELECT agency, role, scope, offered_by, offered_at, expires_at, declined_at
                FROM role_offer WHERE account = :account ORDER BY agency LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "reports",
            "messages that the account has reported",
            [
                ("id", .id), ("channel", .id), ("seq", .integer), ("text", .text), ("reason", .text), ("at", .integer),
                ("state", .text),
            ],
            SQL(
                """
                SELECT id, channel, seq, text, reason, at, state
                FROM report WHERE reported_by = :account ORDER BY id LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "reported",
            "messages of the account that somebody has reported; by whom stays with the moderators",
            [("channel", .id), ("seq", .integer), ("text", .text), ("at", .integer), ("state", .text)],
            SQL(
                """
                SELECT channel, seq, text, at, state
                FROM report WHERE author = :account ORDER BY id LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "audit",
            "what the account did, as the audit log keeps it",
            [
                ("seq", .integer), ("at", .integer), ("action", .text), ("object", .text), ("session", .id),
                ("address", .text), ("requestId", .text), ("before", .json), ("after", .json),
            ],
            SQL(
                """
                SELECT e.seq, e.at, e.action, e.object, p.session, p.address, p.request_id, p.before, p.after
                FROM audit_payload p JOIN audit_entry e ON e.seq = p.seq
                WHERE p.actor = :account ORDER BY p.seq LIMIT :limit OFFSET :offset
                """
            )
        ),
        PersonalSource(
            "log",
            "the account's own log, @me",
            entryColumns,
            SQL(
                """
                SELECT log, seq, kind, at, text, reply_to, target, edited_at, redacted_at, detail
                FROM entry WHERE log = :account ORDER BY seq LIMIT :limit OFFSET :offset
                """
            )
        ),
    ]

    static let entryColumns: [(String, PersonalSource.Kind)] = [
        ("channel", .id), ("seq", .integer), ("kind", .text), ("at", .integer), ("text", .text), ("replyTo", .integer),
        ("target", .integer), ("editedAt", .integer), ("redactedAt", .integer), ("detail", .json),
    ]
}
