package import ChatAPI
package import ChatKit
package import TerminalUI

/// What happens to the program: the terminal, the daemon, the disk, the clock.
package enum Action: Sendable {
    /// The time of what follows, once per batch.
    case clock(Milliseconds)
    /// What is sent from here on has names made of this: so has a recording when it is played.
    case names(seed: UInt64)
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
    /// What became of an operation on a drawing.
    case drawn(ClientID, Result<SketchDrawn, APIError>)
    /// Operations on drawings that had no answer when the program ended last.
    case drawings([SketchDraw])
    /// A file that was asked for.
    case fileRead(String, Result<[UInt8], FileProblem>)
    /// A queued change that the outbox would not take.
    case refused(OutboxCall, APIError)
    /// Time passed without anything else: typing ends, notices fade, markers are due.
    case tick
}

/// Why a file cannot be read: a sentence.
package struct FileProblem: Error, Sendable, Equatable {
    package let sentence: String

    package init(_ sentence: String) { self.sentence = sentence }
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
    /// Send an operation on a drawing now; its answer comes as `drawn`.
    case draw(SketchDraw)
    /// Tell others where one is in a drawing; nobody waits for an answer.
    case point(SketchPointer)
    case followSketch(SketchID, after: Int64)
    case unfollowSketch(SketchID)
    /// Write down what is drawn and has no answer, and what has one now.
    case keepDrawings(DrawingChange)
    case save(String, [UInt8])
    case readFile(String)
    /// Reports of the mouse without a button, or not.
    case hover(Bool)
    case title(String)
    case mouse(Bool)
    case redraw
    case suspend
    case quit
}
