/// A bounded queue into one or more threads: one lock for a put, one wake only when somebody sleeps.
final class Mailbox<Element>: @unchecked Sendable {
    enum Answer {
        case accepted
        /// How many are accepted and not finished.
        case full(depth: Int)
        case closed
    }

    // Lock tier: leaf. Nothing is called while it is held.
    private let lock = Lock()
    private var items: [Element] = []
    private var head = 0
    private var sleepers = 0
    private var depth = 0
    private var isClosed = false
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    func put(_ element: Element) -> Answer {
        lock.lock()
        if isClosed {
            lock.unlock()
            return .closed
        }
        if depth >= capacity {
            let depth = depth
            lock.unlock()
            return .full(depth: depth)
        }
        items.append(element)
        depth += 1
        let isSleeping = sleepers > 0
        lock.unlock()
        if isSleeping { lock.wakeOne() }
        return .accepted
    }

    /// Puts as many as there is room for, from the front, and leaves the rest in `elements`; the answer is about those.
    func put(contentsOf elements: inout [Element]) -> Answer {
        lock.lock()
        if isClosed {
            lock.unlock()
            return .closed
        }
        let count = min(elements.count, capacity - depth)
        let depthBefore = depth
        if items.isEmpty && count == elements.count {
            swap(&items, &elements)
        } else {
            items.append(contentsOf: elements[..<count])
            elements.removeFirst(count)
        }
        depth += count
        let isSleeping = sleepers > 0 && count > 0
        lock.unlock()
        if isSleeping { lock.wakeOne() }
        return elements.isEmpty ? .accepted : .full(depth: depthBefore + count)
    }

    /// Waits for work and takes all of it. The array comes in empty; its memory goes round.
    ///
    /// - Returns: false when the mailbox is closed and empty.
    func takeAll(into batch: inout [Element]) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        guard awaitItems() else { return false }
        precondition(head == 0, "a mailbox is emptied whole or one by one")
        swap(&items, &batch)
        return true
    }

    /// Waits for work and takes the oldest; nil when the mailbox is closed and empty.
    func takeOne() -> Element? {
        lock.lock()
        defer { lock.unlock() }
        guard awaitItems() else { return nil }
        let element = items[head]
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 1024 {
            items.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Makes room for as many new elements.
    ///
    /// - Returns: how many are still accepted and not finished.
    @discardableResult
    func finish(_ count: Int) -> Int {
        lock.lock()
        defer { lock.unlock() }
        depth -= count
        return depth
    }

    /// Nothing more is accepted; what was accepted can still be taken.
    func close() {
        lock.lock()
        isClosed = true
        lock.unlock()
        lock.wakeAll()
    }

    private func awaitItems() -> Bool {
        while head == items.count {
            if isClosed { return false }
            sleepers += 1
            lock.wait()
            sleepers -= 1
        }
        return true
    }
}
