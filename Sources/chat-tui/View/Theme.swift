package import TerminalUI

/// Which role of the screen has which style: the built-in themes, and themes out of files.
///
/// A file has a line per role, `ROLE = FOREGROUND [on BACKGROUND] [ATTRIBUTE…]`; what it leaves out is as in `standard`.
package struct Theme: Sendable, Equatable {
    package var name: String
    package var styles: [Role: Style]
    /// Colours of names; a name has the same one everywhere.
    package var people: [Color]

    package enum Role: String, Sendable, CaseIterable {
        case text, faint, time, day, header, topic, sidebar, sidebarCurrent, unread, mention, me, code, link
        case readLine, selection, pending, failed, reaction, ownReaction, reply, event, status, trouble, border, title
        case prompt, hit, online, away, busy, offline, key, note, noteText
    }

    package subscript(_ role: Role) -> Style { styles[role] ?? .plain }

    /// The colour of a person: by their id, so that a new name keeps it.
    package func color(of number: UInt64) -> Color {
        people.isEmpty ? .default : people[Int(number % UInt64(people.count))]
    }

    package static let builtIn = [standard, light, contrast, colorBlind, mono]

    /// The terminal's own background; colours that are read on a dark and on a light one.
    package static let standard = Theme(
        name: "standard",
        styles: [
            .faint: Style(.gray), .time: Style(.gray), .day: Style(.gray, on: .default, .bold),
            .header: Style(.default, on: .default, [.bold, .reverse]), .topic: Style(.default, on: .default, .reverse),
            .sidebar: .plain, .sidebarCurrent: Style(.default, on: .default, [.reverse, .bold]),
            .unread: Style(.default, on: .default, .bold), .mention: Style(.indexed(203), on: .default, .bold),
            .me: Style(.indexed(215), on: .default, .bold), .code: Style(.indexed(109)),
            .link: Style(.indexed(75), on: .default, .underline), .readLine: Style(.indexed(203)),
            .selection: Style(.default, on: .default, .reverse), .pending: Style(.gray, on: .default, .italic),
            .failed: Style(.indexed(203)), .reaction: Style(.indexed(246)),
            .ownReaction: Style(.indexed(215), on: .default, .bold), .reply: Style(.gray), .event: Style(.gray),
            .status: Style(.gray), .trouble: Style(.indexed(203), on: .default, .bold), .border: Style(.gray),
            .title: Style(.default, on: .default, .bold), .prompt: Style(.indexed(75), on: .default, .bold),
            .hit: Style(.black, on: .indexed(221)), .online: Style(.indexed(71)), .away: Style(.indexed(178)),
            .busy: Style(.indexed(203)), .offline: Style(.gray), .key: Style(.indexed(75), on: .default, .bold),
            .note: Style(.black, on: .indexed(179), .bold), .noteText: Style(.indexed(179)),
        ],
        people: [75, 71, 178, 176, 80, 173, 141, 108, 167, 74, 137, 139].map { .indexed($0) }
    )

    /// For white paper: darker hues.
    package static let light = standard.with(
        "light",
        [
            .faint: Style(.indexed(243)), .time: Style(.indexed(243)),
            .mention: Style(.indexed(160), on: .default, .bold),
            .me: Style(.indexed(130), on: .default, .bold), .link: Style(.indexed(25), on: .default, .underline),
            .code: Style(.indexed(23)), .readLine: Style(.indexed(160)), .failed: Style(.indexed(160)),
            .trouble: Style(.indexed(160), on: .default, .bold), .prompt: Style(.indexed(25), on: .default, .bold),
            .key: Style(.indexed(25), on: .default, .bold), .online: Style(.indexed(28)), .away: Style(.indexed(136)),
            .busy: Style(.indexed(160)), .ownReaction: Style(.indexed(130), on: .default, .bold),
            .reaction: Style(.indexed(240)), .noteText: Style(.indexed(94)),
        ],
        people: [25, 28, 130, 90, 30, 124, 54, 22, 88, 24, 94, 96]
    )

    /// Black, white and yellow, nothing faint: for tired eyes and projectors.
    package static let contrast = standard.with(
        "contrast",
        Dictionary(
            uniqueKeysWithValues: Role.allCases.map { role -> (Role, Style) in
                switch role {
                case .mention, .failed, .trouble, .readLine: (role, Style(.indexed(226), on: .indexed(16), .bold))
                case .header, .topic, .sidebarCurrent, .selection, .hit, .note:
                    (role, Style(.indexed(16), on: .indexed(231), .bold))
                case .link: (role, Style(.indexed(231), on: .indexed(16), [.underline]))
                case .unread, .me, .title, .prompt, .key, .day: (role, Style(.indexed(231), on: .indexed(16), .bold))
                default: (role, Style(.indexed(231), on: .indexed(16)))
                }
            }
        ),
        people: [231, 226, 51, 231, 226, 51]
    )

    /// Okabe and Ito's palette: told apart with every common colour blindness.
    package static let colorBlind = standard.with(
        "colorblind",
        [
            .mention: Style(.indexed(208), on: .default, .bold),
            .failed: Style(.indexed(208), on: .default, .underline),
            .trouble: Style(.indexed(208), on: .default, [.bold, .underline]), .readLine: Style(.indexed(208)),
            .online: Style(.indexed(38)), .away: Style(.indexed(227)), .busy: Style(.indexed(208)),
            .link: Style(.indexed(74), on: .default, .underline), .prompt: Style(.indexed(74), on: .default, .bold),
        ],
        people: [208, 74, 36, 227, 25, 166, 175]
    )

    /// No colour at all: what NO_COLOR and old terminals show.
    package static let mono = Theme(
        name: "mono",
        styles: standard.styles.mapValues { Style(.default, on: .default, $0.attributes) }.merging([
            .note: Style(.default, on: .default, [.bold, .reverse]),
            .noteText: Style(.default, on: .default, .underline),
        ]) { $1 },
        people: []
    )

    private func with(_ name: String, _ changes: [Role: Style], people: [UInt8]) -> Theme {
        Theme(
            name: name,
            styles: styles.merging(changes) { $1 },
            people: people.map { .indexed($0) }
        )
    }

    /// Reads a theme's file. Throws a sentence that names the line.
    package init(name: String, file: String) throws(ThemeProblem) {
        self = .standard
        self.name = name
        for (number, line) in file.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "=" }.map(String.init)
            guard let first = words.first, !first.hasPrefix("//"), !first.hasPrefix(";") else { continue }
            func problem(_ what: String) -> ThemeProblem {
                ThemeProblem(sentence: "the theme \(name), line \(number + 1): \(what)")
            }
            if first == "people" {
                people = []
                for word in words.dropFirst() {
                    guard let color = Color(word) else { throw problem("'\(word)' is no colour") }
                    people.append(color)
                }
                continue
            }
            guard let role = Role(rawValue: first) else { throw problem("'\(first)' is no role of the screen") }
            do throws(ThemeProblem) {
                styles[role] = try Self.style(Array(words.dropFirst()))
            } catch {
                throw problem(error.sentence)
            }
        }
    }

    private init(name: String, styles: [Role: Style], people: [Color]) {
        self.name = name
        self.styles = styles
        self.people = people
    }

    private static func style(_ words: [String]) throws(ThemeProblem) -> Style {
        let attributes: [String: Attributes] = [
            "bold": .bold, "dim": .dim, "italic": .italic, "underline": .underline, "reverse": .reverse,
        ]
        var style = Style.plain
        var isBackground = false
        for word in words {
            if word == "on" {
                isBackground = true
            } else if let attribute = attributes[word] {
                style.attributes.insert(attribute)
            } else if let color = Color(word) {
                if isBackground { style.background = color } else { style.foreground = color }
            } else {
                throw ThemeProblem(sentence: "'\(word)' is no colour and no attribute")
            }
        }
        return style
    }
}

package struct ThemeProblem: Error, Equatable {
    package let sentence: String
}
