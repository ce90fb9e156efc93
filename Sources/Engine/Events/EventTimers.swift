import ChatAPI
import Storage

/// What an event does by itself: offers run out, the waiting list moves up, the guests go when it is over.
package enum EventTimers {
    /// An offered place, by attendee and event.
    static let offer = "events.offer"
    /// More offers than one write makes.
    static let fill = "events.fill"
    static let endWaiting = "events.endWaiting"
    /// The event is over.
    static let end = "events.end"

    /// After a jump of the clock offers hold a minute longer.
    static let offerLease: Int64 = 60_000
    /// Registrations that one write moves.
    static let batch = 100

    static func object(_ account: AccountID, _ event: EventID) -> String { "\(event)/\(account)" }

    package static let handlers: [String: Timers.Handler] = [
        offer: Timers.Handler { timer, now, tx in
            let parts = timer.object.split(separator: "/")
            if parts.count == 2, let event = EventID(String(parts[0])), let account = AccountID(String(parts[1])) {
                try tx.lapse(account, in: event, now: now)
            }
            return .done
        },
        fill: Timers.Handler { timer, now, tx in
            guard let event = EventID(timer.object) else { return .done }
            return try tx.offerPlaces(of: event, now: now) ? .again(at: now) : .done
        },
        endWaiting: Timers.Handler { timer, now, tx in
            guard let event = EventID(timer.object) else { return .done }
            return try tx.endWaiting(of: event, now: now) ? .again(at: now) : .done
        },
        end: Timers.Handler { timer, now, tx in
            guard let id = EventID(timer.object), let event = try EventStore.find(id, tx) else { return .done }
            // It was moved meanwhile, and with it this timer.
            if event.state == .published, event.endsAt > now { return .again(at: event.endsAt) }
            let hasMore = try tx.expireRequests(of: id, reason: "the event is over", now: now)
            return try tx.sendGuestsHome(from: event, now: now) || hasMore ? .again(at: now) : .done
        },
    ]
}

extension Transaction {
    /// Ends the sessions of an event's guests and takes them out of its channels.
    ///
    /// - Returns: whether there may be more of them.
    func sendGuestsHome(from event: EventRow, now: Milliseconds) throws -> Bool {
        let guests = try AccountStore.guests(of: event.id, limit: EventTimers.batch, self)
        for guest in guests {
            try SessionStore.endAll(of: guest.id, .signedOut, self)
            try TokenStore.endAll(of: guest.id, self)
            for id in try ChannelStore.memberships(of: guest.id, self) {
                let channel = try facts.channel(id, in: self)
                // What was said in a chat stays in the archive of both.
                if channel.kind != .chat { try leave(guest.id, channel, by: guest.id, now: now) }
            }
            try AccountStore.setDisabled(now, of: guest.id, self)
            facts.tell(.capabilitiesChanged(guest.id))
        }
        if !guests.isEmpty {
            try audit(
                daemon: "guests.end",
                on: event.auditObject,
                after: ["guests": .integer(Int64(guests.count))],
                now: now
            )
        }
        return guests.count == EventTimers.batch
    }
}
