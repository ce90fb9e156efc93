/// A piece of everything that is kept about one account. `docs/PERSONAL-DATA.md` says what each section holds.
package struct PersonalDataPage: Codable, Sendable, Equatable {
    package var account: AccountID
    /// When this piece was read.
    package var at: Milliseconds
    package var sections: [PersonalDataSection]
    /// Nil when that was all.
    package var nextCursor: String?

    package init(account: AccountID, at: Milliseconds, sections: [PersonalDataSection], nextCursor: String? = nil) {
        self.account = account
        self.at = at
        self.sections = sections
        self.nextCursor = nextCursor
    }
}

/// Some of the rows of one section; a later piece may have more of them.
package struct PersonalDataSection: Codable, Sendable, Equatable {
    package var name: String
    package var items: [JSON]

    package init(name: String, items: [JSON]) {
        self.name = name
        self.items = items
    }
}

package struct PersonalDataQuery: Codable, Sendable {
    package var cursor: String?

    package init(cursor: String? = nil) { self.cursor = cursor }
}

/// The same for somebody else's account.
package struct AccountDataQuery: Codable, Sendable {
    package var account: String
    package var cursor: String?

    package init(account: String, cursor: String? = nil) {
        self.account = account
        self.cursor = cursor
    }
}

extension Endpoint where Input == PersonalDataQuery, Output == PersonalDataPage {
    package static var exportMe: Self {
        Self(
            "me.export",
            .get,
            "/v1/me/export",
            needs: .own,
            "read everything that is kept about oneself, piece by piece"
        )
    }
}

extension Endpoint where Input == AccountDataQuery, Output == PersonalDataPage {
    package static var exportAccount: Self {
        Self(
            "accounts.export",
            .get,
            "/v1/accounts/{account}/export",
            needs: .manageAccounts,
            "read everything that is kept about an account junior to one's own, for its owner"
        )
    }
}
