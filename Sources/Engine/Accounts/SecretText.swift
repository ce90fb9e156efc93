import ChatAPI

/// Bot tokens and codes: random texts of which only the hash is kept.
enum SecretText {
    static let botPrefix = "plz_b_"
    static let invitationPrefix = "plz_i_"
    static let resetPrefix = "plz_c_"

    /// 256 random bits.
    static func makeBotToken() -> String { botPrefix + TokenText.encode(RandomBytes.make(32)) }

    /// 130 random bits as 26 letters and digits that can be read out and typed: Crockford's alphabet, lower case.
    static func makeCode(_ kind: CodeKind) -> String { makeCode(prefix: kind.prefix) }

    static func makeCode(prefix: String) -> String {
        prefix + String(RandomBytes.make(26).map { alphabet[Int($0 & 31)] })
    }

    /// The hash under which a code is kept. Case, spaces and the look-alikes o, i and l do not matter.
    static func hash(code: String, _ kind: CodeKind) -> [UInt8]? { hash(code: code, prefix: kind.prefix) }

    static func hash(code: String, prefix: String) -> [UInt8]? {
        let typed = code.lowercased().filter { $0 != " " && $0 != "\t" && $0 != "\n" }
        guard typed.hasPrefix(prefix), typed.utf8.count == prefix.utf8.count + 26 else { return nil }
        let body = typed.dropFirst(prefix.count).map { character -> Character in
            switch character {
            case "o": "0"
            case "i", "l": "1"
            default: character
            }
        }
        return Hash.of(Array((prefix + String(body)).utf8))
    }

    static func hash(botToken: String) -> [UInt8]? {
        guard botToken.hasPrefix(botPrefix), botToken.utf8.count == botPrefix.utf8.count + 43 else { return nil }
        return Hash.of(Array(botToken.utf8))
    }

    static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
}

/// What a single-use code is good for.
enum CodeKind: String {
    case invitation
    case reset

    var prefix: String {
        switch self {
        case .invitation: SecretText.invitationPrefix
        case .reset: SecretText.resetPrefix
        }
    }
}
