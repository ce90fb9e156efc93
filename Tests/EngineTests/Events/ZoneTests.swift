import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Times with a zone, as events show them: against what the zone database and its rules say.
@Suite("Zones and calendars")
struct ZoneTests {
    /// The zone, its clock, and the moment in seconds.
    @Test(arguments: [
        ("Europe/Oslo", "2026-03-29T01:59", 1_774_745_940), ("Europe/Oslo", "2026-03-29T03:00", 1_774_746_000),
        // The hour that is skipped is as if the change came later; of the one that is there twice it is the first.
        ("Europe/Oslo", "2026-03-29T02:30", 1_774_747_800), ("Europe/Oslo", "2026-10-25T02:30", 1_792_888_200),
        ("Europe/Oslo", "2026-10-25T03:00", 1_792_893_600), ("Asia/Kolkata", "2026-06-01T12:00", 1_780_295_400),
        ("America/New_York", "2099-07-04T12:00", 4_086_864_000),
        ("Australia/Sydney", "2090-01-01T00:00", 3_786_872_400),
        ("America/St_Johns", "2026-01-15T08:00", 1_768_476_600), ("Asia/Kathmandu", "2050-05-05T05:45", 2_535_321_600),
        ("UTC", "2028-02-29T23:59:59", 1_835_481_599), ("Africa/Casablanca", "2026-01-15T12:00", 1_768_474_800),
        ("UTC", "2026-05-01T09:00+02:00", 1_777_618_800), ("Europe/Oslo", "2026-05-01T09:00Z", 1_777_626_000),
    ])
    func `a time on a zone's clocks is one moment`(_ zone: String, _ text: String, _ seconds: Int64) async throws {
        let event = try await Self.event(zone, starts: text)
        #expect(event.startsAt == seconds * 1_000)
        // Read back and written again it is the same moment, but where the clock shows it twice.
        let again = try await Self.event(zone, starts: event.starts)
        #expect(again.startsAt == event.startsAt)
    }

    @Test(arguments: [
        "", "tomorrow", "2026-02-29", "2026-13-01T00:00", "2026-06-31", "2026-06-01T24:00", "2026-06-01T12:60",
        "2026-06-01T12:00:60", "2026-06-01T12:00+2", "2026-06-01T12:00Zulu", "1999-12-31T23:00", "2200-01-01T00:00",
        "2026-6-1T9:00", "2026-06-01T12",
    ])
    func `what is no time is named`(_ text: String) async throws {
        let refused = await refusal { try await Self.event("UTC", starts: text) }
        #expect(refused?.code == .invalid)
        #expect(refused?.errors.first?.pointer == "/starts")
    }

    @Test(arguments: [
        "", "Oslo", "Europe/oslo\u{0}", "../../etc/passwd", "posix/Europe/Oslo", "/usr/share/zoneinfo/UTC", "zone.tab",
        "Europe", "tzdata.zi", "Europe/Oslo ", "leapseconds",
    ])
    func `what is no zone is refused, and nothing else is read`(_ zone: String) async throws {
        let refused = await refusal { try await Self.event(zone, starts: "2026-06-01T12:00") }
        #expect(refused?.code == .invalid, "\(zone)")
        #expect(refused?.errors.first?.pointer == "/zone")
    }

    private static func event(_ zone: String, starts: String) async throws -> Event {
        let world = try await EventWorld()
        var draft = EventWorld.draft("devconf")
        (draft.zone, draft.starts) = (zone, starts)
        // Whatever it is, the end is later and not too late.
        draft.ends = "\(starts.prefix(4))-12-31T23:59:59Z"
        return try await world.call("odin", .createEvent, draft)
    }

    // MARK: - iCalendar

    @Test func `an event is a calendar that folds, escapes and stays the same`() async throws {
        let world = try await EventWorld()
        let event = try await world.publish("devconf") {
            $0.name = "Dev, Conf; \"26\" \\ live"
            $0.description = "One line\nand another, with a bell? No." + String(repeating: " blåbærsyltetøy", count: 12)
            $0.place = EventPlace(name: "Folkets Hus", address: "Youngs gate 11", latitude: 59.914, longitude: -0.05)
        }
        let text = try await world.call("otto", .eventCalendar, EventRef("devconf")).text
        #expect(text.hasSuffix("END:VEVENT\r\nEND:VCALENDAR\r\n"))
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).dropLast()
        for line in lines {
            #expect(line.utf8.count <= 75, "\(line)")
            #expect(!line.unicodeScalars.contains { $0.value < 0x20 }, "\(line)")
        }
        let unfolded = text.replacing("\r\n ", with: "").split(separator: "\r\n").map(String.init)
        let expected = [
            "UID:\(event.id)@plaza", "DTSTART:20260620T070000Z", "DTEND:20260620T160000Z", "STATUS:CONFIRMED",
            "SUMMARY:Dev\\, Conf\\; \"26\" \\\\ live", "LOCATION:Folkets Hus\\, Youngs gate 11",
            "GEO:59.914000;-0.050000", "SEQUENCE:1",
        ]
        for line in expected { #expect(unfolded.contains(line), "\(line)") }
        let description = try #require(unfolded.first { $0.hasPrefix("DESCRIPTION:") })
        #expect(description.hasPrefix("DESCRIPTION:One line\\nand another\\, with a bell? No. blåbær"))
        _ = try await world.call("mona", .cancelEvent, EventCancellation(event: "devconf"))
        let cancelled = try await world.call("otto", .eventCalendar, EventRef("devconf")).text
        #expect(cancelled.contains("STATUS:CANCELLED\r\n"))
        #expect(cancelled.contains("SEQUENCE:2\r\n"))
    }
}
