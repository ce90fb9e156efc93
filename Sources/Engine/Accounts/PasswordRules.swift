import ChatAPI

/// Which passwords are refused. Pure.
enum PasswordRules {
    /// - Parameters:
    ///   - isStaff: whether the account has, or is about to get, a staff role.
    ///   - names: the account's names: a password is none of them.
    static func check(
        _ password: String,
        named member: String = "password",
        isStaff: Bool,
        names: [String]
    ) throws(APIError) {
        let bytes = password.utf8.count
        if bytes > Limits.passwordBytes {
            throw .invalid(member, "is \(bytes) bytes long; the limit is \(Limits.passwordBytes)")
        }
        let least = isStaff ? Limits.staffPasswordCharacters : Limits.passwordCharacters
        if password.count < least {
            let whose =
                isStaff ? "; an account with a staff role takes at least \(least)" : "; it takes at least \(least)"
            throw .invalid(member, "has \(password.count) character\(password.count == 1 ? "" : "s")\(whose)")
        }
        let core = Self.core(of: password)
        if CommonPasswords.contain(core) || isRun(password.lowercased()) {
            throw .invalid(member, "is one of the first that anybody would try; take another one")
        }
        for name in names
        where !name.isEmpty && (core == Self.core(of: name) || password.lowercased() == name.lowercased()) {
            throw .invalid(member, "is the account's name; take another one")
        }
    }

    /// Long enough for a staff role to take effect.
    static func isLong(_ password: String) -> Bool { password.count >= Limits.staffPasswordCharacters }

    /// What is left of `P@ssw0rd2024!` and of `passwordpassword`: lower case, look-alike digits and signs as letters, no
    /// decoration before or after, one period of what repeats.
    static func core(of password: String) -> String {
        let plain = Array(password.lowercased())
        let isDecoration: (Character) -> Bool = { !$0.isLetter && !"@$".contains($0) }
        let start = plain.firstIndex { !isDecoration($0) } ?? plain.startIndex
        let end = (plain.lastIndex { !isDecoration($0) } ?? plain.endIndex - 1) + 1
        // What is mostly decoration is not judged by the word inside: `4711-cat-0815` is no `cat`.
        let kept = end > start && (end - start) * 2 >= plain.count ? Array(plain[start..<end]) : plain
        return String(period(of: kept.map { letters[$0] ?? $0 }))
    }

    private static let letters: [Character: Character] = [
        "@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t",
    ]

    private static func period(of text: [Character]) -> ArraySlice<Character> {
        for length in 1...max(text.count / 2, 1) where length < text.count && text.count % length == 0 {
            if (length..<text.count).allSatisfy({ text[$0] == text[$0 - length] }) { return text[..<length] }
        }
        return text[...]
    }

    /// `12345678`, `hgfedcba`, `aaaaaaaa`: every step is the same, and it is 0, 1 or -1.
    private static func isRun(_ text: String) -> Bool {
        let values = text.unicodeScalars.map { Int($0.value) }
        guard let first = values.first, values.count > 1, abs(values[1] - first) <= 1 else { return false }
        let step = values[1] - first
        // 0 follows 9 on the keyboard.
        return zip(values, values.dropFirst()).allSatisfy { $1 - $0 == step || ($0 == 0x39 && $1 == 0x30 && step == 1) }
    }
}
