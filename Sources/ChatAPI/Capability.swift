/// What a caller may do. An operation names one; a role or a bot token's scope is a set of them.
///
/// Deny by default: a capability that no role of the caller holds is refused, on reads as on writes. What a capability
/// reaches (which channel, whose session) is decided by facts inside the handler.
package enum Capability: String, WireEnum {
    /// Needs no account: register, sign in, redeem a code, version.
    case anyone
    /// Everything about oneself: profile, sessions, registers, `@me`.
    case own
    /// Read channels, messages, people and presence that one may see.
    case read
    /// Write messages, react, pin, type.
    case post
    /// Join, leave, open direct messages.
    case join
    /// Make a channel. Who has it is the setting `channels.create`.
    case createChannels
    /// Edit and delete a channel, set member roles: held by the channel's admins.
    case manageChannels
    /// Make, disable, reset and invite accounts; see and revoke their sessions.
    case manageAccounts
    /// Give and take grants, strictly junior to one's own.
    case manageGrants
    /// Read and verify the audit log.
    case readAudit
    /// Status, drain, reload.
    case operate
}

/// A bundle of capabilities that a grant gives in a scope.
package enum Role: String, WireEnum {
    case superAdmin
    case auditor
    case member

    /// A subject may grant or manage only what is strictly junior to itself.
    package var rank: Int {
        switch self {
        case .superAdmin: 100
        case .auditor: 40
        case .member: 10
        }
    }

    package var capabilities: Set<Capability> {
        switch self {
        case .superAdmin: Set(Capability.allCases)
        case .auditor: [.anyone, .own, .read, .readAudit]
        case .member: [.anyone, .own, .read, .post, .join, .manageChannels]
        }
    }
}

/// An enumeration on the wire: a closed list of names, which the schema shows.
package protocol WireEnum: RawRepresentable, CaseIterable, Codable, Sendable, Hashable where RawValue == String {}

extension WireEnum {
    /// A word that is not on the list is named, and the list with it.
    package init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        guard let value = Self(rawValue: word) else {
            let words = Self.allCases.map(\.rawValue).joined(separator: ", ")
            let sentence = "is '\(word.prefix(40))'; it is one of \(words)"
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: sentence))
        }
        self = value
    }
}
