import ChatAPI

/// What may be asked for, and in how many words. Pure.
enum RequestRules {
    /// The first text of a request: what was written, or the topic's title.
    static func texts(_ draft: RequestDraft, _ topic: Topic?) throws(APIError) -> [String] {
        if let text = draft.text, !TextRules.isBlank(text) {
            try TextRules.check(text, named: "text", limit: Limits.messageBytes)
            return [text]
        }
        guard let topic else {
            throw APIError.invalid("text", "is empty, and no topic is named: say what it is about")
        }
        return [topic.title]
    }

    static func check(added text: String, to request: RequestRow) throws(APIError) {
        try TextRules.check(text, named: "text", limit: Limits.messageBytes)
        if TextRules.isBlank(text) { throw .invalid("text", "is empty") }
        guard request.texts.count < Limits.requestTexts else {
            throw APIError(
                .conflict,
                "the request has \(Limits.requestTexts) texts, the most there can be: wait for the chat"
            )
        }
    }

    static func topic(_ key: String?, of queue: QueueFacts) throws(APIError) -> Topic? {
        guard let key else { return nil }
        if let topic = queue.topic(key) { return topic }
        let keys = queue.settings.topics.map(\.key)
        var refusal = APIError.invalid("topic", "is '\(key.prefix(40))', which \(queue.name) does not have")
        refusal.allowed = keys
        throw refusal
    }

    static func check(reason: String) throws(APIError) {
        try TextRules.check(reason, named: "reason", limit: Limits.reasonBytes)
        if TextRules.isBlank(reason) { throw .invalid("reason", "is empty: the participant is told why") }
    }

    /// Somebody else has it: who, and until when a claim holds.
    static func alreadyClaimed(by account: AccountID, _ name: String, until: Milliseconds?) -> APIError {
        var refusal = APIError(
            .alreadyClaimed,
            until == nil ? "\(name) has taken this request" : "\(name) holds this request for the moment"
        )
        refusal.by = account
        refusal.until = until
        return refusal
    }
}
