/// A man page as data, rendered as mdoc(7) source that `mandoc -Tlint` accepts.
package struct Manual: Sendable, Equatable {
    package struct Section: Sendable, Equatable {
        package let title: String
        package let blocks: [Block]

        package init(_ title: String, _ blocks: [Block]) {
            self.title = title
            self.blocks = blocks
        }
    }

    package let name: String
    /// 1 programs, 5 file formats, 8 daemons.
    package let section: Int
    /// As mdoc wants it: `November 21, 2026`.
    package let date: String
    /// Half a sentence behind the name, without a full stop.
    package let summary: String
    /// Sections with a title that man pages know come in the customary order; the others follow DESCRIPTION as they
    /// stand here.
    package let sections: [Section]
    /// Names and sections of other pages.
    package let seeAlso: [(name: String, section: Int)]

    package init(
        _ name: String,
        section: Int,
        date: String,
        summary: String,
        sections: [Section] = [],
        seeAlso: [(name: String, section: Int)] = []
    ) {
        self.name = name
        self.section = section
        self.date = date
        self.summary = summary
        self.sections = sections
        self.seeAlso = seeAlso
    }

    package static func == (a: Manual, b: Manual) -> Bool { a.mdoc() == b.mdoc() }

    /// The page's source.
    package func mdoc() -> String { mdoc(generated: []) }

    /// The page with sections made from a command tree; those of the same title are joined, the generated text first.
    func mdoc(generated: [(title: String, body: Roff)]) -> String {
        var page = Roff()
        page.raw(".Dd \(date)")
        page.raw(".Dt \(Roff.argument(name.uppercased())) \(section)")
        page.raw(".Os")
        page.section("NAME")
        page.macro("Nm", name)
        page.macro("Nd", summary.hasSuffix(".") ? String(summary.dropLast()) : summary)
        var bodies = generated
        for section in sections {
            let title = section.title.uppercased()
            if let index = bodies.firstIndex(where: { $0.title == title }) {
                bodies[index].body.blocks(section.blocks)
            } else {
                var body = Roff()
                body.blocks(section.blocks)
                bodies.append((title, body))
            }
        }
        for (title, body) in bodies.enumerated().sorted(by: { Self.rank($0) < Self.rank($1) }).map(\.element)
        where !body.isEmpty {
            page.section(title)
            page.append(body)
        }
        if !seeAlso.isEmpty {
            page.section("SEE ALSO")
            let sorted = seeAlso.sorted { ($0.section, $0.name) < ($1.section, $1.name) }
            for (index, other) in sorted.enumerated() {
                page.raw(".Xr \(Roff.argument(other.name)) \(other.section)" + (index + 1 < sorted.count ? " ," : ""))
            }
        }
        return page.source
    }

    private static func rank(_ item: EnumeratedSequence<[(title: String, body: Roff)]>.Element) -> (Int, Int) {
        (order.firstIndex(of: item.element.title) ?? order.firstIndex(of: "DESCRIPTION") ?? 0, item.offset)
    }

    /// mdoc(7), "MANUAL STRUCTURE".
    private static let order = [
        "NAME", "SYNOPSIS", "DESCRIPTION", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "DIAGNOSTICS", "ERRORS",
        "SEE ALSO", "STANDARDS", "HISTORY", "AUTHORS", "CAVEATS", "BUGS", "SECURITY CONSIDERATIONS",
    ]
}
