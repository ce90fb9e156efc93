import Synchronization

/// What the terminal has answered so far. Learned on the reader's thread, applied by the UI's before the next paint.
struct TerminalCapabilities {
    var hasKeyboard = false
    var hasClusters = false
    var version = ""
    /// Questions were sent, and DA1, the answer to the last of them, has not come.
    var isAsking = false
    /// Something was learned that the UI thread has to act on.
    var isNews = false
}

final class SharedCapabilities: Sendable {
    /// Tier: leaf. Nothing is called while it is held.
    private let known = Mutex(TerminalCapabilities())

    func withLock<Result>(_ body: (inout TerminalCapabilities) -> sending Result) -> sending Result {
        known.withLock { body(&$0) }
    }

    func learn(from events: [InputEvent]) {
        for case .reply(let reply) in events {
            known.withLock { known in
                switch reply {
                case .keyboardFlags where !known.hasKeyboard:
                    known.hasKeyboard = true
                    known.isNews = true
                // 1 and 3 are set, 2 can be set. With 0 and 4 it cannot.
                case .mode(2027, let state) where (1...3).contains(state) && !known.hasClusters:
                    known.hasClusters = true
                    known.isNews = true
                case .version(let text): known.version = text
                case .attributes: known.isAsking = false
                default: break
                }
            }
        }
    }
}
