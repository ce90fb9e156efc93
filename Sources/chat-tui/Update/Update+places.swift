import ChatAPI
import ChatKit

/// What came of questions about events, agencies and people.
extension Model {
    mutating func take(_ request: PlaceRequest, _ reply: PlaceReply) -> [Effect] {
        page?.isLoading = false
        switch (request, reply) {
        case (_, .joined(let joined)): return arrive(at: joined)
        case (_, .joinedChannel(let channel)):
            learn(channel, nil)
            rooms[channel.id]?.isLoaded = true
            return show(channel.id) + [.ask(.me)]
        case (_, .channel(let channel)):
            learn(channel, nil)
            rooms[channel.id]?.isLoaded = true
            return show(channel.id)
        case (.become, .account(let account)):
            overlay = nil
            learn([account])
            tell("you are \(account.name) now, with everything you were in; sign in with that name elsewhere")
            return [.ask(.me)]
        case (.findForGrants, .account(let account)):
            learn([account])
            return open(.grants(account.id))
        case (_, .account(let account)):
            if let index = places.people.firstIndex(where: { $0.id == account.id }) { places.people[index] = account }
            tell("\(account.name) is \(account.disabledAt == nil ? "enabled" : "disabled: their sessions are ended")")
        case (.announce(let event, _), _): tell("everybody in \(event) was told")
        case (_, .events(let events)): places.events = events
        case (_, .event(let event, let codes, let contacts, let channels, let own)):
            places.event = (event, codes, contacts, channels, own)
            if event.attendance == .offered, page?.kind == .event(event.slug), page?.selected == nil {
                page?.selected = "register"
            }
        case (_, .changed(let event)): return changed(event, request)
        case (_, .code(let code)):
            tell("the code \(code.code) lets people in; it is copied")
            return [.copy(code.code)] + reload
        case (.endCode, _):
            tell("that code lets nobody in any more; who came by it stays")
            return reload
        case (.withdraw(let event), .attendee):
            places.keptPlaces.removeAll { $0.event == event }
            tell("you gave your place in \(event) up")
            return [.ask(.me)]
        case (_, .attendees(let attendees)): places.attendees = attendees
        case (_, .attendee(let attendee)):
            if let index = places.attendees.firstIndex(where: { $0.account == attendee.account }) {
                places.attendees[index] = attendee
            }
            tell("\(attendee.name): \(arrival(of: attendee))", attendee.wasCheckedIn == true ? .trouble : .news)
        case (_, .issues(let issues)):
            places.issues = issues
            learnNames(of: issues.map(\.createdBy))
        case (_, .issue(let issue, let comments)): places.issue = (issue, comments)
        case (_, .changedIssue(let issue)):
            tell("issue \(issue.number) is \(Self.word(issue.status)): \(MessageText.oneLine(issue.title))")
            return reload
        case (_, .agencies(let agencies)): places.agencies = agencies
        case (_, .agency(let agency, let staff, let events)): places.agency = (agency, staff, events)
        case (_, .changedAgency(let agency)):
            tell("\(agency.slug) is \(agency.state.rawValue)")
            return reload
        case (_, .people(let people)):
            places.people = people
            learn(people)
        case (_, .grants(let grants)): places.grants = grants
        case (.give(let account, let role, _), .given(let grant)):
            tell(
                grant.offeredUntil == nil
                    ? "\(account) is \(Self.word(role)) now"
                    : "\(account) is asked to be \(Self.word(role)), and has to accept"
            )
            return reload
        case (.acceptRole(let agency), .given(let grant)):
            places.ownOffers?.removeAll { $0.agencyName == agency }
            tell("you are \(Self.word(grant.role)) of \(grant.scopeName ?? agency) now")
            return [.ask(.me)]
        case (.declineRole(let agency), _):
            places.ownOffers?.removeAll { $0.agencyName == agency }
            tell("you said no; \(agency) cannot ask again for two weeks")
        case (_, .waitingOffers(let offers, let kept)):
            let isNews = !offers.isEmpty && offers != places.ownOffers
            let newPlaces = kept.filter { !places.keptPlaces.contains($0) }
            places.ownOffers = offers
            places.keptPlaces = kept
            refreshInbox()
            if isNews { tell(Self.sentence(offers)) }
            for place in newPlaces { tell(keptText(place)) }
            guard let place = newPlaces.last else { return [] }
            let isQuiet = hasFocus || ownPresence == .doNotDisturb
            return reload + (isQuiet ? [] : [.notify(title: "chat-tui", body: keptText(place))])
        case (_, .offers(let offers)):
            places.ownOffers = offers
            tell(Self.sentence(offers))
        case (.take(_, let role, _), _):
            tell("the role \(Self.word(role)) is taken away")
            return reload
        case (.comment, _):
            tell("your comment is there")
            return reload
        default: break
        }
        return []
    }

    private mutating func learnNames(of people: [AccountID]) {
        askedAccounts.subtract(people.filter { accounts[$0] == nil })
    }

    /// Asks again for what the open page shows.
    private var reload: [Effect] {
        switch page?.kind {
        case .event(let name)?: [.ask(.place(.event(name)))]
        case .events?: [.ask(.place(.events(nil)))]
        case .issues(let name)?: [.ask(.place(.issues(name)))]
        case .issue(let id)?: [.ask(.place(.issue(id)))]
        case .agencies?: [.ask(.place(.agencies))]
        case .agency(let name)?: [.ask(.place(.agency(name)))]
        case .grants(let account)?: [.ask(.place(.grants(account)))]
        default: []
        }
    }

    /// In an event by its code: its channels are there, the first of them is shown.
    private mutating func arrive(at joined: JoinedEvent) -> [Effect] {
        for channel in joined.channels {
            learn(channel, nil)
            rooms[channel.id]?.isLoaded = true
        }
        let event = joined.event
        places.keptPlaces.removeAll { $0.event == event.slug }
        switch joined.attendee.state {
        case .registered: tell("you are in \(event.name); /help TEXT asks for help")
        case .requested: tell("you asked for a place in \(event.name); an organizer says yes or no")
        case .waiting:
            let place = joined.attendee.position.map { " as number \($0)" } ?? ""
            tell("\(event.name) is full; you are in the waiting list\(place)")
        default: tell("\(event.name): you are \(joined.attendee.state.rawValue)")
        }
        let isOrganizer = capabilities.contains(.handleRequests)
        var effects: [Effect] = [.ask(.me), .ask(.help(.standing(isOrganizer: isOrganizer)))]
        let first = joined.channels.first { $0.name == "general" } ?? joined.channels.first
        if let first { effects += show(first.id) }
        return effects
    }

    private mutating func changed(_ event: Event, _ request: PlaceRequest) -> [Effect] {
        if let index = places.events.firstIndex(where: { $0.id == event.id }) { places.events[index] = event }
        tell(
            "\(event.slug) is "
                + (event.state == .draft ? "a draft; /publish \(event.slug) shows it" : event.state.rawValue)
        )
        var effects = reload
        // Publishing makes channels and a queue.
        if case .publish = request {
            effects += [.ask(.me), .ask(.help(.standing(isOrganizer: capabilities.contains(.handleRequests))))]
        }
        return effects
    }
}

extension Model {
    /// `moderator in devconf`; of the whole agency, `support`.
    static func roleText(_ offer: RoleOffer) -> String {
        let place = offer.scopeName.flatMap { $0 == offer.agencyName ? nil : " in \($0)" }
        return word(offer.role) + (place ?? "")
    }

    fileprivate static func sentence(_ offers: [RoleOffer]) -> String {
        if offers.isEmpty { return "no agency offers you a role" }
        let roles = offers.map { "\($0.agencyName) offers you the role \(roleText($0))" }
        return roles.joined(separator: ", ") + " · /work accept AGENCY, or decline"
    }

    /// A tick at the door; one that was there before is another person with this name, or a second way in.
    fileprivate func arrival(of attendee: Attendee) -> String {
        guard let at = attendee.checkedInAt else { return attendee.state.rawValue }
        return attendee.wasCheckedIn == true ? "was here already, since \(zone.moment(at).clock)" : "has arrived"
    }
}
