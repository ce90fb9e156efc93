package import ChatAPI

/// One call on its way through the engine: who, with which options, under which operation's name.
package struct Call: Sendable {
    package let caller: Caller
    package let operation: String
    package let options: CallOptions
    /// When it arrived.
    package let now: Milliseconds
    /// Tells a repeat with the same body from another call under the same key. Nil without a key.
    package let inputHash: [UInt8]?

    package init(
        caller: Caller,
        operation: String,
        options: CallOptions = CallOptions(),
        now: Milliseconds,
        inputHash: [UInt8]? = nil
    ) {
        self.caller = caller
        self.operation = operation
        self.options = options
        self.now = now
        self.inputHash = inputHash
    }
}

/// What the API table gets from a transport: the input in whichever form it came.
package struct RawCall: Sendable {
    package var caller: Caller
    package var options: CallOptions
    package var path: [(name: String, value: String)]
    package var query: [(name: String, value: String)]
    package var body: [UInt8]

    package init(
        caller: Caller,
        options: CallOptions = CallOptions(),
        path: [(name: String, value: String)] = [],
        query: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.caller = caller
        self.options = options
        self.path = path
        self.query = query
        self.body = body
    }
}

/// An answer that was stored under the call's key, or that a dry run would have given: JSON, sent as it is.
struct ReadyAnswer: Error {
    let json: [UInt8]
}

extension CallOptions {
    /// A name for a call that came without one: it stands in the answer, the log and the audit log.
    package static func freshRequestID() -> String {
        let text = String(UInt64.random(in: 0 ... .max), radix: 36)
        return String(repeating: "0", count: 13 - text.count) + text
    }
}
