import TerminalUI
import Testing
import chat_tui

/// Themes as files, and a screen without colours.
@Suite struct ThemeTests {
    @Test func `a file changes what it names`() throws {
        let theme = try Theme(
            name: "mine",
            file: "mention = bright-red on 0 bold\n\n// a remark\npeople = red #00ff00 12\n"
        )
        #expect(theme[.mention] == Style(.indexed(9), on: .indexed(0), .bold))
        #expect(theme.people == [.red, .rgb(0x00FF00), .indexed(12)])
        #expect(theme[.link] == Theme.standard[.link])
    }

    @Test(arguments: [
        ("\nfoo = red", "the theme t, line 2: 'foo' is no role of the screen"),
        ("mention = reddish", "the theme t, line 1: 'reddish' is no colour and no attribute"),
        ("people = 1 2 x", "the theme t, line 1: 'x' is no colour"),
    ])
    func `mistakes are named with their line`(file: String, sentence: String) {
        let problem = #expect(throws: ThemeProblem.self) { try Theme(name: "t", file: file) }
        #expect(problem?.sentence == sentence)
    }

    @Test func `without colour, everything that counts is told apart by attributes`() {
        for role in [Theme.Role.unread, .mention, .selection, .header] {
            #expect(Theme.mono[role].attributes != [], "\(role)")
            #expect(Theme.mono[role].foreground == .default)
        }
    }
}
