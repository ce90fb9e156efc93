package import ChatAPI

/// A set of capabilities in one word: it is asked for on every call.
package struct CapabilitySet: Sendable, Equatable, ExpressibleByArrayLiteral {
    private var bits: UInt64 = 0

    package init(arrayLiteral elements: Capability...) { self.init(elements) }

    package init(_ capabilities: some Sequence<Capability>) {
        for capability in capabilities { bits |= Self.bit(capability) }
    }

    package var isEmpty: Bool { bits == 0 }

    package func contains(_ capability: Capability) -> Bool { bits & Self.bit(capability) != 0 }

    package func intersection(_ other: CapabilitySet) -> CapabilitySet {
        var result = self
        result.bits &= other.bits
        return result
    }

    package mutating func formUnion(_ other: CapabilitySet) { bits |= other.bits }

    package var list: [Capability] { Capability.words.filter(contains) }

    private static func bit(_ capability: Capability) -> UInt64 { bitsByCapability[capability] ?? 0 }

    private static let bitsByCapability: [Capability: UInt64] = {
        precondition(Capability.words.count <= UInt64.bitWidth, "one word holds 64 capabilities")
        return Dictionary(
            uniqueKeysWithValues: Capability.words.enumerated().map { ($0.element, UInt64(1) << $0.offset) }
        )
    }()
}

extension Role {
    /// The same as `capabilities`, made once.
    var set: CapabilitySet { Self.sets[self] ?? [] }

    private static let sets = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, CapabilitySet($0.capabilities)) }
    )
}
