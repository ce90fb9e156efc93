package import Storage

/// The hot statements of channels and registers by name, so that a test looks at their query plans.
package enum ChannelStatements {
    package struct Named: Sendable, CustomStringConvertible {
        package let name: String
        package let sql: SQL
        /// Whether it sorts what it found, because no index has that order.
        package let sorts: Bool
        package var description: String { name }

        init(_ name: String, _ sql: SQL, sorts: Bool = false) {
            self.name = name
            self.sql = sql
            self.sorts = sorts
        }
    }

    package static let hot: [Named] = [
        Named("the channels of a hello", JoinedChannels.select),
        Named("the people of direct conversations", JoinedChannels.selectPeople),
        Named("access", ChannelStore.selectAccess),
        Named("a name", ChannelStore.selectByName),
        Named("names that look alike", ChannelStore.selectAlike),
        Named("a direct conversation", ChannelStore.selectByPeople),
        Named("who sees whom", ChannelStore.selectShared),
        Named("the members of the facts", ChannelStore.selectMembers),
        Named("the list of channels", ChannelListing.selectNamed),
        Named("the list of what else one is in", ChannelListing.selectOthers),
        Named("a page of members", MemberListing.selectPage, sorts: true),
        Named("an own message moves the marker", MarkerStore.moveForward),
        Named("what is unread in one channel", MarkerStore.select),
        Named("registers after a version", RegisterStore.selectAfter),
        Named("the markers after a version", MarkerStore.selectAll),
        Named("the oldest entry of an own log", MeLog.selectFirst),
        Named("entries of thirty days", MeLog.selectFirstSince),
        Named("a batch of mentions", ChannelPurge.deleteMentions),
        Named("whom messages call", MentionStore.selectOwn),
        Named("who calls everybody in a channel", MentionStore.selectOfEverybody),
        Named("a batch of entries", ChannelPurge.deleteEntries),
        Named("the next channel to purge", ChannelPurge.selectNext),
    ]
}
