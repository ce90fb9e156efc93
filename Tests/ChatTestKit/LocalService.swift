package import ChatAPI
package import Engine

/// The engine's API without a socket: the same table, the same bytes, the same errors, in process.
package struct LocalService: Service {
    private let engine: Engine
    private let caller: Caller
    /// Whether it answers as a daemon that is newer than its clients.
    private let isOfTomorrow: Bool

    package init(_ engine: Engine, as caller: Caller, isOfTomorrow: Bool = false) {
        self.engine = engine
        self.caller = caller
        self.isOfTomorrow = isOfTomorrow
    }

    package func call<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        _ options: CallOptions
    ) async throws(APIError) -> Output {
        let raw = RawCall(caller: caller, options: options, body: Coding.encode(input))
        var answer = try await engine.api.perform(endpoint.name, raw)
        if isOfTomorrow {
            answer = Coding.encode(Tomorrow.retold(try Coding.decode(JSON.self, from: answer), Schema(Output.self)))
        }
        return try Coding.decode(Output.self, fromAnswer: answer)
    }
}
