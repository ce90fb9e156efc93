package import ChatAPI
import Storage

/// Events as files: `apply` makes an event what a document says, `export` writes one that changes nothing when applied.
package struct EventDocuments: Sendable {
    let database: EngineDatabase

    package init(database: EngineDatabase) { self.database = database }

    package func export(_ ref: EventRef, _ call: Call) async throws -> EventDocument {
        try await database.read { tx in
            let event = try Events.readable(ref.event, .manageEvents, call, tx)
            return try Self.document(of: event, tx)
        }
    }

    /// In one write: everything of the document, or nothing.
    package func apply(_ document: EventDocument, _ call: Call) async throws -> AppliedEvent {
        try DocumentRules.check(document)
        try Self.check(queues: document.queues)
        return try await database.perform(call, touching: [.names]) { tx in
            var changes: [DocumentChange] = []
            let before = try EventStore.find(document.event, tx)
            var event = try Self.settle(before, document, call, &changes, tx)
            try Self.settleContacts(of: event, document, call, &changes, tx)
            if let state = document.state, state != event.state {
                event = try Self.advance(event, to: state, &changes, call, tx)
            }
            try Self.settleChannels(of: event, document, call, &changes, tx)
            try Self.settleQueues(of: event, document, call, &changes, tx)
            let current = try EventStore.find(event.id, tx) ?? event
            return AppliedEvent(
                event: try current.shown(to: call.caller, named: document.event, now: call.now, tx),
                isNew: before == nil,
                changes: changes
            )
        }
    }

    /// The event's own members: a new draft, or the differences as one change.
    private static func settle(
        _ before: EventRow?,
        _ document: EventDocument,
        _ call: Call,
        _ changes: inout [DocumentChange],
        _ tx: borrowing Transaction
    ) throws -> EventRow {
        guard let before else {
            let agency = try Agencies.managed(document.agency, .manageEvents, call, tx)
            let event = try EventRules.row(document.draft, id: .fresh(at: call.now), agency: agency, now: call.now)
            try tx.make(event, call)
            changes.append(DocumentChange(path: "", before: nil, after: ["event": .string(event.slug)]))
            return event
        }
        let event = try Events.managed(document.event, .manageEvents, call, tx)
        try Versions.check(call.options.ifMatch, event.version, "the event \(event.slug)")
        guard Names.fold(event.agencySlug) == Names.fold(document.agency) else {
            throw APIError(.conflict, "the event belongs to the agency \(event.agencySlug), not to \(document.agency)")
        }
        let after = try EventRules.row(event, changedBy: document.change)
        changes += DocumentRules.changes(from: before, to: after)
        return try tx.change(event, to: after, call)
    }

    private static func advance(
        _ event: EventRow,
        to state: EventState,
        _ changes: inout [DocumentChange],
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws -> EventRow {
        guard state == .published, event.state == .draft else {
            throw APIError(
                .invalidTransition,
                "the event is \(event.state.rawValue): a document publishes a draft and does nothing else to its state"
            )
        }
        changes.append(
            DocumentChange(path: "/state", before: .string(event.state.rawValue), after: .string(state.rawValue))
        )
        return try tx.move(event, .publish, reason: nil, call)
    }

    // MARK: - Contacts and channels

    /// The list is the whole list: contacts are known by their names.
    private static func settleContacts(
        of event: EventRow,
        _ document: EventDocument,
        _ call: Call,
        _ changes: inout [DocumentChange],
        _ tx: borrowing Transaction
    ) throws {
        guard let wanted = document.contacts else { return }
        var left = try ContactStore.contacts(of: event.id, tx)
        for item in wanted {
            let path = "/contacts/" + item.name
            if let index = left.firstIndex(where: { $0.name == item.name }) {
                var contact = left.remove(at: index)
                let before = contact.document
                guard before != item.kept else { continue }
                (contact.email, contact.phone, contact.notes) = (item.kept.email, item.kept.phone, item.kept.notes)
                contact.version += 1
                try ContactStore.update(contact, tx)
                changes.append(DocumentChange(path: path, before: before.json, after: item.kept.json))
            } else {
                let contact = Contact(
                    id: .fresh(at: call.now),
                    event: event.id,
                    name: item.name,
                    email: item.kept.email,
                    phone: item.kept.phone,
                    notes: item.kept.notes,
                    createdAt: call.now,
                    version: 1
                )
                try ContactStore.insert(contact, tx)
                changes.append(DocumentChange(path: path, before: nil, after: item.kept.json))
            }
        }
        for contact in left {
            try ContactStore.delete(contact.id, tx)
            changes.append(DocumentChange(path: "/contacts/" + contact.name, before: contact.document.json, after: nil))
        }
    }

    /// The least list: what is missing is made, what differs is changed, nothing is deleted. A draft has no channels yet.
    private static func settleChannels(
        of event: EventRow,
        _ document: EventDocument,
        _ call: Call,
        _ changes: inout [DocumentChange],
        _ tx: borrowing Transaction
    ) throws {
        guard let wanted = document.channels, event.state == .published else { return }
        let by = try call.caller.signedIn()
        for item in wanted {
            let path = "/channels/" + item.name
            let topic = try ChannelRules.topic(item.topic)
            if let id = try ChannelStore.id(named: item.name[...], in: event.scope, tx) {
                let channel = try tx.facts.channel(id, in: tx)
                if let kind = item.kind, kind != channel.kind {
                    throw APIError(.conflict, "#\(item.name) is of kind \(channel.kind.rawValue): that does not change")
                }
                guard item.topic != nil, channel.topic != topic else { continue }
                changes.append(
                    DocumentChange(
                        path: path + "/topic",
                        before: channel.topic.map(JSON.string),
                        after: topic.map(JSON.string)
                    )
                )
                let edit = ChannelEdit(name: channel.name, topic: topic, secretHash: channel.secretHash)
                try tx.edit(channel, edit, by: by, call)
            } else {
                try Channels.checkIsFree(item.name, in: event.scope, tx)
                let plan = EventChannels.Plan(name: item.name, kind: item.kind ?? .text, topic: topic)
                _ = try tx.makeChannel(plan, in: event, by: by, call)
                changes.append(DocumentChange(path: path, before: nil, after: .string(plan.kind.rawValue)))
            }
        }
    }

    // MARK: - Writing one

    static func document(of event: EventRow, _ tx: borrowing some Reading & ~Copyable) throws -> EventDocument {
        let zone = Zone(event.zone) ?? .utc
        var document = EventDocument(
            event: event.slug,
            agency: event.agencySlug,
            name: event.name,
            starts: WallClock.text(event.startsAt, in: zone),
            ends: WallClock.text(event.endsAt, in: zone),
            zone: event.zone
        )
        document.description = event.description
        document.place = event.place
        document.capacity = event.capacity
        document.registration = event.registration
        document.offerMinutes = event.offerMinutes
        document.guests = event.guests
        document.participantChannels = event.participantChannels
        document.contacts = try ContactStore.contacts(of: event.id, tx).map(\.document)
        document.state = event.state == .published || event.state == .draft ? event.state : nil
        if event.publishedAt != nil {
            document.channels = try EventChannels.documents(of: event.scope, tx)
            document.queues = try queues(of: event.scope, tx)
        }
        return document
    }
}

extension Contact {
    fileprivate var document: ContactDocument {
        ContactDocument(name: name, email: email, phone: phone, notes: notes)
    }
}

extension ContactDocument {
    /// As it is stored: without what is empty.
    fileprivate var kept: ContactDocument {
        ContactDocument(
            name: name,
            email: AgencyRules.kept(email),
            phone: AgencyRules.kept(phone),
            notes: AgencyRules.kept(notes)
        )
    }

    fileprivate var json: JSON {
        var members: [String: JSON] = ["name": .string(name)]
        if let email { members["email"] = .string(email) }
        if let phone { members["phone"] = .string(phone) }
        if let notes { members["notes"] = .string(notes) }
        return .object(members)
    }
}
