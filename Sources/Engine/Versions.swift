import ChatAPI

/// Optimistic locking: the version that a caller saw, against the one that there is.
enum Versions {
    /// A list of entity tags (RFC 9110 §13.1.1); ours are the version in quotes. `what` begins the refusal.
    static func check(_ ifMatch: String?, _ version: Int64, _ what: String) throws(APIError) {
        guard let ifMatch, ifMatch != "*" else { return }
        let seen = ifMatch.split(separator: ",").map { tag in
            var tag = tag.drop { $0 == " " }
            while tag.last == " " { tag.removeLast() }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            if tag.count >= 2, tag.first == "\"", tag.last == "\"" { tag = tag.dropFirst().dropLast() }
            return String(tag)
        }
        if seen.contains(String(version)) { return }
        throw APIError(
            .preconditionFailed,
            "\(what) was changed in between: it is at version \(version), not "
                + ChannelRules.shortened(seen.joined(separator: ", "))
        )
    }
}
