package import Storage

/// What the daemon's configuration decides for the engine.
package struct EngineSettings: Sendable {
    package var databasePath: String
    package var searchPath: String
    package var storage: DatabaseOptions
    /// What a reload changes. Copies of these settings share it.
    package let live: LiveSettings
    /// Whether anyone may register. An invitation registers all the same.
    package var isRegistrationOpen: Bool {
        get { live.isRegistrationOpen }
        set { live.isRegistrationOpen = newValue }
    }
    /// Who makes channels: everyone, or only administrators.
    package var everyoneCreatesChannels: Bool {
        get { live.everyoneCreatesChannels }
        set { live.everyoneCreatesChannels = newValue }
    }
    /// The channel joined at registration.
    package var firstChannel: String
    /// What hashing a password costs. Never less than the standard but in tests.
    package var passwordCost = PasswordCost.standard
    /// How often whom may call what.
    package var rates = RateSettings()
    /// What timers have to say goes into the daemon's log.
    package var timerReport: @Sendable (TimerReport) -> Void = { _ in }

    /// `PLZA`: `file(1)` and the daemon itself tell our databases from others by it.
    package static let applicationID: Int32 = 0x504C_5A41

    package init(
        databasePath: String,
        searchPath: String,
        storage: DatabaseOptions = DatabaseOptions(applicationID: EngineSettings.applicationID),
        isRegistrationOpen: Bool = true,
        everyoneCreatesChannels: Bool = true,
        firstChannel: String = "general"
    ) {
        self.databasePath = databasePath
        self.searchPath = searchPath
        self.storage = storage
        live = LiveSettings(isRegistrationOpen: isRegistrationOpen, everyoneCreatesChannels: everyoneCreatesChannels)
        self.firstChannel = firstChannel
    }
}
