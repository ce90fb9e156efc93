package import ChatAPI

/// Names, topics and secrets of channels, and who may do what to them. Pure.
package enum ChannelRules {
    /// No name is longer than this in bytes (`Names.check`): a longer text is not worth folding to look it up.
    static let nameBytes = Limits.channelNameCharacters.upperBound * 20
    /// Words that mean something else where a channel may be named.
    static let reserved: Set<String> = ["system", "me", "audit", "all", "here", "direct", "directs"]

    /// 2–48 lower-case letters, digits, `-` and `_`, beginning with a letter or a digit.
    package static func check(name: String) throws(APIError) {
        try Names.check(name, characters: Limits.channelNameCharacters)
        for scalar in name.unicodeScalars where scalar == "." || scalar.properties.changesWhenLowercased {
            throw .invalid("name", "holds '\(scalar)'; a channel's name takes lower-case letters, digits, '-' and '_'")
        }
        if reserved.contains(folded(name)) { throw .invalid("name", "'\(name)' is reserved: choose another") }
    }

    /// What is unique in a space: one name for all ways to write it.
    static func folded(_ name: String) -> String { Names.fold(name) }

    /// Whether one would be taken for the other. Plain Latin names are apart as soon as they are spelled apart, as
    /// `modern` and `modem` are; a name with other letters must not look like one that is there.
    static func isTaken(_ name: String, for other: String) -> Bool {
        if folded(name) == folded(other) { return true }
        let isPlain = name.utf8.allSatisfy { $0 < 0x80 } && other.utf8.allSatisfy { $0 < 0x80 }
        return !isPlain && Names.look(name) == Names.look(other)
    }

    /// A topic as it is stored: nil if it is empty.
    static func topic(_ text: String?) throws(APIError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        try TextRules.checkLine(text, named: "topic", limit: Limits.topicBytes)
        return TextRules.isBlank(text) ? nil : text
    }

    static func check(secret: String) throws(APIError) {
        try TextRules.checkLine(secret, named: "secret", limit: Limits.secretBytes)
        if TextRules.isBlank(secret) {
            throw .invalid("secret", "is blank; a secret has 1 to \(Limits.secretBytes) bytes")
        }
    }

    // MARK: - Who may

    /// A channel that has a name, which direct conversations have not.
    static func checkIsText(_ channel: ChannelFacts, _ what: String) throws(APIError) {
        if channel.kind == .chat {
            throw APIError(.conflict, "a chat has no \(what): end it, or hand it to somebody else")
        }
        if channel.kind == .direct {
            throw APIError(.conflict, "a direct conversation has no \(what): everyone in it is equal, and may leave")
        }
    }

    /// Admins of the channel manage it, platform administrators do, and in an event whoever manages that.
    static func checkManages(_ caller: Caller, _ channel: ChannelFacts, in place: Place) throws(APIError) {
        if caller.isPlatformAdmin || caller.may(.manageEvents, in: place) { return }
        let account = try caller.signedIn()
        guard let membership = channel.members[account] else {
            throw APIError(.notMember, "\(caller.name) is not in \(shown(channel)): only its admins may do this")
        }
        if membership.role != .admin {
            throw APIError(.forbidden, "only the admins of \(shown(channel)) may do this")
        }
    }

    /// Whoever lets others in decides who reads: in a channel with a secret that is its own admins, and nobody else.
    static func checkLetsIn(_ caller: Caller, _ channel: ChannelFacts, in place: Place) throws(APIError) {
        try checkManages(caller, channel, in: place)
        if channel.secretHash == nil { return }
        if let account = caller.account, channel.members[account]?.role == .admin { return }
        throw APIError(
            .forbidden,
            "only the admins of \(shown(channel)) decide who gets in: a platform administrator does not read private channels"
        )
    }

    /// The last admin stays as long as there are others, unless somebody is named first.
    static func checkKeepsAdmin(_ channel: ChannelFacts, without account: AccountID) throws(APIError) {
        if heir(of: account, in: channel) == nil { return }
        throw APIError(
            .lastAdmin,
            "this is the last admin of \(shown(channel)), and others are in it: make somebody else an admin first"
        )
    }

    /// Who becomes admin if the last one goes: whoever has been there longest. Nil if an admin remains, or nobody.
    static func heir(of account: AccountID, in channel: ChannelFacts) -> AccountID? {
        guard channel.kind == .text, channel.members[account]?.role == .admin else { return nil }
        var heir: (account: AccountID, joinedAt: Milliseconds)?
        for (other, membership) in channel.members where other != account {
            if membership.role == .admin { return nil }
            if let current = heir, (current.joinedAt, current.account) <= (membership.joinedAt, other) { continue }
            heir = (other, membership.joinedAt)
        }
        return heir?.account
    }

    /// The version that the caller saw, if it said one.
    static func check(_ ifMatch: String?, _ channel: ChannelFacts) throws(APIError) {
        try Versions.check(ifMatch, channel.version, shown(channel))
    }

    // MARK: - Sentences

    static func shown(_ channel: ChannelFacts) -> String { channel.name.map { "#" + $0 } ?? "the conversation" }

    /// What a caller wrote, short enough to be quoted back.
    static func shortened(_ text: String) -> String {
        text.count <= 64 ? text : text.prefix(64) + "…"
    }
}
