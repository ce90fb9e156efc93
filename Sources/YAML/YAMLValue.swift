/// A YAML document as a tree of values, each of which knows where it stood, so that every complaint about it can say
/// so.
package struct YAMLValue: Sendable {
    package enum Content: Sendable {
        case null
        case bool(Bool)
        case int(Int64)
        case double(Double)
        case string(String)
        case sequence([YAMLValue])
        /// In the order of the document; keys are unique.
        case mapping([YAMLEntry])
    }

    package var content: Content
    /// Where the value starts; nil for values that were not read.
    package var mark: YAMLMark?

    package init(_ content: Content, mark: YAMLMark? = nil) {
        self.content = content
        self.mark = mark
    }

    package static var null: YAMLValue { YAMLValue(.null) }
    package static func bool(_ value: Bool) -> YAMLValue { YAMLValue(.bool(value)) }
    package static func int(_ value: Int64) -> YAMLValue { YAMLValue(.int(value)) }
    package static func double(_ value: Double) -> YAMLValue { YAMLValue(.double(value)) }
    package static func string(_ value: String) -> YAMLValue { YAMLValue(.string(value)) }
    package static func sequence(_ values: [YAMLValue]) -> YAMLValue { YAMLValue(.sequence(values)) }
    package static func mapping(_ entries: [YAMLEntry]) -> YAMLValue { YAMLValue(.mapping(entries)) }

    /// The value of a key; nil if this is no mapping or has no such key.
    package subscript(key: String) -> YAMLValue? { entries?.first { $0.key == key }?.value }

    package var bool: Bool? { if case .bool(let value) = content { value } else { nil } }
    package var int: Int64? { if case .int(let value) = content { value } else { nil } }
    package var string: String? { if case .string(let value) = content { value } else { nil } }
    package var sequence: [YAMLValue]? { if case .sequence(let values) = content { values } else { nil } }
    package var entries: [YAMLEntry]? { if case .mapping(let entries) = content { entries } else { nil } }
    package var isNull: Bool { if case .null = content { true } else { false } }

    /// A number, whole or not.
    package var double: Double? {
        switch content {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// What this is, for complaints: "must be a number, not a list".
    package var kind: String {
        switch content {
        case .null: "nothing"
        case .bool: "true or false"
        case .int: "a whole number"
        case .double: "a number"
        case .string: "a text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// A complaint about this value, with its place.
    package func error(_ sentence: String) -> YAMLError { YAMLError(mark, sentence) }
}

/// A key with its value.
package struct YAMLEntry: Sendable {
    package var key: String
    package var keyMark: YAMLMark?
    package var value: YAMLValue

    package init(_ key: String, _ value: YAMLValue, keyMark: YAMLMark? = nil) {
        self.key = key
        self.value = value
        self.keyMark = keyMark
    }
}

/// A place in a document; both count from 1, columns in characters (Unicode scalars).
package struct YAMLMark: Sendable, Equatable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// Equality means the same values in the same order; places do not count. NaN equals NaN, 0.0 is not -0.0.
extension YAMLValue: Equatable {
    package static func == (a: YAMLValue, b: YAMLValue) -> Bool {
        switch (a.content, b.content) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
        // By scalars: Swift's == takes composed and decomposed letters for equal, a file does not.
        case (.string(let a), .string(let b)): a.unicodeScalars.elementsEqual(b.unicodeScalars)
        case (.sequence(let a), .sequence(let b)): a == b
        case (.mapping(let a), .mapping(let b)): a == b
        default: false
        }
    }
}

extension YAMLEntry: Equatable {
    package static func == (a: YAMLEntry, b: YAMLEntry) -> Bool {
        a.key.unicodeScalars.elementsEqual(b.key.unicodeScalars) && a.value == b.value
    }
}
