/// Blobs that wait to be written, by reference, with the place where the first one continues.
///
/// One blob lies in the struct itself, so that the common tick (one shared blob per connection) allocates nothing.
struct SendQueue {
    private var first: Bytes?
    /// Behind `first`; the part before `restHead` has been moved out.
    private var rest: [Bytes] = []
    private var restHead = 0
    /// How much of `first` is already written.
    private var offset = 0
    private(set) var byteCount = 0

    var isEmpty: Bool { byteCount == 0 }
    var isSingle: Bool { restHead == rest.count }

    mutating func append(_ bytes: Bytes) {
        if bytes.isEmpty { return }
        byteCount += bytes.count
        if first == nil { first = bytes } else { rest.append(bytes) }
    }

    mutating func removeAll() { self = SendQueue() }

    /// Forgets `count` bytes from the front.
    mutating func consume(_ count: Int) {
        byteCount -= count
        var left = count + offset
        while let head = first, left >= head.count {
            left -= head.count
            if restHead < rest.count {
                first = rest[restHead]
                restHead += 1
            } else {
                first = nil
            }
        }
        offset = left
        if restHead == rest.count {
            // An idle connection keeps no array.
            if restHead > 0 { rest = [] }
            restHead = 0
        } else if restHead >= 64, restHead * 2 >= rest.count {
            rest.removeFirst(restHead)
            restHead = 0
        }
    }

    /// The unwritten part of the first blob.
    func withFirst<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard let first else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return first.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
    }

    /// Copies from the front into `buffer`; returns how much.
    func gather(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let first else { return 0 }
        var filled = 0
        func copy(_ bytes: Bytes, from start: Int) {
            bytes.withUnsafeBytes { source in
                let count = min(source.count - start, buffer.count - filled)
                guard count > 0 else { return }
                (buffer.baseAddress! + filled).copyMemory(from: source.baseAddress! + start, byteCount: count)
                filled += count
            }
        }
        copy(first, from: offset)
        var index = restHead
        while index < rest.count, filled < buffer.count {
            copy(rest[index], from: 0)
            index += 1
        }
        return filled
    }

    /// Whether the first blob alone is worth a write of its own: gathering would copy it for nothing.
    var isFirstLarge: Bool { (first?.count ?? 0) - offset >= 16_384 }
}
