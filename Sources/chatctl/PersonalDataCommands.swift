import ChatAPI
import Flags

/// `profile export`, `user export`: everything that is kept about an account, as one JSON document.
enum PersonalDataCommands {
    /// One row of a section, for the other formats.
    private struct Item: Codable {
        var section: String
        var item: JSON
    }

    private static let shape = Shape(
        "item",
        Item.self,
        name: { $0.at("section").text ?? "" },
        [Column("section"), Column("item")]
    )

    private static let to = Option.value(
        "to",
        "FILE",
        .file,
        "Where to; standard output if nothing is said.",
        default: "-"
    )

    private static let discussion = """
        The document has one member per section; docs/PERSONAL-DATA.md says what each holds and what is left out. With -o the \
        same comes as a list of rows. A file is complete or not there. That the data was exported is in the audit log.
        """

    static var own: Command<Action> {
        Command(
            "export",
            "Writes everything that is kept about oneself, as one JSON document.",
            discussion: discussion,
            examples: [Example("chatctl profile export --to me.json")],
            options: [to],
            action: Action("me.export") { run in
                try await export(run) { try await run.call(.exportMe, PersonalDataQuery(cursor: $0)) }
            }
        )
    }

    static var account: Command<Action> {
        Command(
            "export",
            "Writes everything that is kept about an account, as one JSON document, for its owner.",
            discussion: discussion,
            examples: [Example("chatctl user export ana --to ana.json")],
            arguments: [Arguments.account],
            options: [to],
            action: Action("accounts.export") { run in
                let name = run.values.required("NAME")
                try await export(run) {
                    try await run.call(.exportAccount, AccountDataQuery(account: name, cursor: $0))
                }
            }
        )
    }

    private static func export(
        _ run: Run,
        _ page: (_ cursor: String?) async throws -> PersonalDataPage
    ) async throws {
        if run.values.origin("output") != .fallback {
            let list = try run.output.list(shape)
            try await pages(page) { _, section in
                for item in section.items { list.add(Node(Item(section: section.name, item: item))) }
            }
            return list.end()
        }
        let file = try ExportFile(run.values.required("to"), run.console)
        let progress = Progress("exporting", total: nil, sharesOutput: file.isStandardOutput, run.console)
        var document = PersonalDocument { file.write($0) }
        var count = 0
        try await pages(page) { page, section in
            document.add(section, of: page)
            count += section.items.count
            progress.advance(by: section.items.count)
        }
        document.end()
        progress.clear()
        try file.finish()
        if !file.isStandardOutput { run.say("wrote \(count) rows to \(file.path)") }
    }

    private static func pages(
        _ page: (_ cursor: String?) async throws -> PersonalDataPage,
        _ body: (PersonalDataPage, PersonalDataSection) throws -> Void
    ) async throws {
        var cursor: String?
        repeat {
            let piece = try await page(cursor)
            for section in piece.sections { try body(piece, section) }
            cursor = piece.nextCursor
        } while cursor != nil
    }
}

/// One JSON document out of pieces, written as they come: a section that goes on in the next piece is one list.
struct PersonalDocument {
    private let write: (String) -> Void
    private var section: String?
    private var isFirstItem = true
    private var isBegun = false

    init(_ write: @escaping (String) -> Void) { self.write = write }

    mutating func add(_ piece: PersonalDataSection, of page: PersonalDataPage) {
        if !isBegun {
            write(
                "{\n\"account\": \(Self.text(.string(page.account.description))),\n\"exportedAt\": \(page.at),\n\"sections\": {"
            )
            isBegun = true
        }
        if piece.name != section {
            write((section == nil ? "" : "\n],") + "\n\(Self.text(.string(piece.name))): [")
            section = piece.name
            isFirstItem = true
        }
        for item in piece.items {
            write((isFirstItem ? "\n" : ",\n") + Self.text(item))
            isFirstItem = false
        }
    }

    mutating func end() {
        write((section == nil ? "" : "\n]") + "\n}\n}\n")
    }

    private static func text(_ json: JSON) -> String { String(decoding: Coding.encode(json), as: UTF8.self) }
}
