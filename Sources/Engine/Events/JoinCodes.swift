package import ChatAPI
import Storage

/// An event's join codes: listed, made, ended by who manages the event.
package struct JoinCodes: Sendable {
    let database: EngineDatabase

    package init(database: EngineDatabase) { self.database = database }

    package func list(_ ref: EventRef, _ call: Call) async throws -> Page<JoinCode> {
        try await database.read { tx in
            let event = try Events.readable(ref.event, .manageEvents, call, tx)
            return Page(try JoinCodeStore.codes(of: event.id, tx))
        }
    }

    package func create(_ draft: JoinCodeDraft, _ call: Call) async throws -> JoinCode {
        if let label = draft.label { try TextRules.checkLine(label, named: "label", limit: 100) }
        if let hours = draft.hours, !(1...8_760).contains(hours) {
            throw APIError.invalid("hours", "is \(hours); it takes 1 to 8760 (a year), or none: until the event ends")
        }
        if let uses = draft.uses, !(1...1_000_000).contains(uses) {
            throw APIError.invalid("uses", "is \(uses); it takes 1 to 1000000, or none")
        }
        return try await database.perform(call, touching: []) { tx in
            let event = try Events.managed(draft.event, .manageEvents, call, tx)
            guard event.state == .draft || event.state == .published else {
                throw APIError(.conflict, "the event is \(event.state.rawValue): nobody joins it any more")
            }
            let code = try JoinCodeStore.make(
                for: event.id,
                label: AgencyRules.kept(draft.label),
                by: call.caller.account,
                uses: draft.uses,
                expiresAt: draft.hours.map { call.now + Int64($0) * 3_600_000 },
                now: call.now,
                tx
            )
            try tx.audit(call, on: event.auditObject, after: Self.state(code))
            return code
        }
    }

    package func revoke(_ ref: JoinCodeRef, _ call: Call) async throws -> Empty {
        try await database.perform(call, touching: []) { tx in
            let event = try Events.managed(ref.event, .manageEvents, call, tx)
            guard let code = try JoinCodeStore.find(ref.code, tx), code.event == event.id else {
                throw APIError(.notFound, "the event has no such code")
            }
            try JoinCodeStore.delete(code, tx)
            try tx.audit(call, on: event.auditObject, before: Self.state(code), severity: .notice)
            return Empty()
        }
    }

    /// Not the code itself: whoever reads the audit log must not come in by it.
    private static func state(_ code: JoinCode) -> JSON {
        var members: [String: JSON] = ["code": .string("\(code.code.prefix(2))…"), "used": .integer(Int64(code.used))]
        if let label = code.label { members["label"] = .string(label) }
        if let uses = code.uses { members["uses"] = .integer(Int64(uses)) }
        return .object(members)
    }
}
