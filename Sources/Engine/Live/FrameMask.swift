package import ChatAPI

/// Takes out of a frame what people wrote, drew or typed: what stays is named here, everything else is masked.
package enum FrameMask {
    /// Members whose text is a word of the protocol.
    private static let words: Set<String> = [
        "call", "push", "kind", "state", "code", "role", "epoch", "capabilities", "caps", "type", "action",
    ]
    /// Members whose number is one of order, time or size.
    private static let numbers: Set<String> = [
        "id", "seq", "at", "head", "from", "target", "replyTo", "rev", "messagesSoFar", "broadcastsSoFar", "limit",
        "after", "before", "version", "heartbeatMs", "retryMs", "retryAfterMs", "status", "online", "messages",
        "mentions", "frameBytes", "messageBytes", "callsInFlight", "viewPeople", "memberCount", "number",
    ]

    /// In a word or two: which call, an answer or an error, which push.
    package static func kind(of frame: JSON) -> String {
        if let call = frame["call"]?.string { return call.count <= 60 ? call : "call" }
        if let push = frame["push"]?.string { return push.count <= 60 ? push : "push" }
        for name in ["hello", "error", "gap", "ephemeral", "ended", "bye"] where frame[name] != nil { return name }
        return frame["ok"] != nil ? "answer" : "unknown"
    }

    package static func masked(_ json: JSON) -> JSON { masked(json, of: "") }

    private static func masked(_ json: JSON, of member: String) -> JSON {
        switch json {
        case .object(let members):
            var result: [String: JSON] = [:]
            for (name, value) in members {
                // Names of members are the protocol's, but for maps whose names are people's: those are ids or masked.
                let isOurs = name.utf8.count <= 40 && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
                result[isOurs ? name : "(\(name.utf8.count) bytes)"] = masked(value, of: name)
            }
            return .object(result)
        case .array(let items): return .array(items.map { masked($0, of: member) })
        case .string(let text):
            return words.contains(member) || isName(text) ? json : .string("(\(text.utf8.count) bytes)")
        case .integer, .number:
            // A position in a log is the value of a member that is the log's name.
            return numbers.contains(member) || isName(member) ? json : .string("(number)")
        case .bool, .null: return json
        }
    }

    /// Ids, and names of logs made of them.
    private static func isName(_ text: String) -> Bool {
        let last = text.split(separator: "/").last.map(String.init) ?? text
        return ClientID(last) != nil || text == "@me" || text == "@audit"
    }
}
