import ChatAPI
import Flags

/// `event contact …`: whom to call about an event.
enum ContactCommands {
    private static let shape = Shape(
        "contact",
        Contact.self,
        name: { $0.at("id").text ?? "" },
        [
            Column("name"), Column("phone"), Column("email"), Column("notes"), Column("id"),
            Column("createdAt", "CREATED", .time, wide: true), Column("event", wide: true),
            Column("version", "VERSION", .number, wide: true),
        ]
    )

    private static let contact = Argument.required("CONTACT", "A contact, by id.")

    private static func details(_ verb: String) -> [Option] {
        [
            .value("email", "ADDRESS", "\(verb) mail address."), .value("phone", "NUMBER", "\(verb) number."),
            .value("notes", "TEXT", "What to know about them."),
        ]
    }

    static var noun: Command<Action> {
        Command(
            "contact",
            "Whom to call about an event: the venue's technician, a doctor, a driver.",
            aliases: ["contacts"],
            examples: [
                Example("chatctl event contact ls devconf"),
                Example("chatctl event contact add devconf 'Kari, house technician' --phone '+47 55 00 00'"),
            ],
            children: { [list, add, edit, delete] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists an event's contacts, for its agency's staff.",
            aliases: ["list"],
            examples: [Example("chatctl event contact ls devconf")],
            arguments: [EventCommands.event],
            action: Action("contacts.list") { run in
                try await run.list(shape) { _, _ in
                    try await run.call(.listContacts, EventRef(run.values.required("EVENT")))
                }
            }
        )
    }

    private static var add: Command<Action> {
        Command(
            "add",
            "Adds a contact to an event.",
            examples: [
                Example("chatctl event contact add devconf 'Dr. Sato' --phone '+47 55 00 01' --notes 'until six'")
            ],
            arguments: [EventCommands.event, .required("NAME", "Who it is.")],
            options: details("Their") + Options.change,
            action: Action("contacts.add") { run in
                let draft = ContactDraft(
                    event: run.values.required("EVENT"),
                    name: run.values.required("NAME"),
                    email: run.values.string("email"),
                    phone: run.values.string("phone"),
                    notes: run.values.string("notes")
                )
                let made = try await run.call(.addContact, draft)
                try run.changed(Node(made), shape, "added \(VisibleText.line(made.name))")
            }
        )
    }

    private static var edit: Command<Action> {
        Command(
            "edit",
            "Changes a contact. What is not given stays; an empty text removes.",
            examples: [Example("chatctl event contact edit 01975c3e-7a00-7000-8000-000000000001 --phone ''")],
            arguments: [contact],
            options: [.value("name", "NAME", "A new name.")] + details("A new") + [Options.ifMatch] + Options.change,
            action: Action("contacts.update") { run in
                try run.needsOne(of: ["name", "email", "phone", "notes"])
                let change = ContactChange(
                    contact: try run.id("CONTACT"),
                    name: run.values.string("name"),
                    email: run.values.string("email"),
                    phone: run.values.string("phone"),
                    notes: run.values.string("notes")
                )
                let contact = try await run.call(.changeContact, change)
                try run.changed(Node(contact), shape, "changed \(VisibleText.line(contact.name))")
            }
        )
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Deletes contacts.",
            aliases: ["rm"],
            examples: [Example("chatctl event contact delete 01975c3e-7a00-7000-8000-000000000001 --yes")],
            arguments: [.rest("CONTACT", "Contacts, by id; - reads them from standard input.")],
            options: [Options.file("contacts"), Options.yes] + Options.change,
            action: Action("contacts.delete") { run in
                let contacts = try run.inputs("CONTACT")
                try run.confirm("Delete \(UserCommands.shown(contacts))?")
                try await run.each(contacts, shape, verb: "deleted") { text, part in
                    _ = try await run.call(.deleteContact, ContactRef(try run.id(text, "contact")), part: part)
                    return nil
                }
            }
        )
    }
}

extension Run {
    /// A required argument that is an id.
    func id<Value>(_ argument: String) throws(Failure) -> ID<Value> {
        try id(values.required(argument), argument.lowercased())
    }

    func id<Value>(_ text: String, _ noun: String) throws(Failure) -> ID<Value> {
        guard let id = ID<Value>(text) else {
            throw .usage("\"\(VisibleText.line(text))\" is no \(noun): it is named by its id")
        }
        return id
    }
}
