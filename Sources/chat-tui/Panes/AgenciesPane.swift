import ChatAPI
import TerminalUI

/// The tables of agencies: all of them, and one with its people and events.
extension Model {
    var agenciesTable: PageTable {
        var table = PageTable(
            "Agencies",
            detail: "\(places.agencies.count)",
            columns: [
                .init("Name", width: 16), .init("Title", from: 56), .init("State", width: 10),
                .init("You", width: 10, from: 44), .init("Since", width: 10, from: 76),
            ],
            rows: places.agencies.map { agency in
                PageTable.Row(
                    agency.slug,
                    [
                        .init(agency.slug), .init(agency.name), .init(agency.state.rawValue, Self.role(agency.state)),
                        .init(agency.role.map(Self.word) ?? "–"), .init(zone.moment(agency.createdAt).date),
                    ]
                )
            },
            empty: "There is no agency yet. chatctl agency register makes one."
        )
        let known = Dictionary(places.agencies.map { ($0.slug, $0) }) { first, _ in first }
        table.about = { slug in
            guard let agency = known[slug] else { return [] }
            return [[agency.name, agency.address, agency.website].compactMap { $0 }.joined(separator: " · ")]
                + (agency.reason.map { ["\(agency.state.rawValue): \(MessageText.oneLine($0))"] } ?? [])
        }
        return table
    }

    private static func role(_ state: AgencyState) -> Theme.Role? {
        switch state {
        case .pending: .away
        case .approved, .unknown: nil
        case .suspended, .revoked: .trouble
        }
    }

    /// `superAdmin` as people say it.
    static func word(_ role: Role) -> String { role == .superAdmin ? "super admin" : role.rawValue }

    func agencyTable(_ name: String) -> PageTable {
        guard let (agency, staff, events) = places.agency, agency.slug == name else {
            return PageTable("Agency \(name)", columns: [], rows: [], empty: "there is no agency '\(name)'")
        }
        var rows: [PageTable.Row] = []
        func add(_ label: String, _ value: String, _ id: String? = nil, _ role: Theme.Role? = nil) {
            rows.append(PageTable.Row(id ?? "\(label)/\(rows.count)", [.init(label, .faint), .init(value, role)]))
        }
        add("State", agency.state.rawValue + (agency.reason.map { ": \($0)" } ?? ""), nil, Self.role(agency.state))
        if let address = agency.address { add("Address", address) }
        if let website = agency.website { add("Website", website) }
        for member in staff {
            let note =
                member.disabledAt != nil
                ? " · disabled" : member.needsLongerPassword == true ? " · needs a longer password" : ""
            add(Self.word(member.role), longName(member) + note, "account/\(member.account)")
        }
        for event in events {
            add("Event", "\(event.slug) · \(event.starts.prefix(10)) · \(Self.stateText(event))", "event/\(event.slug)")
        }
        var table = PageTable(
            "Agency \(agency.name)",
            detail: agency.slug,
            columns: [.init("", name: "label", width: 10), .init("", name: "text")],
            rows: rows,
            empty: ""
        )
        // What does not fit its column is read below.
        let values = Dictionary(rows.map { ($0.id, $0.cells[1].text) }) { first, _ in first }
        table.about = { id in values[id].map { [$0] } ?? [] }
        return table
    }

    private func longName(_ member: StaffMember) -> String {
        member.displayName.map { "\(member.name) (\($0))" } ?? member.name
    }
}
