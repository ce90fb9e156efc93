import ChatAPI
import ChatKit

/// Which lines an action brings: what is new in the logs, what was told, what is asked. Each is told once.
package struct LinearReport: Sendable {
    /// Only this channel's entries; nil tells all.
    private let only: String?
    /// The last number told, per channel.
    private var told: [ChannelID: Int64] = [:]
    private var noticeCount = 0
    private var lastState = ""
    private var lastQuestion: String?
    private var lastProblem: String?
    private var shownRoom: ChannelID?
    /// Lines that wait for the names in them.
    private var held: [LinearLine] = []
    private var desk = LinearDesk()

    /// Entries that are told of a channel that is opened: enough to know what it is about.
    static let openingEntries = 20

    package init(only: String? = nil) { self.only = only }

    /// To be called after `update` with the same action.
    package mutating func lines(_ action: Action, _ model: Model) -> [LinearLine] {
        var lines: [LinearLine] = []
        if case .live(let events) = action {
            for event in events {
                switch event {
                case .state(let state): lines += self.state(state, model)
                case .entries(let log, let entries):
                    if let id = ChannelID(log), concerns(id, model) { lines += entriesLines(entries, of: id, model) }
                default: break
                }
            }
        }
        lines += current(model)
        lines += notices(model)
        lines += desk.lines(model)
        lines += problem(model)
        if let question = model.question?.text, question != lastQuestion { lines.append(.question(question)) }
        lastQuestion = model.question?.text
        held += lines
        let ready = held.firstIndex { Self.waits($0, model) } ?? held.count
        defer { held.removeFirst(ready) }
        return Array(held[..<ready])
    }

    /// Whether the name of an author is being asked for. Order is kept: what follows waits, too.
    private static func waits(_ line: LinearLine, _ model: Model) -> Bool {
        guard case .entry(let entry, let room) = line else { return false }
        guard model.isLive else {
            // What the cache holds without its name is told with it, unless there is no daemon to ask.
            guard case .connecting = model.connection else { return false }
            return model.accounts[entry.by] == nil || entry.account.map { model.accounts[$0] == nil } == true
        }
        // A channel that one has just come into is known by name in a moment.
        if model.rooms[room] == nil, model.now - entry.at < roomMilliseconds { return true }
        if model.book.isNameless(entry), model.book.pendingLists.contains(room) { return true }
        return model.pendingAccounts.contains(entry.by) || entry.account.map(model.pendingAccounts.contains) == true
    }

    private static let roomMilliseconds: Int64 = 3_000

    private func concerns(_ id: ChannelID, _ model: Model) -> Bool {
        guard only != nil else { return true }
        return id == model.current
    }

    private mutating func entriesLines(_ entries: [Entry], of id: ChannelID, _ model: Model) -> [LinearLine] {
        // What a channel held before it was looked at is told when it is opened.
        guard told[id] != nil || id != model.current else { return [] }
        let new = entries.filter { $0.seq > told[id] ?? 0 }
        if let last = new.last { told[id] = last.seq }
        return new.filter { $0.kind != .unknown }.map { .entry($0, room: id) }
    }

    /// The channel that is open: its last entries when it opens, then whatever a page brought behind them.
    private mutating func current(_ model: Model) -> [LinearLine] {
        guard let room = model.room, room.isLoaded, !room.timeline.isEmpty else { return [] }
        // Until the daemon has been asked for what is newest, the end is not known.
        if told[room.id] == nil, !room.isSettled(isLive: model.isLive) { return [] }
        var lines: [LinearLine] = []
        if shownRoom != room.id {
            shownRoom = room.id
            lines.append(.state("channel", text: "this is \(model.title(of: room))"))
        }
        let start =
            told[room.id].map { room.timeline.place(of: $0 + 1) } ?? max(0, room.timeline.count - Self.openingEntries)
        let isOpening = told[room.id] == nil
        for index in start..<room.timeline.count {
            let entry = room.timeline[index]
            told[room.id] = entry.seq
            // Changes are in the messages that are told now.
            if isOpening, !BlockLines.isShown(entry.kind) { continue }
            lines.append(.entry(entry, room: room.id))
        }
        return lines
    }

    private mutating func notices(_ model: Model) -> [LinearLine] {
        let new = min(model.noticeCount - noticeCount, model.notices.count)
        noticeCount = model.noticeCount
        return model.notices.suffix(max(0, new)).map { .notice($0.text, isTrouble: $0.kind == .trouble) }
    }

    /// What is wrong with an answer to a question, before the question is asked again.
    private mutating func problem(_ model: Model) -> [LinearLine] {
        var problem: String?
        if case .signIn(let form) = model.screen { problem = form.problem }
        defer { lastProblem = problem }
        guard let problem, problem != lastProblem else { return [] }
        return [.notice(problem, isTrouble: true)]
    }

    private mutating func state(_ state: LiveState, _ model: Model) -> [LinearLine] {
        let line: (String, String)
        switch state {
        case .live: line = ("live", "connected to \(model.serverName) as \(model.me?.name ?? "?")")
        case .connecting: return []
        case .offline(let reason, _): line = ("offline", "not connected: \(reason)")
        case .stopped where model.question != nil: line = ("stopped", "signed out")
        case .stopped(let error): line = ("stopped", "not connected: \(error.detail)")
        }
        guard line.1 != lastState else { return [] }
        lastState = line.1
        return [.state(line.0, text: line.1)]
    }
}
