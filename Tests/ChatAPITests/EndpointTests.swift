import ChatAPI
import ChatTestKit
import Testing

/// The table of operations: names, methods and paths that nothing else has, inputs that fit their paths.
@Suite("Endpoints")
struct EndpointTests {
    @Test
    func `no two operations share a name, or a method and a path`() {
        let all = Operation.all
        #expect(Set(all.map(\.name)).count == all.count)
        var places: [String: String] = [:]
        for operation in all {
            // `{channel}` and `{account}` match the same: the name of a parameter is no difference.
            let shape = operation.path.segments.map { segment in
                if case .literal(let text) = segment { text } else { "{}" }
            }.joined(separator: "/")
            let place = "\(operation.method.rawValue) /\(shape)"
            #expect(places[place] == nil, "\(place) is \(operation.name) and \(places[place] ?? "")")
            places[place] = operation.name
        }
    }

    @Test
    func `a path begins with the version, and its parameters are members of the input`() {
        for operation in Operation.all {
            #expect(operation.path.description.hasPrefix("/v1/"), "\(operation.name)")
            #expect(Set(operation.path.parameters).count == operation.path.parameters.count)
            guard case .object(let members) = operation.input else {
                #expect(operation.path.parameters.isEmpty, "\(operation.name) has no members")
                continue
            }
            for parameter in operation.path.parameters {
                let member = members.first { $0.name == parameter }
                #expect(member?.isRequired == true, "\(operation.name): {\(parameter)}")
            }
        }
    }

    @Test
    func `everything a GET takes can stand in a query`() {
        for operation in Operation.all where operation.method == .get {
            guard case .object(let members) = operation.input else { continue }
            for member in members {
                switch member.schema {
                case .object, .map, .any, .array(.object): Issue.record("\(operation.name): \(member.name)")
                default: break
                }
            }
        }
    }

    @Test
    func `what changes something takes a key, what reads does not`() {
        #expect(!Endpoint<Empty, Me>.me.changes)
        #expect(Endpoint<Message, Sent>.sendMessage.changes)
        for operation in Operation.all { #expect(operation.changes == (operation.method != .get)) }
    }

    @Test
    func `path patterns`() {
        let pattern: PathPattern = "/v1/channels/{channel}/messages/{seq}"
        #expect(pattern.parameters == ["channel", "seq"])
        #expect(pattern.segments.count == 5)
        #expect(pattern.description == "/v1/channels/{channel}/messages/{seq}")
        #expect(PathPattern(stringLiteral: "/").segments.isEmpty)
    }
}
