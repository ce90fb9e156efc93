import ChatAPI

/// What people type into a search, as an expression of FTS5. Pure.
///
/// Words must all be there; `"a phrase"`, `begin*` and `-without` work. Everything reaches FTS5 inside quotes, so that its
/// own syntax (`AND`, `NEAR`, `col:`, `^`) is nothing but words.
struct SearchExpression: Equatable {
    /// For the column of texts.
    let match: String

    /// More words than anyone types; each is a list that the index walks.
    static let termLimit = 16

    init(_ query: String) throws(APIError) {
        try TextRules.checkLine(query, named: "q", limit: Limits.searchBytes)
        var wanted: [String] = []
        var unwanted: [String] = []
        var skipped: String?
        var rest = query[...]
        while let term = try Self.nextTerm(&rest) {
            guard SearchText.hasWord(term.text) else {
                skipped = skipped ?? String(term.text)
                continue
            }
            let quoted = Self.quoted(term)
            if term.isUnwanted { unwanted.append(quoted) } else { wanted.append(quoted) }
        }
        guard wanted.count + unwanted.count <= Self.termLimit else {
            throw .invalid("q", "has \(wanted.count + unwanted.count) words; the limit is \(Self.termLimit)")
        }
        guard !wanted.isEmpty else {
            if !unwanted.isEmpty { throw .invalid("q", "only says what to leave out; add a word to look for") }
            guard let skipped, !skipped.isEmpty else { throw .invalid("q", "is empty") }
            throw .invalid("q", "holds nothing to look for: '\(skipped)' has no letter, digit or emoji")
        }
        let all = wanted.joined(separator: " AND ")
        match = unwanted.isEmpty ? all : "(\(all)) NOT (\(unwanted.joined(separator: " OR ")))"
    }

    private struct Term {
        var text: Substring
        var isUnwanted = false
        var isPrefix = false
    }

    private static func nextTerm(_ rest: inout Substring) throws(APIError) -> Term? {
        rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\u{3000}" }
        guard let first = rest.first else { return nil }
        var isUnwanted = false
        if first == "-", let second = rest.dropFirst().first, second != " " {
            isUnwanted = true
            rest = rest.dropFirst()
        }
        if rest.first == "\"" {
            let body = rest.dropFirst()
            guard let end = body.firstIndex(of: "\"") else { throw .invalid("q", "has a quote that is not closed") }
            rest = body[body.index(after: end)...]
            var term = Term(text: body[..<end], isUnwanted: isUnwanted)
            if rest.first == "*" {
                term.isPrefix = true
                rest = rest.dropFirst()
            }
            return term
        }
        let end = rest.firstIndex { $0 == " " || $0 == "\t" || $0 == "\u{3000}" || $0 == "\"" } ?? rest.endIndex
        var term = Term(text: rest[..<end], isUnwanted: isUnwanted)
        rest = rest[end...]
        if term.text.last == "*" {
            term.isPrefix = true
            term.text = term.text.dropLast()
        }
        return term
    }

    private static func quoted(_ term: Term) -> String {
        let text = SearchText.segmented(String(term.text.filter { $0 != "\"" }))
        return "\"" + text + "\"" + (term.isPrefix ? " *" : "")
    }
}
