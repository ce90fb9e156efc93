import CSodium
import ChatAPI

/// The bytes that the audit chain hashes, and the hash: what a checker outside the daemon has to repeat.
///
/// ```
/// payloadHash = H(salt ‖ payload)
/// hash        = H(previousHash ‖ fixed ‖ payloadHash)            the first entry's previousHash is 32 zero bytes
/// fixed       = seq ‖ at ‖ severity ‖ text(action) ‖ text(object)
/// payload     = field(actor) ‖ field(actorName) ‖ field(session) ‖ field(address) ‖ field(requestID)
///               ‖ field(before) ‖ field(after)
/// ```
///
/// H is BLAKE2b with 32 bytes and no key. `seq` and `at` are 64 bits, big-endian; `severity` is one byte (info 0, notice
/// 1, warning 2, critical 3). `text` is a length of 32 bits, big-endian, and UTF-8. `field` is one byte 0 for an absent
/// value, or one byte 1 and a `text`; ids are their sixteen bytes, `before` and `after` JSON as stored. The salt has 16
/// random bytes, so that an erased payload cannot be found again by guessing.
struct AuditHash: ~Copyable {
    private(set) var bytes: [UInt8] = []

    static let length = 32
    static let saltLength = 16
    static let genesis = [UInt8](repeating: 0, count: length)

    init() { bytes.reserveCapacity(1_024) }

    mutating func start() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }
    mutating func append(_ raw: [UInt8]) { bytes.append(contentsOf: raw) }

    mutating func append(_ number: Int64) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(text raw: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: raw.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: raw)
    }

    /// The counterpart for a value that may be absent.
    mutating func append(field raw: UnsafeRawBufferPointer?) {
        guard let raw else { return bytes.append(0) }
        bytes.append(1)
        append(text: raw)
    }

    mutating func append(severity: AuditEntry.Severity) { bytes.append(severity.number) }

    func finish() -> [UInt8] { Hash.of(bytes) }

    /// Without an array: the walk over half a million entries a second writes into the same 32 bytes.
    func finish(into output: UnsafeMutableBufferPointer<UInt8>) {
        crypto_generichash(output.baseAddress!, Self.length, bytes, UInt64(bytes.count), nil, 0)
    }
}

extension AuditEntry.Severity {
    /// As the chain hashes it and the table stores it.
    var number: UInt8 {
        switch self {
        case .info: 0
        case .notice: 1
        case .warning: 2
        case .critical: 3
        case .unknown: preconditionFailure("no entry is written with a severity of a newer daemon")
        }
    }

    init?(number: Int64) {
        switch number {
        case 0: self = .info
        case 1: self = .notice
        case 2: self = .warning
        case 3: self = .critical
        default: return nil
        }
    }
}
