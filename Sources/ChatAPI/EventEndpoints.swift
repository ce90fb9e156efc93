/// What can be done with an event, from its draft to its archive; its values are in `Events.swift`.
extension Endpoint where Input == EventDraft, Output == Event {
    package static var createEvent: Self {
        Self("events.create", .post, "/v1/events", needs: .manageEvents, "make an event as a draft")
    }
}

extension Endpoint where Input == EventQuery, Output == Page<Event> {
    package static var listEvents: Self {
        Self("events.list", .get, "/v1/events", needs: .read, "list the events one may see")
    }
}

extension Endpoint where Input == EventRef, Output == Event {
    package static var event: Self {
        Self("events.get", .get, "/v1/events/{event}", needs: .read, "show an event")
    }
    package static var publishEvent: Self {
        Self(
            "events.publish",
            .post,
            "/v1/events/{event}/publish",
            needs: .manageEvents,
            "show a draft to everybody; makes its channels, its queue and a join code"
        )
    }
    package static var archiveEvent: Self {
        Self(
            "events.archive",
            .post,
            "/v1/events/{event}/archive",
            needs: .manageEvents,
            "close a published event: everything stays readable, nothing is added"
        )
    }
}

extension Endpoint where Input == EventCancellation, Output == Event {
    package static var cancelEvent: Self {
        Self(
            "events.cancel",
            .post,
            "/v1/events/{event}/cancel",
            needs: .manageEvents,
            "call a published event off; everyone in it is told"
        )
    }
}

extension Endpoint where Input == EventChange, Output == Event {
    package static var changeEvent: Self {
        Self("events.update", .patch, "/v1/events/{event}", needs: .manageEvents, "change an event")
    }
}

extension Endpoint where Input == EventRef, Output == Empty {
    package static var deleteEvent: Self {
        Self("events.delete", .delete, "/v1/events/{event}", needs: .manageEvents, "delete a draft")
    }
}

extension Endpoint where Input == EventClone, Output == Event {
    package static var cloneEvent: Self {
        Self(
            "events.clone",
            .post,
            "/v1/events/{event}/clone",
            needs: .manageEvents,
            "make a draft that is a copy of an event"
        )
    }
}

extension Endpoint where Input == EventRef, Output == Page<Channel> {
    package static var eventChannels: Self {
        Self(
            "events.channels",
            .get,
            "/v1/events/{event}/channels",
            needs: .read,
            "list the channels of an event's space that one may see"
        )
    }
}

extension Endpoint where Input == EventRef, Output == Calendar {
    package static var eventCalendar: Self {
        Self(
            "events.calendar",
            .get,
            "/v1/events/{event}/calendar",
            needs: .read,
            "an event as iCalendar text (RFC 5545)"
        )
    }
}

extension Endpoint where Input == AnnouncementDraft, Output == Sent {
    package static var announce: Self {
        Self(
            "events.announce",
            .post,
            "/v1/events/{event}/announcements",
            needs: .announce,
            "write to everyone in an event"
        )
    }
}
