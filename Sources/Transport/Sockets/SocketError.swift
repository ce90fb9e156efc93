import CLibUV
import Glibc

/// A call to the operating system that failed, with a sentence that says what was tried.
package struct SocketError: Error, CustomStringConvertible, Sendable {
    /// The `errno`, positive; zero where the refusal is ours.
    package let number: Int32
    package let sentence: String

    package init(number: Int32, _ attempt: String) {
        self.number = number
        self.sentence = number == 0 ? attempt : "\(attempt): \(String(cString: strerror(number)))"
    }

    /// libuv reports `-errno`.
    init(uv status: Int32, _ attempt: String) { self.init(number: -status, attempt) }

    package var description: String { sentence }
}
