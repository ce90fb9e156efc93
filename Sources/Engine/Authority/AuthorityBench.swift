import ChatAPI

/// How long one permission check takes from the cache, on tables of a realistic size: for `chatd bench-authority`.
package struct AuthorityBench: Sendable {
    package struct Report: Sendable, CustomStringConvertible {
        package let checks: Int
        package let allowed: Int
        package let nanosecondsEach: Double

        package var description: String {
            let tenths = Int((nanosecondsEach * 10).rounded())
            return "\(checks) checks, \(allowed) allowed: \(tenths / 10).\(tenths % 10) ns each"
        }
    }

    private let authority: Authority
    private let callers: [Caller]
    private let scopes: [Scope]

    /// - Parameters:
    ///   - agencies: each with ten events; one in ten is not approved.
    ///   - callers: each with four grants somewhere.
    package init(agencies: Int = 1_000, callers: Int = 20_000, seed: UInt64 = 1) {
        var random = SplitMix(state: seed)
        var table = PlaceTable()
        var scopes: [Scope] = []
        for index in 0..<agencies {
            let agency = AgencyID(high: 1, low: UInt64(index))
            table.apply(.agency(agency, index % 10 == 9 ? .suspended : .approved))
            scopes.append(.agency(agency))
            for number in 0..<10 {
                let event = EventID(high: 2, low: UInt64(index * 10 + number))
                table.apply(.event(event, EventFacts(agency: agency, state: .published)))
                scopes.append(.event(event))
            }
        }
        authority = Authority(table)
        let roles: [Role] = [.owner, .manager, .support, .organizer, .moderator, .checkin]
        self.callers = (0..<callers).map { index in
            var reach = Reach(platform: Role.member.set, rank: Role.member.rank)
            for _ in 0..<4 {
                let role = roles[Int(random.next() % UInt64(roles.count))]
                reach.add(role, in: scopes[Int(random.next() % UInt64(scopes.count))])
            }
            return Caller(
                account: AccountID(high: 3, low: UInt64(index)),
                name: "bench",
                capabilities: reach.anywhere,
                address: "",
                reach: reach
            )
        }
        self.scopes = scopes
    }

    /// - Parameter clock: a clock that does not jump, in nanoseconds.
    package func run(checks: Int = 2_000_000, clock: () -> Int64) -> Report {
        var random = SplitMix(state: 7)
        // Which questions are asked is decided before the clock starts.
        let questions = (0..<4_096).map { _ in
            (
                callers[Int(random.next() % UInt64(callers.count))],
                Capability.words[Int(random.next() % UInt64(Capability.words.count))],
                scopes[Int(random.next() % UInt64(scopes.count))]
            )
        }
        var allowed = 0
        let start = clock()
        for index in 0..<checks {
            let (caller, capability, scope) = questions[index & 4_095]
            if caller.may(capability, in: authority.place(scope)) { allowed += 1 }
        }
        let nanoseconds = clock() - start
        return Report(checks: checks, allowed: allowed, nanosecondsEach: Double(nanoseconds) / Double(checks))
    }

    private struct SplitMix {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }
}
