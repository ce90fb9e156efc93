/// A tenant that runs events and offers services. While it is not approved nothing of it is shown or in force.
package struct Agency: Codable, Sendable, Equatable {
    package var id: AgencyID
    /// The word that it is named by: `nordlys`. Unique.
    package var slug: String
    package var name: String
    package var address: String?
    package var website: String?
    package var state: AgencyState
    /// Why it was suspended or revoked. Only its owners, and who approves agencies, see it.
    package var reason: String?
    package var createdAt: Milliseconds
    /// Grows with each edit: the `ETag` of REST.
    package var version: Int64
    /// What the asker is in it; nil if nothing.
    package var role: Role?

    package init(
        id: AgencyID,
        slug: String,
        name: String,
        address: String? = nil,
        website: String? = nil,
        state: AgencyState,
        reason: String? = nil,
        createdAt: Milliseconds,
        version: Int64,
        role: Role? = nil
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.address = address
        self.website = website
        self.state = state
        self.reason = reason
        self.createdAt = createdAt
        self.version = version
        self.role = role
    }
}

package enum AgencyState: String, WireEnum {
    /// Registered, and not looked at yet.
    case pending
    case approved
    /// Put to sleep for a while.
    case suspended
    /// Approval was taken away, or never given.
    case revoked
    /// What this program does not know.
    case unknown
}

/// Registers an agency with its owner in one call. Whoever is signed in becomes its owner and leaves `owner` out.
package struct AgencyRegistration: Codable, Sendable {
    package var slug: String
    package var name: String?
    package var address: String?
    package var website: String?
    package var owner: OwnerDraft?

    package init(
        slug: String,
        name: String? = nil,
        address: String? = nil,
        website: String? = nil,
        owner: OwnerDraft? = nil
    ) {
        self.slug = slug
        self.name = name
        self.address = address
        self.website = website
        self.owner = owner
    }
}

/// The account of a new agency's owner. Its password is a staff password: at least 16 characters.
package struct OwnerDraft: Codable, Sendable {
    package var name: String
    package var password: String
    package var displayName: String?
    /// An invitation, while registration is closed.
    package var code: String?

    package init(name: String, password: String, displayName: String? = nil, code: String? = nil) {
        self.name = name
        self.password = password
        self.displayName = displayName
        self.code = code
    }
}

package struct RegisteredAgency: Codable, Sendable, Equatable {
    package var agency: Agency
    package var owner: Account

    package init(agency: Agency, owner: Account) {
        self.agency = agency
        self.owner = owner
    }
}

/// Names an agency by id or by slug.
package struct AgencyRef: Codable, Sendable {
    package var agency: String

    package init(_ agency: String) { self.agency = agency }
}

/// Which agencies: the approved ones, and besides those one is in or approves.
package struct AgencyQuery: Codable, Sendable {
    /// Slugs or names that contain this.
    package var query: String?
    package var state: AgencyState?
    package var limit: Int?
    package var cursor: String?

    package init(query: String? = nil, state: AgencyState? = nil, limit: Int? = nil, cursor: String? = nil) {
        self.query = query
        self.state = state
        self.limit = limit
        self.cursor = cursor
    }
}

/// What is absent stays; an empty address or website is removed.
package struct AgencyChange: Codable, Sendable {
    package var agency: String
    package var slug: String?
    package var name: String?
    package var address: String?
    package var website: String?

    package init(
        agency: String,
        slug: String? = nil,
        name: String? = nil,
        address: String? = nil,
        website: String? = nil
    ) {
        self.agency = agency
        self.slug = slug
        self.name = name
        self.address = address
        self.website = website
    }
}

/// Moves an agency to another state, and says why.
package struct AgencyDecision: Codable, Sendable {
    package var agency: String
    package var reason: String?

    package init(agency: String, reason: String? = nil) {
        self.agency = agency
        self.reason = reason
    }
}

extension Endpoint where Input == AgencyRegistration, Output == RegisteredAgency {
    package static var registerAgency: Self {
        Self(
            "agencies.register",
            .post,
            "/v1/agencies",
            needs: .anyone,
            isSigned: true,
            "register an agency with its owner; it waits for approval"
        )
    }
}

extension Endpoint where Input == AgencyQuery, Output == Page<Agency> {
    package static var listAgencies: Self {
        Self("agencies.list", .get, "/v1/agencies", needs: .read, "list agencies")
    }
}

extension Endpoint where Input == AgencyRef, Output == Agency {
    package static var agency: Self {
        Self("agencies.get", .get, "/v1/agencies/{agency}", needs: .read, "show an agency")
    }
}

extension Endpoint where Input == AgencyChange, Output == Agency {
    package static var changeAgency: Self {
        Self(
            "agencies.update",
            .patch,
            "/v1/agencies/{agency}",
            needs: .manageAgency,
            "change an agency's slug, name, address or website"
        )
    }
}

extension Endpoint where Input == AgencyRef, Output == Empty {
    package static var deleteAgency: Self {
        Self(
            "agencies.delete",
            .delete,
            "/v1/agencies/{agency}",
            needs: .manageAgency,
            "delete an agency with its events and the accounts that were made for it"
        )
    }
}

extension Endpoint where Input == AgencyDecision, Output == Agency {
    package static var approveAgency: Self {
        Self(
            "agencies.approve",
            .post,
            "/v1/agencies/{agency}/approve",
            needs: .manageAgencies,
            "let a pending, suspended or revoked agency work"
        )
    }
    package static var suspendAgency: Self {
        Self(
            "agencies.suspend",
            .post,
            "/v1/agencies/{agency}/suspend",
            needs: .manageAgencies,
            "put an agency to sleep: its grants rest and its events are hidden"
        )
    }
    package static var revokeAgency: Self {
        Self(
            "agencies.revoke",
            .post,
            "/v1/agencies/{agency}/revoke",
            needs: .manageAgencies,
            "take an agency's approval away, or refuse it"
        )
    }
}
