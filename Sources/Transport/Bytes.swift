/// An immutable run of bytes that many connections queue by reference: encoded once, counted once per holder.
///
/// It is one reference to an array's storage. Nothing copies it on the way to the socket, except the gathering of several
/// small ones into one write.
package struct Bytes: Sendable, Hashable {
    package let array: [UInt8]

    /// Takes the array over; no copy.
    package init(_ array: [UInt8]) { self.array = array }

    /// The UTF-8 form of a text.
    package init(_ text: String) { self.array = Array(text.utf8) }

    package static let empty = Bytes([])

    package var count: Int { array.count }
    package var isEmpty: Bool { array.isEmpty }

    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try array.withUnsafeBytes(body)
    }
}

extension Bytes: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: UInt8...) { self.init(elements) }
}

extension UnsafeMutableRawBufferPointer {
    /// Moves the start behind `count` bytes that a codec has taken.
    @inline(__always)
    package mutating func consume(_ count: Int) {
        self = UnsafeMutableRawBufferPointer(rebasing: self[count...])
    }
}
