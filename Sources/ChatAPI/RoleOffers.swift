/// A role that an agency offers to somebody who does not work for it: it holds once they have accepted it.
///
/// Nobody works for an agency unasked: a staff role asks for a long password, opens staff channels, and can be all that an
/// account has when the agency is suspended.
package struct RoleOffer: Codable, Sendable, Equatable {
    package var account: AccountID
    package var agency: AgencyID
    /// Its slug: what accepting and declining take.
    package var agencyName: String
    package var role: Role
    /// The agency, or an event, a queue or a channel of it.
    package var scope: Scope
    /// What that is called: `devconf`, `devconf/help`.
    package var scopeName: String?
    /// Nil if the account is gone.
    package var by: AccountID?
    package var at: Milliseconds
    /// Accepted until then, or not at all.
    package var until: Milliseconds

    package init(
        account: AccountID,
        agency: AgencyID,
        agencyName: String,
        role: Role,
        scope: Scope,
        scopeName: String? = nil,
        by: AccountID?,
        at: Milliseconds,
        until: Milliseconds
    ) {
        self.account = account
        self.agency = agency
        self.agencyName = agencyName
        self.role = role
        self.scope = scope
        self.scopeName = scopeName
        self.by = by
        self.at = at
        self.until = until
    }
}

extension Endpoint where Input == Empty, Output == Page<RoleOffer> {
    package static var roleOffers: Self {
        Self("me.offers", .get, "/v1/me/offers", needs: .own, "list the roles that agencies offer to one")
    }
}

extension Endpoint where Input == AgencyRef, Output == Grant {
    package static var acceptRole: Self {
        Self(
            "me.acceptOffer",
            .post,
            "/v1/me/offers/{agency}/accept",
            needs: .own,
            "take the role that an agency offers; from then on one works for it"
        )
    }
}

extension Endpoint where Input == AgencyRef, Output == Empty {
    package static var declineRole: Self {
        Self(
            "me.declineOffer",
            .post,
            "/v1/me/offers/{agency}/decline",
            needs: .own,
            "refuse the role that an agency offers; it cannot offer another one for two weeks"
        )
    }
}
