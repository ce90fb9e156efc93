import ChatAPI
import ChatTestKit
import Glibc

/// An event for the tests in terminals: an agency with it, organizers, and the code of its door.
extension TerminalStage {
    /// An approved agency with a published event that is on, accounts that answer in it, and the code that lets people in.
    func prepareEvent(organizers: [String]) async throws -> String {
        _ = try await world.administer(
            .registerAgency,
            AgencyRegistration(
                slug: "nordlys",
                name: "Nordlys",
                owner: OwnerDraft(name: "olga", password: "sixteen characters at least")
            )
        )
        _ = try await world.administer(.approveAgency, AgencyDecision(agency: "nordlys"))
        _ = try await world.administer(
            .createEvent,
            EventDraft(
                agency: "nordlys",
                slug: "devconf",
                name: "DevConf",
                starts: Self.stamp(hoursFromNow: -24),
                ends: Self.stamp(hoursFromNow: 24),
                zone: "Europe/Oslo",
                registration: .open,
                guests: true
            )
        )
        let event = try await world.administer(.publishEvent, EventRef("devconf"))
        for organizer in organizers {
            try await register(organizer)
            _ = try await world.administer(
                .giveGrant,
                GrantDraft(account: organizer, role: .organizer, scope: .event(event.id))
            )
        }
        return try await world.administer(.createJoinCode, JoinCodeDraft(event: "devconf", label: "door")).code
    }

    /// `2026-05-01T09:00Z`.
    private static func stamp(hoursFromNow hours: Int) -> String {
        var seconds = time(nil) + hours * 3_600
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return
            "\(parts.tm_year + 1_900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T\(two(parts.tm_hour)):\(two(parts.tm_min))Z"
    }
}
