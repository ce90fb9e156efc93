/// Someone who works for an agency, with the most senior role there.
package struct StaffMember: Codable, Sendable, Equatable {
    package var account: AccountID
    package var name: String
    package var displayName: String?
    package var role: Role
    package var since: Milliseconds
    /// Set while an administrator keeps the account from signing in.
    package var disabledAt: Milliseconds?
    /// The role rests until the account has a longer password.
    package var needsLongerPassword: Bool?
    /// Set if the role is only offered: it holds once the account has accepted it, until then at the latest.
    package var offeredUntil: Milliseconds?

    package init(
        account: AccountID,
        name: String,
        displayName: String?,
        role: Role,
        since: Milliseconds,
        disabledAt: Milliseconds? = nil,
        needsLongerPassword: Bool? = nil,
        offeredUntil: Milliseconds? = nil
    ) {
        self.account = account
        self.name = name
        self.displayName = displayName
        self.role = role
        self.since = since
        self.disabledAt = disabledAt
        self.needsLongerPassword = needsLongerPassword
        self.offeredUntil = offeredUntil
    }
}

/// A new account for an agency's staff. Without a password the answer holds a code that sets one.
package struct StaffCreation: Codable, Sendable {
    package var agency: String
    package var name: String
    package var role: Role
    package var password: String?
    package var displayName: String?

    package init(agency: String, name: String, role: Role, password: String? = nil, displayName: String? = nil) {
        self.agency = agency
        self.name = name
        self.role = role
        self.password = password
        self.displayName = displayName
    }
}

package struct CreatedStaff: Codable, Sendable, Equatable {
    package var staff: StaffMember
    /// Sets the first password, once.
    package var code: Code?

    package init(staff: StaffMember, code: Code? = nil) {
        self.staff = staff
        self.code = code
    }
}

/// Gives an account a role in an agency, or another one than it has.
package struct StaffChange: Codable, Sendable {
    package var agency: String
    package var account: String
    package var role: Role

    package init(agency: String, account: String, role: Role) {
        self.agency = agency
        self.account = account
        self.role = role
    }
}

package struct StaffRef: Codable, Sendable {
    package var agency: String
    package var account: String

    package init(agency: String, account: String) {
        self.agency = agency
        self.account = account
    }
}

extension Endpoint where Input == AgencyRef, Output == Page<StaffMember> {
    package static var listStaff: Self {
        Self(
            "staff.list",
            .get,
            "/v1/agencies/{agency}/staff",
            needs: .read,
            "list an agency's staff, for those who are in it and for administrators"
        )
    }
}

extension Endpoint where Input == StaffCreation, Output == CreatedStaff {
    package static var createStaff: Self {
        Self(
            "staff.create",
            .post,
            "/v1/agencies/{agency}/staff",
            needs: .manageStaff,
            "make an account for an agency, with a role that is strictly junior to one's own"
        )
    }
}

extension Endpoint where Input == StaffChange, Output == StaffMember {
    package static var setStaff: Self {
        Self(
            "staff.set",
            .put,
            "/v1/agencies/{agency}/staff/{account}",
            needs: .manageStaff,
            "give someone a role in an agency, or offer it to who is not of it; old and new are junior to one's own"
        )
    }
}

extension Endpoint where Input == StaffRef, Output == Empty {
    package static var removeStaff: Self {
        Self(
            "staff.remove",
            .delete,
            "/v1/agencies/{agency}/staff/{account}",
            needs: .own,
            "take someone out of an agency's staff, or an offer back; or leave"
        )
    }
}
