import ChatAPI

/// What an event's document may say, and what it changes. Pure.
enum DocumentRules {
    static let contacts = 500
    static let channels = 200

    static func check(_ document: EventDocument) throws(APIError) {
        if let state = document.state, state != .draft, state != .published {
            throw .invalid("state", "is '\(state.rawValue)'; a document says draft or published")
        }
        if let contacts = document.contacts {
            if contacts.count > Self.contacts {
                throw .invalid("contacts", "has \(contacts.count) items; the limit is \(Self.contacts)")
            }
            var names: Set<String> = []
            for contact in contacts {
                try ContactRules.check(
                    name: contact.name,
                    email: contact.email,
                    phone: contact.phone,
                    notes: contact.notes
                )
                guard names.insert(contact.name).inserted else {
                    throw .invalid("contacts", "names '\(contact.name.prefix(64))' twice")
                }
            }
        }
        if let channels = document.channels {
            if channels.count > Self.channels {
                throw .invalid("channels", "has \(channels.count) items; the limit is \(Self.channels)")
            }
            var names: Set<String> = []
            for channel in channels {
                try ChannelRules.check(name: channel.name)
                guard names.insert(ChannelRules.folded(channel.name)).inserted else {
                    throw .invalid("channels", "names '\(channel.name)' twice")
                }
                if let kind = channel.kind, ![.text, .announce, .staff].contains(kind) {
                    throw .invalid("channels", "has '\(kind.rawValue)'; a kind is one of text, announce, staff")
                }
            }
        }
    }

    /// The members of the event that differ, in the document's order, as the document would write them.
    static func changes(from before: EventRow, to after: EventRow) -> [DocumentChange] {
        var changes: [DocumentChange] = []
        let (old, new) = (members(of: before), members(of: after))
        for (index, member) in new.enumerated() where old[index].value != member.value {
            changes.append(DocumentChange(path: "/" + member.name, before: old[index].value, after: member.value))
        }
        return changes
    }

    private static func members(of event: EventRow) -> [(name: String, value: JSON?)] {
        let zone = Zone(event.zone) ?? .utc
        let place: JSON? = event.place.map { place in
            var members: [String: JSON] = [:]
            if let name = place.name { members["name"] = .string(name) }
            if let address = place.address { members["address"] = .string(address) }
            if let latitude = place.latitude { members["latitude"] = .number(latitude) }
            if let longitude = place.longitude { members["longitude"] = .number(longitude) }
            return .object(members)
        }
        return [
            ("event", .string(event.slug)), ("name", .string(event.name)),
            ("description", event.description.map(JSON.string)),
            ("starts", .string(WallClock.text(event.startsAt, in: zone))),
            ("ends", .string(WallClock.text(event.endsAt, in: zone))), ("zone", .string(event.zone)),
            ("place", place), ("capacity", event.capacity.map { .integer(Int64($0)) }),
            ("registration", .string(event.registration.rawValue)),
            ("offerMinutes", .integer(Int64(event.offerMinutes))), ("guests", .bool(event.guests)),
            ("participantChannels", .bool(event.participantChannels)),
        ]
    }
}

extension EventDocument {
    /// The document as a new event.
    var draft: EventDraft {
        EventDraft(
            agency: agency,
            slug: event,
            name: name,
            description: description,
            starts: starts,
            ends: ends,
            zone: zone,
            place: place,
            capacity: capacity == 0 ? nil : capacity,
            registration: registration,
            offerMinutes: offerMinutes,
            guests: guests,
            participantChannels: participantChannels
        )
    }

    /// The document as a change of the event there is.
    var change: EventChange {
        var change = EventChange(event: event)
        change.name = name
        change.description = description
        change.starts = starts
        change.ends = ends
        change.zone = zone
        change.place = place
        change.capacity = capacity
        change.registration = registration
        change.offerMinutes = offerMinutes
        change.guests = guests
        change.participantChannels = participantChannels
        return change
    }
}
