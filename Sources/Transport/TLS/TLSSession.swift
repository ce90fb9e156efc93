import COpenSSL

/// One TLS connection as a state machine over bytes: sealed bytes in and out, plain bytes in and out, no socket.
///
/// OpenSSL reads what `receive` was given and writes into `output`; nothing is buffered here beyond a record that has not come
/// whole, what a paused reader has not opened, and what the socket has not taken.
final class TLSSession {
    private var ssl: OpaquePointer?
    private var input = UnsafeRawBufferPointer(start: nil, count: 0)
    private var kept: [UInt8] = []
    private var output: [UInt8] = []
    private var outputStart = 0
    private(set) var isEstablished = false
    private(set) var hasReceivedEnd = false
    private(set) var hasSentEnd = false
    /// The peer's first byte was none of TLS.
    private(set) var peerSpeaksPlainly = false
    /// The certificate is good but for who signed it.
    private(set) var isAuthorityUnknown = false
    private var hasHeard = false
    private let isServer: Bool

    /// Takes over a fresh `SSL`.
    init(_ ssl: OpaquePointer, isServer: Bool) throws(TLSError) {
        guard let stream = BIO_new(TLSStream.method) else {
            SSL_free(ssl)
            throw TLSError.last("cannot make a TLS stream")
        }
        self.ssl = ssl
        self.isServer = isServer
        BIO_set_data(stream, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(stream, 1)
        // One stream for both directions; SSL_set_bio takes one reference when both are the same.
        SSL_set_bio(ssl, stream, stream)
        if isServer { SSL_set_accept_state(ssl) } else { SSL_set_connect_state(ssl) }
    }

    deinit { free() }

    /// Gives OpenSSL's memory back before the connection itself goes.
    func free() {
        if let ssl { SSL_free(ssl) }
        ssl = nil
        output = []
        outputStart = 0
        kept = []
    }

    // MARK: - Sealed side

    var outputCount: Int { output.count - outputStart }
    /// Whether sealed bytes wait to be opened.
    var hasInput: Bool { !input.isEmpty || !kept.isEmpty }

    func withOutput<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        output.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[outputStart...])) }
    }

    func consumeOutput(_ count: Int) {
        outputStart += count
        if outputStart == output.count {
            output = []
            outputStart = 0
        }
    }

    /// Takes sealed bytes, which must stay valid until `keepInput`, and carries the handshake on.
    func receive(_ sealed: UnsafeRawBufferPointer) throws(TLSError) {
        if kept.isEmpty { input = sealed } else { kept.append(contentsOf: sealed) }
        guard !isEstablished, let ssl else { return }
        try hear(sealed.first)
        ERR_clear_error()
        let status = SSL_do_handshake(ssl)
        if status == 1 {
            isEstablished = true
        } else {
            switch SSL_get_error(ssl, status) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: keepInput()
            default: throw handshakeFailure(ssl)
            }
        }
    }

    /// OpenSSL would say "wrong version number" of a peer that has no TLS at all: its first byte tells.
    private func hear(_ first: UInt8?) throws(TLSError) {
        guard !hasHeard, let first else { return }
        hasHeard = true
        // A client of HTTP begins with a method; of TLS 1.2 and 1.3 only records of the types 20 to 23 come (RFC 8446 §5.1).
        peerSpeaksPlainly = isServer ? (0x41...0x5A).contains(first) : !(20...23).contains(first)
        guard peerSpeaksPlainly else { return }
        throw TLSError(isServer ? "plain HTTP came where TLS is spoken" : "what listens there does not speak TLS")
    }

    private func handshakeFailure(_ ssl: OpaquePointer) -> TLSError {
        let verdict = SSL_get_verify_result(ssl)
        if verdict != X509_V_OK {
            ERR_clear_error()
            isAuthorityUnknown = Self.unknownAuthority.contains(Int32(verdict))
            let sentence = String(cString: X509_verify_cert_error_string(Int(verdict)))
            return TLSError("the server's certificate is not trusted: \(sentence)")
        }
        return TLSError.last("the TLS handshake failed")
    }

    private static let unknownAuthority: Set<Int32> = [
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
        X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
        X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
    ]

    /// Copies what was not opened yet: the caller's buffer is about to be used for something else.
    func keepInput() {
        if input.isEmpty { return }
        kept = Array(input)
        input = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Called by OpenSSL. Returns how much was copied; zero means that nothing is there.
    fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if kept.isEmpty {
            let count = min(buffer.count, input.count)
            if count == 0 { return 0 }
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
            input = UnsafeRawBufferPointer(rebasing: input[count...])
            return count
        }
        let count = min(buffer.count, kept.count)
        kept.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        if count == kept.count { kept = [] } else { kept.removeFirst(count) }
        return count
    }

    fileprivate func write(_ bytes: UnsafeRawBufferPointer) { output.append(contentsOf: bytes) }

    // MARK: - Plain side

    /// Decrypts the next record into `buffer`; nil when no whole record is there.
    func open(into buffer: UnsafeMutableRawBufferPointer) throws(TLSError) -> UnsafeMutableRawBufferPointer? {
        guard let ssl, !hasReceivedEnd else { return nil }
        ERR_clear_error()
        let count = SSL_read(ssl, buffer.baseAddress, Int32(buffer.count))
        if count > 0 { return UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(count)]) }
        switch SSL_get_error(ssl, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return nil
        case SSL_ERROR_ZERO_RETURN:
            hasReceivedEnd = true
            return nil
        default: throw TLSError.last("a TLS record was refused")
        }
    }

    /// Encrypts a run of plain bytes; it always takes all of it.
    func seal(_ plain: UnsafeRawBufferPointer) throws(TLSError) {
        guard let ssl, !plain.isEmpty else { return }
        ERR_clear_error()
        let count = SSL_write(ssl, plain.baseAddress, Int32(plain.count))
        guard count == plain.count else { throw TLSError.last("encrypting failed") }
    }

    /// Says to the peer that nothing follows (close_notify).
    func end() {
        guard let ssl, !hasSentEnd else { return }
        hasSentEnd = true
        ERR_clear_error()
        SSL_shutdown(ssl)
        ERR_clear_error()
    }
}

/// The stream OpenSSL reads from and writes to: a session's own bytes. It replaces the memory BIO, which keeps the largest buffer
/// it ever needed for the life of a connection.
private enum TLSStream {
    nonisolated(unsafe) static let method: OpaquePointer = {
        // 0x0400 is BIO_TYPE_SOURCE_SINK, as in OpenSSL's memory BIO.
        guard let method = BIO_meth_new(BIO_get_new_index() | 0x0400, "plaza session") else {
            preconditionFailure("OpenSSL cannot make a stream method")
        }
        BIO_meth_set_read(method) { stream, buffer, size in
            copenssl_bio_clear_retry(stream)
            guard let buffer, size > 0, let session = TLSStream.session(of: stream) else { return -1 }
            let count = session.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(size)))
            if count > 0 { return Int32(count) }
            copenssl_bio_retry_read(stream)
            return -1
        }
        BIO_meth_set_write(method) { stream, buffer, size in
            copenssl_bio_clear_retry(stream)
            guard let buffer, size > 0, let session = TLSStream.session(of: stream) else { return -1 }
            session.write(UnsafeRawBufferPointer(start: buffer, count: Int(size)))
            return size
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == Int32(BIO_CTRL_FLUSH) ? 1 : 0 }
        return method
    }()

    static func session(of stream: OpaquePointer?) -> TLSSession? {
        BIO_get_data(stream).map { Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }
    }
}
