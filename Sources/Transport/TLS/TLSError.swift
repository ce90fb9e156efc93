import COpenSSL
import Glibc

/// What OpenSSL or a certificate refused, in a sentence.
package struct TLSError: Error, CustomStringConvertible, Sendable {
    package let sentence: String

    package init(_ sentence: String) { self.sentence = sentence }

    /// Takes OpenSSL's error queue of this thread, which must not leak into the next call.
    static func last(_ attempt: String) -> TLSError {
        var reasons: [String] = []
        var isSystem = false
        while true {
            let code = ERR_get_error()
            if code == 0 { break }
            let reason: String
            if code & systemFlag != 0 {
                isSystem = true
                reason = String(cString: strerror(Int32(truncatingIfNeeded: code & (systemFlag - 1))))
            } else {
                reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
            }
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        // OpenSSL says of its caller "system lib" when the system has said why.
        if isSystem { reasons.removeAll { $0 == "system lib" } }
        return TLSError(reasons.isEmpty ? attempt : "\(attempt): \(reasons.joined(separator: ", "))")
    }

    /// `ERR_SYSTEM_FLAG` of <openssl/err.h>: below it lies an errno.
    private static let systemFlag: UInt = 0x8000_0000

    package var description: String { sentence }
}
