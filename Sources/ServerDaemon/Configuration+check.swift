import Telemetry
import Transport

// What the keys must be to each other and to the files that they name.
extension Configuration {
    /// Asked by `check-config`, by a reload, and at the start before anything is made.
    ///
    /// - Throws: a sentence that names what is wrong.
    func check() throws {
        do throws(LogLevels.Refusal) {
            _ = try LogLevels(text("log.level"))
        } catch {
            throw StartError("log.level: \(error)")
        }
        let files = try certificateFiles()
        if let files { _ = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key) }
        _ = try statusAddress()
        // Sockets that systemd hands over stand in place of these two.
        guard ServerDaemon.environment("LISTEN_FDS") == nil else { return }
        let listen = text("listen")
        if listen == "none" {
            if text("socket") == "none" {
                throw StartError("there is nothing to listen on: both 'listen' and 'socket' are none")
            }
            return
        }
        let isLoopback = try ListenText.parse(listen).isLoopback
        if !isLoopback, files == nil, !flag("insecure-plain") { throw StartError.unencrypted(listen) }
    }

    /// Where the status pages have a listener of their own; nil if nowhere. It has no TLS and asks nobody who they are.
    func statusAddress() throws(StartError) -> ListenText? {
        let text = text("metrics.listen")
        if text == "none" { return nil }
        let address: ListenText
        do throws(StartError) {
            address = try ListenText.parse(text)
        } catch {
            throw StartError("metrics.listen: \(error)")
        }
        guard address.isLoopback else { throw StartError.publicMetrics(text) }
        return address
    }

    /// Nil without TLS.
    func certificateFiles() throws(StartError) -> (certificate: String, key: String)? {
        let (certificate, key) = (text("tls.cert"), text("tls.key"))
        if certificate.isEmpty && key.isEmpty { return nil }
        guard !certificate.isEmpty, !key.isEmpty else {
            throw StartError("TLS takes both a certificate and a key: --tls-cert and --tls-key")
        }
        return (certificate, key)
    }
}

extension StartError {
    static func publicMetrics(_ place: String) -> StartError {
        StartError("metrics.listen: \(place) is not a loopback address; everybody would read the metrics there")
    }

    /// A place that others reach and where they would be read along.
    static func unencrypted(_ place: String) -> StartError {
        StartError(
            "\(place) is not a loopback address and there is no certificate: give --tls-cert and --tls-key, or --insecure-plain"
        )
    }
}
