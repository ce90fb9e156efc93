package import ChatAPI
import Storage

/// Reading a private conversation of others in an emergency. Nobody's role lets them do it in silence: it takes a reason,
/// stands in the conversation for both sides to see, and is the loudest entry that the audit log knows.
package struct BreakGlass: Sendable {
    let database: EngineDatabase

    package init(database: EngineDatabase) { self.database = database }

    /// An hour: long enough to read, too short to be forgotten.
    static let lastsMilliseconds: Int64 = 3_600_000
    static let timer = "glass.mend"
    static let reasonBytes = 10...500

    package func open(_ draft: GlassDraft, _ call: Call) async throws -> BrokenGlass {
        let bytes = draft.reason.utf8.count
        guard Self.reasonBytes.contains(bytes), !TextRules.isBlank(draft.reason) else {
            let (least, most) = (Self.reasonBytes.lowerBound, Self.reasonBytes.upperBound)
            throw APIError.invalid("reason", "has \(bytes) bytes; it takes \(least) to \(most): both sides read it")
        }
        try TextRules.check(draft.reason, named: "reason", limit: Self.reasonBytes.upperBound)
        let account = try call.caller.signedIn()
        return try await database.perform(call, touching: []) { tx in
            let channel = try tx.facts.channel(ChannelStore.resolve(draft.channel, tx), in: tx)
            let place = tx.place(of: channel)
            // Without the capability there the conversation does not exist.
            guard call.caller.may(.breakGlass, in: place) else { throw ChannelStore.unknown(draft.channel) }
            _ = try call.authorized(.breakGlass, in: place, tx)
            guard channel.kind.isPrivate else {
                throw APIError(
                    .conflict,
                    "\(try tx.shown(channel)) is no private conversation: ask its admins to let you in"
                )
            }
            if channel.members[account] != nil {
                throw APIError(.conflict, "\(call.caller.name) is in it and reads it")
            }
            let glass = BrokenGlass(
                channel: channel.id,
                account: account,
                reason: draft.reason,
                at: call.now,
                until: call.now + Self.lastsMilliseconds
            )
            try GlassStore.insert(glass, tx)
            try tx.setTimer(Self.timer, "\(channel.id)/\(account)", due: glass.until)
            var entry = Entry(kind: .glassBroken, channel: channel.id, seq: 0, by: account, at: 0)
            entry.text = draft.reason
            _ = try tx.append(entry, to: .channel(channel.id), now: call.now)
            try tx.audit(
                call,
                on: channel.auditObject,
                after: ["reason": .string(draft.reason), "until": .integer(glass.until)],
                severity: .critical
            )
            return glass
        }
    }

    static let handlers: [String: Timers.Handler] = [
        timer: Timers.Handler { timer, _, tx in
            let parts = timer.object.split(separator: "/")
            if parts.count == 2, let channel = ChannelID(String(parts[0])), let account = AccountID(String(parts[1])) {
                try GlassStore.delete(channel, account, tx)
            }
            return .done
        }
    ]
}
