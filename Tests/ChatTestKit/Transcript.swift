package import ChatAPI

/// A conversation with a daemon as text: who calls what, what is answered, and what others see of it.
///
///     people alice bob
///     alice> messages.send {"channel": "$tea", "cid": "$first", "text": "hello"}
///     alice< {"seq": 3}
///     bob< message {"seq": 3, "text": "hello", "by": "$alice"}
///     bob> messages.edit {"channel": "$tea", "seq": 3, "text": "mine"}
///     bob< error forbidden "only its author"
///
/// Lines:
/// - `people NAME…`, `admin NAME`, `bot NAME SCOPE…`: accounts with a token and a live connection. `guest` has neither,
///   `local` is the administrator of the Unix socket.
/// - `visitor NAME CODE`: somebody without an account who comes into an event with its code.
/// - `NAME> OPERATION [key=K] [dryRun] [ifMatch=V] {input}`: a call. An unknown `$name` in an input is a new UUIDv7.
/// - `NAME< {pattern}`, `NAME< error CODE "part of the sentence"`: its answer. Every call has one.
/// - `NAME< KIND {pattern}`: a push, `gap`, `ended`, `bye` or `ephemeral` that arrives; others before it are passed over,
///   but ephemeral news may come before what stands before them here.
/// - `NAME< ...`: what has arrived so far is passed over. `NAME< nothing`: no entry of a channel arrived since.
/// - `NAME< closed CODE`: the daemon closed the live connection. `NAME reconnects`: a new one.
/// - `on live rest local`: which transports it makes sense on; all three if it does not say.
/// A line that begins with a space continues the one before it; `#` begins a comment.
package struct Transcript: Sendable {
    package enum Step: Sendable {
        case enter(String, ActorKind)
        case call(String, Operation, JSON, CallOptions)
        case answer(String, JSON)
        case refusal(String, APIError.Code, String)
        case arrives(String, kind: String, JSON)
        case passOver(String)
        case nothing(String)
        case closed(String, Int)
        case reconnect(String)
    }

    package struct Line: Sendable {
        package let number: Int
        package let text: String
        package let step: Step
    }

    package let name: String
    package private(set) var lines: [Line] = []
    package private(set) var transports: Set<String> = ["live", "rest", "local"]

    package init(named name: String, _ text: String) throws {
        self.name = name
        var joined: [(number: Int, text: String)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("#") || line.allSatisfy(\.isWhitespace) { continue }
            if line.first == " ", let last = joined.indices.last {
                joined[last].text += " " + line.drop(while: \.isWhitespace)
            } else {
                joined.append((index + 1, String(line)))
            }
        }
        for (number, text) in joined {
            do {
                for step in try parse(text) { lines.append(Line(number: number, text: text, step: step)) }
            } catch {
                throw TestFailure("\(name):\(number): \(error): \(text)")
            }
        }
    }

    private mutating func parse(_ line: String) throws -> [Step] {
        let words = line.split(separator: " ").map(String.init)
        switch words[0] {
        case "people": return words.dropFirst().map { .enter($0, .person) }
        case "admin": return words.dropFirst().map { .enter($0, .admin) }
        case "bot":
            let scopes = words.dropFirst(2).compactMap { Capability(rawValue: $0) }
            return [.enter(words[1], .bot(scopes))]
        case "visitor":
            guard words.count == 3 else { throw TestFailure("a visitor has a name and a code") }
            return [.enter(words[1], .visitor(words[2]))]
        case "on":
            transports = Set(words.dropFirst())
            return []
        default: break
        }
        let actor = String(words[0].dropLast())
        let rest = line.dropFirst(words[0].count).drop(while: \.isWhitespace)
        switch words[0].last {
        case ">": return [try call(actor, String(rest))]
        case "<": return [try answer(actor, String(rest))]
        default:
            guard words.count == 2, words[1] == "reconnects" else { throw TestFailure("is no line of a transcript") }
            return [.reconnect(words[0])]
        }
    }

    private func call(_ actor: String, _ text: String) throws -> Step {
        let brace = text.firstIndex(of: "{") ?? text.endIndex
        let words = text[..<brace].split(separator: " ").map(String.init)
        guard let name = words.first, let operation = Operation.named(name) else {
            throw TestFailure("no such operation")
        }
        var options = CallOptions()
        for word in words.dropFirst() {
            if word == "dryRun" {
                options.dryRun = true
            } else if word.hasPrefix("key=") {
                options.key = String(word.dropFirst(4))
            } else if word.hasPrefix("ifMatch=") {
                options.ifMatch = String(word.dropFirst(8))
            } else {
                throw TestFailure("'\(word)' is no option")
            }
        }
        let input = brace == text.endIndex ? JSON.object([:]) : try Self.json(text[brace...])
        return .call(actor, operation, input, options)
    }

    private func answer(_ actor: String, _ text: String) throws -> Step {
        if text.hasPrefix("{") || text.hasPrefix("[") { return .answer(actor, try Self.json(text[...])) }
        if text == "..." { return .passOver(actor) }
        if text == "nothing" { return .nothing(actor) }
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count > 1 ? words[1] : ""
        switch words[0] {
        case "error":
            let parts = rest.split(separator: " ", maxSplits: 1).map(String.init)
            guard let code = APIError.Code(rawValue: parts.first ?? "") else { throw TestFailure("no such code") }
            let part = parts.count > 1 ? try Self.json(parts[1][...]).string ?? "" : ""
            return .refusal(actor, code, part)
        case "closed":
            guard let code = Int(rest) else { throw TestFailure("no close code") }
            return .closed(actor, code)
        default:
            return .arrives(actor, kind: words[0], rest.isEmpty ? .object([:]) : try Self.json(rest[...]))
        }
    }

    private static func json(_ text: Substring) throws -> JSON { try Coding.decode(JSON.self, from: Array(text.utf8)) }

    /// Operations with a success and with a refusal in this transcript.
    package var covered: (successes: Set<String>, refusals: Set<String>) {
        var covered: (successes: Set<String>, refusals: Set<String>) = ([], [])
        var last: [String: String] = [:]
        for line in lines {
            switch line.step {
            case .call(let actor, let operation, _, _): last[actor] = operation.name
            case .answer(let actor, _): if let name = last[actor] { covered.successes.insert(name) }
            case .refusal(let actor, _, _): if let name = last[actor] { covered.refusals.insert(name) }
            default: break
            }
        }
        return covered
    }
}

/// Who acts in a transcript.
package enum ActorKind: Sendable, Equatable {
    case person
    case admin
    case bot([Capability])
    /// A guest of the event of this code.
    case visitor(String)
    /// Not signed in.
    case guest
    /// The administrator of the Unix socket.
    case local
}
