package import ChatAPI
import Storage

/// An organizer's own switch: accept chats, be away, how many, which skills; and the work lists with their counters.
package struct Organizers: Sendable {
    let desk: Desk

    package func get(_ call: Call) async throws -> Availability {
        let account = try call.caller.signedIn()
        desk.attendance.noted(account)
        let desk = desk
        return try await desk.database.read { tx in
            let row = try OrganizerStore.organizer(account, tx) ?? OrganizerRow(account: account)
            return try Self.shown(row, call.caller, desk, tx)
        }
    }

    /// Accepting chats, or coming back, may bring the next request at once.
    package func set(_ change: AvailabilityChange, _ call: Call) async throws -> Availability {
        let account = try call.caller.signedIn()
        try Self.check(change)
        let desk = desk
        desk.attendance.noted(account)
        return try await desk.database.perform(call, touching: [.account(account)]) { tx in
            let caller = try call.callerNow(tx)
            try caller.require(.handleRequests)
            let before = try OrganizerStore.organizer(account, tx) ?? OrganizerRow(account: account)
            var row = before
            row.accepts = change.accepts ?? before.accepts
            row.isAway = change.isAway ?? before.isAway
            row.capacity = change.capacity ?? before.capacity
            row.skills = change.skills ?? before.skills
            // Whoever touches the switch is there.
            row.misses = 0
            try tx.set(row)
            tx.facts.tell(.desk(.organizer(account)))
            try tx.tellAvailability(of: account, now: call.now)
            try tx.audit(call, on: "account/\(account)", before: Self.state(before), after: Self.state(row))
            try tx.dispatch(toOrganizer: account, by: .daemon(now: call.now))
            return try Self.shown(OrganizerStore.organizer(account, tx) ?? row, caller, desk, tx)
        }
    }

    private static func check(_ change: AvailabilityChange) throws(APIError) {
        if let capacity = change.capacity, !(1...Limits.chatsPerOrganizer).contains(capacity) {
            throw .invalid("capacity", "is \(capacity); it goes from 1 to \(Limits.chatsPerOrganizer)")
        }
        guard let skills = change.skills else { return }
        guard skills.count <= Limits.skillsPerOrganizer else {
            throw .invalid("skills", "has \(skills.count); the limit is \(Limits.skillsPerOrganizer)")
        }
        for skill in skills { try QueueRules.check(word: skill, named: "skills", of: "a skill") }
    }

    private static func shown(
        _ row: OrganizerRow,
        _ caller: Caller,
        _ desk: Desk,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Availability {
        let queues = desk.board.queues().filter { caller.may(.handleRequests, in: desk.place(of: $0)) }
        return Availability(
            accepts: row.accepts,
            isAway: row.isAway,
            capacity: row.capacity,
            skills: row.skills,
            openChats: try ChatStore.countRunning(of: row.account, tx),
            queues: try queues.sorted { ($0.name, $0.id) < ($1.name, $1.id) }.map { queue in
                let counts = desk.board.counts(of: queue.id)
                return QueueCounters(
                    queue: queue.id,
                    name: queue.name,
                    waiting: counts.waiting,
                    unattended: try ChatStore.countUnattended(in: queue.id, tx),
                    oldestAt: counts.oldestAt
                )
            }
        )
    }

    private static func state(_ row: OrganizerRow) -> JSON {
        [
            "accepts": .string(row.accepts.rawValue), "isAway": .bool(row.isAway),
            "capacity": .integer(Int64(row.capacity)), "skills": .array(row.skills.map { .string($0) }),
        ]
    }
}
