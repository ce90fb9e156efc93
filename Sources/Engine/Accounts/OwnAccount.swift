package import ChatAPI
import Storage

/// What one changes about oneself: the profile, the password, and whether one is here at all.
package struct OwnAccount: Sendable {
    let services: AccountServices

    package init(_ services: AccountServices) { self.services = services }

    /// What is absent stays; an empty text clears.
    package func update(_ change: ProfileChange, _ call: Call) async throws -> Account {
        let account = try call.caller.signedIn()
        try ProfileRules.check(displayName: change.displayName)
        if let about = change.about { try TextRules.check(about, named: "about", limit: Limits.aboutBytes) }
        if let status = change.statusText {
            try TextRules.checkLine(status, named: "statusText", limit: Limits.statusBytes)
        }
        let clock = services.clock
        return try await services.database.perform(call, touching: [.account(account)]) { tx in
            let before = try Self.row(account, tx)
            var row = before
            if let text = change.displayName { row.displayName = ProfileRules.kept(text) }
            if let text = change.about { row.about = ProfileRules.kept(text) }
            if let text = change.statusText { row.statusText = ProfileRules.kept(text) }
            guard row != before else { return row.account }
            try AccountStore.updateProfile(row, tx)
            try tx.tellMe(account, .profileChanged, by: account, now: clock.now)
            if row.statusText != before.statusText { tx.facts.tell(.statusChanged(account, row.statusText)) }
            try tx.audit(call, on: row.object, before: ProfileRules.json(before), after: ProfileRules.json(row))
            return row.account
        }
    }

    /// Sets a new password and ends every other session.
    package func changePassword(_ change: PasswordChange, _ call: Call) async throws -> Empty {
        try await services.answers.once(call) { call in
            try await changePassword(once: change, call)
        }
    }

    private func changePassword(once change: PasswordChange, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        // Before anything is said about the new one: who may ask is whoever knows the current one.
        try await services.requirePassword(change.current, of: account, call)
        let (row, isStaff) = try await services.database.read { tx in
            (try Self.row(account, tx), try GrantStore.isStaff(account, tx))
        }
        try PasswordRules.check(change.new, named: "new", isStaff: isStaff, names: [row.name, row.displayName ?? ""])
        if change.new == change.current { throw APIError.invalid("new", "is the current password") }
        let hash = try await services.passwords.hash(change.new)
        let isLong = PasswordRules.isLong(change.new)
        let clock = services.clock
        return try await services.database.perform(call, touching: [.account(account)]) { tx in
            let row = try Self.row(account, tx)
            try AccountStore.setPassword(hash, isLong: isLong, of: account, tx)
            try CodeStore.deleteAll(for: account, tx)
            let ended = try SessionStore.endAll(of: account, but: call.caller.session, .signedOut, tx)
            if ended > 0 { try tx.tellMe(account, .sessionEnded, by: account, now: clock.now) }
            // A staff role may have waited for a longer password.
            tx.facts.tell(.capabilitiesChanged(account))
            try tx.audit(
                call,
                on: row.object,
                after: ["endedSessions": .integer(Int64(ended))],
                severity: .notice
            )
            return Empty()
        }
    }

    /// Deletes the caller's account: its messages stay, its name does not.
    package func delete(_ deletion: AccountDeletion, _ call: Call) async throws -> Empty {
        try await services.answers.once(call) { call in
            let account = try call.caller.signedIn()
            try await services.requirePassword(deletion.password, of: account, call)
            let services = services
            return try await services.database.perform(call, touching: [.names]) { tx in
                try Accounts.delete(try Self.row(account, tx), call, now: services.clock.now, tx)
                return Empty()
            }
        }
    }

    private static func row(_ account: AccountID, _ tx: borrowing some Reading & ~Copyable) throws -> AccountRow {
        guard let row = try AccountStore.find(account, tx), row.isActive else {
            throw APIError(.notSignedIn, "the account is gone")
        }
        return row
    }
}

/// What a profile may hold. Pure.
enum ProfileRules {
    static func check(displayName: String?) throws(APIError) {
        guard let displayName else { return }
        try TextRules.checkLine(displayName, named: "displayName", limit: Limits.displayNameBytes)
    }

    /// Nil for what clears.
    static func kept(_ text: String?) -> String? {
        guard let text, !TextRules.isBlank(text) else { return nil }
        return text
    }

    static func json(_ row: AccountRow) -> JSON {
        [
            "displayName": row.displayName.map(JSON.string) ?? .null,
            "about": row.about.map(JSON.string) ?? .null,
            "statusText": row.statusText.map(JSON.string) ?? .null,
        ]
    }
}
