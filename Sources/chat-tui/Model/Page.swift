package import ChatAPI

/// A table that stands where the conversation stands otherwise: a queue, chats, events, people. Left with Esc.
package struct Page: Sendable, Equatable {
    package var kind: Kind
    /// The selected row by its name, so that it stays selected while others come and go.
    package var selected: String?
    /// Where it stood, for when its row is gone.
    package var index = 0
    package var isLoading = false
    /// Why there is nothing to show.
    package var problem: String?
    /// Where Esc goes back to, if not to the conversation.
    package var trail: [Kind] = []
    /// The row that was asked to be taken away once; the second time counts.
    package var removalAsked: String?

    package init(_ kind: Kind, trail: [Kind] = []) {
        self.kind = kind
        self.trail = trail
    }

    package enum Kind: Sendable, Hashable {
        case queue(QueueID)
        case chats
        case archive(participant: String?)
        case events
        case event(String)
        case attendees(String)
        case issues(String)
        case issue(IssueID)
        case agencies
        case agency(String)
        case people(String?)
        case grants(AccountID)
        case reports
        case sanctions(scope: String)
        case invitations(ChannelID)
        case invited
        case posting(ChannelID)
    }
}

/// What a page shows: columns that hide by width, rows, and what is said about the selected one.
package struct PageTable: Sendable {
    package var title: String
    /// At the right of the title: counts.
    package var detail = ""
    package var columns: [Column]
    package var rows: [Row]
    package var emptySentence: String
    /// Whole sentences about a row, under the table.
    package var about: @Sendable (String) -> [String] = { _ in [] }

    package struct Column: Sendable {
        package let title: String
        /// The member of a JSON line: the title in lower case, unless another is given.
        package let name: String
        /// Cells; the one column without a width takes what is left.
        package let width: Int?
        package let isNumber: Bool
        /// Shown from this width of the page on.
        package let from: Int

        package init(_ title: String, name: String? = nil, width: Int? = nil, isNumber: Bool = false, from: Int = 0) {
            self.title = title
            self.name = name ?? String(title.lowercased().filter { $0 != " " })
            self.width = width
            self.isNumber = isNumber
            self.from = from
        }
    }

    package struct Row: Sendable {
        package let id: String
        package let cells: [Cell]
        package let role: Theme.Role

        package init(_ id: String, _ cells: [Cell], role: Theme.Role = .text) {
            self.id = id
            self.cells = cells
            self.role = role
        }
    }

    /// A text, and a role of its own where the row's is not enough.
    package struct Cell: Sendable, ExpressibleByStringLiteral {
        package let text: String
        package let role: Theme.Role?

        package init(_ text: String, _ role: Theme.Role? = nil) {
            self.text = MessageText.oneLine(text)
            self.role = role
        }

        package init(stringLiteral value: String) { self.init(value) }
    }

    package init(_ title: String, detail: String = "", columns: [Column], rows: [Row], empty: String) {
        self.title = title
        self.detail = detail
        self.columns = columns
        self.rows = rows
        emptySentence = empty
    }

    /// Columns that have room in so many cells, with their widths.
    package func layout(width: Int) -> [(index: Int, width: Int)] {
        let shown = columns.indices.filter { columns[$0].from <= width }
        let fixed = shown.reduce(0) { $0 + (columns[$1].width ?? 0) } + max(0, shown.count - 1) * 2
        return shown.map { ($0, columns[$0].width ?? max(4, width - fixed)) }
    }
}

/// What was read for the pages.
package struct Places: Sendable {
    package var events: [Event] = []
    package var event: (event: Event, codes: [JoinCode], contacts: [Contact], channels: [Channel], own: Attendee?)?
    package var attendees: [Attendee] = []
    package var issues: [EventIssue] = []
    package var issue: (issue: EventIssue, comments: [IssueComment])?
    package var agencies: [Agency] = []
    package var agency: (agency: Agency, staff: [StaffMember], events: [Event])?
    package var people: [Account] = []
    package var grants: [Grant] = []
    package var archive: [Chat] = []
    package var reports: [Report] = []
    package var sanctions: [Sanction] = []
    package var invitations: [ChannelInvitation] = []
    /// What one is invited to oneself. Nil until it was asked for.
    package var ownInvitations: [ChannelInvitation]?
    /// Roles that agencies offer oneself. Nil until it was asked for.
    package var ownOffers: [RoleOffer]?
    package var keptPlaces: [KeptPlace] = []
    package var posting: Posting?

    package init() {}
}

extension Model {
    /// The table of a page: a function of what is known.
    package func table(_ kind: Page.Kind) -> PageTable {
        switch kind {
        case .queue(let id): queueTable(id)
        case .chats: chatsTable
        case .archive(let participant): archiveTable(participant)
        case .events: eventsTable
        case .event(let name): eventTable(name)
        case .attendees(let event): attendeesTable(event)
        case .issues(let event): issuesTable(event)
        case .issue: issueTable
        case .agencies: agenciesTable
        case .agency(let name): agencyTable(name)
        case .people(let query): peopleTable(query)
        case .grants(let account): grantsTable(account)
        case .reports: reportsTable
        case .sanctions: sanctionsTable
        case .invitations(let channel): invitationsTable(channel)
        case .invited: invitedTable
        case .posting(let channel): postingTable(channel)
        }
    }

    /// The row that keys and commands without a name are about.
    package var selectedRow: PageTable.Row? {
        guard let page else { return nil }
        let rows = table(page.kind).rows
        return rows.first { $0.id == page.selected }
            ?? (rows.indices.contains(page.index) ? rows[page.index] : rows.last)
    }
}
