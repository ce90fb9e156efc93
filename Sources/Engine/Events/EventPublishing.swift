import ChatAPI
import Storage

/// What the first publication makes: the event's channels, its queue and a join code.
extension Transaction {
    func open(_ event: EventRow, _ call: Call) throws {
        let by = try call.caller.signedIn()
        for plan in EventChannels.first { _ = try makeChannel(plan, in: event, by: by, call) }
        try QueueSpaces.makeDefault(for: event, call, self)
        _ = try JoinCodeStore.make(for: event.id, label: nil, by: by, uses: nil, expiresAt: nil, now: call.now, self)
        try setEnd(of: event)
    }

    /// A channel of an event's space, with those who belong into it from the start: of a staff channel whoever works for
    /// the event, of a default one whoever has a place.
    func makeChannel(_ plan: EventChannels.Plan, in event: EventRow, by: AccountID, _ call: Call) throws -> ChannelFacts
    {
        let channel = try make(
            plan.kind,
            in: event.scope,
            name: plan.name,
            topic: plan.topic,
            isDefault: plan.kind != .staff,
            by: nil,
            now: call.now
        )
        try appendCreated(channel, by: by, now: call.now)
        try audit(call, on: channel.auditObject, after: channel.auditState, action: "channels.create")
        var people = plan.kind == .staff ? try peopleOf(event) : try AttendeeStore.registered(in: event.id, self)
        if !people.contains(by), !call.caller.isLocal { people.append(by) }
        for account in people where try MembershipStore.count(of: account, self) < Limits.channelsPerAccount {
            try join(account, channel, role: .member, by: account, now: call.now)
        }
        return channel
    }

    /// Whoever works for an event: its agency's staff, and who has a role in it.
    private func peopleOf(_ event: EventRow) throws -> [AccountID] {
        let people = try GrantStore.holders(in: .agency(event.agency), self) + GrantStore.holders(in: event.scope, self)
        var seen: Set<AccountID> = []
        return people.filter { seen.insert($0).inserted }
    }

    /// Everybody in the event reads it in its announcements.
    func tellCalledOff(_ event: EventRow, _ call: Call) throws {
        let reason = event.reason.map { ": \($0)" } ?? "."
        _ = try announce("This event is called off\(reason)", in: event.scope, cid: nil, call)
    }

    /// Writes into the announcements of a space; it counts as a mention of everybody.
    func announce(_ text: String, in space: Scope, cid: ClientID?, _ call: Call) throws -> Sent {
        guard let id = try ChannelStore.id(named: EventChannels.announcements[...], in: space, self) else {
            throw APIError(.conflict, "there is no #\(EventChannels.announcements): publish the event first")
        }
        let by = try call.caller.signedIn()
        var entry = Entry(kind: .message, channel: id, seq: 0, by: by, at: 0)
        entry.cid = cid ?? .fresh(at: call.now)
        entry.text = text
        entry.mentionsAll = true
        if let stored = try appendUnlessKnown(entry, to: .channel(id), now: call.now) {
            return Sent(seq: stored.seq, at: stored.at)
        }
        let message = Message(channel: id, cid: entry.cid ?? .fresh(at: call.now), text: text)
        guard let known = try EntryStore.stored(cid: message.cid, by: by, self), known.isRepeated(by: message, in: id)
        else {
            throw APIError(.cidReused, "another message of yours has the cid \(message.cid)")
        }
        return known.sent
    }
}

/// The channels of an event's space.
enum EventChannels {
    static let announcements = "announcements"

    /// A channel that is to be: from the first publication or from a document.
    struct Plan: Equatable {
        let name: String
        let kind: ChannelKind
        var topic: String?
    }

    static let first = [
        Plan(name: announcements, kind: .announce),
        Plan(name: "general", kind: .text),
        Plan(name: "help", kind: .text),
        Plan(name: "staff", kind: .staff),
    ]

    /// Those of a space that a caller sees: everything for its staff, what is open for who has a place.
    static func shown(
        _ space: Scope,
        to caller: Caller,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [Channel] {
        let (place, isRegistered) = try SpaceAccess.standing(of: caller.account, in: space, tx)
        let isStaff = caller.isStaff(in: place)
        guard isStaff || isRegistered else { return [] }
        return try ChannelListing.named(
            after: "",
            ChannelListing.ListedQuery(space: space),
            for: caller,
            in: space,
            isStaff: isStaff,
            limit: 1_000,
            tx
        ).map(\.channel)
    }
}

extension EventChannels {
    private static let selectNamed: SQL = """
        SELECT name, kind, topic FROM channel
        WHERE space = :space AND folded IS NOT NULL AND deleted_at IS NULL AND (is_default = 1 OR kind = 'staff')
        ORDER BY folded
        """

    /// Those that a document lists: what organizers made, not what participants did.
    static func documents(
        of space: Scope,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> [ChannelDocument] {
        try tx.all(selectNamed) {
            $0.bind("space", space.id)
        } row: { row in
            ChannelDocument(name: row.string(0), kind: row.name(1), topic: row.optionalString(2))
        }
    }
}
