package import ChatAPI

/// Plays a transcript on a stage. What does not fit is thrown with the line's number.
package struct TranscriptRun {
    private let transcript: Transcript
    private let stage: any Stage
    private var pattern = JSONPattern()
    private var answers: [String: Result<JSON, APIError>] = [:]
    /// Ephemeral news that came while something else was waited for: they have no place in the order of the logs.
    private var early: [String: [JSON]] = [:]
    /// Every answer in a form that is the same on every stage, with the line that it belongs to.
    package private(set) var record: [String] = []

    /// A push is there a few milliseconds after the answer; this long only if it is lost.
    private static let pushMilliseconds: Int64 = 15_000

    package init(_ transcript: Transcript, on stage: any Stage) {
        self.transcript = transcript
        self.stage = stage
    }

    package mutating func play() async throws {
        for line in transcript.lines {
            do {
                try await play(line)
            } catch {
                throw TestFailure("\(transcript.name):\(line.number) over \(stage.name): \(error)\n    \(line.text)")
            }
        }
    }

    private mutating func play(_ line: Transcript.Line) async throws {
        switch line.step {
        case .enter(let actor, var kind):
            if case .visitor(let code) = kind { kind = .visitor(pattern.filled(.string(code)).string ?? code) }
            let id = try await stage.enter(actor, kind)
            if let id { pattern.bindings[actor] = .string(id.description) }
            pattern.bindings.merge(stage.facts(about: actor)) { $1 }
        case .call(let actor, let operation, let input, let options):
            for name in pattern.unknown(in: input) {
                pattern.bindings[name] = .string(World.cid().description)
            }
            let answer = try await stage.call(actor, operation, pattern.filled(input), options)
            answers[actor] = answer
            record.append("\(line.number) \(Normal.text(answer))")
        case .answer(let actor, let wanted):
            switch answers[actor] {
            case .success(let json):
                if let mismatch = pattern.mismatch(json, wanted) {
                    throw TestFailure("\(mismatch)\n    in \(JSONPattern.text(json))")
                }
            case .failure(let error): throw TestFailure("was refused: \(error.code.rawValue): \(error.detail)")
            case nil: throw TestFailure("has called nothing")
            }
        case .refusal(let actor, let code, let part):
            guard case .failure(let error) = answers[actor] else {
                throw TestFailure("was not refused: \(answers[actor].map(Normal.text) ?? "")")
            }
            guard error.code == code, error.detail.contains(part) else {
                throw TestFailure("was refused otherwise: \(error.code.rawValue) \"\(error.detail)\"")
            }
        default: try await hear(line.step)
        }
    }

    private mutating func hear(_ step: Transcript.Step) async throws {
        switch step {
        case .arrives(let actor, let kind, let wanted):
            guard let live = try stage.listener(actor) else { return }
            try await arrives(kind, wanted, actor, on: live)
        case .passOver(let actor):
            _ = try await stage.listener(actor)?.roundtrip()
            early[actor] = nil
        case .nothing(let actor):
            let frames = try await stage.listener(actor)?.roundtrip() ?? []
            let entries = frames.filter { $0["push"] != nil && $0["messagesSoFar"] != nil && $0["channel"] != nil }
            if !entries.isEmpty { throw TestFailure("something arrived: \(entries.map(JSONPattern.text))") }
        case .closed(let actor, let code):
            guard let live = try stage.listener(actor) else { return }
            let end = try await live.end()
            if end.code != code { throw TestFailure("was closed with \(end.code) \(end.reason)") }
        case .reconnect(let actor):
            early[actor] = nil
            try await stage.reconnect(actor)
        default: break
        }
    }

    private mutating func arrives(
        _ kind: String,
        _ wanted: JSON,
        _ actor: String,
        on live: LiveClient
    ) async throws {
        let isPlain = !["gap", "ended", "bye", "ephemeral"].contains(kind)
        var others: [String] = []
        if kind == "ephemeral", let news = early[actor] {
            for (index, body) in news.enumerated() {
                var trial = pattern
                guard trial.mismatch(body, wanted) == nil else { continue }
                pattern = trial
                // What is older than it is out of date.
                early[actor] = Array(news[(index + 1)...])
                return
            }
            others = news.map(JSONPattern.text)
        }
        do {
            while true {
                let frame = try await live.next(within: Self.pushMilliseconds)
                let body = isPlain ? (frame["push"] == .string(kind) ? frame : nil) : frame[kind]
                var trial = pattern
                if let body, trial.mismatch(body, wanted) == nil {
                    pattern = trial
                    return
                }
                if let news = frame["ephemeral"], kind != "ephemeral" { early[actor, default: []].append(news) }
                others.append(JSONPattern.text(frame))
            }
        } catch {
            throw TestFailure("did not arrive (\(error)); these did:\n    \(others.joined(separator: "\n    "))")
        }
    }
}

/// Answers without what differs between two runs of the same calls: ids by order of appearance, no times, no secrets.
package enum Normal {
    /// What is random or depends on the machine.
    private static let masked: Set<String> = [
        "accessToken", "refreshToken", "secret", "epoch", "address", "previousHash", "hash",
        "payloadHash", "headHash", "residentBytes", "connections", "liveSessions", "writeQueue", "searchLag",
        "startedAt",
        // Who has drawn in the last five seconds.
        "drawing",
        "commit", "isLive", "retryAfterMs", "nextCursor", "lastUsedAt",
    ]

    package static func text(_ answer: Result<JSON, APIError>) -> String {
        switch answer {
        case .success(let json): return text(json)
        case .failure(let error): return text((try? Coding.decode(JSON.self, from: Coding.encode(error))) ?? .null)
        }
    }

    package static func text(_ json: JSON) -> String {
        let plain = JSONPattern.text(clean(json))
        return numbered(plain)
    }

    private static func clean(_ json: JSON) -> JSON {
        switch json {
        case .object(let members):
            return .object(
                Dictionary(
                    uniqueKeysWithValues: members.compactMap { name, value in
                        // REST names every request, in answers and in the audit log; a caller in process does not.
                        if name == "requestId" { return nil }
                        if masked.contains(name) { return (name, "…") }
                        // What the audit log says of its keys and cuts holds their hashes.
                        if name == "object", ["key/", "trim/"].contains(where: { value.string?.hasPrefix($0) == true })
                        {
                            return (name, "…")
                        }
                        // A code to hand out is a secret; the code of a refusal is a word of a closed list.
                        if name == "code", let code = value.string, isSecret(code) { return (name, "…") }
                        // Guests get names at random, and a calendar is stamped with the time.
                        if let text = value.string, text.hasPrefix(Names.guestPrefix) || text.hasPrefix("BEGIN:") {
                            return (name, "…")
                        }
                        // How long people waited.
                        if name.hasSuffix("WaitMs"), value.integer != nil { return (name, "TIME") }
                        // One's channels come by their ids, and those of one millisecond are in no order.
                        if name == "channels", case .array(let items) = value {
                            let byName = items.sorted {
                                ($0["channel"]?["name"]?.string ?? "") < ($1["channel"]?["name"]?.string ?? "")
                            }
                            return (name, clean(.array(byName)))
                        }
                        return (name, clean(value))
                    }
                )
            )
        case .array(let items): return .array(items.map(clean))
        // A key, a signature.
        case .string(let text) where text.utf8.count >= 64 && text.allSatisfy(\.isHexDigit): return "…"
        // A time in a sentence.
        case .string(let text) where text.contains(" UTC"):
            return .string(text.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/, with: "TIME"))
        case .string(let text) where text.contains(/\d\d:\d\d:\d\dZ/):
            let clean = text.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/, with: "TIME")
            return .string(clean.replacing(/"at":1\d{12}/, with: "\"at\":TIME"))
        // Any time since 2001 in Unix milliseconds.
        case .integer(let number) where number > 1_000_000_000_000: return "TIME"
        default: return json
        }
    }

    private static func isSecret(_ code: String) -> Bool {
        code.hasPrefix("plz_") || (code.utf8.count == 11 && code.dropFirst(5).hasPrefix("-"))
    }

    /// Ids as `ID1`, `ID2`, … in the order in which they appear.
    private static func numbered(_ text: String) -> String {
        var ids: [String: Int] = [:]
        var result = ""
        var rest = text[...]
        while !rest.isEmpty {
            if rest.utf8.count >= 36,
                let end = rest.utf8.index(rest.startIndex, offsetBy: 36, limitedBy: rest.endIndex),
                let word = String(rest.utf8[..<end]), ClientID(word) != nil
            {
                let number = ids[word] ?? ids.count + 1
                ids[word] = number
                result += "ID\(number)"
                rest = rest[end...]
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }
}
