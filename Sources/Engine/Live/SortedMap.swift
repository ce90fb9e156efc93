/// A dictionary of few: sorted by its keys, without hashing, and hardly larger than what is in it.
///
/// Finding takes log n comparisons, adding and removing move up to n entries.
package struct SortedMap<Key: Comparable, Value> {
    private var entries: [(key: Key, value: Value)] = []

    package init() {}

    package var count: Int { entries.count }
    package var keys: LazyMapSequence<[(key: Key, value: Value)], Key> { entries.lazy.map { $0.key } }

    /// So many entries are added without growing by halves.
    package mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

    package subscript(key: Key) -> Value? {
        get {
            let index = index(of: key)
            return index < entries.count && entries[index].key == key ? entries[index].value : nil
        }
        set {
            guard let newValue else { return _ = removeValue(forKey: key) }
            let index = index(of: key)
            if index < entries.count, entries[index].key == key {
                entries[index].value = newValue
            } else {
                entries.insert((key, newValue), at: index)
            }
        }
    }

    @discardableResult
    package mutating func removeValue(forKey key: Key) -> Value? {
        let index = index(of: key)
        guard index < entries.count, entries[index].key == key else { return nil }
        return entries.remove(at: index).value
    }

    package mutating func removeAll() { entries = [] }

    /// Where the key is, or belongs.
    private func index(of key: Key) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
