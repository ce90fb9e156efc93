import ChatAPI
import TerminalUI

extension SketchVerb {
    /// What Tab offers behind a verb.
    package enum Subject: Sendable {
        case drawing, person, stamp, layer
        /// A text of one's own, in which people are named.
        case text
        case nothing
    }
}

extension Model {
    /// What may follow `/sketch VERB`; nil while the verb is being written, and where a text is.
    func sketchCandidates(_ rest: String, _ word: String) -> [Completion.Candidate]? {
        let words = rest.split(separator: " ")
        guard let verb = words.first.flatMap({ SketchVerb.named(String($0)) }), verb.completes != .text,
            words.count > 1 || word.isEmpty
        else { return nil }
        // Only the first word behind the verb is a name that is known.
        guard words.count <= (word.isEmpty ? 1 : 2) else { return [] }
        return sketchNames(verb.completes).filter { Names.fold($0.text).hasPrefix(Names.fold(word)) }
            .prefix(Completion.limit).map { $0 }
    }

    private func sketchNames(_ subject: SketchVerb.Subject) -> [Completion.Candidate] {
        func candidate(_ text: String, _ detail: String = "") -> Completion.Candidate {
            Completion.Candidate(text: MessageText.oneLine(text), detail: detail, isWhole: true)
        }
        switch subject {
        case .drawing:
            guard let current else { return [] }
            return book.sketches(of: current).map { candidate($0.name, "\($0.width)×\($0.height)") }
        case .person:
            let here = Set(book.desk?.peers.keys.map(\.self) ?? [])
            return accounts.values.filter { $0.deletedAt == nil }
                .sorted { (here.contains($0.id) ? 0 : 1, $0.name) < (here.contains($1.id) ? 0 : 1, $1.name) }
                .map { candidate($0.name, here.contains($0.id) ? "looks at this drawing" : $0.displayName ?? "") }
        case .stamp: return Stamp.library.map { candidate($0.name) }
        case .layer:
            let layers = book.desk?.board.canvas.layers ?? []
            return layers.map { candidate($0.name, "a layer") }
                + ["new", "hide", "show", "lock", "unlock", "delete", "up", "down"].map { candidate($0) }
        case .text, .nothing: return []
        }
    }
}
