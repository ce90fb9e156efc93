package import ChatAPI
package import Storage

/// The channel that everybody joins at registration, made by the daemon before anybody is there.
///
/// It runs where the facts are loaded: after the migrations and before the first write. It has no creator and no admins;
/// platform administrators manage it.
package enum FirstChannel {
    package static func ensure(named name: String, now: Milliseconds, _ connection: Connection) throws {
        do throws(APIError) {
            try ChannelRules.check(name: name)
        } catch {
            throw StorageError.setup(reason: "the configured first channel '\(name)': \(error.detail)")
        }
        guard try ChannelStore.id(named: name[...], in: .platform, connection) == nil else { return }
        try ChannelStore.insert(
            .fresh(at: now),
            .text,
            name: name,
            topic: nil,
            secretHash: nil,
            createdBy: nil,
            createdAt: now,
            connection
        )
    }
}

extension ChannelStore {
    /// The channel joined at registration.
    package static func firstChannel(
        _ settings: EngineSettings,
        in tx: borrowing Transaction
    ) throws -> ChannelFacts {
        try tx.facts.channel(resolve(settings.firstChannel, tx), in: tx)
    }
}
