import ChatAPI
import TerminalUI

/// The tables of events: all of them, one with what it has, and who is registered.
extension Model {
    var eventsTable: PageTable {
        var table = PageTable(
            "Events",
            detail: "\(places.events.count)",
            columns: [
                .init("Starts", width: 16), .init("Name", width: 14), .init("Title", from: 60),
                .init("Places", width: 9, isNumber: true, from: 76), .init("State", width: 10, from: 38),
            ],
            rows: places.events.map { event in
                PageTable.Row(
                    event.slug,
                    [
                        .init(event.starts.replacing("T", with: " ")), .init(event.slug), .init(event.name),
                        .init(Self.placesText(event)), .init(Self.stateText(event), Self.role(event)),
                    ],
                    role: event.state == .published ? .text : .faint
                )
            },
            empty: "There are no events yet. chatctl event apply -f FILE makes one."
        )
        let events = Dictionary(places.events.map { ($0.slug, $0) }) { first, _ in first }
        table.about = { [self] slug in events[slug].map { about($0) } ?? [] }
        return table
    }

    static func placesText(_ event: Event) -> String {
        event.capacity.map { "\(event.registered)/\($0)" } ?? "\(event.registered)"
    }

    static func stateText(_ event: Event) -> String {
        event.state == .published ? event.phase?.rawValue ?? event.state.rawValue : event.state.rawValue
    }

    private static func role(_ event: Event) -> Theme.Role? {
        switch (event.state, event.phase) {
        case (.published, .ongoing): .online
        case (.draft, _): .away
        case (.cancelled, _): .trouble
        default: nil
        }
    }

    private func about(_ event: Event) -> [String] {
        var lines = [
            "\(event.name), of \(event.agencySlug) · \(event.starts.replacing("T", with: " ")) to \(event.ends.replacing("T", with: " ")) \(event.zone)"
        ]
        if let place = event.place {
            lines.append([place.name, place.address].compactMap { $0 }.joined(separator: ", "))
        }
        if let attendance = event.attendance { lines.append("you are \(attendance.rawValue)") }
        if let text = event.description { lines.append(MessageText.oneLine(text)) }
        return lines
    }

    /// One event: what it is, its codes, channels and contacts, as rows to read and to choose from.
    func eventTable(_ name: String) -> PageTable {
        guard let (event, codes, contacts, channels, own) = places.event, event.slug == name else {
            return PageTable("Event \(name)", columns: [], rows: [], empty: "there is no event '\(name)'")
        }
        var rows: [PageTable.Row] = []
        func add(_ label: String, _ value: String, _ id: String? = nil, _ role: Theme.Role? = nil) {
            rows.append(PageTable.Row(id ?? "\(label)/\(rows.count)", [.init(label, .faint), .init(value, role)]))
        }
        add("State", Self.stateText(event) + (event.reason.map { ": \($0)" } ?? ""), nil, Self.role(event))
        if let (text, isAsking) = attendanceText(event, own) {
            add("You", text, isAsking ? "register" : nil, event.attendance == .offered ? .key : nil)
        }
        add("When", "\(event.starts.replacing("T", with: " ")) – \(event.ends.replacing("T", with: " ")) \(event.zone)")
        if let place = event.place {
            add("Where", [place.name, place.address].compactMap { $0 }.joined(separator: ", "))
        }
        add("Agency", event.agencySlug, "agency/\(event.agencySlug)")
        let waiting = event.waiting > 0 ? ", \(event.waiting) wait for a place" : ""
        add("Attendees", Self.placesText(event) + waiting, "attendees")
        add("Register", event.registration.rawValue + (event.guests ? ", guests with a code" : ""))
        if isStaff { add("Issues", "Enter shows them", "issues") }
        for code in codes {
            let uses = code.uses.map { "\(code.used)/\($0) used" } ?? "\(code.used) used"
            add(
                "Code",
                [code.code, code.label ?? "", uses].filter { !$0.isEmpty }.joined(separator: " · "),
                "code/\(code.code)",
                .key
            )
        }
        for room in orderedRooms where room.channel.space == .event(event.id) && !room.channel.kind.isPrivate {
            add("Channel", title(of: room), "channel/\(room.id)")
        }
        // Whoever works for the event keeps order and answers in all of them, and is in those that they joined.
        for channel in channels where rooms[channel.id]?.isMember != true && channel.name != nil {
            add("Channel", "#\(event.slug)/\(channel.name ?? "") · Enter joins", "channel/\(channel.id)")
        }
        for contact in contacts {
            add("Contact", [contact.name, contact.phone, contact.email].compactMap { $0 }.joined(separator: " · "))
        }
        if let text = event.description { add("About", text) }
        var table = PageTable(
            "Event \(event.name)",
            detail: event.slug,
            columns: [.init("", name: "label", width: 10), .init("", name: "text")],
            rows: rows,
            empty: ""
        )
        // What does not fit its column is read below.
        let values = Dictionary(rows.map { ($0.id, $0.cells[1].text) }) { first, _ in first }
        table.about = { id in values[id].map { [$0] } ?? [] }
        return table
    }

    /// How one stands to an event oneself, and whether Enter asks for a place or takes the one that is kept. Nil where there is
    /// nothing to say: of a draft, of what one works for.
    private func attendanceText(_ event: Event, _ own: Attendee?) -> (text: String, isAsking: Bool)? {
        switch event.attendance {
        case .registered: return ("have a place; /withdraw \(event.slug) gives it up", false)
        case .requested: return ("asked; an organizer says yes or no", false)
        case .waiting: return ("wait for a place" + (own?.position.map { ", as number \($0)" } ?? ""), false)
        case .offered: return (keptText(own), true)
        case .declined: return ("have no place: an organizer said no", false)
        case .withdrawn, .lapsed, .unknown, nil:
            guard event.state == .published, event.phase != .ended, event.role == nil else { return nil }
            return event.registration == .code
                ? ("are not registered; /join CODE lets you in", false)
                : ("are not registered · Enter asks for a place", true)
        }
    }

    /// Short: the whole sentence is told, and the deadline has to be in the row of a narrow terminal.
    private func keptText(_ own: Attendee?) -> String {
        guard let until = own?.offeredUntil else { return "are offered a place · Enter takes it" }
        return "a place \(untilText(until)) · Enter takes it"
    }

    /// Whether one works for an event or an agency somewhere.
    var isStaff: Bool { capabilities.contains(.manageIssues) }

    func attendeesTable(_ event: String) -> PageTable {
        let arrived = places.attendees.count { $0.checkedInAt != nil }
        return PageTable(
            "Attendees of \(event)",
            detail: "\(arrived) of \(places.attendees.count) there",
            columns: [
                .init("Name", width: 16), .init("Called", from: 56), .init("State", width: 12),
                .init("Arrived", width: 8),
            ],
            rows: places.attendees.map { attendee in
                PageTable.Row(
                    attendee.name,
                    [
                        .init(attendee.name + (attendee.isGuest ? " (guest)" : "")), .init(attendee.displayName ?? ""),
                        .init(
                            attendee.state.rawValue + (attendee.position.map { " #\($0)" } ?? ""),
                            attendee.state == .requested ? .away : nil
                        ), .init(attendee.checkedInAt.map { zone.moment($0).clock } ?? "–"),
                    ],
                    role: attendee.checkedInAt == nil ? .text : .online
                )
            },
            empty: "nobody is registered yet"
        )
    }
}
