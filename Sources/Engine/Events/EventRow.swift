import ChatAPI

/// An event as the engine sees it: what is stored, without what follows from the clock or the asker.
struct EventRow: Sendable, Equatable {
    let id: EventID
    let agency: AgencyID
    var agencySlug: String
    var slug: String
    var name: String
    var description: String?
    var state: EventState
    var startsAt: Milliseconds
    var endsAt: Milliseconds
    var zone: String
    var place: EventPlace?
    var capacity: Int?
    var registration: RegistrationMode
    var offerMinutes: Int
    var guests: Bool
    var participantChannels: Bool
    var registered = 0
    /// Places that are taken or kept for somebody: never more than the capacity.
    var held = 0
    var waiting = 0
    let createdAt: Milliseconds
    var publishedAt: Milliseconds?
    var reason: String?
    var version: Int64

    var scope: Scope { .event(id) }
    var auditObject: String { "event/\(id)" }
    var hasPlace: Bool { capacity.map { held < $0 } ?? true }

    /// Refuses what takes a published event.
    func checkIsPublished() throws(APIError) {
        switch state {
        case .published: return
        case .draft: throw APIError(.conflict, "the event is a draft: publish it first")
        case .cancelled, .archived, .unknown: throw APIError(.conflict, "the event is \(state.rawValue)")
        }
    }

    /// Nobody starts an event: what is upcoming, ongoing and over follows from the clock.
    func phase(at now: Milliseconds) -> EventPhase? {
        guard state == .published else { return nil }
        return now < startsAt ? .upcoming : now < endsAt ? .ongoing : .ended
    }

    func onWire(now: Milliseconds, attendance: AttendeeState? = nil, role: Role? = nil) -> Event {
        // A zone that the system has lost since is shown in UTC.
        let clocks = Zone(zone) ?? Zone.utc
        return Event(
            id: id,
            agency: agency,
            agencySlug: agencySlug,
            slug: slug,
            name: name,
            description: description,
            state: state,
            phase: phase(at: now),
            startsAt: startsAt,
            endsAt: endsAt,
            zone: zone,
            starts: WallClock.text(startsAt, in: clocks),
            ends: WallClock.text(endsAt, in: clocks),
            place: place,
            capacity: capacity,
            registration: registration,
            offerMinutes: offerMinutes,
            guests: guests,
            participantChannels: participantChannels,
            registered: registered,
            waiting: waiting,
            createdAt: createdAt,
            publishedAt: publishedAt,
            reason: reason,
            version: version,
            attendance: attendance,
            role: role
        )
    }

    /// What the audit log keeps of it.
    var auditState: JSON {
        var members: [String: JSON] = [
            "slug": .string(slug), "name": .string(name), "agency": .string(agencySlug),
            "state": .string(state.rawValue),
            "startsAt": .integer(startsAt), "endsAt": .integer(endsAt), "zone": .string(zone),
            "registration": .string(registration.rawValue), "guests": .bool(guests),
        ]
        if let capacity { members["capacity"] = .integer(Int64(capacity)) }
        if let reason { members["reason"] = .string(reason) }
        if let name = place?.name { members["place"] = .string(name) }
        if let address = place?.address { members["address"] = .string(address) }
        return .object(members)
    }
}

extension Zone {
    static let utc: Zone = {
        guard let zone = Zone("UTC") else { preconditionFailure("UTC is always known") }
        return zone
    }()
}
