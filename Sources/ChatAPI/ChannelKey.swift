/// A channel as a caller names it: by its id, or by its name with or without `#`. On the wire it is one text.
///
/// Ids stay sixteen bytes: they are what every message of a program is sent under.
package enum ChannelKey: Sendable, Hashable {
    case id(ChannelID)
    case name(String)

    package init(_ text: String) {
        self = ChannelID(text).map { .id($0) } ?? .name(text)
    }

    /// Nil if it is named otherwise.
    package var id: ChannelID? { if case .id(let id) = self { id } else { nil } }
}

extension ChannelKey: CustomStringConvertible {
    package var description: String {
        switch self {
        case .id(let id): id.description
        case .name(let name): name
        }
    }
}

extension ChannelKey: Codable, KnownSchema {
    package static var schema: Schema { .string(format: nil) }

    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
