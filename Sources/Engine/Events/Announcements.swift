package import ChatAPI
import Storage

/// Writing to everyone in an event: in its announcements, whoever is a member of that channel or not.
package struct Announcements: Sendable {
    let database: EngineDatabase

    package init(database: EngineDatabase) { self.database = database }

    package func send(_ draft: AnnouncementDraft, _ call: Call) async throws -> Sent {
        try MessageRules.check(text: draft.text)
        return try await database.perform(call, touching: []) { tx in
            let event = try Events.managed(draft.event, .announce, call, tx)
            try event.checkIsPublished()
            let sent = try tx.announce(draft.text, in: event.scope, cid: draft.cid, call)
            try tx.audit(call, on: event.auditObject, after: ["seq": .integer(sent.seq)], severity: .notice)
            return sent
        }
    }
}
