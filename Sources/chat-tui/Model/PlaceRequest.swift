package import ChatAPI

/// Questions and changes about events, agencies and people: what organizers and administrators look after.
package enum PlaceRequest: Sendable, Equatable {
    case join(code: String, orChannel: String?)
    /// By the code of an invitation to a channel.
    case accept(code: String)
    case become(name: String, password: String)
    case announce(event: String, text: String)
    /// A channel one is not in any more, to read it: a chat of the archive.
    case channel(ChannelID)

    case events(String?)
    case event(String)
    case publish(String)
    case archive(String)
    case call(off: String, reason: String?)
    case codes(String)
    case clone(String, as: String, starts: String?)
    case makeCode(String)
    case endCode(event: String, code: String)
    /// Asks for a place, or takes the one that is offered.
    case register(String)
    case withdraw(String)
    case attendees(String)
    case approve(event: String, account: String)
    case decline(event: String, account: String)
    case checkIn(event: String, account: String)

    case issues(String)
    case issue(IssueID)
    case openIssue(event: String, title: String, priority: IssuePriority?)
    case changeIssue(IssueID, status: IssueStatus?, priority: IssuePriority?)
    case comment(IssueID, String)

    case agencies
    case agency(String)
    case decide(String, AgencyState, reason: String?)

    case people(String?)
    case grants(AccountID)
    /// The same by a name that is not known here yet.
    case findForGrants(String)
    case give(account: String, Role, Scope?)
    case take(account: String, Role, Scope?)
    /// Roles that agencies offer to oneself.
    case offers
    /// The same at the start, with the places that waiting lists keep: nothing is said if there are none.
    case waitingOffers
    case acceptRole(agency: String)
    case declineRole(agency: String)
    case disable(String)
    case enable(String)
}

package enum PlaceReply: Sendable {
    case done
    case joined(JoinedEvent)
    case joinedChannel(Channel)
    case channel(Channel)
    case account(Account)
    case events([Event])
    /// With the channels of its space that one may see, in them or not.
    /// With one's own registration where it says more than `Event.attendance`.
    case event(Event, [JoinCode], [Contact], [Channel] = [], own: Attendee? = nil)
    case changed(Event)
    case code(JoinCode)
    case attendees([Attendee])
    case attendee(Attendee)
    case issues([EventIssue])
    case issue(EventIssue, [IssueComment])
    case changedIssue(EventIssue)
    case agencies([Agency])
    case agency(Agency, [StaffMember], [Event])
    case changedAgency(Agency)
    case people([Account])
    case grants([Grant])
    case given(Grant)
    case offers([RoleOffer])
    case waitingOffers([RoleOffer], places: [KeptPlace])
}

/// A place in an event that the waiting list keeps for oneself, until somebody else is asked.
package struct KeptPlace: Sendable, Equatable {
    /// The event's slug.
    package var event: String
    package var until: Milliseconds

    package init(event: String, until: Milliseconds) {
        self.event = event
        self.until = until
    }
}

extension PlaceRequest {
    /// Rows of a table; more are searched, not scrolled.
    static let rows = 500

    func perform(on service: some Service) async throws(APIError) -> PlaceReply {
        switch self {
        case .join(let code, let channel): try await Self.join(code, or: channel, service)
        case .become(let name, let password):
            .account(try await service.call(.becomeMember, GuestUpgrade(name: name, password: password)))
        case .channel(let channel): .channel(try await service.call(.channel, ChannelRef(channel)))
        case .announce(let event, let text):
            try await done(service.call(.announce, AnnouncementDraft(event: event, text: text)))
        case .events(let query):
            .events(try await service.call(.listEvents, EventQuery(query: query, limit: Self.rows)).items)
        case .event(let event): try await Self.event(event, service)
        case .publish(let event): .changed(try await service.call(.publishEvent, EventRef(event)))
        case .archive(let event): .changed(try await service.call(.archiveEvent, EventRef(event)))
        case .call(let event, let reason):
            .changed(try await service.call(.cancelEvent, EventCancellation(event: event, reason: reason)))
        case .makeCode(let event): .code(try await service.call(.createJoinCode, JoinCodeDraft(event: event)))
        case .clone(let event, let slug, let starts):
            .changed(try await service.call(.cloneEvent, EventClone(event: event, slug: slug, starts: starts)))
        case .endCode(let event, let code):
            try await done(service.call(.revokeJoinCode, JoinCodeRef(event: event, code: code)))
        case .accept(let code):
            .joinedChannel(try await service.call(.acceptInvitation, InvitationCode(code)))
        case .register(let event): .joined(try await Self.register(event, service))
        case .withdraw(let event):
            .attendee(try await service.call(.withdrawFromEvent, EventRef(event)))
        case .attendees(let event):
            .attendees(
                try await service.call(.listAttendees, AttendeeQuery(event: event, limit: Self.rows)).items
            )
        case .approve(let event, let account):
            .attendee(try await service.call(.approveAttendee, AttendeeRef(event: event, account: account)))
        case .decline(let event, let account):
            .attendee(try await service.call(.declineAttendee, AttendeeRef(event: event, account: account)))
        case .checkIn(let event, let account):
            .attendee(try await service.call(.checkIn, AttendeeRef(event: event, account: account)))
        default: try await performRest(service)
        }
    }

    private func performRest(_ service: some Service) async throws(APIError) -> PlaceReply {
        switch self {
        case .issues(let event):
            .issues(try await service.call(.listIssues, IssueQuery(event: event, limit: Self.rows)).items)
        case .issue(let id):
            .issue(
                try await service.call(.issue, IssueRef(id)),
                try await service.call(.listComments, CommentQuery(issue: id, limit: Self.rows)).items
            )
        case .openIssue(let event, let title, let priority):
            .changedIssue(
                try await service.call(.createIssue, IssueDraft(event: event, title: title, priority: priority))
            )
        case .changeIssue(let id, let status, let priority):
            .changedIssue(
                try await service.call(.changeIssue, IssueChange(issue: id, status: status, priority: priority))
            )
        case .comment(let id, let text):
            try await done(service.call(.addComment, CommentDraft(issue: id, text: text)))
        case .agencies: .agencies(try await service.call(.listAgencies, AgencyQuery(limit: Self.rows)).items)
        case .agency(let agency): try await Self.agency(agency, service)
        case .decide(let agency, let state, let reason):
            .changedAgency(try await service.call(Self.decision(state), AgencyDecision(agency: agency, reason: reason)))
        case .people(let query):
            .people(try await service.call(.listAccounts, AccountQuery(query: query, limit: Self.rows)).items)
        case .grants(let account):
            .grants(try await service.call(.listGrants, AccountRef(account.description)).items)
        case .findForGrants(let name): .account(try await service.call(.account, AccountRef(name)))
        case .give(let account, let role, let scope):
            .given(try await service.call(.giveGrant, GrantDraft(account: account, role: role, scope: scope)))
        case .take(let account, let role, let scope):
            try await done(service.call(.takeGrant, GrantDraft(account: account, role: role, scope: scope)))
        case .offers: .offers(try await service.call(.roleOffers).items)
        case .waitingOffers:
            .waitingOffers(try await service.call(.roleOffers).items, places: try await Self.keptPlaces(service))
        case .acceptRole(let agency): .given(try await service.call(.acceptRole, AgencyRef(agency)))
        case .declineRole(let agency): try await done(service.call(.declineRole, AgencyRef(agency)))
        case .disable(let account): .account(try await service.call(.disableAccount, AccountRef(account)))
        case .enable(let account): .account(try await service.call(.enableAccount, AccountRef(account)))
        default: preconditionFailure("a request that perform(on:) answers")
        }
    }

    private func done(_: some Sendable) -> PlaceReply { .done }

    private static func decision(_ state: AgencyState) -> Endpoint<AgencyDecision, Agency> {
        switch state {
        case .approved, .pending, .unknown: .approveAgency
        case .suspended: .suspendAgency
        case .revoked: .revokeAgency
        }
    }

    /// A word that is the name of a channel, or else the code of an event: a wrong code counts as a guess, a name does not.
    private static func join(
        _ code: String,
        or channel: String?,
        _ service: some Service
    ) async throws(APIError) -> PlaceReply {
        if let channel {
            do throws(APIError) {
                return .joinedChannel(try await service.call(.joinChannel, ChannelJoin(channel: channel)))
            } catch {
                guard error.code == .notFound || error.code == .invalid || error.code == .badRequest else {
                    throw error
                }
            }
        }
        do throws(APIError) {
            return .joined(try await service.call(.joinEvent, EventJoin(code: code)))
        } catch {
            guard channel != nil, error.code == .codeInvalid || error.code == .notFound || error.code == .invalid else {
                throw error
            }
            let sentence = "'\(code.prefix(48))' is neither the name of a channel nor the code of an event"
            throw APIError(.notFound, sentence)
        }
    }

    private static func register(_ event: String, _ service: some Service) async throws(APIError) -> JoinedEvent {
        do throws(APIError) {
            let own = try await service.call(.registration, EventRef(event))
            if own.state == .offered { return try await service.call(.acceptPlace, EventRef(event)) }
        } catch {
            guard error.code == .notFound else { throw error }
        }
        return try await service.call(.registerForEvent, EventRef(event))
    }

    private static func event(_ name: String, _ service: some Service) async throws(APIError) -> PlaceReply {
        let event = try await service.call(.event, EventRef(name))
        // Those who do not run it see neither its codes nor its contacts.
        var codes: [JoinCode] = []
        var contacts: [Contact] = []
        do throws(APIError) {
            codes = try await service.call(.listJoinCodes, EventRef(event.id)).items
            contacts = try await service.call(.listContacts, EventRef(event.id)).items
        } catch {
            guard error.code == .forbidden || error.code == .notFound else { throw error }
        }
        let channels = try await service.call(.eventChannels, EventRef(event.id)).items
        var own: Attendee?
        if event.attendance == .waiting || event.attendance == .offered {
            own = try await service.call(.registration, EventRef(event.id))
        }
        return .event(event, codes, contacts, channels, own: own)
    }

    private static func keptPlaces(_ service: some Service) async throws(APIError) -> [KeptPlace] {
        var places: [KeptPlace] = []
        let events = try await service.call(.listEvents, EventQuery(state: .published, mine: true, limit: rows)).items
        for event in events where event.attendance == .offered {
            let own = try await service.call(.registration, EventRef(event.id))
            if let until = own.offeredUntil { places.append(KeptPlace(event: event.slug, until: until)) }
        }
        return places
    }

    private static func agency(_ name: String, _ service: some Service) async throws(APIError) -> PlaceReply {
        let agency = try await service.call(.agency, AgencyRef(name))
        var staff: [StaffMember] = []
        do throws(APIError) {
            staff = try await service.call(.listStaff, AgencyRef(name)).items
        } catch {
            guard error.code == .forbidden || error.code == .notFound else { throw error }
        }
        let events = try await service.call(.listEvents, EventQuery(agency: name, limit: rows)).items
        return .agency(agency, staff, events)
    }
}
