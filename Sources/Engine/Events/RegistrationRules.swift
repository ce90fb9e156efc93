package import ChatAPI

/// How someone comes into an event and out of it. Pure.
package enum RegistrationRules {
    package enum Action: String, WireEnum {
        /// Asks again, after having left the line.
        case register
        /// An organizer says yes.
        case approve
        /// An organizer says no, or takes the place away.
        case decline
        /// A place is free for who is next in line.
        case offer
        /// Takes the offered place.
        case accept
        /// The offer was not taken in time.
        case lapse
        case withdraw
    }

    /// What a registration is decided by.
    package struct Facts: Sendable {
        /// A place is free and nobody stands before them.
        package var hasPlace: Bool
        /// An organizer has to say yes first; a join code has said it already.
        package var needsApproval: Bool

        package init(hasPlace: Bool, needsApproval: Bool) {
            self.hasPlace = hasPlace
            self.needsApproval = needsApproval
        }
    }

    package enum Effect: Sendable {
        /// Into the event's channels.
        case enter
        /// Out of them.
        case leave
        /// Whoever is next in line gets an offer.
        case passOn
        /// The offer has a deadline.
        case startClock
        case stopClock
    }

    private static let freePlace = Machine<AttendeeState, Action, Facts, Effect>.Guard("a free place") { $0.hasPlace }
    private static let approval = Machine<AttendeeState, Action, Facts, Effect>.Guard("an event with approval") {
        $0.needsApproval
    }

    package static let machine = Machine<AttendeeState, Action, Facts, Effect>(
        "registration",
        [
            .init(.withdrawn, .lapsed, action: .register, by: approval, to: .requested),
            .init(.withdrawn, .lapsed, action: .register, by: freePlace, to: .registered, effects: [.enter]),
            .init(.withdrawn, .lapsed, action: .register, to: .waiting),
            .init(.requested, .declined, action: .approve, by: freePlace, to: .registered, effects: [.enter]),
            .init(.requested, .declined, action: .approve, to: .waiting),
            .init(.requested, .waiting, action: .decline, to: .declined),
            .init(.offered, action: .decline, to: .declined, effects: [.stopClock, .passOn]),
            .init(.registered, action: .decline, to: .declined, effects: [.leave, .passOn]),
            .init(.waiting, action: .offer, by: freePlace, to: .offered, effects: [.startClock]),
            .init(.offered, action: .accept, to: .registered, effects: [.stopClock, .enter]),
            .init(.offered, action: .lapse, to: .lapsed, effects: [.passOn]),
            .init(.requested, .waiting, action: .withdraw, to: .withdrawn),
            .init(.offered, action: .withdraw, to: .withdrawn, effects: [.stopClock, .passOn]),
            .init(.registered, action: .withdraw, to: .withdrawn, effects: [.leave, .passOn]),
        ]
    )

    /// Where someone begins who asks for the first time.
    package static func first(_ facts: Facts) -> AttendeeState {
        if facts.needsApproval { return .requested }
        return facts.hasPlace ? .registered : .waiting
    }

    /// An offer is kept until its deadline, and never longer than the event lasts.
    static func offerEnd(of event: EventRow, now: Milliseconds) -> Milliseconds {
        min(now + Int64(event.offerMinutes) * 60_000, event.endsAt)
    }
}
