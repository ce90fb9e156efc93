import COpenSSL
import Synchronization

/// What a client trusts. Verification is always on: chain, host name or address, dates.
package final class TLSClientContext: Sendable {
    /// PEM file with the authorities to trust instead of the system's, or nil for the system's.
    package let authorityFile: String?

    /// Tier: leaf. Made by the first session: loading the system's store takes 20 ms, which only `https` should pay.
    private let loaded = Mutex<TLSContext?>(nil)

    package init(authorityFile: String? = nil) { self.authorityFile = authorityFile }

    /// A session to `host`, a name or a numeric address, which the certificate must carry.
    func makeSession(host: String) throws(TLSError) -> TLSSession {
        let context = try loaded.withLock { (loaded) throws(TLSError) in
            if let context = loaded { return context }
            let context = try load()
            loaded = context
            return context
        }
        let ssl = try context.makeSSL()
        let isNumeric = SocketAddress(numeric: host, port: 0) != nil
        let isSet: Bool
        if isNumeric {
            isSet = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1
        } else {
            // Partial wildcards such as w*.example.org are out of use and easy to get wrong (RFC 6125 §7.2).
            SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            isSet = SSL_set1_host(ssl, host) == 1 && copenssl_set_server_name(ssl, host) == 1
        }
        guard isSet else {
            SSL_free(ssl)
            throw TLSError.last("\(host) cannot be checked against a certificate")
        }
        return try TLSSession(ssl, isServer: false)
    }

    private func load() throws(TLSError) -> TLSContext {
        ERR_clear_error()
        let context = try TLSContext(method: TLS_client_method())
        SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, nil)
        _ = copenssl_offer_http11(context.pointer)
        if let authorityFile {
            guard SSL_CTX_load_verify_file(context.pointer, authorityFile) == 1 else {
                throw TLSError.last("cannot read the authorities in \(authorityFile)")
            }
        } else if SSL_CTX_set_default_verify_paths(context.pointer) != 1 {
            throw TLSError.last("cannot read the system's trust store")
        }
        return context
    }
}
