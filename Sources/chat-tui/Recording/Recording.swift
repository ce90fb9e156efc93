package import ChatAPI
import ChatKit
import TerminalUI

/// The lines of a recording: one member says what happened, and the daemon's news are in their form of the wire.
package enum Recording {
    /// Nil for what needs no record because replaying makes it again.
    package static func line(_ action: Action) -> [String: JSON]? {
        switch action {
        case .input(let event): input(event)
        case .live(let events): ["live": .array(events.compactMap(live))]
        case .opened(let opening, _):
            [
                "opened": .object([
                    "account": opening.account.map(json) ?? .null, "channels": json(opening.channels),
                    "accounts": json(opening.accounts), "registers": json(opening.registers),
                ])
            ]
        case .loaded(let channel, let timeline):
            ["loaded": .string(channel.description), "entries": json(timeline.all), "head": .integer(timeline.head)]
        case .answered(.page(let channel, let page), .success(.page(let entries))):
            ["page": .string(channel.description), "entries": json(entries), "kind": .string(kind(page))]
        case .answered(.sketch(let request), .success(.sketch(let reply))): line(request, reply)
        case .drawn(let cid, let result): line(cid, result)
        case .drawings(let draws): ["drawings": json(draws)]
        case .answered(_, .success(.me(let me))): ["me": json(me)]
        case .answered(_, .success(.accounts(let accounts))): ["accounts": json(accounts)]
        case .notice(let text, let isTrouble): ["notice": .string(text), "trouble": .bool(isTrouble)]
        case .line(let text): ["line": .string(text)]
        default: nil
        }
    }

    private static func input(_ event: InputEvent) -> [String: JSON]? {
        switch event {
        case .key(let key): ["key": .string(key.description)]
        case .paste(let text, let isLast): ["paste": .string(text), "last": .bool(isLast)]
        case .focus(let isOn): ["focus": .bool(isOn)]
        case .resize(let size): ["size": .array([.integer(Int64(size.width)), .integer(Int64(size.height))])]
        case .mouse(let mouse): line(mouse)
        case .reply, .signal: nil
        }
    }

    private static func live(_ event: LiveEvent) -> JSON? {
        switch event {
        case .state(.live): ["state": "live"]
        case .state(.connecting): ["state": "connecting"]
        case .state(.offline(let reason, let retry)):
            ["state": "offline", "reason": .string(reason), "retry": .integer(retry)]
        case .welcome(let welcome): ["welcome": json(welcome)]
        case .entries(let log, let entries): ["log": .string(log), "entries": json(entries)]
        case .sketch(let sketch, let entries): ["sketch": .string(sketch.description), "operations": json(entries)]
        case .logs(let states): ["logs": json(states)]
        case .gap(let gap): ["gap": json(gap)]
        case .ephemeral(let news): ["ephemeral": json(news)]
        default: nil
        }
    }

    private static func kind(_ page: Room.Page) -> String {
        switch page {
        case .newest: "newest"
        case .before(let seq): "before \(seq)"
        case .after(let seq): "after \(seq)"
        case .around(let seq): "around \(seq)"
        }
    }

    /// A wire value as JSON; what it is made of was JSON before.
    static func json(_ value: some Encodable) -> JSON {
        (try? Coding.decode(JSON.self, from: Coding.encode(value))) ?? .null
    }

    // MARK: - Reading

    /// The actions of a line; empty for what this program does not know. Nil when the line is no JSON object.
    package static func actions(_ line: some Sequence<UInt8>) -> [Action]? {
        guard let value = try? Coding.decode(JSON.self, from: Array(line)), case .object = value else { return nil }
        var actions: [Action] = []
        if let now = value["now"]?.integer { actions.append(.clock(now)) }
        if let seed = value["seed"]?.integer { actions.append(.names(seed: UInt64(bitPattern: seed))) }
        if let size = value["size"]?.array, size.count == 2, let width = size[0].integer, let height = size[1].integer {
            actions.append(.input(.resize(Size(width: Int(clamping: width), height: Int(clamping: height)))))
        }
        if let key = value["key"]?.string.flatMap({ Key($0) }) { actions.append(.input(.key(key))) }
        if let text = value["paste"]?.string {
            actions.append(.input(.paste(text, isLast: value["last"] != .bool(false))))
        }
        if case .bool(let isOn)? = value["focus"] { actions.append(.input(.focus(isOn))) }
        if let mouse = mouse(value) { actions.append(.input(.mouse(mouse))) }
        if let text = value["notice"]?.string {
            actions.append(.notice(text, isTrouble: value["trouble"] == .bool(true)))
        }
        if let text = value["line"]?.string { actions.append(.line(text)) }
        return actions + news(value)
    }

    private static func news(_ value: JSON) -> [Action] {
        if let opened = value["opened"] {
            var opening = CachedOpening()
            opening.account = decode(opened["account"])
            opening.channels = decode(opened["channels"]) ?? []
            opening.accounts = decode(opened["accounts"]) ?? []
            opening.registers = decode(opened["registers"]) ?? []
            return [.opened(opening, outbox: [])]
        }
        if let id = value["loaded"]?.string.flatMap({ ChannelID($0) }), let entries: [Entry] = decode(value["entries"])
        {
            var timeline = Timeline(limit: Room.entryLimit)
            timeline.apply(entries)
            timeline.extend(to: value["head"]?.integer ?? 0)
            return [.loaded(id, timeline)]
        }
        if let id = value["page"]?.string.flatMap({ ChannelID($0) }), let page: EntryPage = decode(value["entries"]) {
            return [.answered(.page(id, kind(value["kind"]?.string ?? "")), .success(.page(page)))]
        }
        if let me: Me = decode(value["me"]) { return [.answered(.me, .success(.me(me)))] }
        if let accounts: [Account] = decode(value["accounts"]) {
            return [.answered(.accounts([]), .success(.accounts(accounts)))]
        }
        if let events = value["live"]?.array { return [.live(events.compactMap(event))] }
        return sketch(value).map { [$0] } ?? []
    }

    private static func event(_ value: JSON) -> LiveEvent? {
        if let state = value["state"]?.string {
            switch state {
            case "live": return .state(.live)
            case "offline":
                return .state(
                    .offline(reason: value["reason"]?.string ?? "", retryMilliseconds: value["retry"]?.integer ?? 0)
                )
            default: return .state(.connecting)
            }
        }
        if let welcome: Welcome = decode(value["welcome"]) { return .welcome(welcome) }
        if let log = value["log"]?.string, let entries: [Entry] = decode(value["entries"]) {
            return .entries(log: log, entries)
        }
        if let sketch = value["sketch"]?.string.flatMap({ SketchID($0) }),
            let entries: [SketchEntry] = decode(value["operations"])
        {
            return .sketch(sketch, entries)
        }
        if let states: [LogState] = decode(value["logs"]) { return .logs(states) }
        if let gap: Gap = decode(value["gap"]) { return .gap(gap) }
        if let news: Ephemeral = decode(value["ephemeral"]) { return .ephemeral(news) }
        return nil
    }

    private static func kind(_ text: String) -> Room.Page {
        let words = text.split(separator: " ")
        guard words.count == 2, let seq = Int64(words[1]) else { return .newest }
        return words[0] == "before" ? .before(seq) : words[0] == "after" ? .after(seq) : .around(seq)
    }

    static func decode<Value: Decodable>(_ value: JSON?) -> Value? {
        guard let value, value != .null else { return nil }
        return try? Coding.decode(Value.self, fromAnswer: Coding.encode(value))
    }
}

extension Recording {
    /// When a line was recorded, from the start.
    static func milliseconds(_ line: some Sequence<UInt8>) -> Int64 {
        (try? Coding.decode(JSON.self, from: Array(line)))?["ms"]?.integer ?? 0
    }
}
