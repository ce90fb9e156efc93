/// Names of emoji, `:tada:`: those that people of other chats type without looking.
package enum Emoji {
    /// `:+1:`, `+1` or the emoji itself; nil if it is neither a known name nor a picture.
    package static func of(_ text: String) -> String? {
        let name =
            text.hasPrefix(":") && text.hasSuffix(":") && text.utf8.count > 2
            ? String(text.dropFirst().dropLast()) : text
        if let found = byName[name.lowercased()] { return found }
        // An emoji as it is: anything that is no letter, digit or punctuation of ASCII.
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x80 }), text.utf8.count <= 48, text.count == 1 else {
            return nil
        }
        return text
    }

    /// Names that begin with this, then those that hold it; each picture once, by the first of its names that fits.
    package static func matching(_ part: String, limit: Int = 8) -> [(name: String, emoji: String)] {
        let part = part.lowercased()
        let starting = table.filter { $0.name.hasPrefix(part) }
        let holding = table.filter { !$0.name.hasPrefix(part) && $0.name.contains(part) }
        var seen: Set<String> = []
        return Array((starting + holding).filter { seen.insert($0.emoji).inserted }.prefix(limit))
    }

    /// `:tada:` in a text becomes the picture; what is no name stays.
    package static func expanded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: ":") {
            result += rest[..<start]
            let after = rest.index(after: start)
            guard let end = rest[after...].firstIndex(where: { !$0.isLetter && !$0.isNumber && !"_+-".contains($0) }),
                rest[end] == ":", let emoji = byName[String(rest[after..<end])]
            else {
                result += ":"
                rest = rest[after...]
                continue
            }
            result += emoji
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static let byName = Dictionary(table.map { ($0.name, $0.emoji) }, uniquingKeysWith: { first, _ in first })

    package static let table: [(name: String, emoji: String)] = [
        ("+1", "👍"), ("-1", "👎"), ("thumbsup", "👍"), ("thumbsdown", "👎"), ("heart", "❤️"), ("tada", "🎉"), ("joy", "😂"),
        ("smile", "😄"), ("grin", "😁"), ("wink", "😉"), ("thinking", "🤔"), ("eyes", "👀"), ("rocket", "🚀"), ("fire", "🔥"),
        ("100", "💯"), ("ok", "🆗"), ("ok_hand", "👌"), ("clap", "👏"), ("wave", "👋"), ("pray", "🙏"), ("raised_hands", "🙌"),
        ("muscle", "💪"), ("check", "✅"), ("white_check_mark", "✅"), ("x", "❌"), ("warning", "⚠️"), ("question", "❓"),
        ("exclamation", "❗"), ("bulb", "💡"), ("bug", "🐛"), ("wrench", "🔧"), ("hammer", "🔨"), ("gear", "⚙️"),
        ("lock", "🔒"),
        ("unlock", "🔓"), ("key", "🔑"), ("star", "⭐"), ("sparkles", "✨"), ("zap", "⚡"), ("boom", "💥"), ("coffee", "☕"),
        ("beer", "🍺"), ("pizza", "🍕"), ("cake", "🎂"), ("gift", "🎁"), ("party", "🥳"), ("sob", "😭"), ("cry", "😢"),
        ("sad", "🙁"), ("angry", "😠"), ("scream", "😱"), ("sunglasses", "😎"), ("upside_down", "🙃"), ("shrug", "🤷"),
        ("facepalm", "🤦"), ("sleeping", "😴"), ("zzz", "💤"), ("robot", "🤖"), ("skull", "💀"), ("ghost", "👻"),
        ("cat", "🐱"),
        ("dog", "🐶"), ("bird", "🐦"), ("snake", "🐍"), ("turtle", "🐢"), ("penguin", "🐧"), ("unicorn", "🦄"),
        ("rainbow", "🌈"),
        ("sun", "☀️"), ("moon", "🌙"), ("cloud", "☁️"), ("snowflake", "❄️"), ("umbrella", "☔"), ("tree", "🌳"),
        ("apple", "🍎"),
        ("clock", "🕐"), ("hourglass", "⏳"), ("calendar", "📅"), ("pin", "📌"), ("paperclip", "📎"), ("memo", "📝"),
        ("book", "📖"), ("books", "📚"), ("link", "🔗"), ("mail", "📧"), ("phone", "📞"), ("computer", "💻"), ("camera", "📷"),
        ("art", "🎨"), ("music", "🎵"), ("microphone", "🎤"), ("ticket", "🎫"), ("trophy", "🏆"), ("medal", "🏅"),
        ("checkered_flag", "🏁"), ("construction", "🚧"), ("ship", "🚢"), ("train", "🚆"), ("bike", "🚲"), ("earth", "🌍"),
        ("point_up", "☝️"), ("point_right", "👉"), ("point_left", "👈"), ("handshake", "🤝"), ("salute", "🫡"),
        ("melting", "🫠"),
    ]
}
