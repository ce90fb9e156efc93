package import ChatAPI

/// The JSON of what a live connection says besides pushes: answers, gaps, farewells.
package enum LiveFrames {
    /// `{"id":7,"ok":…}` around JSON that is ready.
    package static func answer(_ id: Int64, ok json: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(reserving: json.count + 32)
        writer.openObject()
        writer.key("id")
        writer.value(id)
        writer.key("ok")
        writer.raw(json)
        writer.closeObject()
        return writer.finish()
    }

    /// The hot answer: a message is durable.
    package static func answer(_ id: Int64, sent: Sent) -> [UInt8] {
        var writer = JSONWriter(reserving: 64)
        writer.openObject()
        writer.key("id")
        writer.value(id)
        writer.key("ok")
        writer.openObject()
        writer.key("seq")
        writer.value(sent.seq)
        writer.key("at")
        writer.value(sent.at)
        writer.closeObject()
        writer.closeObject()
        return writer.finish()
    }

    /// As hot while people draw: an operation is durable.
    package static func answer(_ id: Int64, drawn: SketchDrawn) -> [UInt8] {
        guard drawn.stroke == nil, drawn.skipped == nil else { return answer(id, ok: Coding.encode(drawn)) }
        return answer(id, sent: Sent(seq: drawn.seq, at: drawn.at))
    }

    package static func answer(_ id: Int64, error: APIError) -> [UInt8] {
        wrap("error", Coding.encode(error), id: id)
    }

    package static func gap(_ gap: Gap) -> [UInt8] { wrap("gap", Coding.encode(gap)) }

    /// A log that may not be followed any longer.
    package static func ended(_ log: LogID) -> [UInt8] { wrap("ended", Coding.encode(["log": log.wireName])) }

    package static func bye(_ bye: Bye) -> [UInt8] { wrap("bye", Coding.encode(bye)) }

    package static func ephemeral(_ news: Ephemeral) -> [UInt8] { wrap("ephemeral", Coding.encode(news)) }

    private static func wrap(_ name: StaticString, _ json: [UInt8], id: Int64? = nil) -> [UInt8] {
        var writer = JSONWriter(reserving: json.count + 32)
        writer.openObject()
        if let id {
            writer.key("id")
            writer.value(id)
        }
        writer.key(name)
        writer.raw(json)
        writer.closeObject()
        return writer.finish()
    }
}
