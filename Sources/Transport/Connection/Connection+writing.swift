import Glibc

/// How a connection writes: one `send` of the single blob, one of a gathered run, or one of what TLS made of it.
extension Connection {
    /// Writes what the socket takes. Sets `isBlocked` when something is left; returns the reason when the connection broke.
    func write() -> CloseReason? {
        isBlocked = false
        let failure = tls == nil ? writePlain() : writeSealed()
        if !isBlocked { stalledSince = 0 }
        return failure
    }

    /// Closes with the alert that says why, or with a sentence in the clear: who speaks plain HTTP to TLS cannot read an alert.
    func refuse(_ error: TLSError) {
        let reason = CloseReason.tls(error.sentence)
        guard tls?.peerSpeaksPlainly == true, let refusal = admission?.options.plainRefusal else {
            _ = write()
            return closeNow(reason)
        }
        _ = refusal().withUnsafeBytes { attempt($0) }
        self.reason = reason
        beginLingering()
    }

    private func writePlain() -> CloseReason? {
        while !queue.isEmpty {
            let result: Attempt
            if queue.isSingle || queue.isFirstLarge {
                result = queue.withFirst { attempt($0) }
            } else {
                let count = queue.gather(into: loop.gatherBuffer)
                result = attempt(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(loop.gatherBuffer)[..<count]))
            }
            queue.consume(result.written)
            if let failure = result.failure { return failure }
            if result.isShort { return block(result.written) }
        }
        return nil
    }

    private func writeSealed() -> CloseReason? {
        guard let tls else { return nil }
        do throws(TLSError) {
            if !tls.isEstablished { try tls.receive(UnsafeRawBufferPointer(start: nil, count: 0)) }
            while true {
                while tls.outputCount > 0 {
                    let result = tls.withOutput { attempt($0) }
                    tls.consumeOutput(result.written)
                    if let failure = result.failure { return failure }
                    if result.isShort { return block(result.written) }
                }
                guard tls.isEstablished, !tls.hasSentEnd, !queue.isEmpty else { return nil }
                // Sealed only when the socket has taken the run before: what waits, waits as shared plain blobs.
                let count = queue.gather(into: loop.gatherBuffer)
                try tls.seal(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(loop.gatherBuffer)[..<count]))
                queue.consume(count)
            }
        } catch {
            return .tls(error.sentence)
        }
    }

    private struct Attempt {
        var written = 0
        var isShort = false
        var failure: CloseReason?
    }

    private func attempt(_ bytes: UnsafeRawBufferPointer) -> Attempt {
        while true {
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return Attempt(written: count, isShort: count < bytes.count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return Attempt(isShort: true)
            default: return Attempt(failure: .failed(String(cString: strerror(errno))))
            }
        }
    }

    private func block(_ written: Int) -> CloseReason? {
        isBlocked = true
        if written > 0 || stalledSince == 0 { stalledSince = loop.now }
        return nil
    }
}
