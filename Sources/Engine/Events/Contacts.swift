package import ChatAPI
import Storage

/// An event's contacts: seen by its staff, kept by who manages the event.
package struct Contacts: Sendable {
    let database: EngineDatabase

    package init(database: EngineDatabase) { self.database = database }

    static let perEvent = 500

    package func list(_ ref: EventRef, _ call: Call) async throws -> Page<Contact> {
        try await database.read { tx in
            let event = try Events.readable(ref.event, .manageIssues, call, tx)
            return Page(try ContactStore.contacts(of: event.id, tx))
        }
    }

    package func add(_ draft: ContactDraft, _ call: Call) async throws -> Contact {
        try ContactRules.check(name: draft.name, email: draft.email, phone: draft.phone, notes: draft.notes)
        return try await database.perform(call, touching: []) { tx in
            let event = try Events.managed(draft.event, .manageEvents, call, tx)
            let count = try ContactStore.contacts(of: event.id, tx).count
            guard count < Self.perEvent else {
                throw APIError(.conflict, "the event has \(count) contacts, the most there can be")
            }
            let contact = Contact(
                id: .fresh(at: call.now),
                event: event.id,
                name: draft.name,
                email: AgencyRules.kept(draft.email),
                phone: AgencyRules.kept(draft.phone),
                notes: AgencyRules.kept(draft.notes),
                createdAt: call.now,
                version: 1
            )
            try ContactStore.insert(contact, tx)
            try tx.audit(call, on: event.auditObject, after: contact.auditState)
            return contact
        }
    }

    package func update(_ change: ContactChange, _ call: Call) async throws -> Contact {
        try ContactRules.check(name: change.name, email: change.email, phone: change.phone, notes: change.notes)
        return try await database.perform(call, touching: []) { tx in
            let before = try Self.managed(change.contact, call, tx)
            try Versions.check(call.options.ifMatch, before.version, "the contact \(before.name)")
            var contact = before
            if let name = change.name { contact.name = name }
            if let email = change.email { contact.email = AgencyRules.kept(email) }
            if let phone = change.phone { contact.phone = AgencyRules.kept(phone) }
            if let notes = change.notes { contact.notes = AgencyRules.kept(notes) }
            guard contact != before else { return before }
            contact.version += 1
            try ContactStore.update(contact, tx)
            try tx.audit(call, on: "event/\(contact.event)", before: before.auditState, after: contact.auditState)
            return contact
        }
    }

    package func delete(_ ref: ContactRef, _ call: Call) async throws -> Empty {
        try await database.perform(call, touching: []) { tx in
            let contact = try Self.managed(ref.contact, call, tx)
            try Versions.check(call.options.ifMatch, contact.version, "the contact \(contact.name)")
            try ContactStore.delete(contact.id, tx)
            try tx.audit(call, on: "event/\(contact.event)", before: contact.auditState)
            return Empty()
        }
    }

    private static func managed(_ id: ContactID, _ call: Call, _ tx: borrowing Transaction) throws -> Contact {
        guard let contact = try ContactStore.find(id, tx) else { throw unknown(id) }
        let place = tx.facts.places.place(.event(contact.event))
        // Whoever does not work for the event learns of none.
        guard call.caller.isStaff(in: place) else { throw unknown(id) }
        _ = try call.authorized(.manageEvents, in: place, tx)
        return contact
    }

    private static func unknown(_ id: ContactID) -> APIError { APIError(.notFound, "there is no contact \(id)") }
}

/// What a contact may hold. Pure.
enum ContactRules {
    static let notesBytes = 2_000

    static func check(name: String?, email: String?, phone: String?, notes: String?) throws(APIError) {
        if let name {
            try TextRules.checkLine(name, named: "name", limit: 200)
            if TextRules.isBlank(name) { throw .invalid("name", "is empty") }
        }
        if let email, !TextRules.isBlank(email) {
            try TextRules.checkLine(email, named: "email", limit: 254)
            let parts = email.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, !email.contains(" ") else {
                throw .invalid("email", "is '\(email.prefix(64))'; it takes a name, an '@' and a domain")
            }
        }
        if let phone { try TextRules.checkLine(phone, named: "phone", limit: 64) }
        if let notes { try TextRules.check(notes, named: "notes", limit: notesBytes) }
    }
}

extension Contact {
    /// Without phone and address: the audit log outlives them.
    var auditState: JSON { ["contact": .string(id.description), "name": .string(name)] }
}
