import ChatAPI
import TerminalUI

/// A work list at the head of the sidebar, with how much is in it: Queue, Chats, Inbox, Reports.
struct WorkList: Equatable {
    enum Kind: Equatable { case queue(QueueID), chats, inbox, reports }

    let kind: Kind
    let name: String
    let count: Int
    /// Somebody waits longer than is good, or is alone.
    let isUrgent: Bool

    /// What this person has to do; nothing for those who take from no queue, decide on no reports, and are asked nothing.
    static func all(_ model: Model) -> [WorkList] {
        let reported = model.places.reports.count { $0.state == .open }
        let reports = WorkList(kind: .reports, name: "Reports", count: reported, isUrgent: true)
        return desk(model) + (reported > 0 ? [reports] : [])
    }

    private static func desk(_ model: Model) -> [WorkList] {
        guard let availability = model.help.availability else { return model.askedCount > 0 ? [inbox(model)] : [] }
        let queues = availability.queues.map { counters in
            let name = availability.queues.count == 1 ? "Queue" : "Queue " + counters.name
            let waited = counters.oldestAt.map { model.now - $0 } ?? 0
            return WorkList(
                kind: .queue(counters.queue),
                name: name,
                count: counters.waiting,
                isUrgent: counters.unattended > 0 || waited > Self.longMilliseconds
            )
        }
        let mine = model.runningChats.filter { $0.organizer == model.me?.id }
        let chats = WorkList(kind: .chats, name: "Chats", count: mine.count, isUrgent: false)
        return queues + [chats, inbox(model)]
    }

    private static func inbox(_ model: Model) -> WorkList {
        let mentions = model.rooms.values.reduce(Int64(0)) { sum, room in
            guard !model.muted.contains(room.id) else { return sum }
            return sum + room.unread.mentions + (room.channel.kind.isPrivate ? room.unread.unread : 0)
        }
        return WorkList(kind: .inbox, name: "Inbox", count: Int(mentions) + model.askedCount, isUrgent: false)
    }

    /// Who waits for five minutes is shown in red, whatever the queue promises.
    static let longMilliseconds: Int64 = 300_000

    func isOpen(_ model: Model) -> Bool {
        switch (kind, model.page?.kind) {
        case (.queue(let id), .queue(let open)?): id == open
        case (.chats, .chats?), (.reports, .reports?): true
        default: false
        }
    }

    func draw(_ model: Model, in frame: inout Frame, _ area: Rect) {
        let isOpen = isOpen(model)
        let role: Theme.Role =
            isOpen ? .sidebarCurrent : count == 0 ? .sidebar : isUrgent || kind == .inbox ? .mention : .unread
        let style = model.theme[role]
        frame.fill(area, style: isOpen ? style : .plain)
        let number = count > 999 ? "999+" : count > 0 ? String(count) : ""
        let width = number.utf8.count
        frame.put(" " + Text.truncated(name, width: area.width - width - 3), at: area.origin, in: area, style: style)
        frame.put(number, at: Point(x: area.endX - width - 1, y: area.y), in: area, style: style)
    }
}

extension Model {
    mutating func open(_ list: WorkList) -> [Effect] {
        switch list.kind {
        case .queue(let id): return open(.queue(id))
        case .chats: return open(.chats)
        case .reports: return open(.reports)
        case .inbox:
            overlay = .list(inbox)
            return []
        }
    }
}
