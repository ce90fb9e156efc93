import ChatAPI
import Flags

/// `agency …`: tenants that run events. Their staff is in `StaffCommands.swift`.
enum AgencyCommands {
    static let shape = Shape(
        "agency",
        Agency.self,
        name: { $0.at("slug").text ?? "" },
        [
            Column("slug", "AGENCY"), Column("name"), Column("state"), Column("role", "MY-ROLE"), Column("reason"),
            Column("address", wide: true), Column("website", wide: true), Column("id", wide: true),
            Column("createdAt", "CREATED", .time, wide: true), Column("version", "VERSION", .number, wide: true),
        ]
    )

    private static let registeredShape = Shape(
        "agency",
        RegisteredAgency.self,
        name: { $0.at("agency.slug").text ?? "" },
        [
            Column("agency.slug", "AGENCY"), Column("agency.name", "NAME"), Column("agency.state", "STATE"),
            Column("owner.name", "OWNER"), Column("agency.id", "ID"),
        ]
    )

    static let agency = Argument.required("AGENCY", .dynamic("agencies"), "An agency, by its word or id.")

    private static let reason = Option.value("reason", "TEXT", "Why; its owners read it.")

    static var noun: Command<Action> {
        Command(
            "agency",
            "Agencies: tenants that run events, with their staff.",
            aliases: ["agencies"],
            examples: [
                Example("chatctl agency create nordlys --name 'Nordlys Events'", "Asks for an agency of one's own."),
                Example("chatctl agency approve nordlys"), Example("chatctl agency staff add nordlys bo support"),
            ],
            children: { [list, show, create, edit, approve, suspend, revoke, delete, StaffCommands.noun] }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists agencies: the approved ones, one's own, and for administrators all.",
            aliases: ["list"],
            examples: [Example("chatctl agency ls"), Example("chatctl agency ls --state pending")],
            options: [
                .value("query", "TEXT", "Only those whose word or name contains this."),
                .value("state", "STATE", .choice(AgencyState.words.map(\.rawValue)), "Only those in this state."),
                Options.limit,
            ],
            action: Action("agencies.list") { run in
                let state = run.values.string("state").flatMap(AgencyState.init(rawValue:))
                let query = run.values.string("query")
                try await run.list(shape) { limit, cursor in
                    try await run.call(
                        .listAgencies,
                        AgencyQuery(query: query, state: state, limit: limit, cursor: cursor)
                    )
                }
            }
        )
    }

    private static var show: Command<Action> {
        Command(
            "show",
            "Shows an agency.",
            aliases: ["get"],
            examples: [Example("chatctl agency show nordlys")],
            arguments: [agency],
            action: Action("agencies.get") { run in
                let found = try await run.call(.agency, AgencyRef(run.values.required("AGENCY")))
                try run.output.one(Node(found), shape)
            }
        )
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Registers an agency with its owner; it works once an administrator has approved it.",
            discussion: """
                Whoever is signed in becomes its owner. With --owner a new account is made for one, in the same step: its \
                password is a staff password of at least 16 characters.
                """,
            aliases: ["register"],
            examples: [
                Example("chatctl agency create nordlys --name 'Nordlys Events'"),
                Example("chatctl agency create nordlys --owner ana --password-file ana.txt"),
            ],
            arguments: [.required("AGENCY", "The word it is named by: small letters, digits and -.")],
            options: [
                .value("name", "NAME", "Its name in full."), .value("address", "TEXT", "Where it is."),
                .value("website", "URL", "Its page."), .value("owner", "NAME", "A new account that owns it."),
                .value("owner-display-name", "TEXT", "How the owner is shown."),
                Options.password("the owner's password"),
                .value("code-file", "FILE", .file, "A file with an invitation, while registration is closed."),
            ] + Options.change,
            action: Action("agencies.register") { run in
                let registration = AgencyRegistration(
                    slug: run.values.required("AGENCY"),
                    name: run.values.string("name"),
                    address: run.values.string("address"),
                    website: run.values.string("website"),
                    owner: try owner(run)
                )
                let made = try await run.call(.registerAgency, registration)
                let state = made.agency.state == .pending ? "; it waits for approval" : ""
                try run.changed(
                    Node(made),
                    registeredShape,
                    "registered \(VisibleText.line(made.agency.slug))\(state)"
                )
            }
        )
    }

    private static func owner(_ run: Run) throws -> OwnerDraft? {
        guard let name = run.values.string("owner") else {
            for option in ["owner-display-name", "password-file", "code-file"]
            where run.values.string(option) != nil {
                throw Failure.usage("--\(option) goes with --owner")
            }
            return nil
        }
        let code = run.values.string("code-file") == nil ? nil : try run.secret("code-file", "Invitation")
        return OwnerDraft(
            name: name,
            password: try run.secret("password-file", "Password", twice: true),
            displayName: run.values.string("owner-display-name"),
            code: code
        )
    }

    private static var edit: Command<Action> {
        Command(
            "edit",
            "Changes an agency's word, name, address or website.",
            examples: [Example("chatctl agency edit nordlys --website https://nordlys.example")],
            arguments: [agency],
            options: [
                .value("slug", "WORD", "A new word."), .value("name", "NAME", "A new name."),
                .value("address", "TEXT", "A new address; an empty one removes it."),
                .value("website", "URL", "A new page; an empty one removes it."), Options.ifMatch,
            ] + Options.change,
            action: Action("agencies.update") { run in
                let change = AgencyChange(
                    agency: run.values.required("AGENCY"),
                    slug: run.values.string("slug"),
                    name: run.values.string("name"),
                    address: run.values.string("address"),
                    website: run.values.string("website")
                )
                try run.needsOne(of: ["slug", "name", "address", "website"])
                let agency = try await run.call(.changeAgency, change)
                try run.changed(Node(agency), shape, "changed \(VisibleText.line(agency.slug))")
            }
        )
    }

    private static var delete: Command<Action> {
        Command(
            "delete",
            "Deletes an agency with its events and the accounts that were made for it.",
            aliases: ["rm"],
            examples: [Example("chatctl agency delete nordlys --confirm nordlys")],
            arguments: [agency],
            options: [Options.confirm("agency")] + Options.change,
            action: Action("agencies.delete") { run in
                let name = run.values.required("AGENCY")
                try run.confirm("This deletes \(VisibleText.line(name)) with all its events and chats.", name: name)
                _ = try await run.call(.deleteAgency, AgencyRef(name))
                try run.done("deleted", name)
            }
        )
    }

    // MARK: - Decisions

    private static var approve: Command<Action> {
        Command(
            "approve",
            "Lets agencies work: pending, suspended or revoked ones.",
            examples: [
                Example("chatctl agency approve nordlys"),
                Example("chatctl agency ls --state pending -o name | chatctl agency approve -"),
            ],
            arguments: [.rest("AGENCY", .dynamic("agencies"), "Agencies; - reads them from standard input.")],
            options: [Options.file("agencies")] + Options.change,
            action: Action("agencies.approve") { run in
                try await run.each(try run.inputs("AGENCY"), shape, verb: "approved") { agency, part in
                    Node(try await run.call(.approveAgency, AgencyDecision(agency: agency), part: part))
                }
            }
        )
    }

    private static var suspend: Command<Action> {
        Command(
            "suspend",
            "Puts agencies to sleep: their roles give nothing and their events are hidden.",
            examples: [Example("chatctl agency suspend nordlys --reason 'papers are missing' --yes")],
            arguments: [.rest("AGENCY", .dynamic("agencies"), "Agencies; - reads them from standard input.")],
            options: [reason, Options.file("agencies"), Options.yes] + Options.change,
            action: Action("agencies.suspend") { run in
                try await decide(run, .suspendAgency, "suspended", "Suspend")
            }
        )
    }

    private static var revoke: Command<Action> {
        Command(
            "revoke",
            "Takes the approval of agencies away, or refuses it.",
            examples: [Example("chatctl agency revoke nordlys --reason 'not the owner of the name' --yes")],
            arguments: [.rest("AGENCY", .dynamic("agencies"), "Agencies; - reads them from standard input.")],
            options: [reason, Options.file("agencies"), Options.yes] + Options.change,
            action: Action("agencies.revoke") { run in
                try await decide(run, .revokeAgency, "revoked", "Take the approval of")
            }
        )
    }

    private static func decide(
        _ run: Run,
        _ endpoint: Endpoint<AgencyDecision, Agency>,
        _ verb: String,
        _ question: String
    ) async throws {
        let agencies = try run.inputs("AGENCY")
        let reason = run.values.string("reason")
        try run.confirm("\(question) \(UserCommands.shown(agencies))?")
        try await run.each(agencies, shape, verb: verb) { agency, part in
            Node(try await run.call(endpoint, AgencyDecision(agency: agency, reason: reason), part: part))
        }
    }
}
