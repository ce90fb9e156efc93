import COpenSSL

/// What OpenSSL or a certificate refused, in a sentence.
package struct TLSError: Error, CustomStringConvertible, Sendable {
    package let sentence: String

    package init(_ sentence: String) { self.sentence = sentence }

    /// Takes OpenSSL's error queue of this thread, which must not leak into the next call.
    static func last(_ attempt: String) -> TLSError {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            if code == 0 { break }
            let reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        return TLSError(reasons.isEmpty ? attempt : "\(attempt): \(reasons.joined(separator: ", "))")
    }

    package var description: String { sentence }
}
