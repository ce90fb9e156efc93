import ChatAPI
import Synchronization

/// The newest snapshot of the sketches that were looked at lately, as JSON: two hundred people who come at once cost one.
package final class SketchSnapshotCache: Sendable {
    private struct Item {
        let seq: Int64
        let version: Int64
        let json: [UInt8]
    }

    /// Lock tier 3: a look-up or a change.
    private let items = Mutex<[SketchID: Item]>([:])

    /// At some 30 KB each, 2 MB.
    private static let limit = 64

    func json(of sketch: SketchID, at seq: Int64, version: Int64) -> [UInt8]? {
        items.withLock { items in
            guard let item = items[sketch], item.seq == seq, item.version == version else { return nil }
            return item.json
        }
    }

    func keep(_ json: [UInt8], of sketch: SketchID, at seq: Int64, version: Int64) {
        items.withLock { items in
            if let known = items[sketch], known.seq > seq { return }
            if items.count >= Self.limit, items[sketch] == nil { items.removeAll() }
            items[sketch] = Item(seq: seq, version: version, json: json)
        }
    }
}
