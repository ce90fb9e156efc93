import Flags
import Testing

/// Man pages: structure, escaping, and what mandoc says about them.
struct ManualTests {
    private let program = sampleProgram()

    private func pages() throws -> [String] {
        try [["__manual"], ["__manual", "plaza.yaml"]].map { line in
            guard case .text(let text) = try program.parse(line) else { return "no text" }
            return text
        }
    }

    @Test func `mandoc finds nothing to complain about`() throws {
        for page in try pages() {
            // The structure that mdoc(7) demands, in its order; and every list and display is closed.
            let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.map { $0.prefix(3) }.starts(with: [".Dd", ".Dt", ".Os", ".Sh", ".Nm", ".Nd"]))
            for (open, close) in [(".Bl", ".El"), (".Bd", ".Ed")] {
                #expect(lines.count { $0.hasPrefix(open) } == lines.count { $0.hasPrefix(close) })
            }
            #expect(page.utf8.allSatisfy { $0 < 0x7F })
            guard Machine.has("mandoc") else { continue }
            let complaints = Machine.withFiles(["page": page]) { Machine.run("mandoc -Tlint \($0)/page").output }
            // Whether other pages are installed here says nothing about this one.
            #expect(complaints.split(separator: "\n").filter { !$0.contains("referenced manual not found") } == [])
        }
    }

    @Test func `the page of a program`() throws {
        let page = try pages()[0]
        let titles = page.split(separator: "\n").filter { $0.hasPrefix(".Sh") }.map { $0.dropFirst(4) }
        #expect(
            titles == [
                "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "ENVIRONMENT", "FILES", "EXIT STATUS",
                "EXAMPLES",
                "SEE ALSO",
            ]
        )
        #expect(
            page.contains(
                """
                .Ss channel ls [PATTERN]\\&
                Lists channels.
                .Bl -tag -width Ds
                .It Ar PATTERN
                Only names like this.
                .It Fl n , Fl \\-limit Ar N
                How many at most.
                A number from 1 to 1000.
                [default: 50]
                """
            )
        )
        #expect(page.contains(".It Ev PLAZA_SOCKET\nStands for \\fB\\-\\-socket\\fR where the line does not say it.\n"))
        #expect(!page.contains("trace"))
        #expect(!page.contains("Ss user secret"))
        #expect(page.hasSuffix(".Sh SEE ALSO\n.Xr chat\\-tui 1 ,\n.Xr chatd 8\n"))
    }

    @Test func `what roff would obey is escaped`() throws {
        let page = try pages()[1]
        #expect(page.contains("a na\\[u00EF]ve guess is refused."))
        #expect(page.contains("\n\\&.dots at the start\n\\&'quotes' too\n\\ebackslash\n"))
        #expect(page.contains("\n.Pp\nThe end.\n"))
        guard Machine.has("mandoc") else { return }
        let shown = Machine.withFiles(["page": page]) { Machine.run("mandoc -Tutf8 \($0)/page | col -b").output }
        for text in ["naïve", ".dots at the start", "'quotes' too", "\\backslash", "No", "listen.tcp"] {
            #expect(shown.contains(text), "\(shown)")
        }
    }

    @Test func `a page that is not there is an error`() {
        #expect(throws: UsageError.self) { try program.parse(["__manual", "nothing"]) }
    }
}
