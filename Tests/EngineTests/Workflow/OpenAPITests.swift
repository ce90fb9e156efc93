import ChatAPI
import ChatTestKit
import Engine
import Testing

/// The API's description: every row is in it, and the same rows are the same bytes.
@Suite("OpenAPI")
struct OpenAPITests {
    @Test func `every operation is there with its place, parameters and shapes`() throws {
        let temporary = try TemporaryEngine()
        let api = temporary.engine.api
        let bytes = OpenAPI.document(of: api)
        #expect(bytes == OpenAPI.document(of: api))
        let document = try Coding.decode(JSON.self, from: bytes)
        #expect(document["openapi"]?.string == "3.1.0")
        #expect(!api.rows.isEmpty)
        for row in api.rows {
            let operation = try #require(
                document["paths"]?[row.path.description]?[row.method.rawValue.lowercased()],
                "\(row.name)"
            )
            #expect(operation["operationId"]?.string == row.name)
            let parameters = operation["parameters"]?.array ?? []
            let names = parameters.filter { $0["in"]?.string == "path" }.compactMap { $0["name"]?.string }
            #expect(names == row.path.parameters, "\(row.name)")
            #expect(operation["responses"]?["200"] != nil && operation["responses"]?["default"] != nil)
        }
        let send = document["paths"]?["/v1/channels/{channel}/messages"]?["post"]
        let body = send?["requestBody"]?["content"]?["application/json"]?["schema"]
        #expect(body?["properties"]?["text"]?["type"]?.string == "string")
        #expect(body?["required"]?.array?.contains("cid") == true)
        #expect(body?["properties"]?["channel"] == nil)
        let codes = document["components"]?["schemas"]?["Problem"]?["properties"]?["code"]?["enum"]?.array
        #expect(codes?.count == APIError.Code.allCases.count)
    }
}
