import Storage

/// The numbered list of schema steps. A step is never edited once it is released; each noun owns its own text.
enum Migrations {
    static let all: [Migration] = [
        Migration(number: 1, name: "accounts", sql: AccountStore.schema),
        Migration(number: 2, name: "channels", sql: ChannelStore.schema),
        Migration(number: 3, name: "entries", sql: EntryStore.schema),
        Migration(number: 4, name: "idempotency keys", sql: KeyStore.schema),
        Migration(number: 5, name: "audit", sql: AuditStore.schema),
        Migration(number: 6, name: "reactions and pins", sql: ReactionStore.schema + PinStore.schema),
        Migration(number: 7, name: "registers", sql: RegisterStore.schema + ChannelPurge.schema),
        Migration(number: 8, name: "timers", sql: TimerStore.schema),
        Migration(number: 9, name: "write probe", sql: Engine.probeSchema),
        Migration(number: 10, name: "sketches", sql: SketchStore.schema + SketchLog.schema),
        Migration(number: 11, name: "audit heads", sql: AuditAnchor.schema + AuditScopes.schema),
        Migration(number: 12, name: "mentions by time", sql: MentionStore.schema),
        Migration(number: 13, name: "blocks", sql: BlockStore.schema),
        Migration(
            number: 14,
            name: "moderation",
            sql: SanctionStore.schema + InvitationStore.schema + ReportStore.schema
        ),
        Migration(
            number: 15,
            name: "agencies and events",
            sql: SpaceStore.schema + AgencyStore.schema + EventStore.schema + AttendeeStore.schema
                + JoinCodeStore.schema + ContactStore.schema + IssueStore.schema + GlassStore.schema
        ),
        Migration(
            number: 16,
            name: "help desk",
            sql: QueueStore.schema + RequestStore.schema + ChatStore.schema + OrganizerStore.schema
                + CannedReplyStore.schema
        ),
        Migration(number: 17, name: "erasures are timers", sql: AccountStore.withoutErasing),
        Migration(
            number: 18,
            name: "fewer pages a write",
            sql: EntryStore.inOrderOfWriting + RequestStore.openUntilEnded + ChatStore.knownBySides
        ),
        Migration(number: 19, name: "role offers", sql: RoleOfferStore.schema),
        Migration(number: 20, name: "clocks that stand still", sql: ClockStore.withPauses),
        Migration(number: 21, name: "invitations that were declined", sql: InvitationStore.withDeclined),
    ]
}
