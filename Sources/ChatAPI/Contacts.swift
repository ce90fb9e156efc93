/// Someone to call about an event: a venue's technician, a doctor, a driver. Not an account.
package struct Contact: Codable, Sendable, Equatable {
    package var id: ContactID
    package var event: EventID
    package var name: String
    package var email: String?
    package var phone: String?
    package var notes: String?
    package var createdAt: Milliseconds
    /// Grows with each edit: the `ETag` of REST.
    package var version: Int64

    package init(
        id: ContactID,
        event: EventID,
        name: String,
        email: String? = nil,
        phone: String? = nil,
        notes: String? = nil,
        createdAt: Milliseconds,
        version: Int64
    ) {
        self.id = id
        self.event = event
        self.name = name
        self.email = email
        self.phone = phone
        self.notes = notes
        self.createdAt = createdAt
        self.version = version
    }
}

package typealias ContactID = ID<Contact>

package struct ContactDraft: Codable, Sendable {
    package var event: String
    package var name: String
    package var email: String?
    package var phone: String?
    package var notes: String?

    package init(event: String, name: String, email: String? = nil, phone: String? = nil, notes: String? = nil) {
        self.event = event
        self.name = name
        self.email = email
        self.phone = phone
        self.notes = notes
    }
}

/// What is absent stays; an empty text is removed.
package struct ContactChange: Codable, Sendable {
    package var contact: ContactID
    package var name: String?
    package var email: String?
    package var phone: String?
    package var notes: String?

    package init(
        contact: ContactID,
        name: String? = nil,
        email: String? = nil,
        phone: String? = nil,
        notes: String? = nil
    ) {
        self.contact = contact
        self.name = name
        self.email = email
        self.phone = phone
        self.notes = notes
    }
}

package struct ContactRef: Codable, Sendable {
    package var contact: ContactID

    package init(_ contact: ContactID) { self.contact = contact }
}

extension Endpoint where Input == EventRef, Output == Page<Contact> {
    package static var listContacts: Self {
        Self(
            "contacts.list",
            .get,
            "/v1/events/{event}/contacts",
            needs: .manageIssues,
            "list an event's contacts, for its agency's staff"
        )
    }
}

extension Endpoint where Input == ContactDraft, Output == Contact {
    package static var addContact: Self {
        Self("contacts.add", .post, "/v1/events/{event}/contacts", needs: .manageEvents, "add a contact to an event")
    }
}

extension Endpoint where Input == ContactChange, Output == Contact {
    package static var changeContact: Self {
        Self("contacts.update", .patch, "/v1/contacts/{contact}", needs: .manageEvents, "change a contact")
    }
}

extension Endpoint where Input == ContactRef, Output == Empty {
    package static var deleteContact: Self {
        Self("contacts.delete", .delete, "/v1/contacts/{contact}", needs: .manageEvents, "delete a contact")
    }
}
