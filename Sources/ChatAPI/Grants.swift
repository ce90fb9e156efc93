/// A role given to an account in a scope.
package struct Grant: Codable, Sendable, Equatable {
    package var account: AccountID
    package var role: Role
    package var scope: Scope
    package var grantedBy: AccountID?
    package var grantedAt: Milliseconds
    /// What the scope is called: `devconf`, `devconf/help`; absent on the platform.
    package var scopeName: String?
    /// Set if it is only offered: it holds once the account has accepted it, until then at the latest.
    package var offeredUntil: Milliseconds?

    package init(account: AccountID, role: Role, scope: Scope, grantedBy: AccountID?, grantedAt: Milliseconds) {
        self.account = account
        self.role = role
        self.scope = scope
        self.grantedBy = grantedBy
        self.grantedAt = grantedAt
    }
}

/// Names a grant. Without a scope it is one on the platform.
package struct GrantDraft: Codable, Sendable {
    package var account: String
    package var role: Role
    package var scope: Scope?

    package init(account: String, role: Role, scope: Scope? = nil) {
        self.account = account
        self.role = role
        self.scope = scope
    }
}

extension Endpoint where Input == AccountRef, Output == Page<Grant> {
    package static var listGrants: Self {
        Self(
            "grants.list",
            .get,
            "/v1/accounts/{account}/grants",
            needs: .own,
            "list an account's grants, as far as one manages where they reach"
        )
    }
}

extension Endpoint where Input == GrantDraft, Output == Grant {
    package static var giveGrant: Self {
        Self(
            "grants.give",
            .put,
            "/v1/accounts/{account}/grants/{role}",
            needs: .own,
            "give a role that is strictly junior to one's own"
        )
    }
}

extension Endpoint where Input == GrantDraft, Output == Empty {
    package static var takeGrant: Self {
        Self(
            "grants.take",
            .delete,
            "/v1/accounts/{account}/grants/{role}",
            needs: .own,
            "take a role away; the last super admin stays"
        )
    }
}
