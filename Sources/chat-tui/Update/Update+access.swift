import ChatAPI
import ChatKit
import TerminalUI

/// What came of invitations, posting rules and broken glass, and the tables of them.
extension Model {
    mutating func take(_ request: AccessRequest, _ reply: AccessReply) -> [Effect] {
        page?.isLoading = false
        switch (request, reply) {
        case (.invite(let id, let account, _, _), .invitation(let invitation)):
            let room = rooms[id].map { title(of: $0) } ?? "the channel"
            let end = zone.moment(invitation.expiresAt)
            let day = "\(end.date) \(end.clock)"
            guard let code = invitation.code else {
                tell("\(account ?? "somebody") is invited to \(room) until \(day), and is told")
                return reloadAccess
            }
            let uses = invitation.usesLeft.map { $0 == 1 ? "once" : "\($0) times" } ?? "as often as one likes"
            tell("/join \(code) leads into \(room), \(uses), until \(day); the code is copied")
            return [.copy(code)] + reloadAccess
        case (_, .invitations(let invitations)):
            places.invitations = invitations
            askedAccounts.subtract(invitations.compactMap(\.account).filter { accounts[$0] == nil })
        case (_, .ownInvitations(let invitations)):
            let isNews = places.ownInvitations == nil && !invitations.isEmpty && page?.kind != .invited
            places.ownInvitations = invitations
            askedAccounts.subtract(invitations.compactMap(\.by).filter { accounts[$0] == nil })
            refreshInbox()
            if isNews {
                let first = invitations[0]
                let more = invitations.count > 1 ? " and \(invitations.count - 1) more" : ""
                tell(
                    "\(first.by.map(name(of:)) ?? "somebody") invites you to \(Self.path(first))\(more): /invited shows it"
                )
            }
        case (.decline(let id, let channel), _):
            places.ownInvitations?.removeAll { $0.id == id }
            refreshInbox()
            tell("you said no to \(channel); nobody can invite you there again for a week")
        case (.takeBack, _):
            tell("that invitation lets nobody in any more")
            return reloadAccess
        case (_, .posting(let posting)):
            places.posting = posting
            if case .posting(posting.channel)? = page?.kind { return [] }
            tell(sentence(of: posting))
        case (_, .glass(let glass, let channel)):
            learn(channel, nil)
            rooms[channel.id]?.isLoaded = true
            tell("you read this until \(zone.moment(glass.until).clock); both sides were told why")
            return show(channel.id)
        default: break
        }
        return []
    }

    private var reloadAccess: [Effect] {
        guard case .invitations(let id)? = page?.kind else { return [] }
        return [.ask(.access(.invitations(id)))]
    }

    /// In one line: who may write here.
    private func sentence(of posting: Posting) -> String {
        var parts = posting.rules.map { rule in
            let allowed = rule.allow.isEmpty ? nil : "may " + rule.allow.map(\.rawValue).joined(separator: ", ")
            let denied = rule.deny.isEmpty ? nil : "may not " + rule.deny.map(\.rawValue).joined(separator: ", ")
            return "\(rule.group.rawValue) " + [allowed, denied].compactMap { $0 }.joined(separator: " and ")
        }
        if posting.slowModeMs > 0 { parts.append("one message in \(Span.wait(posting.slowModeMs))") }
        return "here " + (parts.isEmpty ? "everybody may write, as often as they like" : parts.joined(separator: "; "))
    }

    // MARK: - Tables

    func invitationsTable(_ id: ChannelID) -> PageTable {
        PageTable(
            "Invitations to " + (rooms[id].map { title(of: $0) } ?? "this channel"),
            detail: "\(places.invitations.count)",
            columns: [
                .init("#", width: 3, isNumber: true), .init("For"), .init("Left", width: 6, isNumber: true),
                .init("Until", width: 16), .init("By", width: 12, from: 60),
            ],
            rows: places.invitations.enumerated().map { index, invitation in
                let until = zone.moment(invitation.expiresAt)
                return PageTable.Row(
                    invitation.id.description,
                    [
                        .init("\(index + 1)"),
                        .init(invitation.account.map(name(of:)) ?? "whoever has the code"),
                        .init(invitation.usesLeft.map(String.init) ?? "any"), .init("\(until.date) \(until.clock)"),
                        .init(invitation.by.map(name(of:)) ?? "–"),
                    ]
                )
            },
            empty: "Nobody is invited. /invite makes a code, /invite NAME invites somebody."
        )
    }

    /// Who may write in a channel, how often, and what one may oneself.
    func postingTable(_ id: ChannelID) -> PageTable {
        let title = "Who may write in " + (rooms[id].map { self.title(of: $0) } ?? "this channel")
        guard let posting = places.posting, posting.channel == id else {
            return PageTable(title, columns: [], rows: [], empty: "there is no such channel")
        }
        var rows: [PageTable.Row] = []
        func add(_ label: String, _ value: String, _ role: Theme.Role? = nil) {
            rows.append(PageTable.Row("\(label)/\(rows.count)", [.init(label, .faint), .init(value, role)]))
        }
        if let emergency = posting.emergency {
            let reason = emergency.reason.map { ": " + $0 } ?? ""
            add(
                "Emergency",
                "only \(emergency.voice.rawValue) until \(zone.moment(emergency.until).clock)\(reason)",
                .trouble
            )
        }
        add("Pause", posting.slowModeMs > 0 ? "one message in \(Span.wait(posting.slowModeMs))" : "none")
        for rule in posting.rules {
            if !rule.allow.isEmpty { add(rule.group.rawValue, "may " + Self.words(rule.allow)) }
            if !rule.deny.isEmpty { add(rule.group.rawValue, "may not " + Self.words(rule.deny), .away) }
        }
        add("You", posting.may.isEmpty ? "may read" : "may " + Self.words(posting.may))
        return PageTable(
            title,
            detail: posting.rules.isEmpty && posting.slowModeMs == 0 ? "open" : "with rules",
            columns: [.init("", name: "label", width: 10), .init("", name: "text")],
            rows: rows,
            empty: ""
        )
    }

    private static func words(_ acts: [PostingAct]) -> String { acts.map(\.rawValue).joined(separator: ", ") }

    // MARK: - What is told to oneself

    /// An invitation, a ban, a place in an event: news in `@me` that a sentence says.
    mutating func tellOwn(_ entry: Entry) -> [Effect] {
        let by = name(of: entry.by)
        let sentence: String
        var effects: [Effect] = []
        switch entry.kind {
        case .invited:
            let channel = entry.text ?? "a channel"
            sentence = "\(by) invites you to #\(channel): /join #\(channel), or /decline #\(channel)"
            effects = [.ask(.access(.ownInvitations))]
        case .sanctionsChanged: sentence = entry.sanctionSentence
        case .reportDecided: sentence = decided(entry)
        case .roleOffered:
            let words = (entry.text ?? "").split(separator: " ").map(String.init)
            guard words.count > 1 else { return [] }
            let (agency, role) = (words[0], words[1])
            let place = words.count > 2 && words[2] != agency ? " in \(words[2])" : ""
            let answers = "/work accept \(agency), or /work decline \(agency)"
            sentence = "\(agency) offers you the role \(role)\(place): \(answers)"
        case .registrationChanged:
            // Until when a place is kept is not in the entry: the answer tells it.
            effects = [.ask(.place(.waitingOffers))]
            guard let told = registration(entry.text ?? "") else { return effects }
            sentence = told
        default: return []
        }
        // What is caught up with is told, too: nobody else will say it again. Only old news is not.
        guard now - entry.at < Self.newsMilliseconds else { return [] }
        let plain = MessageText.oneLine(sentence)
        tell(plain, entry.kind == .sanctionsChanged ? .trouble : .news)
        if !hasFocus && ownPresence != .doNotDisturb { effects.append(.notify(title: "chat-tui", body: plain)) }
        return effects
    }

    /// A day: longer away, and the tables say how it is.
    private static let newsMilliseconds: Int64 = 86_400_000

    /// Whoever reports something hears what became of it, not what the moderators noted for each other.
    private func decided(_ entry: Entry) -> String {
        let place = entry.channel.flatMap { rooms[$0] }.map { " in \(title(of: $0))" } ?? ""
        let outcome =
            switch entry.text.flatMap(ReportState.init(word:)) {
            case .resolved: "something was done about it"
            case .dismissed: "nothing had to be done"
            case .open, .unknown, nil: "it is open again"
            }
        return "\(name(of: entry.by)) looked at what you reported\(place): \(outcome)"
    }

    /// `devconf declined` as a sentence; nothing for what one did oneself, and for a place that is kept.
    private func registration(_ text: String) -> String? {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2, let state = AttendeeState(rawValue: parts[1]) else { return nil }
        let event = parts[0]
        return switch state {
        case .registered: "you have a place in \(event)"
        case .declined: "you have no place in \(event): an organizer said no"
        case .lapsed: "the place in \(event) went to somebody else; /register \(event) asks again"
        case .requested, .waiting, .offered, .withdrawn, .unknown: nil
        }
    }
}
