/// What a caller may do. An operation names one; a role or a bot token's scope is a set of them.
///
/// Deny by default: a capability that no role of the caller holds is refused, on reads as on writes. An operation names
/// what its caller needs somewhere at all; where that has to be (in which agency, event, queue or channel, or whose
/// session) is asked inside the handler, of facts.
package enum Capability: String, WireEnum {
    /// Needs no account: register, sign in, redeem a code, version.
    case anyone
    /// Everything about oneself: profile, sessions, registers, `@me`.
    case own
    /// Read channels, messages, people and presence that one may see.
    case read
    /// Write messages, react, pin, type.
    case post
    /// Join, leave, open direct messages, register for events.
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
    /// Ask for a chat, add to one's own request, cancel it.
    case askForHelp
    /// Approve, suspend and revoke agencies.
    case manageAgencies
    /// Edit and delete an agency.
    case manageAgency
    /// See an agency's staff, make accounts for it, give and take its roles: strictly junior ones.
    case manageStaff
    /// Make, publish, cancel, archive and clone events; their channels, contacts, codes and registrations.
    case manageEvents
    /// Write to everyone in an event.
    case announce
    /// Write where not everybody may: while the emergency switch is on, in talks.
    case speak
    /// Write an event's issues and comment on them.
    case manageIssues
    /// Tick off who has arrived.
    case checkIn
    /// See a queue; claim, take, transfer, reject and end requests and chats.
    case handleRequests
    /// Queues with their policies and clocks, canned replies, topics.
    case manageQueues
    /// Read the private chats of one's scope. No role on the platform has it.
    case superviseChats
    /// Kick, ban, time out, slow down, take messages away, decide on reports.
    case moderate
    /// Read a private chat once, with a reason, audited and shown to both sides.
    case breakGlass
    /// What this program does not know.
    case unknown
}

/// An enumeration on the wire: a closed list of names, which the schema shows.
package protocol WireEnum: RawRepresentable, CaseIterable, Codable, Sendable, Hashable where RawValue == String {
}

extension WireEnum {
    /// What a client makes of a word in an answer that it does not know, from a newer daemon: the case `unknown`, which
    /// everything has that is ever answered. It is on no list, and in no input.
    package static var unknownWord: Self? { Self(rawValue: "unknown") }

    /// The words that may be said.
    package static var words: [Self] { allCases.filter { $0 != unknownWord } }

    /// A word that may be said, by its name.
    package init?(word: String) {
        guard let value = Self(rawValue: word), value != Self.unknownWord else { return nil }
        self = value
    }

    /// A word that is not on the list is named, and the list with it; in an answer it may be unknown.
    package init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        let isAnswer = decoder.userInfo[.isAnswer] as? Bool ?? false
        if let value = Self(rawValue: word), isAnswer || value != Self.unknownWord {
            self = value
            return
        }
        guard isAnswer, let unknown = Self.unknownWord else {
            let words = Self.words.map(\.rawValue).joined(separator: ", ")
            let sentence = "is '\(word.prefix(40))'; it is one of \(words)"
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: sentence))
        }
        self = unknown
    }
}

extension CodingUserInfoKey {
    /// Set while a client reads what a daemon said.
    package static let isAnswer = CodingUserInfoKey(rawValue: "plaza.isAnswer")!
}
