import Engine
import Storage

/// Computes an audit chain anew, as the documented format says and without any of the engine's own code but the hash: what
/// somebody can do who may write the database.
enum ChainForger {
    private static let select: SQL = """
        SELECT e.seq, e.at, e.severity, e.action, e.object, e.previous_hash, p.salt, p.actor, p.actor_name, p.session,
            p.address, p.request_id, p.before, p.after
        FROM audit_entry e JOIN audit_payload p ON p.seq = e.seq WHERE e.seq >= :from ORDER BY e.seq
        """
    private static let update: SQL = """
        UPDATE audit_entry SET previous_hash = :previous, payload_hash = :payload, hash = :hash WHERE seq = :seq
        """

    private struct Link: Sendable {
        let seq: Int64
        let previous: [UInt8]
        let payload: [UInt8]
        let hash: [UInt8]
    }

    static func rewrite(_ database: EngineDatabase, from: Int64) async throws {
        try await database.write(touching: []) { tx in
            var links: [Link] = []
            try tx.each(select) {
                $0.bind("from", from)
            } row: { row in
                var payload = row.bytes(6)
                for column in 7...13 {
                    payload += row.optionalBytes(column).map { [1] + length($0.count) + $0 } ?? [0]
                }
                let payloadHash = Hash.of(payload)
                let previous = links.last?.hash ?? row.bytes(5)
                var chain = previous + number(row.int64(0)) + number(row.int64(1))
                chain.append(UInt8(row.int64(2)))
                for column in 3...4 {
                    let text = row.bytes(column)
                    chain += length(text.count) + text
                }
                let hash = Hash.of(chain + payloadHash)
                links.append(Link(seq: row.int64(0), previous: previous, payload: payloadHash, hash: hash))
                return true
            }
            for link in links {
                try tx.run(update) {
                    $0.bind("previous", link.previous)
                    $0.bind("payload", link.payload)
                    $0.bind("hash", link.hash)
                    $0.bind("seq", link.seq)
                }
            }
        }
    }

    private static func number(_ value: Int64) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    private static func length(_ count: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: count).bigEndian) { Array($0) }
    }
}
