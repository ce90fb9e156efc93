package import ChatAPI
package import ChatKit
package import TerminalUI

/// Everything that the program knows and shows. A value: `update` changes it, `view` draws it, nothing else touches it.
package struct Model: Sendable {
    // MARK: - Who and where

    package var screen: Screen
    package var me: Account?
    package var session: SessionID?
    package var capabilities: [Capability] = []
    package var connection = LiveState.connecting
    /// When that began: what is left until the next attempt is counted down.
    package var connectionAt: Milliseconds = 0
    /// The end of a connection was told, and its return is to be told.
    package var wasCut = false
    /// How the daemon is called in the status line.
    package var serverName: String
    package var profileName: String

    // MARK: - What is known

    package var rooms: [ChannelID: Room] = [:]
    package var accounts: [AccountID: Account] = [:]
    /// Asked for and not answered, or unknown to the daemon.
    package var askedAccounts: Set<AccountID> = []
    /// Asked for and not answered yet.
    package var pendingAccounts: Set<AccountID> = []
    package var presence: [AccountID: Presence] = [:]
    package var ownPresence = PresenceState.online
    /// Channels that are muted, by the registers `mute/<channel>`.
    package var muted: Set<ChannelID> = []
    /// Whom this person does not want to hear, and how.
    package var unheard: [AccountID: BlockKind] = [:]
    /// What waits in the outbox or failed there, in order.
    package var outbox: [OutboxItem] = []
    /// Requests for help, chats, queues.
    package var help = HelpDesk()
    /// What was read for the tables of events, agencies and people.
    package var places = Places()
    /// Drawings: which there are, the open one, what is on its way.
    package var book = Sketchbook()
    /// The profile's newest version of each register, so that an old answer does not undo a new one.
    package var registerVersions: [String: Int64] = [:]

    // MARK: - What is looked at

    package var current: ChannelID?
    package var previous: ChannelID?
    package var composer = LineEditor()
    /// A command that was refused and stands in the line to be mended; a new one begins in its place.
    package var refusedLine: String?
    /// A command that was asked about; the same line again does it.
    package var asked: AskedLine?
    /// The message that the text answers, or changes.
    package var composing = Composing.new
    package var completion: Completion?
    /// A chord has begun: Ctrl+X.
    package var chord: Key?
    package var overlay: Overlay?
    /// A table that stands where the conversation stands otherwise.
    package var page: Page?
    /// Where search was left for a message, for the exact return.
    package var wayBack: WayBack?
    package var showsSidebar = true
    package var showsMembers = false
    /// What was shown before the text stood alone.
    package var panesBefore: Panes?
    /// The first row of the sidebar and of the members that is shown.
    package var sidebarOffset = 0
    package var membersOffset = 0
    /// A channel named on the command line, until it is found.
    package var wantedChannel: String?
    /// The daemon was asked to let us into it.
    package var hasAskedWanted = false
    /// It is not there, or not for us.
    package var isWantedRefused = false
    /// The person asked to be signed out: the end of the session is no surprise.
    package var isSigningOut = false
    /// A message to go to, as soon as it is known.
    package var wantedSeq: Int64?

    // MARK: - The terminal

    package var size: Size
    /// Unix milliseconds, set before each batch of actions.
    package var now: Milliseconds
    package var zone: Zone
    /// Terminals that do not report focus are taken to have it.
    package var hasFocus = true
    package var hasMouse = true
    /// What the terminal can show of colours: palettes offer no more.
    package var colorDepth = ColorDepth.ansi256
    package var theme = Theme.standard
    package var themes: [Theme] = Theme.builtIn
    /// Newest last; the status line shows the last while it is fresh, linear modes print each.
    package var notices: [Notice] = []
    /// How many there were in all.
    package var noticeCount = 0
    package var isQuitting = false
    /// Something changed since the last frame.
    package var isDirty = true

    // MARK: - Manners

    package var lastTypingSent: Milliseconds = 0
    /// Markers that were told the daemon, and when the next may be.
    package var toldMarkers: [ChannelID: Int64] = [:]
    package var nextMarkerAt: Milliseconds = 0
    package var lastView: ChatAPI.View?
    package var lastTitle = ""
    /// Drafts that the daemon has, by channel.
    package var storedDrafts: [ChannelID: DraftText] = [:]
    package var draftDueAt: Milliseconds?
    package var quitWarnedAt: Milliseconds = 0
    /// A message that was asked to be deleted once; the second time counts.
    package var deletionAsked: Int64?
    /// Names for messages: random, but a value, so that `update` stays a function.
    var random = Randomness.system

    package init(
        screen: Screen = .chat,
        serverName: String = "",
        profileName: String = "",
        size: Size = Size(width: 80, height: 24),
        now: Milliseconds = 0,
        zone: Zone = .system
    ) {
        self.screen = screen
        self.serverName = serverName
        self.profileName = profileName
        self.size = size
        self.now = now
        self.zone = zone
    }
}

/// What fills the screen.
package enum Screen: Sendable {
    case signIn(SignInForm)
    case chat
}

/// A command that waits for a yes, and since when.
package struct AskedLine: Sendable, Equatable {
    let line: String
    let at: Milliseconds

    /// A yes is given at once; later the question is asked anew.
    static let milliseconds: Int64 = 60_000
}

/// Which panes stand beside the conversation.
package struct Panes: Sendable, Equatable {
    let sidebar, members, notes, mouse: Bool
}

/// What the composer's text will be.
package enum Composing: Hashable, Sendable {
    case new
    case reply(to: Int64)
    case edit(Int64)

    package var seq: Int64? {
        switch self {
        case .new: nil
        case .reply(let seq), .edit(let seq): seq
        }
    }
}

package struct DraftText: Hashable, Sendable {
    package var text: String
    package var replyTo: Int64?

    package init(_ text: String = "", replyTo: Int64? = nil) {
        self.text = text
        self.replyTo = replyTo
    }
}

/// A sentence for the person, about what they did or what happened to them.
package struct Notice: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case news, trouble }

    package let text: String
    package let kind: Kind
    package let at: Milliseconds

    /// How long the status line shows it: 8 s are enough to read a sentence twice.
    package static let milliseconds: Int64 = 8_000
    /// Kept for `--plain` to print and for people who look again.
    package static let limit = 100
}

/// The place to return to from a message that was jumped to.
package struct WayBack: Sendable {
    package var channel: ChannelID?
    package var anchor: Anchor
    package var overlay: Overlay?
}

extension Model {
    package mutating func tell(_ text: String, _ kind: Notice.Kind = .news) {
        notices.append(Notice(text: text, kind: kind, at: now))
        noticeCount += 1
        if notices.count > Notice.limit { notices.removeFirst(notices.count - Notice.limit) }
    }

    package mutating func tell(_ error: APIError) { tell(error.detail, .trouble) }

    /// What the status line shows at this moment.
    package var freshNotice: Notice? {
        notices.last.flatMap { now - $0.at < Notice.milliseconds ? $0 : nil }
    }

    package var room: Room? { current.flatMap { rooms[$0] } }

    /// Changes the room that is shown; nothing happens when there is none.
    package mutating func changeRoom(_ change: (inout Room) -> Void) {
        guard let current, var room = rooms.removeValue(forKey: current) else { return }
        change(&room)
        rooms[current] = room
    }

    package var isLive: Bool { connection == .live }
    package var isMe: (AccountID) -> Bool { { [id = me?.id] in $0 == id } }
}
