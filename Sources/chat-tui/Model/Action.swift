package import ChatAPI
package import ChatKit
package import TerminalUI

/// What happens to the program: the terminal, the daemon, the disk, the clock.
package enum Action: Sendable {
    /// The time of what follows, once per batch.
    case clock(Milliseconds)
    case input(InputEvent)
    case live([LiveEvent])
    /// What a request brought.
    case answered(Request, Result<Reply, APIError>)
    /// The cache's opening: what was on the screen last time.
    case opened(CachedOpening, outbox: [OutboxItem])
    /// A room's entries out of the cache.
    case loaded(ChannelID, Timeline)
    /// Signing in went wrong; or went well, and the connection begins.
    case signInFailed(APIError)
    case signedIn(Account, profile: String, server: String)
    /// The editor is done with the composer's text.
    case edited(String)
    /// What the person should know, from outside of `update`.
    case notice(String, isTrouble: Bool)
    case history([String])
    case themes([Theme])
    /// A line of standard input in the linear modes.
    case line(String)
    /// A queued change that the outbox would not take.
    case refused(OutboxCall, APIError)
    /// Time passed without anything else: typing ends, notices fade, markers are due.
    case tick
}

/// What the program asks of the world.
package enum Effect: Sendable, Equatable {
    /// Queue a change: it is sent exactly once, now or later.
    case post(OutboxCall)
    case ask(Request)
    case look(ChatAPI.View)
    case follow(ChannelID, after: Int64)
    case unfollow(ChannelID)
    case followQueue(QueueID, after: Int64)
    case unfollowQueue(QueueID)
    /// Read a room's entries from the cache.
    case load(ChannelID)
    case retry(Int64)
    case discard(Int64)
    case reconnect
    case signIn(SignInOrder)
    /// Forget the session: after signing out, or because the daemon ended it.
    case forget
    case keepHistory([String])
    case copy(String)
    case openLink(String)
    case edit(String)
    case notify(title: String, body: String)
    case title(String)
    case mouse(Bool)
    case redraw
    case suspend
    case quit
}
