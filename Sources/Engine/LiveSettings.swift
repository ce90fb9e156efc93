import Synchronization

/// What a reload of the configuration changes while the engine runs: one object that every copy of the settings shares.
package final class LiveSettings: Sendable {
    private let registration: Atomic<Bool>
    private let creation: Atomic<Bool>

    init(isRegistrationOpen: Bool, everyoneCreatesChannels: Bool) {
        registration = Atomic(isRegistrationOpen)
        creation = Atomic(everyoneCreatesChannels)
    }

    var isRegistrationOpen: Bool {
        get { registration.load(ordering: .relaxed) }
        set { registration.store(newValue, ordering: .relaxed) }
    }

    var everyoneCreatesChannels: Bool {
        get { creation.load(ordering: .relaxed) }
        set { creation.store(newValue, ordering: .relaxed) }
    }
}

extension Engine {
    /// Takes over what a reload changed; the next call is answered by it. No connection is dropped.
    package func apply(isRegistrationOpen: Bool, everyoneCreatesChannels: Bool, botRate: Int) {
        let live = settings.live
        live.isRegistrationOpen = isRegistrationOpen
        rates.setBotMultiplier(Double(botRate))
        guard live.everyoneCreatesChannels != everyoneCreatesChannels else { return }
        live.everyoneCreatesChannels = everyoneCreatesChannels
        // What everyone may do is remembered with each caller: forget it, and let live connections ask again.
        authenticator.cache.forgetEverybody()
        hub.publish([.standingsChanged])
    }
}
