import Glibc
import Testing
import chat_tui

/// TZ is the process's: one after the other.
@Suite(.serialized) struct ZoneTests {
    private func inZone(_ name: String, _ body: () -> Void) {
        let before = getenv("TZ").map { String(cString: $0) }
        setenv("TZ", name, 1)
        Zone.readSystem()
        body()
        if let before { setenv("TZ", before, 1) } else { unsetenv("TZ") }
        Zone.readSystem()
    }

    /// POSIX rules, so that the test needs no files of zones.
    private static let berlin = "CET-1CEST,M3.5.0,M10.5.0/3"
    private static let newYork = "EST5EDT,M3.2.0,M11.1.0"

    @Test func `the same moment in two zones`() {
        inZone(Self.berlin) {
            #expect(Zone.system.moment(1_795_251_600_000).clock == "10:00")
        }
        inZone(Self.newYork) {
            #expect(Zone.system.moment(1_795_251_600_000).clock == "04:00")
            #expect(Zone.system.moment(1_795_233_600_000).longDate == "Friday, 20 November 2026")
        }
    }

    @Test func `across a change of the clock`() {
        inZone(Self.berlin) {
            // 25 October 2026: 00:59 UTC is 02:59 in summer, 01:00 UTC is 02:00 in winter.
            #expect(Zone.system.moment(1_792_889_940_000).clock == "02:59")
            #expect(Zone.system.moment(1_792_890_000_000).clock == "02:00")
            // 29 March 2026: 01:59 is followed by 03:00.
            #expect(Zone.system.moment(1_774_745_940_000).clock == "01:59")
            #expect(Zone.system.moment(1_774_746_000_000).clock == "03:00")
        }
    }

    @Test func `before 1970 and far away`() {
        #expect(Zone.fixed(0).moment(-1).date == "1969-12-31")
        #expect(Zone.fixed(3_600).moment(-1).clock == "00:59")
    }
}
