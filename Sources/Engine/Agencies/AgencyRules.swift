package import ChatAPI

/// How an agency comes to work and stops, and what it may be called. Pure.
package enum AgencyRules {
    package enum Action: String, WireEnum {
        case approve
        case suspend
        case revoke
    }

    package enum Effect: Sendable {
        /// Its grants count from now on, and its events are shown.
        case wake
        /// Its grants rest, its events are hidden, and who has nothing else is signed out.
        case rest
    }

    /// Everybody who gets here holds `manageAgencies`.
    package static let machine = Machine<AgencyState, Action, Void, Effect>(
        "agency",
        [
            .init(.pending, .suspended, .revoked, action: .approve, to: .approved, effects: [.wake]),
            .init(.approved, action: .suspend, to: .suspended, effects: [.rest]),
            .init(.approved, .suspended, action: .revoke, to: .revoked, effects: [.rest]),
            .init(.pending, action: .revoke, to: .revoked),
        ]
    )

    static let nameBytes = 200
    static let addressBytes = 400
    static let websiteBytes = 200
    static let reasonBytes = 500

    static func check(
        name: String?,
        address: String?,
        website: String?
    ) throws(APIError) {
        if let name {
            try TextRules.checkLine(name, named: "name", limit: nameBytes)
            if TextRules.isBlank(name) { throw .invalid("name", "is empty") }
        }
        if let address { try TextRules.check(address, named: "address", limit: addressBytes) }
        if let website, !website.isEmpty {
            try TextRules.checkLine(website, named: "website", limit: websiteBytes)
            guard website.hasPrefix("https://") || website.hasPrefix("http://") else {
                throw .invalid("website", "must begin with https:// or http://")
            }
        }
    }

    static func reason(_ text: String?) throws(APIError) -> String? {
        guard let text, !TextRules.isBlank(text) else { return nil }
        try TextRules.check(text, named: "reason", limit: reasonBytes)
        return text
    }

    /// Nil if there is nothing left of it.
    static func kept(_ text: String?) -> String? {
        guard let text, !TextRules.isBlank(text) else { return nil }
        return text
    }
}
