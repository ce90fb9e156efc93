package import ChatAPI
import Storage

/// Roles that are offered: nobody becomes an agency's staff without having said yes.
package struct RoleOffers: Sendable {
    let services: AccountServices

    package init(_ services: AccountServices) { self.services = services }

    package func list(_ call: Call) async throws -> Page<RoleOffer> {
        let account = try call.caller.signedIn()
        return try await services.database.read { tx in
            let offers = try RoleOfferStore.offers(to: account, now: call.now, tx).filter { !$0.isDeclined }
            return Page(try offers.map { try $0.shown(tx) })
        }
    }

    /// The giver is asked about again: an offer of somebody who may not give the role any more is worth nothing.
    package func accept(_ ref: AgencyRef, _ call: Call) async throws -> Grant {
        let account = try call.caller.signedIn()
        return try await services.database.perform(call, touching: []) { tx in
            let offer = try Self.offer(of: ref, to: account, call, tx)
            guard let row = try AccountStore.find(account, tx) else { throw RoleOfferRules.gone(ref.agency) }
            guard tx.facts.places.isApproved(offer.agency), let place = try? tx.place(offer.scope),
                let giver = try offer.by.flatMap({ try tx.facts.standing(of: $0, in: tx) }),
                RoleOfferRules.mayGive(offer.role, giver.reach, in: place)
            else {
                throw RoleOfferRules.gone(ref.agency)
            }
            var grant = try tx.give(offer.role, in: offer.scope, to: row, by: offer.by, call)
            grant.scopeName = try SpaceNames.words(for: offer.scope, tx)
            try tx.endOffer(to: account, from: offer.agency)
            if offer.scope.kind == .agency { try tx.joinStaffChannel(account, of: offer.agency, now: call.now) }
            return grant
        }
    }

    package func decline(_ ref: AgencyRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        return try await services.database.perform(call, touching: []) { tx in
            let offer = try Self.offer(of: ref, to: account, call, tx)
            try RoleOfferStore.decline(offer, now: call.now, tx)
            try tx.audit(call, on: "account/\(account)", before: offer.json, in: .agency(offer.agency))
            return Empty()
        }
    }

    private static func offer(
        of ref: AgencyRef,
        to account: AccountID,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws -> RoleOfferStore.Stored {
        let agency = try AgencyStore.resolve(ref.agency, tx)
        guard let offer = try RoleOfferStore.offers(to: account, from: agency.id, now: call.now, tx).first,
            !offer.isDeclined
        else { throw RoleOfferRules.gone(ref.agency) }
        return offer
    }

    /// Takes away what nobody answered in time, and what kept an agency from asking again.
    static let handlers: [String: Timers.Handler] = [
        RoleOfferRules.timer: Timers.Handler { timer, now, tx in
            let parts = timer.object.split(separator: " ").map(String.init)
            guard parts.count == 2, let account = AccountID(parts[0]), let agency = AgencyID(parts[1]) else {
                return .done
            }
            try RoleOfferStore.delete(account, agency, tx)
            return .done
        }
    ]
}

/// Who is asked before a role holds. Pure.
enum RoleOfferRules {
    static let timer = "role-offer.end"
    /// Two weeks: somebody on holiday still finds it.
    static let lifeMilliseconds: Int64 = 14 * 86_400_000

    /// A staff role of an agency, for a person who is not of it: no role there, not made for it, and not given by an
    /// administrator of the platform, who answers for every account.
    static func isOffered(_ role: Role, to row: AccountRow, isStaffAlready: Bool, agency: AgencyID?, by giver: Caller)
        -> Bool
    {
        guard let agency, role.isStaff, row.kind == .person else { return false }
        return !isStaffAlready && row.home != agency && !giver.may(.manageGrants, in: .platform)
    }

    static func mayGive(_ role: Role, _ giver: Reach, in place: Place) -> Bool {
        giver.capabilities(in: place).contains(.manageStaff) && giver.rank(in: place) > role.rank
    }

    static func gone(_ agency: String) -> APIError {
        APIError(.notFound, "\(ChannelRules.shortened(agency)) offers you no role, or not any more")
    }
}

extension RoleOfferStore.Stored {
    /// As the audit log keeps it.
    var json: JSON { ["role": .string(role.rawValue), "scope": .string(scope.description)] }

    /// As a grant that holds once it is accepted.
    func grant(_ tx: borrowing some Reading & ~Copyable) throws -> Grant {
        var grant = Grant(account: account, role: role, scope: scope, grantedBy: by, grantedAt: at)
        grant.scopeName = try SpaceNames.words(for: scope, tx)
        grant.offeredUntil = until
        return grant
    }

    func shown(_ tx: borrowing some Reading & ~Copyable) throws -> RoleOffer {
        RoleOffer(
            account: account,
            agency: agency,
            agencyName: try SpaceNames.words(for: .agency(agency), tx) ?? agency.description,
            role: role,
            scope: scope,
            scopeName: try SpaceNames.words(for: scope, tx),
            by: by,
            at: at,
            until: until
        )
    }
}

extension Transaction {
    /// Whether somebody has a role in an agency or in anything of it.
    func worksFor(_ agency: AgencyID, _ account: AccountID) throws -> Bool {
        try GrantStore.grants(of: account, self).contains { (try? place($0.scope))?.agency == agency }
    }

    /// Offers a role instead of giving it. Nil where it is given at once.
    func offer(_ role: Role, in scope: Scope, to row: AccountRow, by giver: Caller, _ call: Call) throws -> Grant? {
        let place = try place(scope)
        guard let agency = place.agency, let by = giver.account else { return nil }
        let isStaff = try worksFor(agency, row.id)
        guard RoleOfferRules.isOffered(role, to: row, isStaffAlready: isStaff, agency: agency, by: giver) else {
            try endOffer(to: row.id, from: agency)
            return nil
        }
        let before = try RoleOfferStore.offers(to: row.id, from: agency, now: call.now, self).first
        if let before, before.isDeclined {
            throw APIError(
                .conflict,
                "\(row.name) has declined a role of yours: it can be offered again on \(UTCText.minute(before.until))"
            )
        }
        let offer = RoleOfferStore.Stored(
            account: row.id,
            agency: agency,
            role: role,
            scope: scope,
            by: by,
            at: call.now,
            until: call.now + RoleOfferRules.lifeMilliseconds,
            isDeclined: false
        )
        try RoleOfferStore.insert(offer, self)
        try setTimer(RoleOfferRules.timer, "\(row.id) \(agency)", due: offer.until)
        var entry = Entry(kind: .roleOffered, channel: nil, seq: 0, by: by, at: 0)
        let words = try offer.shown(self)
        entry.text = "\(words.agencyName) \(role.rawValue) \(words.scopeName ?? "")"
        _ = try appendToMe(entry, of: row.id, now: call.now)
        var after = ["offered": JSON.string(role.rawValue)]
        after["scope"] = .string(scope.description)
        try audit(call, on: row.object, before: before?.json, after: .object(after), severity: .warning, in: scope)
        var grant = Grant(account: row.id, role: role, scope: scope, grantedBy: by, grantedAt: call.now)
        grant.offeredUntil = offer.until
        return grant
    }

    /// What is accepted, taken back, or given otherwise is offered no more.
    func endOffer(to account: AccountID, from agency: AgencyID) throws {
        try RoleOfferStore.delete(account, agency, self)
        try stopTimer(RoleOfferRules.timer, "\(account) \(agency)")
    }
}

extension Transaction {
    /// Takes back an offer of just this role. False if there is none.
    func takeBack(_ role: Role, in scope: Scope, from row: AccountRow, _ call: Call) throws -> Bool {
        guard let agency = try place(scope).agency,
            let offer = try RoleOfferStore.offers(to: row.id, from: agency, now: call.now, self).first,
            !offer.isDeclined, offer.role == role, offer.scope == scope
        else { return false }
        try takeBack(offer, from: row, call)
        return true
    }

    /// Takes back whatever an agency offers to somebody. False if it offers nothing.
    func takeBackAll(from row: AccountRow, of agency: AgencyID, _ call: Call) throws -> Bool {
        guard let offer = try RoleOfferStore.offers(to: row.id, from: agency, now: call.now, self).first,
            !offer.isDeclined
        else { return false }
        try takeBack(offer, from: row, call)
        return true
    }

    private func takeBack(_ offer: RoleOfferStore.Stored, from row: AccountRow, _ call: Call) throws {
        try endOffer(to: row.id, from: offer.agency)
        try audit(call, on: row.object, before: offer.json, severity: .warning, in: .agency(offer.agency))
    }
}

extension AccountRow {
    /// As the agency's list shows somebody who has not answered yet.
    func offered(_ role: Role, since: Milliseconds, until: Milliseconds?) -> StaffMember {
        StaffMember(
            account: id,
            name: name,
            displayName: displayName,
            role: role,
            since: since,
            disabledAt: disabledAt,
            offeredUntil: until
        )
    }
}
