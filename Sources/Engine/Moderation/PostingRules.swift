package import ChatAPI

/// May this person do this here now, and if not, why: sanctions, emergency, the channel's own rules, slow mode, in this order.
/// Pure.
package enum PostingRules {
    /// Somebody in a channel, as far as writing goes.
    package struct Person: Sendable {
        package var isAdmin = false
        package var capabilities: CapabilitySet = []
        package var isGuest = false
        /// The sanction that holds it there.
        package var sanction: Sanction?
        package var lastPost: Milliseconds?

        package init(
            isAdmin: Bool = false,
            capabilities: CapabilitySet = [],
            isGuest: Bool = false,
            sanction: Sanction? = nil,
            lastPost: Milliseconds? = nil
        ) {
            self.isAdmin = isAdmin
            self.capabilities = capabilities
            self.isGuest = isGuest
            self.sanction = sanction
            self.lastPost = lastPost
        }

        /// Whoever keeps order cannot be locked out by the rules of the channel.
        var keepsOrder: Bool { isAdmin || capabilities.contains(.moderate) }
        var hasFloor: Bool { capabilities.contains(.speak) || capabilities.contains(.moderate) }
    }

    /// The channel.
    package struct Room: Sendable {
        /// For sentences: `#tea`.
        package var shown: String
        package var posting = ChannelPosting()
        package var emergency: Emergency?

        package init(shown: String, posting: ChannelPosting = ChannelPosting(), emergency: Emergency? = nil) {
            self.shown = shown
            self.posting = posting
            self.emergency = emergency
        }
    }

    package static func check(_ act: PostingAct, _ person: Person, in room: Room, now: Milliseconds) throws(APIError) {
        if let sanction = person.sanction { throw refusal(sanction, room.shown, now: now) }
        if let emergency = room.emergency, !speaks(person, emergency.voice), act != .react {
            throw refusal(emergency, room.shown, now: now)
        }
        if person.keepsOrder { return }
        guard isAllowed(act, person, room.posting.rules) else {
            throw APIError(.forbidden, "\(room.shown) does not let you \(verb(act)): its moderators decided so")
        }
        guard act == .post, room.posting.slowModeMs > 0, let last = person.lastPost else { return }
        let wait = last + room.posting.slowModeMs - now
        // A clock that was set back must not silence anybody for longer than the mode is slow.
        guard wait > 0, wait <= room.posting.slowModeMs else { return }
        throw APIError(.rateLimited, "slow mode: wait \((wait + 999) / 1_000) s", retryAfterMilliseconds: wait)
    }

    static func speaks(_ person: Person, _ voice: EmergencyVoice) -> Bool {
        switch voice {
        case .moderators: person.capabilities.contains(.moderate)
        case .speakers: person.hasFloor
        case .unknown: false
        }
    }

    /// The rules from the general to the particular, whatever order they are stored in; what a later one says wins, and
    /// within one what it allows.
    static func isAllowed(_ act: PostingAct, _ person: Person, _ rules: [PostingRule]) -> Bool {
        var isAllowed = true
        for group in PostingGroup.allCases where isIn(group, person) {
            for rule in rules where rule.group == group {
                if rule.deny.contains(act) { isAllowed = false }
                if rule.allow.contains(act) { isAllowed = true }
            }
        }
        return isAllowed
    }

    private static func isIn(_ group: PostingGroup, _ person: Person) -> Bool {
        switch group {
        case .everyone: true
        case .guest: person.isGuest
        case .speaker: person.hasFloor
        case .unknown: false
        }
    }

    /// What may be set: each group once, nothing both allowed and denied.
    package static func check(_ rules: [PostingRule]) throws(APIError) {
        guard Set(rules.map(\.group)).count == rules.count else {
            throw .invalid("rules", "name a group twice: one rule each")
        }
        for rule in rules {
            if let both = rule.allow.first(where: rule.deny.contains) {
                throw .invalid("rules", "both allow and deny '\(both.rawValue)' to \(rule.group.rawValue)")
            }
        }
    }

    package static func check(slowModeMs: Int64) throws(APIError) {
        guard slowModeMs == 0 || Limits.slowModeMs.contains(slowModeMs) else {
            throw .invalid(
                "slowModeMs",
                "is \(SpanText.text(slowModeMs)); it goes \(SpanText.range(Limits.slowModeMs)), or is 0 for none"
            )
        }
    }

    // MARK: - Sentences

    static func verb(_ act: PostingAct) -> String {
        switch act {
        case .post: "write"
        case .react: "react"
        case .pin: "pin"
        case .mentionAll: "call everybody"
        case .draw: "draw"
        case .unknown: "do that"
        }
    }

    /// - Parameter now: nil where nobody knows the time; then it is not said how long to wait.
    static func refusal(_ sanction: Sanction, _ place: String, now: Milliseconds?) -> APIError {
        let what = sanction.kind == .ban ? "banned from \(place)" : "muted in \(place)"
        let until = sanction.until.map { " until \(UTCText.minute($0))" } ?? ""
        let reason = sanction.reason.map { ": \($0)" } ?? ""
        return APIError(
            sanction.kind == .ban ? .banned : .muted,
            what + until + reason,
            retryAfterMilliseconds: now.flatMap { now in sanction.until.map { max($0 - now, 1) } }
        )
    }

    static func refusal(_ emergency: Emergency, _ place: String, now: Milliseconds) -> APIError {
        APIError(
            .muted,
            "in \(place) only \(sentence(emergency))",
            retryAfterMilliseconds: max(emergency.until - now, 1)
        )
    }

    /// `moderators may write until 2026-05-01 12:30 UTC: somebody is being threatened`.
    static func sentence(_ emergency: Emergency) -> String {
        let who = emergency.voice == .moderators ? "moderators" : "moderators and speakers"
        return "\(who) may write until \(UTCText.minute(emergency.until))" + (emergency.reason.map { ": \($0)" } ?? "")
    }
}

/// Times in sentences: people of all zones read the same one.
package enum UTCText {
    /// `2026-05-01 12:30 UTC`.
    package static func minute(_ time: Milliseconds) -> String {
        // Half a minute may be cut off a deadline, not added.
        let minutes = time >= 0 ? time / 60_000 : (time - 59_999) / 60_000
        let days = minutes >= 0 ? minutes / 1_440 : (minutes - 1_439) / 1_440
        let (year, month, day) = date(days)
        let minute = minutes - days * 1_440
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(two(month))-\(two(day)) \(two(minute / 60)):\(two(minute % 60)) UTC"
    }

    /// Days since 1970 as a date of the Gregorian calendar, by eras of 400 years.
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * ofYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * march + 2) / 5 + 1)
    }
}
