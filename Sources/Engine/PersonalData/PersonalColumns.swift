/// Columns that hold sixteen bytes which can be an account's id, or a text that can hold one, and are in no section of a personal
/// export: each with the reason, reviewed when it was added.
package enum PersonalColumns {
    /// By section, the columns that it starts from.
    package static let exported: [String: [String]] = [
        "account": ["account.id"], "sessions": ["session.account"], "tokens": ["token.account"],
        "codes": ["code.account"], "grants": ["role_grant.account"], "channels": ["membership.account"],
        "registers": ["register.account"], "mentions": ["mention.account"], "blocks": ["block.account"],
        "sanctions": ["sanction.account"], "invitations": ["channel_invitation.account"],
        "offers": ["role_offer.account"],
        "reports": ["report.reported_by"], "reported": ["report.author"], "audit": ["audit_payload.actor"],
        "log": ["entry.log"], "entries": ["entry.author"], "drawings": ["sketch_operation.author"],
        "registrations": ["attendee.account"], "issues": ["issue.created_by"], "comments": ["issue_comment.author"],
        "requests": ["chat_request.participant"], "chats": ["chat_side.account"], "notes": ["chat_note.author"],
        "availability": ["organizer.account"],
    ]

    package static let leftOut: [String: String] = [
        "code.created_by":
            "who made a code for somebody else is part of that account's data; the making is in the audit section",
        "role_grant.granted_by": "whose roles somebody gave is in the audit section",
        "channel.created_by": "that the account made a channel is an entry of that channel",
        "idempotency_key.account": "answers that are in other sections, kept for a day for repeats",
        "reaction.account": "every reaction is an entry",
        "register_head.account": "a counter",
        "block.other": "who has blocked the account is for nobody but them to know",
        "hidden_entry.account":
            "which entries of blocked people were kept from the account: numbers, without what they said",
        "slow_post.account": "when the account wrote last where slow mode is on: its messages say so",
        "sanction.imposed_by": "whom somebody banned is in the audit section",
        "emergency.started_by": "in the audit section",
        "channel_invitation.invited_by": "whom somebody invited is in the audit section",
        "role_offer.offered_by": "to whom somebody offered a role is in the audit section",
        "report.resolved_by": "what somebody decided is in the audit section",
        "sketch.created_by": "that the account made a sketch is an entry of its channel",
        "sketch_version.author": "that the account kept a version is an entry of its channel",
        "attendee.checked_in_by": "whom somebody let in is in the audit section",
        "event.created_by": "in the audit section", "join_code.created_by": "in the audit section",
        "glass.account": "whose chat somebody looked into, and why, is in the audit section",
        "chat_request.claimed_by": "what somebody answered is in the section of chats",
        "chat.participant": "in the section of chats, by its sides",
        "chat.organizer": "in the section of chats, by its sides", "chat.ended_by": "in the section of chats",
        "audit_payload.session": "in the audit section, by its actor",
    ]

    /// Sixteen bytes that are never an account's.
    package static let notAccounts: Set<String> = [
        "account.home", "account.guest_of", "agency.id", "event.id", "event.agency", "attendee.event",
        "join_code.event",
        "contact.id", "contact.event", "issue.id", "issue.event", "issue_comment.id", "issue_comment.issue",
        "glass.channel", "queue.id", "queue.agency", "queue.event", "queue.place", "chat_request.id",
        "chat_request.queue", "chat_request.place", "chat_request.chat", "chat.id", "chat.request", "chat.queue",
        "chat_note.chat", "chat_side.chat", "sla_clock.request", "sla_clock.queue", "canned_reply.id",
        "session.id", "session.refresh_hash", "session.previous_hash", "token.id", "token.hash", "code.hash",
        "signing_key.key", "space.id", "channel.id", "channel.space", "channel.secret_hash", "channel.people_key",
        "membership.channel", "entry.cid", "entry.sent_hash", "mention.channel", "idempotency_key.input_hash",
        "idempotency_key.answer", "audit_entry.previous_hash", "audit_entry.payload_hash", "audit_entry.hash",
        "audit_payload.salt", "reaction.channel", "pin.channel", "audit_anchor.hash", "audit_carry.digest",
        "hidden_entry.channel", "channel_posting.channel", "slow_post.channel", "channel_invitation.id",
        "channel_invitation.channel", "channel_invitation.code_hash", "role_offer.agency", "report.id",
        "report.channel", "sketch.id",
        "sketch.channel", "sketch_version.sketch", "sketch_version.snapshot", "sketch_operation.sketch",
        "sketch_operation.cid", "sketch_operation.body", "sketch_checkpoint.sketch", "sketch_checkpoint.state",
        "sketch_base.sketch", "sketch_base.snapshot",
    ]
}

extension PersonalColumns {
    /// The sections in their order.
    package static var sections: [String] { PersonalSources.all.map(\.name) + PersonalWalk.allCases.map(\.rawValue) }
}
