/// A whole event as a file holds it: what `event apply -f` makes true and `event export` writes.
///
/// Applying it twice changes nothing the second time. A member that is absent leaves what is there as it is; a list that
/// is present is the whole list of contacts, and the least list of channels and queues: these are made and changed by it,
/// never deleted.
package struct EventDocument: Codable, Sendable, Equatable {
    /// The slug: which event it is.
    package var event: String
    /// The agency's slug.
    package var agency: String
    package var name: String
    package var description: String?
    /// `2026-05-01T09:00` on the zone's clocks.
    package var starts: String
    package var ends: String
    package var zone: String
    package var place: EventPlace?
    package var capacity: Int?
    package var registration: RegistrationMode?
    package var offerMinutes: Int?
    package var guests: Bool?
    package var participantChannels: Bool?
    package var contacts: [ContactDocument]?
    package var channels: [ChannelDocument]?
    package var queues: [QueueDocument]?
    /// `draft`, or `published`: applying it publishes a draft. The other states are left to their own commands.
    package var state: EventState?

    package init(event: String, agency: String, name: String, starts: String, ends: String, zone: String) {
        self.event = event
        self.agency = agency
        self.name = name
        self.starts = starts
        self.ends = ends
        self.zone = zone
    }
}

package struct ContactDocument: Codable, Sendable, Equatable {
    package var name: String
    package var email: String?
    package var phone: String?
    package var notes: String?

    package init(name: String, email: String? = nil, phone: String? = nil, notes: String? = nil) {
        self.name = name
        self.email = email
        self.phone = phone
        self.notes = notes
    }
}

package struct ChannelDocument: Codable, Sendable, Equatable {
    package var name: String
    /// `text`, `announce` or `staff`; text if absent.
    package var kind: ChannelKind?
    package var topic: String?

    package init(name: String, kind: ChannelKind? = nil, topic: String? = nil) {
        self.name = name
        self.kind = kind
        self.topic = topic
    }
}

/// A queue of the event, by its name.
package struct QueueDocument: Codable, Sendable, Equatable {
    package var name: String
    package var topics: [Topic]?
    package var policy: QueuePolicy?
    package var sla: SLAPolicy?

    package init(name: String, topics: [Topic]? = nil, policy: QueuePolicy? = nil, sla: SLAPolicy? = nil) {
        self.name = name
        self.topics = topics
        self.policy = policy
        self.sla = sla
    }
}

/// What applying a document did, or with `dryRun` would do.
package struct AppliedEvent: Codable, Sendable, Equatable {
    package var event: Event
    package var isNew: Bool
    /// In the order of the document; empty if everything was so already.
    package var changes: [DocumentChange]

    package init(event: Event, isNew: Bool, changes: [DocumentChange]) {
        self.event = event
        self.isNew = isNew
        self.changes = changes
    }
}

/// One difference between an event and a document: where, what is there, what the document says.
package struct DocumentChange: Codable, Sendable, Equatable {
    /// JSON Pointer into the document: `/capacity`, `/channels/hallway`.
    package var path: String
    package var before: JSON?
    package var after: JSON?

    package init(path: String, before: JSON?, after: JSON?) {
        self.path = path
        self.before = before
        self.after = after
    }
}

extension Endpoint where Input == EventDocument, Output == AppliedEvent {
    package static var applyEvent: Self {
        Self(
            "events.apply",
            .put,
            "/v1/events/{event}/document",
            needs: .manageEvents,
            "make an event what a document says; with dryRun: what that would change"
        )
    }
}

extension Endpoint where Input == EventRef, Output == EventDocument {
    package static var exportEvent: Self {
        Self(
            "events.export",
            .get,
            "/v1/events/{event}/document",
            needs: .manageEvents,
            "an event as a document; applying it again changes nothing"
        )
    }
}
