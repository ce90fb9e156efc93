/// Where a grant reaches: `platform`, `agency/<id>`, `event/<id>`, `queue/<id>` or `channel/<id>`.
///
/// A scope reaches everything inside it: an agency's grant its events, their queues and channels.
package struct Scope: Sendable, Hashable {
    package enum Kind: String, WireEnum {
        case platform
        case agency
        case event
        case queue
        case channel
        /// What this program does not know.
        case unknown
    }

    package let kind: Kind
    /// Whose id it is says the kind; zero for the platform.
    package let id: ID<Scope>

    package init(_ kind: Kind, _ id: ID<Scope>) {
        self.kind = kind
        self.id = id
    }

    package static let platform = Scope(.platform, ID(high: 0, low: 0))
    package static func agency(_ id: AgencyID) -> Scope { Scope(.agency, id.retyped()) }
    package static func event(_ id: EventID) -> Scope { Scope(.event, id.retyped()) }
    package static func channel(_ id: ChannelID) -> Scope { Scope(.channel, id.retyped()) }
}

extension Scope: LosslessStringConvertible {
    package var description: String { kind == .platform ? kind.rawValue : "\(kind.rawValue)/\(id)" }

    package init?(_ text: String) {
        if text == Kind.platform.rawValue {
            self = .platform
            return
        }
        guard let slash = text.firstIndex(of: "/"), let kind = Kind(word: String(text[..<slash])),
            kind != .platform, let id = ID<Scope>(String(text[text.index(after: slash)...]))
        else { return nil }
        self.init(kind, id)
    }
}

extension Scope: Codable, KnownSchema {
    package static var schema: Schema { .string(format: nil) }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        if let scope = Scope(text) {
            self = scope
        } else if decoder.userInfo[.isAnswer] as? Bool ?? false {
            let id = text.firstIndex(of: "/").flatMap { ID<Scope>(String(text[text.index(after: $0)...])) }
            self.init(.unknown, id ?? Scope.platform.id)
        } else {
            let sentence = "is '\(text.prefix(60))'; it is platform, or agency, event, queue or channel, '/' and an id"
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: sentence))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
