/// What is wrong with a document, and where.
package struct YAMLError: Error, Sendable, Equatable {
    package let mark: YAMLMark?
    /// Without the place, lower case, without a full stop.
    package let sentence: String

    package init(_ mark: YAMLMark?, _ sentence: String) {
        self.mark = mark
        self.sentence = sentence
    }

    /// `line 3, column 5: …`
    package var message: String {
        guard let mark else { return sentence }
        return "line \(mark.line), column \(mark.column): \(sentence)"
    }
}
