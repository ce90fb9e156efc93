import ChatAPI
import Glibc

/// The event of the demo's community: who runs it, its file, and who waits for help. Data only; `DemoSeed` plays it.
enum DemoEvent {
    static let agency = "fairground"
    static let slug = "spring-fair"

    /// Somebody who asks for help, so many minutes ago.
    struct Ask {
        let minutesAgo: Int64
        let who: String
        let topic: String?
        let text: String
    }

    /// Oldest first.
    static let asks = [
        Ask(
            minutesAgo: 17,
            who: "elif",
            topic: nil,
            text: "The paint for the gate is gone. Who has the key to the store?"
        ),
        Ask(minutesAgo: 9, who: "chidi", topic: "power", text: "No power at table 12, the soldering irons are cold."),
        Ask(
            minutesAgo: 4,
            who: "zoe",
            topic: nil,
            text: "The 13:00 speaker is early and would like to try the beamer."
        ),
    ]

    static let topics = [
        ChatAPI.Topic(key: "medical", title: "Somebody is hurt", priority: 5),
        ChatAPI.Topic(key: "power", title: "Power and light"),
        ChatAPI.Topic(key: "lost", title: "Lost and found"),
    ]

    static let replies = [
        ("hello", "Hi {{participant}}, {{organizer}} here. I am looking into it."),
        ("where", "Where are you right now? A table number is enough."),
    ]

    /// It began this morning and goes on until tomorrow.
    static func document(now: Milliseconds) -> EventDocument {
        var document = EventDocument(
            event: slug,
            agency: agency,
            name: "Spring Fair",
            starts: clock(now - 3 * 3_600_000),
            ends: clock(now + 30 * 3_600_000),
            zone: "UTC"
        )
        document.description = "Saturday and Sunday in the old hall: tables, talks, soup, and a great many cables."
        document.place = EventPlace(name: "The old hall", address: "Behind the station")
        document.capacity = 400
        document.guests = true
        document.contacts = [ContactDocument(name: "Caretaker of the hall", phone: "+47 55 00 00 01")]
        document.channels = [
            ChannelDocument(name: "tables", topic: "Who sits where"),
            ChannelDocument(name: "stage", kind: .staff, topic: "Sound, light, who is on next"),
        ]
        document.state = .published
        return document
    }

    /// `2026-05-01T09:00` in UTC, as an event's document takes it.
    private static func clock(_ time: Milliseconds) -> String {
        var seconds = time_t(time / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T\(two(parts.tm_hour)):"
            + two(parts.tm_min)
    }
}
