import ChatAPI

/// Lists: how many items a page has, and where the next one starts. Pure.
enum PageRules {
    /// What was asked for, or the default. More than the limit is refused, not cut in silence.
    static func limit(_ asked: Int?) throws(APIError) -> Int {
        guard let asked else { return Limits.pageDefault }
        guard (1...Limits.pageItems).contains(asked) else {
            throw .invalid("limit", "is \(asked); a page has 1 to \(Limits.pageItems) items")
        }
        return asked
    }

    /// The folded name after which a list of names goes on; empty for its beginning.
    static func name(after cursor: String?) throws(APIError) -> String {
        guard let cursor else { return "" }
        guard cursor.hasPrefix("n:"), cursor.utf8.count <= 4 * ChannelRules.nameBytes else { throw cursorIsUnknown() }
        return String(cursor.dropFirst(2))
    }

    static func cursorIsUnknown() -> APIError {
        .invalid("cursor", "is not one that this list gave")
    }

    /// What a list is searched for: as names are folded, and as other texts are.
    struct Words: Sendable {
        let folded: String
        let lowercased: String
    }

    /// Nil if nothing was asked for.
    static func words(_ text: String?) throws(APIError) -> Words? {
        guard let text, !text.isEmpty else { return nil }
        try TextRules.checkLine(text, named: "query", limit: Limits.searchBytes)
        return Words(folded: Names.fold(text), lowercased: text.lowercased())
    }
}
