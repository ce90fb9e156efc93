import ChatAPI
import Engine
import Testing

/// Who may write: the whole decision as a table, pure.
@Suite("Posting rules")
struct PostingRulesTests {
    private static let now: Milliseconds = 1_777_636_800_000

    private static func sanction(_ kind: SanctionKind, until: Milliseconds? = now + 60_000, reason: String? = nil)
        -> Sanction
    {
        Sanction(
            account: AccountID(high: 1, low: 1),
            name: "mallory",
            kind: kind,
            scope: .platform,
            until: until,
            reason: reason,
            by: nil,
            at: now
        )
    }

    private static func emergency(_ voice: EmergencyVoice) -> Emergency {
        Emergency(scope: .platform, voice: voice, until: now + 600_000, reason: "leave the hall", by: nil, at: now)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let about: String
        var act = PostingAct.post
        var person = PostingRules.Person()
        var posting = ChannelPosting()
        var emergency: Emergency?
        let sentence: String?
        var wait: Int64?
        var testDescription: String { about }
    }

    private static func person(
        admin: Bool = false,
        _ capabilities: CapabilitySet = [],
        guest: Bool = false,
        sanction: Sanction? = nil,
        last: Milliseconds? = nil
    ) -> PostingRules.Person {
        PostingRules.Person(
            isAdmin: admin,
            capabilities: capabilities,
            isGuest: guest,
            sanction: sanction,
            lastPost: last
        )
    }

    private static let readOnly = ChannelPosting(rules: [PostingRule(.everyone, deny: [.post])])
    private static let stage = ChannelPosting(
        rules: [PostingRule(.speaker, allow: [.post]), PostingRule(.everyone, deny: [.post, .react])]
    )
    private static let slow = ChannelPosting(slowModeMs: 30_000)

    static let rows: [Row] = [
        Row(about: "nothing says no", sentence: nil),
        Row(
            about: "a time-out",
            person: person(sanction: sanction(.timeOut)),
            sentence: "muted in #tea until 2026-05-01 12:01 UTC",
            wait: 60_000
        ),
        Row(
            about: "a time-out with a reason, and reactions are saying something too",
            act: .react,
            person: person(sanction: sanction(.timeOut, reason: "cool down")),
            sentence: "muted in #tea until 2026-05-01 12:01 UTC: cool down",
            wait: 60_000
        ),
        Row(
            about: "a ban without end",
            person: person(sanction: sanction(.ban, until: nil)),
            sentence: "banned from #tea"
        ),
        Row(
            about: "an admin who is timed out by somebody above",
            person: person(admin: true, sanction: sanction(.timeOut)),
            sentence: "muted in #tea until 2026-05-01 12:01 UTC",
            wait: 60_000
        ),
        Row(
            about: "an emergency",
            emergency: emergency(.speakers),
            sentence: "in #tea only moderators and speakers may write until 2026-05-01 12:10 UTC: leave the hall",
            wait: 600_000
        ),
        Row(about: "a reaction in an emergency", act: .react, emergency: emergency(.moderators), sentence: nil),
        Row(
            about: "a speaker in an emergency",
            person: person([.speak]),
            emergency: emergency(.speakers),
            sentence: nil
        ),
        Row(
            about: "a speaker in an emergency of moderators",
            person: person([.speak]),
            emergency: emergency(.moderators),
            sentence: "in #tea only moderators may write until 2026-05-01 12:10 UTC: leave the hall",
            wait: 600_000
        ),
        Row(about: "a moderator in it", person: person([.moderate]), emergency: emergency(.moderators), sentence: nil),
        Row(
            about: "a channel's admin in it",
            person: person(admin: true),
            emergency: emergency(.moderators),
            sentence: "in #tea only moderators may write until 2026-05-01 12:10 UTC: leave the hall",
            wait: 600_000
        ),
        Row(about: "read-only", posting: readOnly, sentence: "#tea does not let you write: its moderators decided so"),
        Row(about: "read-only, and reacting", act: .react, posting: readOnly, sentence: nil),
        Row(about: "an admin where it is read-only", person: person(admin: true), posting: readOnly, sentence: nil),
        Row(about: "a moderator there", person: person([.moderate]), posting: readOnly, sentence: nil),
        Row(
            about: "the audience of a stage",
            posting: stage,
            sentence: "#tea does not let you write: its moderators decided so"
        ),
        Row(
            about: "a speaker on it, whatever the order of the rules",
            person: person([.speak]),
            posting: stage,
            sentence: nil
        ),
        Row(
            about: "a speaker is denied what is not allowed",
            act: .react,
            person: person([.speak]),
            posting: stage,
            sentence: "#tea does not let you react: its moderators decided so"
        ),
        Row(
            about: "guests may not call everybody",
            act: .mentionAll,
            person: person(guest: true),
            posting: ChannelPosting(rules: [PostingRule(.guest, deny: [.mentionAll])]),
            sentence: "#tea does not let you call everybody: its moderators decided so"
        ),
        Row(
            about: "others may",
            act: .mentionAll,
            posting: ChannelPosting(rules: [PostingRule(.guest, deny: [.mentionAll])]),
            sentence: nil
        ),
        Row(about: "slow mode, for the first time", posting: slow, sentence: nil),
        Row(
            about: "slow mode, too soon",
            person: person(last: now - 18_500),
            posting: slow,
            sentence: "slow mode: wait 12 s",
            wait: 11_500
        ),
        Row(about: "slow mode, in time", person: person(last: now - 30_000), posting: slow, sentence: nil),
        Row(about: "slow mode is for messages", act: .react, person: person(last: now), posting: slow, sentence: nil),
        Row(
            about: "a moderator is not slowed down",
            person: person([.moderate], last: now),
            posting: slow,
            sentence: nil
        ),
        Row(
            about: "a clock that was set back silences nobody",
            person: person(last: now + 3_600_000),
            posting: slow,
            sentence: nil
        ),
    ]

    @Test(arguments: rows) func `who may write`(_ row: Row) {
        let room = PostingRules.Room(shown: "#tea", posting: row.posting, emergency: row.emergency)
        do throws(APIError) {
            try PostingRules.check(row.act, row.person, in: room, now: Self.now)
            #expect(row.sentence == nil)
        } catch {
            #expect(error.detail == row.sentence)
            #expect(error.retryAfterMilliseconds == row.wait)
        }
    }

    @Test func `what may be set`() {
        #expect(throws: Never.self) { try PostingRules.check(slowModeMs: 0) }
        #expect(throws: Never.self) { try PostingRules.check(slowModeMs: 1_000) }
        for wrong in [-1, 999, 21_600_001] as [Int64] {
            #expect(throws: APIError.self) { try PostingRules.check(slowModeMs: wrong) }
        }
        #expect(throws: APIError.self) { try PostingRules.check([PostingRule(.guest), PostingRule(.guest)]) }
        #expect(throws: APIError.self) { try PostingRules.check([PostingRule(.guest, allow: [.pin], deny: [.pin])]) }
    }

    @Test(arguments: [
        (0, "1970-01-01 00:00 UTC"), (951_782_399_999, "2000-02-28 23:59 UTC"),
        (951_782_400_000, "2000-02-29 00:00 UTC"),
        (1_777_636_800_000, "2026-05-01 12:00 UTC"), (4_107_542_399_000, "2100-02-28 23:59 UTC"),
        (4_107_542_400_000, "2100-03-01 00:00 UTC"), (-1, "1969-12-31 23:59 UTC"),
    ])
    func `times in sentences`(_ time: Milliseconds, _ text: String) {
        #expect(UTCText.minute(time) == text)
    }

    @Test func `the machine of reports: every state, every action`() {
        let expected: [ReportState: [ReportAction: ReportState]] = [
            .open: [.resolve: .resolved, .dismiss: .dismissed], .resolved: [.reopen: .open],
            .dismissed: [.reopen: .open],
        ]
        for state in ReportState.words {
            for action in ReportAction.allCases {
                let to = try? ReportMachine.machine.step(from: state, action, .init(moderates: true)).to
                #expect(to == expected[state]?[action], "\(state) \(action)")
                #expect((try? ReportMachine.machine.step(from: state, action, .init(moderates: false))) == nil)
            }
        }
        #expect(ReportMachine.machine.flaws(first: .open).isEmpty)
    }
}
