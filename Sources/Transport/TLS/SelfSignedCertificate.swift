import COpenSSL
import Glibc

/// A self-signed certificate and its key, made in memory: for a first try with `--ca`, for demonstrations and for tests.
package struct SelfSignedCertificate: Sendable {
    /// PEM.
    package let certificate: [UInt8]
    /// PEM, not encrypted: write it with mode 0600.
    package let key: [UInt8]

    /// P-256, valid from an hour ago for `days`, for these DNS names and numeric addresses.
    package init(names: [String], addresses: [String] = [], days: Int = 365) throws(TLSError) {
        ERR_clear_error()
        guard let pair = copenssl_new_p256_key() else { throw TLSError.last("cannot make a key") }
        defer { EVP_PKEY_free(pair) }
        guard let x509 = X509_new() else { throw TLSError.last("cannot make a certificate") }
        defer { X509_free(x509) }

        X509_set_version(x509, 2)
        ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), UInt64.random(in: 1...UInt64(Int64.max)))
        X509_gmtime_adj(X509_getm_notBefore(x509), -3_600)
        X509_gmtime_adj(X509_getm_notAfter(x509), days * 86_400)
        X509_set_pubkey(x509, pair)
        let title = Array((names.first ?? addresses.first ?? "plaza").utf8)
        let subject = X509_get_subject_name(x509)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, title, Int32(title.count), -1, 0)
        X509_set_issuer_name(x509, subject)

        let alternatives = (names.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }).joined(separator: ",")
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, x509, x509, nil, nil, 0)
        for (kind, value) in [
            (NID_subject_alt_name, alternatives),
            (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
            (NID_key_usage, "critical,digitalSignature,keyCertSign"),
        ] {
            guard let part = X509V3_EXT_conf_nid(nil, &context, kind, value) else {
                throw TLSError.last("a certificate cannot carry \(value)")
            }
            X509_add_ext(x509, part, -1)
            X509_EXTENSION_free(part)
        }
        guard X509_sign(x509, pair, EVP_sha256()) > 0 else { throw TLSError.last("cannot sign the certificate") }

        certificate = try Self.pem { PEM_write_bio_X509($0, x509) }
        key = try Self.pem { PEM_write_bio_PrivateKey($0, pair, nil, nil, 0, nil, nil) }
    }

    private static func pem(_ write: (OpaquePointer) -> Int32) throws(TLSError) -> [UInt8] {
        guard let memory = BIO_new(BIO_s_mem()) else { throw TLSError.last("cannot write PEM") }
        defer { BIO_free(memory) }
        guard write(memory) == 1 else { throw TLSError.last("cannot write PEM") }
        var start: UnsafePointer<CChar>?
        let count = copenssl_bio_memory(memory, &start)
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
