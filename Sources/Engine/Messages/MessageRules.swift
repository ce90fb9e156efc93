package import ChatAPI
import Glibc

/// May it be said: sizes, characters, membership. Pure.
package enum MessageRules {
    package static func check(text: String) throws(APIError) {
        try TextRules.check(text, named: "text", limit: Limits.messageBytes)
        if TextRules.isBlank(text) { throw .invalid("text", "is empty") }
    }

    /// Only members write. Reading an open channel takes less.
    package static func checkMember(_ account: AccountID, of channel: ChannelFacts) throws(APIError) -> Membership {
        guard let membership = channel.members[account] else {
            throw notMember(channel)
        }
        if channel.isSealed { throw APIError(.conflict, "this chat has ended: it is read, not written any more") }
        return membership
    }

    /// Deleting takes the author, an admin of the channel, or, where there is a name and so no private conversation, a
    /// super admin.
    static func checkMayDelete(
        _ message: Entry,
        _ caller: Caller,
        _ account: AccountID,
        in channel: ChannelFacts
    ) throws(APIError) {
        if message.by == account || channel.members[account]?.role == .admin { return }
        if !channel.kind.isPrivate, caller.rank >= Role.superAdmin.rank { return }
        guard let membership = channel.members[account], message.seq > membership.visibleFrom else {
            throw channel.members[account] == nil ? notMember(channel) : noMessage(message.seq)
        }
        throw APIError(.forbidden, "only its author or an admin of the channel deletes message \(message.seq)")
    }

    static func checkMayPin(_ account: AccountID, in channel: ChannelFacts) throws(APIError) -> Membership {
        let membership = try checkMember(account, of: channel)
        if channel.isLarge, membership.role != .admin {
            throw APIError(
                .forbidden,
                "only admins pin here: the channel has more than \(ChannelFacts.largeMembers) members"
            )
        }
        return membership
    }

    static func noMessage(_ seq: Int64) -> APIError {
        APIError(.notFound, "there is no message \(seq) here")
    }

    /// To whoever is not in it, a direct conversation does not exist.
    private static func notMember(_ channel: ChannelFacts) -> APIError {
        guard !channel.kind.isPrivate else { return APIError(.notFound, "there is no channel \(channel.id)") }
        // Without its event a name would be another channel's.
        let shown = channel.space == .platform ? ChannelRules.shown(channel) : "the channel"
        return APIError(.notMember, "join \(shown) before writing in it")
    }

    /// The words after an `@`: names to look up. `@all` and `@here` are everybody.
    package static func mentionedNames(in text: String) -> (names: [Substring], everybody: Bool) {
        guard hasAt(text) else { return ([], false) }
        var names: [Substring] = []
        var everybody = false
        var rest = text[...]
        while let at = rest.firstIndex(of: "@") {
            let isWordStart = at == text.startIndex || !isNameCharacter(text[text.index(before: at)])
            let start = rest.index(after: at)
            let end = rest[start...].firstIndex { !isNameCharacter($0) } ?? rest.endIndex
            var name = rest[start..<end]
            while let last = name.last, last == "." || last == "-" { name.removeLast() }
            if isWordStart && !name.isEmpty {
                if name == "all" || name == "here" {
                    everybody = true
                } else if names.count < mentionLimit && !names.contains(name) {
                    names.append(name)
                }
            }
            rest = rest[end...]
        }
        return (names, everybody)
    }

    /// Nearly every message ends here, so it is one `memchr`.
    private static func hasAt(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.baseAddress.map { memchr($0, Int32(UInt8(ascii: "@")), bytes.count) != nil } ?? false
        }
    }

    /// People one message can call: more is what `@all` is for.
    package static let mentionLimit = 32

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "-" || character == "."
    }
}
