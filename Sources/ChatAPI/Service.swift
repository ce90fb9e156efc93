/// Whoever answers calls: a daemon far away, over REST or the live connection, or an engine in this process.
package protocol Service: Sendable {
    func call<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        _ options: CallOptions
    ) async throws(APIError) -> Output
}

extension Service {
    package func call<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input
    ) async throws(APIError) -> Output {
        try await call(endpoint, input, CallOptions())
    }

    package func call<Output>(_ endpoint: Endpoint<Empty, Output>) async throws(APIError) -> Output {
        try await call(endpoint, Empty(), CallOptions())
    }
}
