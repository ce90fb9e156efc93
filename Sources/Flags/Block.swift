/// A piece of prose that help topics and man pages share. Text between backquotes is meant literally.
package enum Block: Sendable, Equatable {
    case paragraph(String)
    case definitions([Definition])
    /// Lines that stay as they are.
    case code(String)
}

/// A term and what it means.
package struct Definition: Sendable, Equatable {
    package let term: String
    package let text: String

    package init(_ term: String, _ text: String) {
        self.term = term
        self.text = text
    }
}

/// A text for `help NAME`, for instance on exit codes; with a section title it also becomes a section of the man page.
package struct Topic: Sendable, Equatable {
    package let name: String
    package let summary: String
    /// As man pages write it: `EXIT STATUS`.
    package let section: String?
    package let blocks: [Block]

    package init(_ name: String, _ summary: String, section: String? = nil, _ blocks: [Block]) {
        self.name = name
        self.summary = summary
        self.section = section
        self.blocks = blocks
    }
}
