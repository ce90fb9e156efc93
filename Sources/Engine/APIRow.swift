package import ChatAPI
import Storage

/// One operation, with its types erased: JSON in, JSON out, the same for every transport.
package struct APIRow: Sendable {
    package let name: String
    package let method: Method
    package let path: PathPattern
    package let needs: Capability
    package let summary: String
    package let changes: Bool
    /// The shapes of input and output, made when somebody asks: OpenAPI, queries.
    package let input: @Sendable () -> Schema
    package let output: @Sendable () -> Schema
    /// Reads an answer as a client does: what a proof asks of words and members that only a newer daemon says.
    package let answer: Answer
    private let handler: Handler

    package struct Answer: Sendable {
        package let read: @Sendable ([UInt8]) throws(APIError) -> Void
    }

    /// A closure that throws typed errors may not stand in a collection by itself with this compiler; a struct may.
    private struct Handler: Sendable {
        let run: @Sendable (RawCall, Milliseconds) async throws -> [UInt8]
    }

    init<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ handler: @escaping @Sendable (Input, Call) async throws -> Output
    ) {
        name = endpoint.name
        method = endpoint.method
        path = endpoint.path
        needs = endpoint.needs
        summary = endpoint.summary
        changes = endpoint.changes
        input = { Schema(Input.self) }
        output = { Schema(Output.self) }
        answer = Answer { bytes throws(APIError) in _ = try Coding.decode(Output.self, fromAnswer: bytes) }
        let schema = Schema(Input.self)
        let (name, changes) = (endpoint.name, endpoint.changes)
        self.handler = Handler { raw, now in
            let input = try Coding.decode(
                Input.self,
                schema: schema,
                path: raw.path,
                query: raw.query,
                body: raw.body
            )
            let call = Call(
                caller: raw.caller,
                operation: name,
                options: changes ? raw.options : CallOptions(requestID: raw.options.requestID),
                now: now,
                inputHash: raw.options.key == nil ? nil : Hash.of(Coding.encode(input))
            )
            return Coding.encode(try await handler(input, call))
        }
    }

    /// Answers a call with JSON, or refuses it. The capability is checked before the input is looked at.
    package func perform(_ raw: RawCall, now: Milliseconds) async throws(APIError) -> [UInt8] {
        do {
            try raw.caller.require(needs)
            if let key = raw.options.key, key.isEmpty || key.utf8.count > Limits.keyBytes {
                throw APIError.invalid("key", "must have 1 to \(Limits.keyBytes) bytes")
            }
            return try await handler.run(raw, now)
        } catch let ready as ReadyAnswer {
            return ready.json
        } catch {
            var refusal = APIError(refusal: error)
            refusal.instance = name
            refusal.requestID = raw.options.requestID
            throw refusal
        }
    }
}
