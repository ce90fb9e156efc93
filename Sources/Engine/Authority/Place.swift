package import ChatAPI

/// Where something is: a scope with those around it, from the inside out, as grants reach it.
package struct Place: Sendable, Equatable {
    /// The queue or the channel, where it is about one.
    package private(set) var inner: Scope?
    package let event: EventID?
    package let agency: AgencyID?
    /// False while the agency around it is not approved: nothing granted inside it counts.
    package let isOpen: Bool
    /// Of the event around it.
    package let eventState: EventState?

    package init(
        event: EventID? = nil,
        agency: AgencyID? = nil,
        isOpen: Bool = true,
        eventState: EventState? = nil
    ) {
        self.event = event
        self.agency = agency
        self.isOpen = isOpen
        self.eventState = eventState
    }

    package static let platform = Place()

    /// The place of a queue or a channel that is in this one.
    package func inside(_ scope: Scope) -> Place {
        var place = self
        place.inner = scope
        return place
    }

    /// Whether a grant of that scope reaches it.
    package func isReached(from scope: Scope) -> Bool {
        switch scope.kind {
        case .platform: true
        case .agency: agency.map(Scope.agency) == scope
        case .event: event.map(Scope.event) == scope
        case .queue, .channel: inner == scope
        case .unknown: false
        }
    }

    /// What is around it, without the queue or channel: the space of its channels.
    package var space: Scope { event.map(Scope.event) ?? agency.map(Scope.agency) ?? .platform }
}

/// Which event is whose, and which agencies are approved: what turns a scope into a place.
///
/// Two of these are kept: one beside the writer, changed and reverted with the writes, and one for readers, which
/// follows in commit order (`Authority`).
package struct PlaceTable: Sendable {
    private var agencies: [AgencyID: AgencyState] = [:]
    private var events: [EventID: EventFacts] = [:]

    package init() {}

    /// The place of an agency, an event or the platform. What is not known is closed to everybody but the platform's own.
    package func place(_ scope: Scope) -> Place {
        switch scope.kind {
        case .platform: return .platform
        case .agency:
            let agency: AgencyID = scope.id.retyped()
            return Place(agency: agency, isOpen: isApproved(agency))
        case .event:
            let event: EventID = scope.id.retyped()
            guard let known = events[event] else { return Place(event: event, isOpen: false) }
            return Place(
                event: event,
                agency: known.agency,
                isOpen: isApproved(known.agency),
                eventState: known.state
            )
        case .queue, .channel, .unknown: return Place(isOpen: false).inside(scope)
        }
    }

    package func isApproved(_ agency: AgencyID) -> Bool { agencies[agency] == .approved }

    package func event(_ id: EventID) -> EventFacts? { events[id] }

    package func state(of agency: AgencyID) -> AgencyState? { agencies[agency] }

    func inverse(of change: PlaceChange) -> PlaceChange {
        switch change {
        case .agency(let id, _): .agency(id, agencies[id])
        case .event(let id, _): .event(id, events[id])
        }
    }

    package mutating func apply(_ change: PlaceChange) {
        switch change {
        case .agency(let id, let state): agencies[id] = state
        case .event(let id, let facts): events[id] = facts
        }
    }
}

/// What is kept in memory of an event.
package struct EventFacts: Sendable, Equatable {
    package let agency: AgencyID
    package let state: EventState

    package init(agency: AgencyID, state: EventState) {
        self.agency = agency
        self.state = state
    }
}

/// One thing that a place table learns. Nil: it is gone.
package enum PlaceChange: Sendable {
    case agency(AgencyID, AgencyState?)
    case event(EventID, EventFacts?)
}
