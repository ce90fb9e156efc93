/// `a` or `an` before a word of this vocabulary, for sentences.
package enum Article {
    /// `a request`, `an agency`.
    package static func before(_ noun: String) -> String { ("aeiou".contains(noun.prefix(1)) ? "an " : "a ") + noun }
}
