import ChatAPI
import ChatTestKit
import Engine

/// The people and things that the matrix of agencies and events is about, in an engine of their own.
///
/// `odin` owns the agency nordlys, with `mona` as manager and `sam` as support. It runs devconf, which is published, and
/// the draft secretfair. `ana` has a place in devconf, and is asked to be support; `bob` asked for a place; `kim` is a guest there; `nils` is in nothing.
/// `orla` is organizer of
/// devconf alone, and the `bundles` have one narrow role each there. `otto` owns the agency sydpol, `vera` one that waits for approval and signs in for her own channel. `olga` is super
/// admin.
struct AgencyWorld {
    static let columns =
        ["nobody", "nils", "ana", "kim"] + bundles.map(\.name) + [
            "sam", "orla", "mona", "odin", "otto", "vera", "olga",
        ]

    /// Who has one of the narrow roles in devconf, and nothing else there.
    static let bundles: [(name: String, role: Role)] = [
        ("lea", .speaker), ("dora", .checkin), ("mio", .moderator), ("aud", .auditor), ("suse", .supervisor),
    ]

    let temporary: TemporaryEngine
    private(set) var callers: [String: Caller] = [:]
    private(set) var names = JSONPattern()

    init() async throws {
        temporary = try TemporaryEngine {
            $0.rates = .unlimited
            $0.passwordCost = .least
        }
        callers["nobody"] = .anonymous(address: "192.0.2.1")
        callers["local"] = try await temporary.engine.authenticator.localCaller(LocalIdentity(uid: 0, name: "root"))
        for name in ["nils", "ana", "bob", "vera", "olga", "orla"] + Self.bundles.map(\.name) {
            let creation = AccountCreation(name: name, password: World.password, superAdmin: name == "olga")
            try await call("local", .createAccount, creation)
            try await signIn(name)
        }
        for (slug, owner) in [("nordlys", "odin"), ("sydpol", "otto"), ("kystlag", "vera")] {
            let draft = owner == "vera" ? nil : OwnerDraft(name: owner, password: World.password)
            if owner == "vera" { try await call("vera", .createChannel, ChannelDraft(name: "veras")) }
            let registration = AgencyRegistration(slug: slug, owner: draft)
            let made = try await call(draft == nil ? owner : "nobody", .registerAgency, registration)
            names.bindings[slug] = .string(made.agency.id.description)
            if owner == "vera" { continue }
            try await call("local", .approveAgency, AgencyDecision(agency: slug))
            try await signIn(owner)
        }
        for (name, role) in [("mona", Role.manager), ("sam", .support), ("siv", .support)] {
            let creation = StaffCreation(agency: "nordlys", name: name, role: role, password: World.password)
            try await call("odin", .createStaff, creation)
            try await signIn(name)
        }
        for name in ["odin", "otto", "vera"] {
            callers[name] = try await temporary.engine.authenticator.again(try caller(name))
        }
        try await furnish()
    }

    private mutating func signIn(_ name: String) async throws {
        let signedIn = try await call("nobody", .signIn, SignIn(name: name, password: World.password))
        try await enter(name, signedIn)
    }

    private mutating func enter(_ name: String, _ signedIn: SignedIn) async throws {
        names.bindings[name] = .string(signedIn.account.id.description)
        names.bindings[name + "Session"] = .string(signedIn.session.description)
        callers[name] = try await temporary.engine.authenticator.caller(
            token: signedIn.tokens.accessToken,
            address: "192.0.2.1"
        )
    }

    private mutating func furnish() async throws {
        for slug in ["devconf", "secretfair"] {
            var draft = EventDraft(
                agency: "nordlys",
                slug: slug,
                name: slug,
                starts: "2026-06-20T09:00",
                ends: "2026-06-21T18:00",
                zone: "UTC"
            )
            draft.guests = true
            draft.registration = .approval
            names.bindings[slug] = .string(try await call("odin", .createEvent, draft).id.description)
        }
        let event = try await call("odin", .publishEvent, EventRef("devconf"))
        for (name, role) in Self.bundles + [("orla", .organizer)] {
            try await call("local", .giveGrant, GrantDraft(account: name, role: role, scope: .event(event.id)))
            callers[name] = try await temporary.engine.authenticator.again(try caller(name))
        }
        let codes = try await call("odin", .listJoinCodes, EventRef("devconf")).items
        guard let code = codes.first?.code else { throw TestFailure("no join code") }
        names.bindings["code"] = .string(code)
        try await call("ana", .joinEvent, EventJoin(code: code))
        try await call("odin", .setStaff, StaffChange(agency: "nordlys", account: "ana", role: .support))
        try await call("bob", .registerForEvent, EventRef("devconf"))
        let kim = try await call("nobody", .enterAsGuest, GuestEntry(code: code, displayName: "Kim"))
        try await enter("kim", kim)
        for channel in try await call("odin", .eventChannels, EventRef("devconf")).items {
            names.bindings[(channel.name ?? "") + "Channel"] = .string(channel.id.description)
        }
        let contact = try await call("odin", .addContact, ContactDraft(event: "devconf", name: "Dr. Holm"))
        names.bindings["contact"] = .string(contact.id.description)
        let issue = try await call("sam", .createIssue, IssueDraft(event: "devconf", title: "Projector"))
        names.bindings["issue"] = .string(issue.id.description)
        let comment = try await call("sam", .addComment, CommentDraft(issue: issue.id, text: "bulb"))
        names.bindings["comment"] = .string(comment.id.description)
        let direct = try await call("ana", .openDirect, DirectDraft(people: ["bob"]))
        names.bindings["direct"] = .string(direct.id.description)
        names.bindings["cid"] = .string(World.cid().description)
    }

    func caller(_ name: String) throws -> Caller {
        guard let caller = callers[name] else { throw TestFailure("nobody is called \(name)") }
        return caller
    }

    @discardableResult
    func call<Input, Output>(
        _ name: String,
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input
    ) async throws -> Output {
        temporary.clock.advance(by: .milliseconds(1))
        return try await LocalService(temporary.engine, as: try caller(name)).call(endpoint, input)
    }

    /// `ok`, or the code of the refusal. Nothing is left of a change: it is a dry run.
    func verdict(of caller: Caller, _ operation: Operation, _ input: JSON) async throws -> String {
        let raw = RawCall(
            caller: caller,
            options: CallOptions(dryRun: operation.changes),
            body: Coding.encode(names.filled(input))
        )
        do throws(APIError) {
            _ = try await temporary.engine.api.perform(operation.name, raw)
            return "ok"
        } catch {
            return error.code == .notSignedIn ? "sign-in" : error.code.rawValue
        }
    }
}
