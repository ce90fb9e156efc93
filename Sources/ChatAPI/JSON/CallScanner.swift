/// Reads the envelope of any call, `{"id":…,"call":"…","key":"…","dryRun":…,"ifMatch":"…","in":{…}}`, and leaves the
/// input as bytes: only the operation knows its type.
package enum CallScanner {
    package struct Envelope: Sendable, Equatable {
        package var id: Int64
        package var call: String
        package var key: String?
        package var dryRun: Bool
        package var ifMatch: String?
        /// The JSON of `in`; empty if there is none.
        package var input: [UInt8]
    }

    /// Nil unless it is one valid JSON object with a whole number `id` and a text `call`. Unknown members are passed over,
    /// repeated ones refused: two readers of one frame must not see two calls.
    package static func scan(_ bytes: UnsafeRawBufferPointer) -> Envelope? {
        var cursor = JSONCursor(bytes)
        guard cursor.take(UInt8(ascii: "{")), cursor.peek() != UInt8(ascii: "}") else { return nil }
        var parts = Parts()
        while true {
            guard let name = cursor.string(), cursor.take(UInt8(ascii: ":")), let key = cursor.text(name),
                parts.take(key, &cursor), let follows = cursor.next(orEnd: UInt8(ascii: "}"))
            else { return nil }
            if !follows { break }
        }
        guard cursor.isAtEnd, let id = parts.id, let call = parts.call else { return nil }
        return Envelope(
            id: id,
            call: call,
            key: parts.key,
            dryRun: parts.dryRun,
            ifMatch: parts.ifMatch,
            input: parts.input.map { [UInt8](cursor.raw($0)) } ?? []
        )
    }

    private struct Parts {
        var id: Int64?
        var call: String?
        var key: String?
        var dryRun = false
        var ifMatch: String?
        var input: Range<Int>?
        private var seen: Set<String> = []

        mutating func take(_ name: String, _ cursor: inout JSONCursor) -> Bool {
            switch name {
            case "id", "call", "key", "dryRun", "ifMatch", "in":
                guard seen.insert(name).inserted else { return false }
            default:
                return cursor.skipValue()
            }
            // An absent option and null are the same.
            if name != "id", name != "call", cursor.peek() == UInt8(ascii: "n") { return cursor.literal("null") }
            switch name {
            case "id":
                id = cursor.integer()
                return id != nil
            case "dryRun":
                dryRun = cursor.literal("true")
                return dryRun || cursor.literal("false")
            case "in":
                let start = cursor.index
                guard cursor.skipValue() else { return false }
                input = start..<cursor.index
                return true
            default:
                guard let found = cursor.string(), let value = cursor.text(found) else { return false }
                switch name {
                case "call": call = value
                case "key": key = value
                default: ifMatch = value
                }
                return true
            }
        }
    }
}
