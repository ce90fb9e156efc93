package import ChatAPI
package import Engine

/// The engine's API without a socket: the same table, the same bytes, the same errors, in process.
package struct LocalService: Service {
    private let engine: Engine
    private let caller: Caller

    package init(_ engine: Engine, as caller: Caller) {
        self.engine = engine
        self.caller = caller
    }

    package func call<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        _ options: CallOptions
    ) async throws(APIError) -> Output {
        let raw = RawCall(caller: caller, options: options, body: Coding.encode(input))
        return try Coding.decode(Output.self, from: try await engine.api.perform(endpoint.name, raw))
    }
}
