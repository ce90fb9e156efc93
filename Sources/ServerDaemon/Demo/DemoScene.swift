import ChatAPI
import Glibc

/// The demo's story read into scenes with times. What is wrong in it is a mistake of the program.
struct DemoScene {
    var at: Milliseconds
    var channel: String
    var who: String
    var text: String
    var label: String?
    var answers: String?
    var reactions: [(emoji: String, by: [String])] = []
    var isPinned = false
    var edited: String?
    var readBy: [String] = []

    /// - Parameter now: what `today` counts back from.
    static func read(_ story: String, now: Milliseconds) -> [DemoScene] {
        var scenes: [DemoScene] = []
        for line in story.split(separator: "\n") {
            if line.hasPrefix("+ ") {
                precondition(!scenes.isEmpty, "the story begins with a +")
                scenes[scenes.count - 1].add(line.dropFirst(2))
            } else {
                scenes.append(DemoScene(line, now: now))
            }
        }
        for (first, second) in zip(scenes, scenes.dropFirst()) {
            precondition(first.at <= second.at, "'\(second.text)' is told before its time")
        }
        return scenes
    }

    private init(_ line: Substring, now: Milliseconds) {
        let parts = line.split(separator: " ", maxSplits: 4)
        precondition(parts.count == 5, "'\(line)' is no line of a story")
        at = Self.time(String(parts[0]), String(parts[1]), now)
        channel = String(parts[2])
        who = String(parts[3])
        var rest = parts[4]
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            label = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(end, offsetBy: 2)...]
        } else if rest.hasPrefix(">"), let end = rest.firstIndex(of: " ") {
            answers = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        }
        text = String(rest)
    }

    private mutating func add(_ line: Substring) {
        let words = line.split(separator: " ")
        switch words[0] {
        case "pin": isPinned = true
        case "edit": edited = String(line.dropFirst(5))
        case "read": readBy += words.dropFirst().map(String.init)
        default: reactions.append((String(words[0]), words.dropFirst().map(String.init)))
        }
    }

    /// `3 09:02`: three days ago in local time; `today 44`: 44 minutes ago.
    private static func time(_ day: String, _ time: String, _ now: Milliseconds) -> Milliseconds {
        guard let days = Int64(day) else {
            guard day == "today", let minutes = Int64(time) else { preconditionFailure("'\(day) \(time)' is no time") }
            return now - minutes * 60_000
        }
        let clock = time.split(separator: ":").compactMap { Int32($0) }
        guard clock.count == 2 else { preconditionFailure("'\(time)' is no time of day") }
        var seconds = time_t(now / 1_000)
        var local = tm()
        localtime_r(&seconds, &local)
        local.tm_mday -= Int32(days)
        (local.tm_hour, local.tm_min, local.tm_sec, local.tm_isdst) = (clock[0], clock[1], 0, -1)
        return Int64(mktime(&local)) * 1_000
    }
}
