/// What other threads hand to a loop: closures and executor jobs in one queue, so that their order is one order.
struct Mailbox {
    enum Mail {
        case body(@Sendable () -> Void)
        case job(UnownedJob)
    }

    var mail: [Mail] = []
    /// Set when the loop has ended: nothing is taken any more.
    var isClosed = false
}
