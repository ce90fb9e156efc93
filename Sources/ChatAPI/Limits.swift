/// Every size that the API refuses to exceed, in one place, so that clients check before they queue.
package enum Limits {
    /// One message, in bytes of UTF-8: two screens of text; a longer thing is a file.
    package static let messageBytes = 8_192
    /// A channel's topic, in bytes.
    package static let topicBytes = 500
    /// Characters of an account's name.
    package static let nameCharacters = 2...32
    /// Characters of a channel's name.
    package static let channelNameCharacters = 2...48
    package static let displayNameBytes = 96
    package static let aboutBytes = 1_000
    package static let statusBytes = 140
    package static let deviceBytes = 64
    /// A password, in characters below and bytes above: argon2id takes any length, a caller must not make us hash megabytes.
    package static let passwordCharacters = 8
    package static let staffPasswordCharacters = 16
    package static let passwordBytes = 1_024
    package static let secretBytes = 128
    /// One emoji, its modifiers included, in bytes.
    package static let emojiBytes = 48
    /// Different emoji on one message.
    package static let emojiPerMessage = 32
    /// Pinned messages of one channel.
    package static let pinsPerChannel = 100
    /// People in one direct conversation, the opener included.
    package static let directPeople = 16
    /// Channels one account may be in: hello names each.
    package static let channelsPerAccount = 500
    /// A draft may be longer than a message: it can become several.
    package static let draftBytes = 32_768
    package static let registerKeyBytes = 96
    package static let registerValueBytes = 32_768
    package static let registersPerAccount = 2_000
    /// Slow mode: between two messages of one person, 1 s to 6 hours.
    package static let slowModeMs: ClosedRange<Int64> = 1_000...21_600_000
    /// A ban or a time-out that ends: a minute to a year.
    package static let sanctionMs: ClosedRange<Int64> = 60_000...31_622_400_000
    /// The emergency switch: a minute to a day.
    package static let emergencyMs: ClosedRange<Int64> = 60_000...86_400_000
    package static let invitationMs: ClosedRange<Int64> = 60_000...7_776_000_000
    package static let invitationUses = 1...10_000
    /// A queue: how long a claim holds, 5 s to an hour; a step of ageing, 10 s to a day; when a request expires, a minute to a
    /// week; when a chat is called idle and then ended, a minute to a day; how long it waits for its organizer, 5 minutes to a day.
    package static let leaseMs: ClosedRange<Int64> = 5_000...3_600_000
    package static let ageingMs: ClosedRange<Int64> = 10_000...86_400_000
    package static let waitLimitMs: ClosedRange<Int64> = 60_000...604_800_000
    package static let idleMs: ClosedRange<Int64> = 60_000...86_400_000
    package static let idleEndMs: ClosedRange<Int64> = 60_000...86_400_000
    package static let lostMs: ClosedRange<Int64> = 300_000...86_400_000
    /// What a queue promises: a first answer within a second to a week, an end within a second to 30 days.
    package static let firstAnswerMs: ClosedRange<Int64> = 1_000...604_800_000
    package static let resolutionMs: ClosedRange<Int64> = 1_000...2_592_000_000
    package static let invitationsPerChannel = 200
    /// People one account may block or mute.
    package static let blocksPerAccount = 1_000
    /// A call's body.
    package static let bodyBytes = 65_536
    /// A frame of the live connection.
    package static let frameBytes = 65_536
    /// Calls of one connection that have no answer yet.
    package static let callsInFlight = 64
    /// Items of one page.
    package static let pageItems = 500
    package static let pageDefault = 100
    /// Entries of one log that a resume sends before it says `gap`.
    package static let catchUpEntries = 500
    package static let sketchCatchUpEntries = 4_096
    package static let catchUpBytes = 2_097_152
    /// People whose presence one connection may watch.
    package static let viewPeople = 200
    /// Channels one connection may look into at a time.
    package static let viewChannels = 16
    package static let keyBytes = 128
    /// What a place on a message is called, in bytes.
    package static let locationLabelBytes = 140
    package static let queueNameBytes = 96
    package static let topicsPerQueue = 50
    package static let topicTitleBytes = 140
    /// Texts of one waiting request, the first included.
    package static let requestTexts = 20
    /// One private note, in bytes.
    package static let noteBytes = 4_000
    /// Why a request was rejected or a chat ended, in bytes.
    package static let reasonBytes = 500
    package static let ratingCommentBytes = 2_000
    /// How long after its end a chat may be rated.
    package static let ratingDays = 7
    /// Canned replies of one scope.
    package static let repliesPerScope = 500
    /// The key of a topic, a skill or a canned reply, in characters.
    package static let wordCharacters = 1...32
    package static let skillsPerOrganizer = 50
    /// Chats at a time of one organizer.
    package static let chatsPerOrganizer = 50
    package static let searchBytes = 256
    /// Sketches that one channel has at a time.
    package static let sketchesPerChannel = 8
    package static let sketchWidth = 8...512
    package static let sketchHeight = 4...256
    package static let sketchNameCharacters = 1...48
    package static let layersPerSketch = 8
    package static let layerNameBytes = 64
    package static let locksPerSketch = 32
    /// Spans of one operation. A flood fill of a whole screen is a few hundred.
    package static let runsPerOperation = 2_048
    /// Cells that a person may draw at once; `sketchCellsPerSecond` afterwards.
    package static let sketchCellsAtOnce = 32_768
    package static let sketchCellsPerSecond = 4_000
    package static let versionsPerSketch = 32
    /// Entries that a sketch's log keeps for replay; older ones are in its base.
    package static let operationsKept: Int64 = 200_000
    /// A picture in a message: what a screen shows.
    package static let pictureBytes = 32_768
    package static let pointerToolBytes = 24
    package static let pointerPreviewRuns = 128
    package static let pointerPreviewBytes = 2_048
}
