import COpenSSL
import Glibc
import Synchronization

/// The certificate and key of a server, exchangeable while it runs: open connections keep the ones they began with.
package final class TLSServerContext: Sendable {
    package let certificateFile: String
    package let keyFile: String

    /// Tier: leaf.
    private let current: Mutex<TLSContext>

    /// Reads PEM files; the certificate file holds the chain, the server's own certificate first.
    package init(certificateFile: String, keyFile: String) throws(TLSError) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        current = Mutex(try Self.load(certificateFile, keyFile))
    }

    /// Reads the files again. When that fails the old certificate stays in use.
    package func reload() throws(TLSError) {
        let fresh = try Self.load(certificateFile, keyFile)
        current.withLock { $0 = fresh }
    }

    /// When the certificate ends, in Unix seconds.
    package var certificateExpiry: Int64 { current.withLock { $0.certificateExpiry } }

    func makeSession() throws(TLSError) -> TLSSession {
        let context = current.withLock { $0 }
        return try TLSSession(try context.makeSSL(), isServer: true)
    }

    private static func load(_ certificateFile: String, _ keyFile: String) throws(TLSError) -> TLSContext {
        ERR_clear_error()
        let context = try TLSContext(method: TLS_server_method())
        guard SSL_CTX_use_certificate_chain_file(context.pointer, certificateFile) == 1 else {
            throw TLSError.last("cannot read the certificate \(certificateFile)")
        }
        guard SSL_CTX_use_PrivateKey_file(context.pointer, keyFile, SSL_FILETYPE_PEM) == 1 else {
            throw TLSError.last("cannot read the key \(keyFile)")
        }
        guard SSL_CTX_check_private_key(context.pointer) == 1 else {
            throw TLSError.last("the key \(keyFile) does not belong to the certificate \(certificateFile)")
        }
        copenssl_answer_http11(context.pointer)
        var end = tm()
        guard let certificate = SSL_CTX_get0_certificate(context.pointer),
            ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1
        else { throw TLSError.last("the certificate \(certificateFile) has no end date") }
        context.certificateExpiry = Int64(timegm(&end))
        return context
    }
}

/// An `SSL_CTX`. OpenSSL counts its references, and it is only read after it was set up.
final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer
    fileprivate(set) var certificateExpiry: Int64 = 0

    init(method: OpaquePointer?) throws(TLSError) {
        guard let pointer = SSL_CTX_new(method) else { throw TLSError.last("cannot start OpenSSL") }
        self.pointer = pointer
        copenssl_set_mode(pointer)
        copenssl_set_options(pointer)
        copenssl_never_ask_password(pointer)
        guard copenssl_require_tls12(pointer) == 1 else { throw TLSError.last("this OpenSSL does not speak TLS 1.2") }
    }

    deinit { SSL_CTX_free(pointer) }

    func makeSSL() throws(TLSError) -> OpaquePointer {
        guard let ssl = SSL_new(pointer) else { throw TLSError.last("cannot make a TLS session") }
        return ssl
    }
}
