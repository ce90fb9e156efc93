import ChatAPI

/// The frames of the live connection as values: what a client sends, and what it understands of what comes.
enum LiveFrames {
    static func hello(_ hello: Hello) -> [UInt8] {
        Coding.encode(HelloFrame(id: helloID, hello: hello))
    }

    /// The id of `hello` on every connection; calls count on from there.
    static let helloID: Int64 = 1

    private struct HelloFrame: Encodable {
        let id: Int64
        let hello: Hello
    }

    /// `{"id":7,"call":"messages.send","in":{…},"key":…}`. Options stand beside the input, never in it.
    static func call(id: Int64, name: String, input: [UInt8], options: CallOptions) -> [UInt8] {
        var json = JSONWriter(reserving: input.count + name.utf8.count + 64)
        json.openObject()
        json.key("id")
        json.value(id)
        json.key("call")
        json.value(name)
        json.key("in")
        json.raw(input)
        if let key = options.key {
            json.key("key")
            json.value(key)
        }
        if options.dryRun {
            json.key("dryRun")
            json.value(true)
        }
        if let version = options.ifMatch {
            json.key("ifMatch")
            json.value(version)
        }
        if let request = options.requestID {
            json.key("requestId")
            json.value(request)
        }
        json.closeObject()
        return json.finish()
    }

    /// The output in an answer's frame.
    static func output<Output: Decodable>(
        _: Output.Type,
        of frame: [UInt8]
    ) throws(APIError) -> Output {
        do throws(APIError) {
            return try Coding.decode(Answer<Output>.self, fromAnswer: frame).ok
        } catch {
            throw APIError(.internal, "the daemon's answer could not be read: \(error.detail)")
        }
    }

    private struct Answer<Output: Decodable>: Decodable {
        let ok: Output
    }
}

/// A frame from the daemon, read in one pass.
enum IncomingFrame: Decodable {
    /// The answer to a call; its output is read by whoever called.
    case answer(id: Int64, error: APIError?)
    case entry(Entry)
    case audit(AuditEntry)
    case sketch(SketchPush)
    case gap(Gap)
    /// The log may not be read any longer.
    case ended(log: String)
    case ephemeral(Ephemeral)
    case bye(Bye)
    /// Of a newer daemon: ignored.
    case unknown

    /// The frame of these bytes: what people draw comes thirty times a second and has a reader of its own.
    static func read(_ bytes: [UInt8]) throws(APIError) -> IncomingFrame {
        if let push = bytes.withUnsafeBytes({ SketchScanner.push($0) }) { return .sketch(push) }
        return try Coding.decode(IncomingFrame.self, fromAnswer: bytes)
    }

    private enum Key: String, CodingKey {
        case id, error, push, gap, ended, bye, ephemeral
    }

    private struct Ended: Decodable {
        let log: String
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let kind = try container.decodeIfPresent(String.self, forKey: .push) {
            switch kind {
            case "audit": self = .audit(try AuditEntry(from: decoder))
            case "operations": self = .sketch(try SketchPush(from: decoder))
            // Of a kind that is not known, what stands in a log counts there; anything else is passed over.
            case _ where EntryKind(word: kind) == nil:
                self = (try? Entry(from: decoder)).map { .entry($0) } ?? .unknown
            default: self = .entry(try Entry(from: decoder))
            }
        } else if let id = try container.decodeIfPresent(Int64.self, forKey: .id) {
            self = .answer(id: id, error: try container.decodeIfPresent(APIError.self, forKey: .error))
        } else if let ephemeral = try container.decodeIfPresent(Ephemeral.self, forKey: .ephemeral) {
            self = .ephemeral(ephemeral)
        } else if let gap = try container.decodeIfPresent(Gap.self, forKey: .gap) {
            self = .gap(gap)
        } else if let bye = try container.decodeIfPresent(Bye.self, forKey: .bye) {
            self = .bye(bye)
        } else if let ended = try container.decodeIfPresent(Ended.self, forKey: .ended) {
            self = .ended(log: ended.log)
        } else {
            self = .unknown
        }
    }
}
