/// A person or a bot that can sign in. What others see of it.
package struct Account: Codable, Sendable, Equatable {
    package var id: AccountID
    /// Unique after folding case and confusables. `deleted` once the account is gone.
    package var name: String
    package var kind: AccountKind
    package var displayName: String?
    package var about: String?
    /// A line people set beside their presence: "back at 3".
    package var statusText: String?
    package var createdAt: Milliseconds
    package var deletedAt: Milliseconds?
    /// Set while an administrator keeps the account from signing in.
    package var disabledAt: Milliseconds?

    package init(
        id: AccountID,
        name: String,
        kind: AccountKind = .person,
        displayName: String? = nil,
        about: String? = nil,
        statusText: String? = nil,
        createdAt: Milliseconds,
        deletedAt: Milliseconds? = nil,
        disabledAt: Milliseconds? = nil
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.displayName = displayName
        self.about = about
        self.statusText = statusText
        self.createdAt = createdAt
        self.deletedAt = deletedAt
        self.disabledAt = disabledAt
    }
}

package enum AccountKind: String, WireEnum {
    case person
    /// Someone with a display name and an event's join code, without a password, until the event ends.
    case guest
    case bot
    /// The daemon itself and the local administrators that act over its socket.
    case system
    /// What this program does not know.
    case unknown
}

/// A new account. `code` is an invitation; it registers even while registration is closed.
package struct Registration: Codable, Sendable {
    package var name: String
    package var password: String
    package var displayName: String?
    package var code: String?
    /// Names the session: "ana's laptop".
    package var device: String?

    package init(
        name: String,
        password: String,
        displayName: String? = nil,
        code: String? = nil,
        device: String? = nil
    ) {
        self.name = name
        self.password = password
        self.displayName = displayName
        self.code = code
        self.device = device
    }
}

/// Changes to one's own profile. What is absent stays; an empty text clears.
package struct ProfileChange: Codable, Sendable {
    package var displayName: String?
    package var about: String?
    package var statusText: String?

    package init(displayName: String? = nil, about: String? = nil, statusText: String? = nil) {
        self.displayName = displayName
        self.about = about
        self.statusText = statusText
    }
}

package struct PasswordChange: Codable, Sendable {
    package var current: String
    package var new: String

    package init(current: String, new: String) {
        self.current = current
        self.new = new
    }
}

package struct AccountDeletion: Codable, Sendable {
    package var password: String

    package init(password: String) { self.password = password }
}

/// Names an account by id or by name.
package struct AccountRef: Codable, Sendable {
    package var account: String

    package init(_ account: String) { self.account = account }
}

/// Which accounts to list. Administrators see all; others see those they share a channel with.
package struct AccountQuery: Codable, Sendable {
    /// Just these, for a client that met an unknown author.
    package var ids: [AccountID]?
    /// Names or display names that contain this.
    package var query: String?
    package var limit: Int?
    package var cursor: String?

    package init(ids: [AccountID]? = nil, query: String? = nil, limit: Int? = nil, cursor: String? = nil) {
        self.ids = ids
        self.query = query
        self.limit = limit
        self.cursor = cursor
    }
}

/// An account made by an administrator. Without a password the answer holds a code that sets one.
package struct AccountCreation: Codable, Sendable {
    package var name: String
    package var password: String?
    package var displayName: String?
    package var kind: AccountKind?
    /// Gives the grant `superAdmin` on the platform.
    package var superAdmin: Bool?

    package init(
        name: String,
        password: String? = nil,
        displayName: String? = nil,
        kind: AccountKind? = nil,
        superAdmin: Bool? = nil
    ) {
        self.name = name
        self.password = password
        self.displayName = displayName
        self.kind = kind
        self.superAdmin = superAdmin
    }
}

package struct CreatedAccount: Codable, Sendable, Equatable {
    package var account: Account
    /// Sets the first password, once.
    package var code: Code?

    package init(account: Account, code: Code? = nil) {
        self.account = account
        self.code = code
    }
}

/// A single-use code: an invitation to register, or the right to set a new password.
package struct Code: Codable, Sendable, Equatable {
    package var code: String
    package var expiresAt: Milliseconds

    package init(code: String, expiresAt: Milliseconds) {
        self.code = code
        self.expiresAt = expiresAt
    }
}

package struct InvitationDraft: Codable, Sendable {
    /// How long the code is good, in hours. 1 to 720; 168 (a week) if absent.
    package var hours: Int?

    package init(hours: Int? = nil) { self.hours = hours }
}

/// Redeems a reset code: sets a new password and ends every session of the account.
package struct PasswordReset: Codable, Sendable {
    package var code: String
    package var password: String

    package init(code: String, password: String) {
        self.code = code
        self.password = password
    }
}

extension Endpoint where Input == Registration, Output == SignedIn {
    package static var register: Self {
        Self("accounts.register", .post, "/v1/accounts", needs: .anyone, "make an account and sign in")
    }
}

extension Endpoint where Input == AccountQuery, Output == Page<Account> {
    package static var listAccounts: Self {
        Self("accounts.list", .get, "/v1/accounts", needs: .read, "list the accounts one may see")
    }
}

extension Endpoint where Input == AccountRef, Output == Account {
    package static var account: Self {
        Self("accounts.get", .get, "/v1/accounts/{account}", needs: .read, "show an account")
    }
    package static var disableAccount: Self {
        Self(
            "accounts.disable",
            .post,
            "/v1/accounts/{account}/disable",
            needs: .manageAccounts,
            "keep an account from signing in and end its sessions"
        )
    }
    package static var enableAccount: Self {
        Self(
            "accounts.enable",
            .post,
            "/v1/accounts/{account}/enable",
            needs: .manageAccounts,
            "let a disabled account sign in again"
        )
    }
}

extension Endpoint where Input == AccountRef, Output == Empty {
    package static var removeAccount: Self {
        Self(
            "accounts.delete",
            .delete,
            "/v1/accounts/{account}",
            needs: .manageAccounts,
            "delete an account: its messages stay, its name does not"
        )
    }
}

extension Endpoint where Input == AccountCreation, Output == CreatedAccount {
    package static var createAccount: Self {
        Self("accounts.create", .post, "/v1/admin/accounts", needs: .manageAccounts, "make an account for someone")
    }
}

extension Endpoint where Input == InvitationDraft, Output == Code {
    package static var invite: Self {
        Self(
            "accounts.invite",
            .post,
            "/v1/invitations",
            needs: .manageAccounts,
            "make a single-use code that registers even while registration is closed"
        )
    }
}

extension Endpoint where Input == AccountRef, Output == Code {
    package static var resetPassword: Self {
        Self(
            "accounts.reset",
            .post,
            "/v1/accounts/{account}/reset",
            needs: .manageAccounts,
            "make a single-use code, valid 24 h, that sets a new password"
        )
    }
}

extension Endpoint where Input == PasswordReset, Output == Empty {
    package static var redeemReset: Self {
        Self(
            "accounts.redeemReset",
            .post,
            "/v1/password-resets",
            needs: .anyone,
            "set a new password with a code; ends every session"
        )
    }
}
