import ChatAPI

/// Keys and values of registers: which there are, what they hold, how large they may be. Pure.
enum RegisterRules {
    /// Of all values of one account: `me.get` answers with every one of them.
    static let totalBytes = 1_048_576

    /// What a key is about.
    enum Subject: Equatable {
        case marker(ChannelID)
        case draft(ChannelID)
        case mute(ChannelID)
        case sidebar
        case client

        var channel: ChannelID? {
            switch self {
            case .marker(let id), .draft(let id), .mute(let id): id
            case .sidebar, .client: nil
            }
        }
    }

    static func markerKey(_ channel: ChannelID) -> String { "marker/\(channel)" }
    static func draftKey(_ channel: ChannelID) -> String { "draft/\(channel)" }
    static func muteKey(_ channel: ChannelID) -> String { "mute/\(channel)" }

    /// A key in the one form in which it is stored.
    static func subject(of key: String) throws(APIError) -> (subject: Subject, key: String) {
        guard !key.isEmpty, key.utf8.count <= Limits.registerKeyBytes else {
            throw .invalid("key", "has \(key.utf8.count) bytes; a key has 1 to \(Limits.registerKeyBytes)")
        }
        if key == "sidebar" { return (.sidebar, key) }
        guard let slash = key.firstIndex(of: "/") else { throw unknown(key) }
        let rest = String(key[key.index(after: slash)...])
        switch key[..<slash] {
        case "client":
            guard !rest.isEmpty, rest.utf8.allSatisfy(isKeyByte) else {
                throw .invalid("key", "'client/…' holds letters, digits, '.', '_', '-' and '/' after its first slash")
            }
            return (.client, key)
        case "marker":
            let id = try channel(rest)
            return (.marker(id), markerKey(id))
        case "draft":
            let id = try channel(rest)
            return (.draft(id), draftKey(id))
        case "mute":
            let id = try channel(rest)
            return (.mute(id), muteKey(id))
        default: throw unknown(key)
        }
    }

    /// What may be set as it is. Markers and drafts have operations of their own, which know more.
    static func check(_ value: JSON, of subject: Subject) throws(APIError) {
        switch subject {
        case .marker: throw .invalid("key", "names a read marker: it is set with markers.set")
        case .draft: throw .invalid("key", "names a draft: it is set with drafts.set")
        case .mute: try checkMute(value)
        case .sidebar:
            guard case .array = value else { throw .invalid("value", "of 'sidebar' is not a list") }
        case .client: break
        }
        let bytes = Coding.encode(value).count
        if bytes > Limits.registerValueBytes {
            throw .invalid("value", "is \(bytes) bytes long; the limit is \(Limits.registerValueBytes)")
        }
    }

    /// `true`, or an object with any of `until` (a time) and `mentions` (whether these come through).
    private static func checkMute(_ value: JSON) throws(APIError) {
        if value == .bool(true) { return }
        guard case .object(let members) = value else {
            throw .invalid("value", "of a mute is neither true nor an object with 'until' and 'mentions'")
        }
        for (name, member) in members {
            switch (name, member) {
            case ("until", .integer), ("mentions", .bool): continue
            case ("until", _): throw .invalid("value/until", "is not a time in Unix milliseconds")
            case ("mentions", _): throw .invalid("value/mentions", "is not true or false")
            default:
                throw .invalid(
                    "value/" + ChannelRules.shortened(name),
                    "is not known: a mute has 'until' and 'mentions'"
                )
            }
        }
    }

    private static func channel(_ text: String) throws(APIError) -> ChannelID {
        guard let id = ChannelID(text) else {
            throw .invalid("key", "names no channel: '\(ChannelRules.shortened(text))' is not an id")
        }
        return id
    }

    private static func unknown(_ key: String) -> APIError {
        APIError(
            .invalid,
            "key '\(ChannelRules.shortened(key))' is not known",
            errors: [FieldError(pointer: "/key", message: "is not known")],
            allowed: ["marker/<channel>", "draft/<channel>", "mute/<channel>", "sidebar", "client/<name>"]
        )
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
