package import ChatAPI

/// What live sessions must hear of a commit, in commit order.
package enum News: Sendable {
    /// An entry of a log, as the JSON of its push: the same bytes for everyone.
    case entry(LogID, Int64, [UInt8])
    /// An entry of a sketch's log, as its JSON, and who drew; nil if nobody put a pen on the paper. `SketchFan` sends it, merged
    /// with what else a tick brings.
    case operation(SketchID, ChannelID, drew: AccountID?, seq: Int64, [UInt8])
    /// The sketch is gone: nobody follows it any more.
    case sketchDeleted(SketchID)
    /// The same, and what those accounts get instead.
    case maskedEntry(LogID, Int64, [UInt8], mask: [UInt8], for: Set<AccountID>)
    /// From here on the account's sessions follow the channel, from `head`.
    case joined(AccountID, ChannelID, head: Int64)
    /// It counts as one of the channel's people, and its sessions hear nothing of it (`Veils`).
    case veiled(AccountID, ChannelID)
    /// Whom an account has blocked from here on.
    case blocksChanged(AccountID, Set<AccountID>)
    /// From here on they do not.
    case left(AccountID, ChannelID)
    /// The channel is gone: nobody follows it any more.
    case channelDeleted(ChannelID)
    /// These sessions end now, with this close code.
    case sessionEnded(SessionID, CloseCode)
    /// A bot's token was revoked.
    case tokenEnded(TokenID)
    /// Grants of the account changed: its sessions ask again who they are.
    case capabilitiesChanged(AccountID)
    /// Somebody may no longer say or show anything somewhere; nil: nobody may but who has the floor.
    case silenced(AccountID?)
    /// An agency or an event came, went, or was approved or suspended.
    case placeChanged(PlaceChange)
    /// The lines of the help desk: for readers, not for sessions.
    case desk(DeskChange)
    /// A timer is due then: whoever fires them wakes up in time.
    case timerSet(Milliseconds)
    /// What everybody may do changed: all sessions ask again who they are.
    case standingsChanged
    /// The profile changed: presence shows another status text.
    case statusChanged(AccountID, String?)
}
