import ChatAPI

/// The API as an OpenAPI 3.1 document, made from the same rows that answer calls. The same rows give the same bytes.
package enum OpenAPI {
    package static func document(of api: API) -> [UInt8] {
        var paths: [String: JSON] = [:]
        for row in api.rows {
            var methods: [String: JSON] = [:]
            if case .object(let known)? = paths[row.path.description] { methods = known }
            methods[row.method.rawValue.lowercased()] = operation(row)
            paths[row.path.description] = .object(methods)
        }
        return Coding.encode(
            JSON.object([
                "openapi": "3.1.0",
                "info": [
                    "title": "Plaza",
                    "version": .string(Version.number),
                    "description": "Times are Unix milliseconds in UTC, ids UUIDv7. Unknown members are ignored.",
                    "license": ["name": "MIT", "identifier": "MIT"],
                ],
                "security": [["bearer": []]],
                "paths": .object(paths),
                "components": [
                    "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer"]],
                    "schemas": ["Problem": problem],
                    "responses": [
                        "Problem": [
                            "description": "Refused (RFC 9457).",
                            "content": [
                                "application/problem+json": [
                                    "schema": ["$ref": "#/components/schemas/Problem"]
                                ]
                            ],
                        ]
                    ],
                ],
            ])
        )
    }

    private static func operation(_ row: APIRow) -> JSON {
        let inPath = Set(row.path.parameters)
        let members = members(of: row.input())
        var parameters = row.path.parameters.map { name in
            parameter(
                name,
                in: "path",
                members.first { $0.name == name }?.schema ?? .string(format: nil),
                isRequired: true
            )
        }
        var operation: [String: JSON] = [
            "operationId": .string(row.name),
            "summary": .string(row.summary),
            "tags": [.string(String(row.name.prefix { $0 != "." }))],
            "x-capability": .string(row.needs.rawValue),
            "responses": [
                "200": [
                    "description": "Done.",
                    "content": ["application/json": ["schema": schema(row.output())]],
                ],
                "default": ["$ref": "#/components/responses/Problem"],
            ],
        ]
        if row.needs == .anyone { operation["security"] = [[:]] }
        let rest = members.filter { !inPath.contains($0.name) }
        if row.changes {
            parameters.append(header("Idempotency-Key", "A repeat with the same key gets the first answer. Kept 24 h."))
            parameters.append(parameter("dryRun", in: "query", .boolean, isRequired: false))
            if !rest.isEmpty {
                operation["requestBody"] = [
                    "required": true,
                    "content": ["application/json": ["schema": schema(.object(rest))]],
                ]
            }
        } else {
            parameters += rest.map { parameter($0.name, in: "query", $0.schema, isRequired: $0.isRequired) }
        }
        if row.method == .patch || row.method == .put {
            parameters.append(header("If-Match", "The version that was seen; another one is refused with 412."))
        }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        return .object(operation)
    }

    private static func parameter(_ name: String, in place: String, _ shape: Schema, isRequired: Bool) -> JSON {
        ["name": .string(name), "in": .string(place), "required": .bool(isRequired), "schema": schema(shape)]
    }

    private static func header(_ name: String, _ text: String) -> JSON {
        [
            "name": .string(name), "in": "header", "required": false, "description": .string(text),
            "schema": ["type": "string"],
        ]
    }

    private static func members(of shape: Schema) -> [Schema.Member] {
        if case .object(let members) = shape { members } else { [] }
    }

    // MARK: - Schemas

    private static func schema(_ shape: Schema) -> JSON {
        switch shape {
        case .string(let format):
            format.map { ["type": "string", "format": .string($0)] } ?? ["type": "string"]
        case .integer: ["type": "integer", "format": "int64"]
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .names(let names): ["type": "string", "enum": .array(names.map { .string($0) })]
        case .array(let item): ["type": "array", "items": schema(item)]
        case .map(let item): ["type": "object", "additionalProperties": schema(item)]
        case .any: [:]
        case .object(let members): object(members)
        }
    }

    private static func object(_ members: [Schema.Member]) -> JSON {
        var properties: [String: JSON] = [:]
        for member in members { properties[member.name] = schema(member.schema) }
        var result: [String: JSON] = ["type": "object", "properties": .object(properties)]
        let required = members.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { result["required"] = .array(required) }
        return .object(result)
    }

    /// Every code with its status: the one closed list.
    private static var problem: JSON {
        let codes = APIError.Code.allCases
        return [
            "type": "object",
            "description": .string(
                codes.map { "`\($0.rawValue)` (\($0.status)): \($0.title)." }.joined(separator: " ")
            ),
            "required": ["type", "title", "status", "detail", "code"],
            "properties": [
                "type": ["type": "string"],
                "title": ["type": "string"],
                "status": ["type": "integer"],
                "detail": ["type": "string", "description": "What was wrong, and the limit."],
                "instance": ["type": "string"],
                "code": ["type": "string", "enum": .array(codes.map { .string($0.rawValue) })],
                "requestId": ["type": "string"],
                "retryAfterMs": ["type": "integer"],
                "errors": [
                    "type": "array",
                    "items": [
                        "type": "object",
                        "properties": ["pointer": ["type": "string"], "message": ["type": "string"]],
                    ],
                ],
                "from": ["type": "string", "description": "The state of a workflow that refused a step."],
                "action": ["type": "string", "description": "The step."],
                "allowed": ["type": "array", "items": ["type": "string"]],
            ],
        ]
    }
}
