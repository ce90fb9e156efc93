import ChatAPI
import ChatKit
import TerminalUI

/// What others ask of oneself: the table of invitations, taking one and saying no; and, with offers of roles and of places, the head of the inbox.
extension Model {
    /// `#vault`, `#devconf/crew`: by this name joining finds it from anywhere.
    static func path(_ invitation: ChannelInvitation) -> String {
        invitation.path.map { "#" + $0 } ?? "a channel"
    }

    var invitedTable: PageTable {
        let invitations = places.ownInvitations ?? []
        return PageTable(
            "You are invited",
            detail: "\(invitations.count)",
            columns: [
                .init("Channel"), .init("By", width: 14), .init("Until", width: 16, from: 48),
            ],
            rows: invitations.map { invitation in
                let until = zone.moment(invitation.expiresAt)
                return PageTable.Row(
                    invitation.id.description,
                    [
                        .init(Self.path(invitation)), .init(invitation.by.map(name(of:)) ?? "–"),
                        .init("\(until.date) \(until.clock)"),
                    ]
                )
            },
            empty: "Nobody invites you now."
        )
    }

    /// Joining finds the invitation by itself.
    mutating func accept(_ id: InvitationID) -> [Effect] {
        guard let invitation = places.ownInvitations?.first(where: { $0.id == id }) else { return [] }
        places.ownInvitations?.removeAll { $0.id == id }
        return [.ask(.join(String(Self.path(invitation).dropFirst()), secret: nil))]
    }

    func decline(_ id: InvitationID) -> [Effect] {
        guard let invitation = places.ownInvitations?.first(where: { $0.id == id }) else { return [] }
        return [.ask(.access(.decline(id, Self.path(invitation))))]
    }

    /// How many wait for an answer of this person: who invites them, who offers them a role, who keeps a place for them.
    var askedCount: Int {
        (places.ownInvitations?.count ?? 0) + (places.ownOffers?.count ?? 0) + keptPlaces.count
    }

    /// Of those whose time is over somebody else was asked.
    private var keptPlaces: [KeptPlace] { places.keptPlaces.filter { $0.until > now } }

    /// `a place in devconf is kept for you until 2026-05-01 09:00: /register devconf takes it`
    func keptText(_ place: KeptPlace) -> String {
        "a place in \(place.event) is kept for you \(untilText(place.until)): /register \(place.event) takes it"
    }

    func untilText(_ until: Milliseconds) -> String {
        let moment = zone.moment(until)
        return "until \(moment.date) \(moment.clock)"
    }

    /// At the head of the inbox: somebody waits for an answer.
    var askedRows: [ListPane.Row] {
        let invitations = (places.ownInvitations ?? []).map { invitation in
            ListPane.Row(
                "● \(invitation.by.map(name(of:)) ?? "somebody") invites you",
                detail: Self.path(invitation),
                .command("/invited")
            )
        }
        let offers = (places.ownOffers ?? []).map { offer in
            ListPane.Row("● \(offer.agencyName) offers you a role", detail: Self.roleText(offer), .command("/work"))
        }
        let kept = keptPlaces.map { place in
            ListPane.Row(
                "● a place in \(place.event) is kept for you",
                detail: untilText(place.until),
                .command("/event \(place.event)")
            )
        }
        return invitations + offers + kept
    }
}

extension Commands {
    /// Opens the table of what one is invited to.
    @Sendable static func invited(_ model: inout Model, _ words: Words) throws(CommandProblem) -> [Effect] {
        try words.none()
        return model.open(.invited)
    }

    /// `/decline #devconf/crew`, or the selected row of the table.
    @Sendable static func declineInvitation(
        _ model: inout Model,
        _ words: Words
    ) throws(CommandProblem) -> [Effect] {
        let known = model.places.ownInvitations ?? []
        guard let word = words.first else {
            guard case .invited? = model.page?.kind, let row = model.selectedRow, let id = InvitationID(row.id) else {
                throw CommandProblem("which channel? /invited shows who invites you where")
            }
            return model.decline(id)
        }
        let name = word.hasPrefix("#") ? word : "#" + word
        let alike = known.named(String(name.dropFirst()))
        guard alike.count < 2 else {
            let paths = alike.map(Model.path).joined(separator: ", ")
            throw CommandProblem("\(name.prefix(40)) is more than one channel: \(paths)")
        }
        guard let invitation = alike.first else {
            throw CommandProblem(
                "nobody invites you to \(name.prefix(40)), as far as is known here: /invited asks again"
            )
        }
        return model.decline(invitation.id)
    }
}

extension SlashCommand {
    static let invitedTable: [SlashCommand] = [
        SlashCommand("invited", [], "", "show the channels that you are invited to", .channels, Commands.invited),
        SlashCommand(
            "decline",
            [],
            "[CHANNEL]",
            "say no to an invitation; nobody can invite you there again for a week",
            .channels,
            completes: .invitation,
            Commands.declineInvitation
        ),
    ]
}
