import ChatAPI

/// Direct conversations: who can be in one, and how the one of a set of people is found. Pure.
enum DirectRules {
    /// The same people are the same key, in whichever order they are named.
    static func key(of people: some Sequence<AccountID>) -> [UInt8] {
        Hash.of(people.sorted().flatMap(\.bytes))
    }

    /// Two to sixteen, whoever opens it included.
    static func check(count: Int) throws(APIError) {
        if count < 2 {
            throw .invalid(
                "people",
                "names nobody else; a direct conversation is between 2 to \(Limits.directPeople) people"
            )
        }
        if count > Limits.directPeople {
            throw .invalid("people", "makes \(count) people with yourself; the limit is \(Limits.directPeople)")
        }
    }
}
