package import ChatAPI

/// A value as it is printed: members keep the order of their declaration, so that people find things where they were.
package indirect enum Node: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([Node])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: Node

        package init(_ name: String, _ value: Node) {
            self.name = name
            self.value = value
        }
    }

    /// Any wire value.
    package init(_ value: some Encodable) {
        let encoder = NodeEncoder()
        do {
            try encoder.encode(value)
        } catch {
            preconditionFailure("a wire value could not be encoded: \(type(of: value))")
        }
        self = encoder.node
    }

    /// Members of untyped JSON have no order of their own: theirs is the alphabet's.
    package init(json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .text(value)
        case .array(let items): self = .list(items.map(Node.init(json:)))
        case .object(let members):
            self = .object(members.sorted { $0.key < $1.key }.map { Member($0.key, Node(json: $0.value)) })
        }
    }

    /// A member, or nil if this is no object or has no such member.
    package subscript(name: String) -> Node? {
        if case .object(let members) = self { members.first { $0.name == name }?.value } else { nil }
    }

    /// The value at a path of members: `account.name`. Null where there is nothing.
    package func at(_ path: String) -> Node {
        if let value = self[path] { return value }
        guard let dot = path.firstIndex(of: ".") else { return .null }
        return self[String(path[..<dot])]?.at(String(path[path.index(after: dot)...])) ?? .null
    }

    package var text: String? { if case .text(let value) = self { value } else { nil } }

    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

    /// The same with one more member, behind `name` if that is there, else at the end. Replaces one of that name.
    package func adding(_ name: String, _ value: Node, after neighbour: String? = nil) -> Node {
        guard case .object(var members) = self else { return self }
        members.removeAll { $0.name == name }
        let index = members.firstIndex { $0.name == neighbour }.map { $0 + 1 } ?? members.count
        members.insert(Member(name, value), at: index)
        return .object(members)
    }

    /// Only what stands at these paths, in their order; nested paths stay nested.
    package func picking(_ paths: [String]) -> Node {
        var picked: [Member] = []
        for path in paths { Self.put(at(path), path[...], into: &picked, whole: self) }
        return .object(picked)
    }

    private static func put(_ value: Node, _ path: Substring, into members: inout [Member], whole: Node) {
        guard whole[String(path)] == nil, let dot = path.firstIndex(of: ".") else {
            if !members.contains(where: { $0.name == path }) { members.append(Member(String(path), value)) }
            return
        }
        let name = String(path[..<dot])
        let rest = path[path.index(after: dot)...]
        var inner: [Member] = []
        let index = members.firstIndex { $0.name == name }
        if let index, case .object(let known) = members[index].value { inner = known }
        put(value, rest, into: &inner, whole: whole[name] ?? .null)
        if let index { members[index].value = .object(inner) } else { members.append(Member(name, .object(inner))) }
    }
}
