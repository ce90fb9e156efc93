import ChatAPI
import Flags

/// `agency staff …`: who works for an agency, and as what.
enum StaffCommands {
    private static let shape = Shape(
        "staff member",
        StaffMember.self,
        name: { $0.at("name").text ?? "" },
        [
            Column("name"), Column("role"), Column("displayName"), Column("since", "SINCE", .time),
            Column("needsLongerPassword", "PASSWORD-TOO-SHORT"), Column("offeredUntil", "OFFERED-UNTIL", .time),
            Column("disabledAt", "DISABLED", .time, wide: true),
            Column("account", "ID", wide: true),
        ]
    )

    private static let createdShape = Shape(
        "staff member",
        CreatedStaff.self,
        name: { $0.at("staff.name").text ?? "" },
        [
            Column("staff.name", "NAME"), Column("staff.role", "ROLE"), Column("staff.account", "ID"),
            Column("code.code", "CODE"), Column("code.expiresAt", "EXPIRES", .time),
        ]
    )

    private static let role = Argument.required(
        "ROLE",
        .choice(Role.agencyStaff.map(\.rawValue)),
        "owner does everything, manager runs events and support, support answers chats and writes issues."
    )

    static var noun: Command<Action> {
        Command(
            "staff",
            "Who works for an agency, and as what.",
            examples: [
                Example("chatctl agency staff ls nordlys"), Example("chatctl agency staff add nordlys bo support"),
                Example("chatctl agency staff create nordlys carl manager", "An account that there is not yet."),
            ],
            children: {
                [list, create, add, remove, OfferCommands.offers, OfferCommands.accept, OfferCommands.decline]
            }
        )
    }

    private static var list: Command<Action> {
        Command(
            "ls",
            "Lists an agency's staff, the most senior first.",
            aliases: ["list"],
            examples: [Example("chatctl agency staff ls nordlys")],
            arguments: [AgencyCommands.agency],
            action: Action("staff.list") { run in
                try await run.list(shape) { _, _ in
                    try await run.call(.listStaff, AgencyRef(run.values.required("AGENCY")))
                }
            }
        )
    }

    private static var create: Command<Action> {
        Command(
            "create",
            "Makes an account for an agency, with a role that is strictly junior to one's own.",
            discussion: """
                Without --password-file the answer holds a code with which its person sets a password once: "chatctl password \
                --code-file FILE" or the sign-in of chat-tui.
                """,
            examples: [
                Example("chatctl agency staff create nordlys carl support --display-name 'Carl Holm'")
            ],
            arguments: [AgencyCommands.agency, .required("NAME", "The new account's name."), role],
            options: [
                .value("display-name", "TEXT", "How they are shown."), Options.password("the password"),
            ] + Options.change,
            action: Action("staff.create") { run in
                let hasPassword = run.values.string("password-file") != nil
                let creation = StaffCreation(
                    agency: run.values.required("AGENCY"),
                    name: run.values.required("NAME"),
                    role: try role(run),
                    password: hasPassword ? try run.secret("password-file", "Password") : nil,
                    displayName: run.values.string("display-name")
                )
                let made = try await run.call(.createStaff, creation)
                try run.changed(
                    Node(made),
                    createdShape,
                    "made \(VisibleText.line(creation.name)) \(creation.role.rawValue) of \(VisibleText.line(creation.agency))"
                )
            }
        )
    }

    private static var add: Command<Action> {
        Command(
            "add",
            "Gives someone a role in an agency, or another one than they have.",
            discussion: """
                The role they have and the new one must both be strictly junior to one's own. Somebody who is not of the agency \
                is asked first: they read of it, and accept with "chatctl agency staff accept AGENCY".
                """,
            aliases: ["set"],
            examples: [Example("chatctl agency staff add nordlys bo support")],
            arguments: [AgencyCommands.agency, Arguments.account, role],
            options: Options.change,
            action: Action("staff.set") { run in
                let change = StaffChange(
                    agency: run.values.required("AGENCY"),
                    account: run.values.required("NAME"),
                    role: try role(run)
                )
                let member = try await run.call(.setStaff, change)
                let (name, agency) = (VisibleText.line(member.name), VisibleText.line(change.agency))
                let sentence =
                    member.offeredUntil == nil
                    ? "\(name) is \(member.role.rawValue) of \(agency)"
                    : "asked \(name) to be \(member.role.rawValue) of \(agency); it holds once they accept"
                try run.changed(Node(member), shape, sentence)
            }
        )
    }

    private static var remove: Command<Action> {
        Command(
            "remove",
            "Takes someone out of an agency's staff, or an offer back; or leaves it.",
            aliases: ["rm"],
            examples: [Example("chatctl agency staff remove nordlys bo --yes")],
            arguments: [AgencyCommands.agency, Arguments.account],
            options: [Options.yes] + Options.change,
            action: Action("staff.remove") { run in
                let (agency, name) = (run.values.required("AGENCY"), run.values.required("NAME"))
                try run.confirm("Take \(VisibleText.line(name)) out of \(VisibleText.line(agency))'s staff?")
                _ = try await run.call(.removeStaff, StaffRef(agency: agency, account: name))
                try run.done("removed", name)
            }
        )
    }

    private static func role(_ run: Run) throws -> Role {
        guard let role = Role(word: run.values.required("ROLE")) else {
            throw Failure.usage("ROLE is not one of \(Role.agencyStaff.map(\.rawValue).joined(separator: ", "))")
        }
        return role
    }
}
