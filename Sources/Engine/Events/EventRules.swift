package import ChatAPI

/// What an event may be, and how it comes and goes. Pure but for the zone database.
package enum EventRules {
    package enum Action: String, WireEnum {
        case publish
        case cancel
        case archive
    }

    package enum Effect: Sendable {
        /// Makes its channels, its queue and a join code.
        case open
        /// Tells everyone in it that it is called off, and ends what waits for a place.
        case callOff
        /// Ends what waits for a place and sends the guests home.
        case close
    }

    /// Everybody who gets here holds `manageEvents` there.
    package static let machine = Machine<EventState, Action, Void, Effect>(
        "event",
        [
            .init(.draft, action: .publish, to: .published, effects: [.open]),
            .init(.published, action: .cancel, to: .cancelled, effects: [.callOff]),
            .init(.published, action: .archive, to: .archived, effects: [.close]),
        ]
    )

    static let nameBytes = 200
    static let descriptionBytes = 8_000
    static let placeBytes = 400
    static let reasonBytes = 500
    static let capacity = 1...1_000_000
    static let offerMinutes = 1...43_200
    static let defaultOfferMinutes = 24 * 60
    /// Longer than any conference; a mistyped year is longer.
    static let longestMilliseconds: Int64 = 366 * 86_400_000

    static func check(name: String?) throws(APIError) {
        guard let name else { return }
        try TextRules.checkLine(name, named: "name", limit: nameBytes)
        if TextRules.isBlank(name) { throw .invalid("name", "is empty") }
    }

    static func check(description: String?) throws(APIError) {
        if let description { try TextRules.check(description, named: "description", limit: descriptionBytes) }
    }

    static func check(capacity: Int?) throws(APIError) {
        if let capacity, !Self.capacity.contains(capacity) {
            throw .invalid("capacity", "is \(capacity); it takes 1 to \(Self.capacity.upperBound), or none")
        }
    }

    static func check(offerMinutes: Int?) throws(APIError) {
        if let offerMinutes, !Self.offerMinutes.contains(offerMinutes) {
            throw .invalid(
                "offerMinutes",
                "is \(offerMinutes); it takes 1 to \(Self.offerMinutes.upperBound) (30 days)"
            )
        }
    }

    static func zone(_ name: String) throws(APIError) -> Zone {
        guard let zone = Zone(name) else {
            throw .invalid(
                "zone",
                "is '\(name.prefix(64))', which is no time zone here; it takes a name like Europe/Oslo"
            )
        }
        return zone
    }

    static func checkTimes(_ startsAt: Milliseconds, _ endsAt: Milliseconds) throws(APIError) {
        if endsAt <= startsAt { throw .invalid("ends", "is not after starts") }
        if endsAt - startsAt > longestMilliseconds { throw .invalid("ends", "is more than a year after starts") }
    }

    /// A place as it is stored: nil if there is nothing in it.
    static func place(_ place: EventPlace?) throws(APIError) -> EventPlace? {
        guard let place else { return nil }
        if let name = place.name { try TextRules.checkLine(name, named: "place/name", limit: placeBytes) }
        if let address = place.address { try TextRules.check(address, named: "place/address", limit: placeBytes) }
        if (place.latitude == nil) != (place.longitude == nil) {
            throw .invalid("place", "has one coordinate; it takes latitude and longitude, or neither")
        }
        if let latitude = place.latitude, !(-90...90).contains(latitude) {
            throw .invalid("place/latitude", "is \(latitude); it takes -90 to 90")
        }
        if let longitude = place.longitude, !(-180...180).contains(longitude) {
            throw .invalid("place/longitude", "is \(longitude); it takes -180 to 180")
        }
        let kept = EventPlace(
            name: AgencyRules.kept(place.name),
            address: AgencyRules.kept(place.address),
            latitude: place.latitude,
            longitude: place.longitude
        )
        return kept == EventPlace() ? nil : kept
    }

    /// A new event as a draft makes it.
    static func row(_ draft: EventDraft, id: EventID, agency: Agency, now: Milliseconds) throws(APIError) -> EventRow {
        try SlugRules.check(draft.slug)
        try check(name: draft.name)
        try check(description: draft.description)
        try check(capacity: draft.capacity)
        try check(offerMinutes: draft.offerMinutes)
        let zone = try zone(draft.zone)
        let startsAt = try WallClock.moment(draft.starts, named: "starts", in: zone)
        let endsAt = try WallClock.moment(draft.ends, named: "ends", in: zone)
        try checkTimes(startsAt, endsAt)
        return EventRow(
            id: id,
            agency: agency.id,
            agencySlug: agency.slug,
            slug: draft.slug,
            name: draft.name,
            description: AgencyRules.kept(draft.description),
            state: .draft,
            startsAt: startsAt,
            endsAt: endsAt,
            zone: zone.name,
            place: try place(draft.place),
            capacity: draft.capacity,
            registration: draft.registration ?? .open,
            offerMinutes: draft.offerMinutes ?? defaultOfferMinutes,
            guests: draft.guests ?? false,
            participantChannels: draft.participantChannels ?? false,
            createdAt: now,
            version: 1
        )
    }

    /// What a change leaves an event as. Times that are not given stay the same on the clocks of a new zone.
    static func row(_ event: EventRow, changedBy change: EventChange) throws(APIError) -> EventRow {
        var row = event
        if let slug = change.slug {
            try SlugRules.check(slug)
            row.slug = slug
        }
        try check(name: change.name)
        if let name = change.name { row.name = name }
        try check(description: change.description)
        if let description = change.description { row.description = AgencyRules.kept(description) }
        let before = Zone(event.zone) ?? .utc
        let zone = try change.zone.map { name throws(APIError) in try Self.zone(name) } ?? before
        row.zone = change.zone ?? event.zone
        let starts = change.starts ?? WallClock.text(event.startsAt, in: before)
        let ends = change.ends ?? WallClock.text(event.endsAt, in: before)
        if change.starts != nil || change.zone != nil {
            row.startsAt = try WallClock.moment(starts, named: "starts", in: zone)
        }
        if change.ends != nil || change.zone != nil { row.endsAt = try WallClock.moment(ends, named: "ends", in: zone) }
        try checkTimes(row.startsAt, row.endsAt)
        if change.place != nil { row.place = try place(change.place) }
        if let capacity = change.capacity {
            row.capacity = capacity == 0 ? nil : capacity
            try check(capacity: row.capacity)
            if let most = row.capacity, most < event.held {
                throw APIError(.conflict, "\(event.held) places are taken or kept: the capacity cannot be \(most)")
            }
        }
        if let registration = change.registration { row.registration = registration }
        try check(offerMinutes: change.offerMinutes)
        if let minutes = change.offerMinutes { row.offerMinutes = minutes }
        if let guests = change.guests { row.guests = guests }
        if let channels = change.participantChannels { row.participantChannels = channels }
        return row
    }
}
