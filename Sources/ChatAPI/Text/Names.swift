/// What accounts and channels may be called, and when two names are too alike to exist side by side.
///
/// A name is looked up by `fold` (case and accents are written one way) and compared by `look` as well (what looks alike
/// is alike), and both are unique: `Ana` and `ana` fold to one name; `paul` and `pauI` with a capital i do not, but look
/// the same. Keeping the two apart is what lets `neil` and `nell` coexist.
package enum Names {
    /// The name under which something is found: lower case, canonically decomposed, marks in canonical order.
    package static func fold(_ name: some StringProtocol) -> String {
        if let ascii = foldASCII(name) { return ascii }
        return mapped(name) { folds[$0.value] }
    }

    /// What a name looks like (UTS 39, and `vv` as `w`): `rn` is `m`, `0` is `o`, `1` and capital `I` are `l`, and a
    /// Cyrillic `а` is a Latin one. Only for comparing; never shown.
    package static func look(_ name: some StringProtocol) -> String {
        let look = mapped(name) { looks[$0.value] ?? folds[$0.value] }
        return look.utf8.contains(UInt8(ascii: "v")) ? joinedPairs(look) : look
    }

    /// Refuses what a name may not hold.
    ///
    /// Letters, marks and digits of any script, `_`, `-` and `.`; a letter or digit first, no `-` or `.` last (a sentence
    /// may end after a mention). Invisible characters and compatibility variants (full width, mathematical letters) are
    /// refused, and so is what is newer than the pinned tables: nobody knows what it looks like.
    package static func check(
        _ name: String,
        named member: String = "name",
        characters: ClosedRange<Int> = Limits.nameCharacters
    ) throws(APIError) {
        // Five bytes of four scalars are more than any script needs for one character.
        let byteLimit = characters.upperBound * 20
        if name.utf8.count > byteLimit {
            throw .invalid(member, "is \(name.utf8.count) bytes long; the limit is \(byteLimit)")
        }
        var marks = 0
        for scalar in name.unicodeScalars {
            guard isAllowed(scalar) else {
                let code =
                    "U+" + String(repeating: "0", count: max(0, 4 - hexadecimal(scalar).count)) + hexadecimal(scalar)
                throw .invalid(member, "holds \(code); it takes letters, digits, '_', '-' and '.'")
            }
            marks = isMark(scalar) ? marks + 1 : 0
            if marks > maximumMarks { throw .invalid(member, "has more than \(maximumMarks) marks on one letter") }
        }
        let count = name.count
        guard characters.contains(count) else {
            throw .invalid(
                member,
                "has \(count) character\(count == 1 ? "" : "s"); it takes \(characters.lowerBound) to \(characters.upperBound)"
            )
        }
        if let first = name.unicodeScalars.first, isPunctuation(first) || isMark(first) {
            throw .invalid(member, "must begin with a letter or a digit")
        }
        if name.hasSuffix("-") || name.hasSuffix(".") { throw .invalid(member, "must not end with '-' or '.'") }
        if ID<Account>(name) != nil { throw .invalid(member, "must not have the form of an id") }
    }

    /// Why an account may not be called this, or nil.
    ///
    /// - Parameter byAdministrator: administrators may hand out the names that only pretend to authority.
    package static func reservation(_ name: String, byAdministrator: Bool) -> String? {
        let (fold, look) = (fold(name), look(name))
        if fold.hasPrefix(localPrefix) || look.hasPrefix(Self.look(localPrefix)) {
            return "'\(localPrefix)…' names belong to local administrators"
        }
        if fold.hasPrefix(guestPrefix) || look.hasPrefix(Self.look(guestPrefix)) {
            return "'\(guestPrefix)…' names belong to guests of events"
        }
        for word in words where word == fold || Self.look(word) == look { return "'\(word)' has a meaning of its own" }
        guard !byAdministrator else { return nil }
        for title in titles where title == fold || Self.look(title) == look {
            return "'\(title)' would be taken for the administration; only an administrator gives it"
        }
        return nil
    }

    /// A mention, an author, or a placeholder: never an account's name.
    private static let words = [
        "all", "here", "everyone", "channel", "me", "system", "deleted", "anonymous", "nobody", "unknown",
    ]
    /// Names that strangers would believe.
    private static let titles = [
        "admin", "administrator", "root", "superadmin", "moderator", "staff", "support", "official", "plaza", "chatd",
    ]
    package static let localPrefix = "local-"
    package static let guestPrefix = "guest-"

    /// As many as one terminal cell holds (`GraphemeText`): Vietnamese takes 2, pointed Hebrew 3.
    private static let maximumMarks = 4

    // MARK: - Characters

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return isPunctuation(scalar) || isASCIILetterOrDigit(scalar) }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .decimalNumber:
            guard let age = properties.age, age.major <= 15, age.minor == 0 || age.major < 15 else { return false }
            return !properties.isDefaultIgnorableCodePoint && !isVariant(scalar)
        default: return false
        }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "-" || scalar == "."
    }

    private static func isASCIILetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isASCII && scalar.properties.generalCategory == .nonspacingMark
    }

    private static func isVariant(_ scalar: Unicode.Scalar) -> Bool {
        // Conjoining jamo too: a syllable has one spelling, the composed one.
        (0x1100...0x11FF).contains(scalar.value) || variants.contains { $0.contains(scalar.value) }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        String(scalar.value, radix: 16, uppercase: true)
    }

    // MARK: - Mapping

    private static func foldASCII(_ name: some StringProtocol) -> String? {
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return name.lowercased()
    }

    private static func mapped(
        _ name: some StringProtocol,
        _ table: (Unicode.Scalar) -> [Unicode.Scalar]?
    ) -> String {
        var scalars: [Unicode.Scalar] = []
        for scalar in name.unicodeScalars {
            if let replacement = table(scalar) { scalars += replacement } else { scalars.append(scalar) }
        }
        order(&scalars)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    /// Canonical ordering (Unicode 3.11 D108): runs of marks by combining class, stable.
    private static func order(_ scalars: inout [Unicode.Scalar]) {
        var index = 1
        while index < scalars.count {
            let mark = scalars[index]
            let rank = combiningClass(mark)
            var place = index
            while rank > 0, place > 0, combiningClass(scalars[place - 1]) > rank {
                scalars[place] = scalars[place - 1]
                place -= 1
            }
            scalars[place] = mark
            index += 1
        }
    }

    private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
        scalar.value < 0x300 ? 0 : scalar.properties.canonicalCombiningClass.rawValue
    }

    private static func joinedPairs(_ look: String) -> String {
        var joined: [UInt8] = []
        for byte in look.utf8 {
            if byte == UInt8(ascii: "v"), joined.last == UInt8(ascii: "v") {
                joined[joined.count - 1] = UInt8(ascii: "w")
            } else {
                joined.append(byte)
            }
        }
        return String(decoding: joined, as: UTF8.self)
    }

    // MARK: - Tables

    private static let folds = rows(ConfusablesTable.folds)
    private static let looks = rows(ConfusablesTable.looks)
    private static let variants: [ClosedRange<UInt32>] = items(ConfusablesTable.variants).map { item in
        let bounds = item.split(separator: "-")
        let low = scalarValue(bounds[0])
        return low...(bounds.count > 1 ? scalarValue(bounds[1]) : low)
    }

    private static func rows(_ table: String) -> [UInt32: [Unicode.Scalar]] {
        var rows: [UInt32: [Unicode.Scalar]] = [:]
        for item in items(table) {
            let sides = item.split(separator: "=")
            rows[scalarValue(sides[0])] = sides[1].split(separator: "+").map { part in
                guard let scalar = Unicode.Scalar(scalarValue(part)) else {
                    preconditionFailure("not a scalar: \(part)")
                }
                return scalar
            }
        }
        return rows
    }

    private static func items(_ table: String) -> [Substring] {
        table.split { $0 == " " || $0 == "\n" }
    }

    private static func scalarValue(_ text: Substring) -> UInt32 {
        guard let value = UInt32(text, radix: 16) else { preconditionFailure("not hexadecimal: \(text)") }
        return value
    }
}
