/// Keeps secrets out of logs: by the name of a field, and by what a text looks like.
package enum Masking {
    package static let mask = "***"

    static func masked(_ value: LogValue, key: String) -> LogValue {
        if isSecret(key: key) { return .string(mask) }
        if case .string(let text) = value { return .string(masked(text)) }
        return value
    }

    /// True for names such as `password`, `refreshToken`, `join_secret`, `resetCode`, `Authorization`, `Set-Cookie`,
    /// `signing-key`. Codes that say how something ended (`closeCode`, `status_code`) are none.
    package static func isSecret(key: String) -> Bool {
        let words = words(of: key)
        for (index, word) in words.enumerated() {
            if secretWords.contains(word) { return true }
            if word == "code" || word == "codes" {
                if index == 0 || !harmlessCodes.contains(words[index - 1]) { return true }
            }
        }
        // Names run together: `accesstoken`, `dbpassword`.
        return ["password", "passwd", "passphrase", "token", "secret", "authorization", "cookie", "apikey"]
            .contains { words.joined().hasSuffix($0) }
    }

    /// `text` with everything masked that looks like a secret: `Bearer …` and `Basic …`, our tokens `plz_…`, signed
    /// tokens (`eyJ….….…`), passwords in URLs, and `name=value` or `name: value` where the name is one of a secret.
    package static func masked(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard isSuspicious(bytes) else { return text }
        var scanner = MaskingScanner(bytes)
        return String(decoding: scanner.run(), as: UTF8.self)
    }

    /// Most texts hold none of the marks that the patterns begin with.
    private static func isSuspicious(_ bytes: [UInt8]) -> Bool {
        bytes.contains {
            $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        }
            || bytes.contains(UInt8(ascii: " "))
    }

    /// `setCookie`, `set_cookie`, `Set-Cookie` → `set`, `cookie`.
    private static func words(of key: String) -> [String] {
        var words: [String] = []
        var word = ""
        var wasLower = false
        for scalar in key.unicodeScalars.prefix(64) {
            guard scalar.isASCII, scalar.properties.isAlphabetic || scalar.properties.numericType != nil else {
                if !word.isEmpty { words.append(word) }
                word = ""
                wasLower = false
                continue
            }
            let isUpper = ("A"..."Z").contains(scalar)
            if isUpper, wasLower {
                words.append(word)
                word = ""
            }
            wasLower = !isUpper
            word += String(scalar).lowercased()
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static let secretWords: Set<String> = [
        "password", "passwords", "passwd", "passphrase", "token", "tokens", "secret", "secrets", "authorization",
        "cookie",
        "cookies", "key", "keys", "credential", "credentials",
    ]
    private static let harmlessCodes: Set<String> = ["close", "status", "error", "exit", "problem"]
}

/// One pass over a text.
private struct MaskingScanner {
    private let bytes: [UInt8]
    private var output: [UInt8] = []
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        output.reserveCapacity(bytes.count)
    }

    mutating func run() -> [UInt8] {
        while index < bytes.count {
            if isWordStart, scheme() || ownToken() || signedToken() || namedSecret() { continue }
            if userInfo() { continue }
            output.append(bytes[index])
            index += 1
        }
        return output
    }

    private var isWordStart: Bool { index == 0 || !Self.isWord(bytes[index - 1]) }

    /// `Bearer abc`, `Basic abc`: the credentials of RFC 9110 §11.4.
    private mutating func scheme() -> Bool {
        for scheme in ["bearer", "basic"] where starts(with: scheme) {
            var end = index + scheme.utf8.count
            guard end < bytes.count, bytes[end] == 0x20 else { continue }
            while end < bytes.count, bytes[end] == 0x20 { end += 1 }
            let secret = bytes[end...].prefix { Self.isToken($0) }
            // "basic rules" is prose; credentials are long. And "Bearer Bearer abc" has its secret behind the second.
            guard secret.count >= (scheme == "bearer" ? 1 : 8), !Self.isScheme(secret) else { continue }
            output += bytes[index..<end]
            mask(until: secret.endIndex)
            return true
        }
        return false
    }

    private mutating func ownToken() -> Bool {
        guard starts(with: "plz_") else { return false }
        let secret = bytes[(index + 4)...].prefix { Self.isToken($0) }
        guard !secret.isEmpty else { return false }
        output += bytes[index..<(index + 4)]
        mask(until: secret.endIndex)
        return true
    }

    /// Three base64url parts, of which the first is a JSON object.
    private mutating func signedToken() -> Bool {
        guard bytes[index...].starts(with: "eyJ".utf8) else { return false }
        let token = bytes[index...].prefix { Self.isWord($0) || $0 == UInt8(ascii: ".") }
        guard token.count >= 20, token.contains(UInt8(ascii: ".")) else { return false }
        mask(until: token.endIndex)
        return true
    }

    /// `password=abc`, `"token": "abc"`, `?secret=abc&`.
    private mutating func namedSecret() -> Bool {
        let name = bytes[index...].prefix { Self.isWord($0) }
        guard !name.isEmpty, name.count <= 64 else { return false }
        var end = name.endIndex
        if end < bytes.count, bytes[end] == UInt8(ascii: "\"") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "=") || bytes[end] == UInt8(ascii: ":") else {
            return false
        }
        guard Masking.isSecret(key: String(decoding: name, as: UTF8.self)) else { return false }
        end += 1
        while end < bytes.count, bytes[end] == 0x20 { end += 1 }
        let quote = end < bytes.count && bytes[end] == UInt8(ascii: "\"")
        if quote { end += 1 }
        var secret =
            quote ? bytes[end...].prefix { $0 != UInt8(ascii: "\"") } : bytes[end...].prefix { Self.isValue($0) }
        guard !secret.isEmpty else { return false }
        // `Authorization: Bearer abc`: the scheme is one word, the secret is the next.
        while !quote, Self.isScheme(secret[(secret.lastIndex(of: 0x20).map { $0 + 1 } ?? secret.startIndex)...]) {
            let next = bytes[secret.endIndex...].drop { $0 == 0x20 }
            guard !next.isEmpty, next.startIndex > secret.endIndex else { break }
            secret = bytes[secret.startIndex..<next.prefix { Self.isValue($0) }.endIndex]
        }
        output += bytes[index..<end]
        mask(until: secret.endIndex)
        return true
    }

    /// `://name:password@`
    private mutating func userInfo() -> Bool {
        guard bytes[index...].starts(with: "://".utf8) else { return false }
        let authority = bytes[(index + 3)...].prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")),
            let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":"))
        else { return false }
        output += bytes[index...colon]
        mask(until: at)
        return true
    }

    private mutating func mask(until end: Int) {
        output += Masking.mask.utf8
        index = end
    }

    /// Compares without regard to case; `word` is lower case.
    private func starts(with word: String) -> Bool {
        guard bytes.count - index >= word.utf8.count else { return false }
        return zip(bytes[index...], word.utf8).allSatisfy { ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 }
    }

    private static func isScheme(_ word: ArraySlice<UInt8>) -> Bool {
        ["bearer", "basic"].contains(String(decoding: word, as: UTF8.self).lowercased())
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// token68 of RFC 9110 §11.2.
    private static func isToken(_ byte: UInt8) -> Bool { isWord(byte) || ".~+/=".utf8.contains(byte) }

    private static func isValue(_ byte: UInt8) -> Bool { byte > 0x20 && byte != 0x7F && !"&,;\"".utf8.contains(byte) }
}
