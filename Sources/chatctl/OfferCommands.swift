import ChatAPI
import Flags

/// `agency staff offers|accept|decline`: roles that agencies offer to oneself.
enum OfferCommands {
    private static let shape = Shape(
        "offer",
        RoleOffer.self,
        name: { $0.at("agencyName").text ?? "" },
        [
            Column("agencyName", "AGENCY"), Column("role"), Column("scopeName", "WHERE"), Column("byName", "BY"),
            Column("at", "OFFERED", .time), Column("until", "UNTIL", .time), Column("scope", wide: true),
            Column("agency", "ID", wide: true),
        ]
    )

    static var offers: Command<Action> {
        Command(
            "offers",
            "Lists the roles that agencies offer to oneself.",
            discussion: "An offer is good for two weeks. Until it is accepted one does not work there.",
            examples: [Example("chatctl agency staff offers")],
            action: Action("me.offers") { run in
                try await run.list(
                    shape,
                    node: { offer in
                        await run.people.meet([offer.by].compactMap(\.self), run)
                        let name = offer.by.map { Node.text(run.people.name($0)) } ?? .null
                        return Node(offer).adding("byName", name, after: "by")
                    }
                ) { _, _ in
                    try await run.call(.roleOffers)
                }
            }
        )
    }

    static var accept: Command<Action> {
        Command(
            "accept",
            "Takes the role that an agency offers to oneself.",
            examples: [Example("chatctl agency staff accept nordlys")],
            arguments: [AgencyCommands.agency],
            options: Options.change,
            action: Action("me.acceptOffer") { run in
                let agency = run.values.required("AGENCY")
                let grant = try await run.call(.acceptRole, AgencyRef(agency))
                let what = "you are \(grant.role.rawValue) of \(VisibleText.line(grant.scopeName ?? agency))"
                try run.changed(Node(grant), GrantCommands.shape, run.isDryRun ? "accepted: \(what)" : what)
            }
        )
    }

    static var decline: Command<Action> {
        Command(
            "decline",
            "Refuses the role that an agency offers to oneself; it cannot offer another one for two weeks.",
            examples: [Example("chatctl agency staff decline nordlys")],
            arguments: [AgencyCommands.agency],
            options: Options.change,
            action: Action("me.declineOffer") { run in
                let agency = run.values.required("AGENCY")
                _ = try await run.call(.declineRole, AgencyRef(agency))
                try run.done("declined", agency)
            }
        )
    }
}
