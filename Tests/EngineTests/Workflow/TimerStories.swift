import ChatAPI
import ChatTestKit
import Storage
import Testing

@testable import Engine

extension TimerRestartTests {
    /// What the daemon puts away, or goes on with, because one write does not do it all.
    static let jobs: [Story] = [
        Story("codes.purge", .days(2), "SELECT COUNT(*) FROM code") { desk in
            _ = try await desk.stranger("ada")
            _ = try await desk.world.root().call(.resetPassword, AccountRef("ada"))
        },
        Story("invitations.purge", .days(2), "SELECT COUNT(*) FROM channel_invitation") { desk in
            let draft = ChannelInvitationDraft(channel: "fair/general", forMs: 86_400_000)
            _ = try await desk.owner.call(.inviteToChannel, draft)
        },
        Story("keys.purge", .seconds(86_401), "SELECT COUNT(*) FROM idempotency_key") { desk in
            let draft = IssueDraft(event: "fair", title: "Projector")
            _ = try await desk.owner.service().call(.createIssue, draft, CallOptions(key: "k"))
        },
        Story(
            "sessions.purge",
            .days(90),
            "SELECT COUNT(*) FROM session s JOIN account a ON a.id = s.account WHERE a.name = 'ada'"
        ) {
            _ = try await $0.stranger("ada")
        },
        Story(
            "me.trim",
            .days(31),
            "SELECT COUNT(*) FROM entry e JOIN account a ON a.id = e.log WHERE a.name = 'ada' AND e.seq = 1"
        ) { desk in
            let (ada, now) = (try await desk.stranger("ada").id, desk.clock.now)
            let change = Entry(kind: .profileChanged, channel: nil, seq: 0, by: ada, at: 0)
            try await desk.engine.database.write(touching: []) { tx in
                for _ in 0..<2 { _ = try tx.appendToMe(change, of: ada, now: now) }
            }
        },
        Story(
            "channels.purge",
            .seconds(601),
            "SELECT COUNT(*) FROM channel WHERE deleted_at IS NOT NULL",
            isPrompt: true
        ) { desk in
            let draft = ChannelDraft(name: "attic", space: .event(desk.event.id))
            _ = try await desk.owner.call(.createChannel, draft)
            _ = try await desk.owner.call(.deleteChannel, ChannelRef("fair/attic"))
        },
        Story(
            "sketches.purge",
            .seconds(601),
            "SELECT COUNT(*) FROM sketch WHERE deleted_at IS NOT NULL",
            isPrompt: true
        ) { desk in
            let draft = SketchDraft(channel: "fair/general", name: "plan")
            let sketch = try await desk.owner.call(.createSketch, draft)
            _ = try await desk.owner.call(.deleteSketch, SketchRef(sketch.id))
        },
        Story(
            "audit.erase",
            .seconds(1),
            "SELECT COUNT(DISTINCT actor_name) FROM audit_payload WHERE actor_name = 'ada'",
            isPrompt: true
        ) { desk in
            let (ada, now) = (try await desk.stranger("ada").id, desk.clock.now)
            var draft = AuditStore.Draft(action: "me.update", object: "account/\(ada)", severity: .info)
            (draft.actor, draft.actorName) = (ada, "ada")
            let entry = draft
            try await desk.engine.database.write(touching: [.audit]) { tx in
                // More than one write erases.
                for _ in 0...2 * AuditErasure.batch { _ = try tx.appendAudit(entry, now: now) }
            }
            _ = try await desk.world.root().call(.removeAccount, AccountRef("ada"))
        },
        Story("audit.purge", .seconds(1), "SELECT COUNT(*) FROM audit_entry WHERE seq = 1", isPrompt: true) {
            _ = try await $0.world.root().call(.trimAudit, AuditTrim(through: 1))
        },
        Story(
            "events.fill",
            .seconds(1),
            "SELECT COUNT(*) FROM attendee WHERE state = 'waiting'",
            isPrompt: true
        ) { desk in
            try await desk.line(behind: "ada")
            var change = EventChange(event: "fair")
            change.capacity = 1_000
            _ = try await desk.owner.call(.changeEvent, change)
        },
        Story(
            "events.endWaiting",
            .seconds(1),
            "SELECT COUNT(*) FROM attendee WHERE state = 'waiting'",
            isPrompt: true
        ) { desk in
            try await desk.line(behind: "ada")
            _ = try await desk.owner.call(.cancelEvent, EventCancellation(event: "fair"))
        },
        // Who comes back asks for the counters: over a restart nothing is left but the row.
        Story(
            "desk.counters",
            .seconds(2),
            "SELECT COUNT(*) FROM timer WHERE kind = 'desk.counters'",
            isPrompt: true
        ) {
            _ = try await $0.ask($0.participant("ada"))
        },
    ]
}

extension DeskWorld {
    /// The event is full with one person, and one more waits than a write moves.
    fileprivate func line(behind first: String) async throws {
        var change = EventChange(event: "fair")
        change.capacity = 1
        _ = try await owner.call(.changeEvent, change)
        _ = try await participant(first)
        for number in 0...EventTimers.batch {
            clock.advance(by: .milliseconds(1))
            _ = try await participant("w\(number)")
        }
    }
}
