import CSodium
import ChatAPI
import Storage

/// The composition root: builds every noun in the one order that their dependencies allow.
package final class Engine: Sendable {
    package let settings: EngineSettings
    package let clock: any Clock
    package let hub: Hub
    package let presence: PresenceBoard
    package let database: EngineDatabase
    package let authenticator: Authenticator
    package let authority: Authority
    package let accounts: AccountServices
    package let rates: RateLimits
    package let search: Search
    package let sketchFan: SketchFan
    package let timers: Timers
    private let auditHeads: AuditHeads
    package let desk: Desk
    package let domains: Domains
    package let api: API

    /// One random epoch per database, new on restore.
    package var epoch: String { database.epoch }
    package var messages: Messages { domains.messages }

    /// Opens the database, brings its schema up to date and starts the writer.
    ///
    /// - Throws: `StorageError` if the file cannot be opened or was written by a newer release.
    package init(settings: EngineSettings, clock: any Clock = SystemClock(), hub: Hub) throws {
        precondition(sodium_init() >= 0, "libsodium cannot start")
        self.settings = settings
        self.clock = clock
        self.hub = hub
        presence = PresenceBoard()
        let fan = SketchFan(hub: hub, clock: clock)
        sketchFan = fan
        let cache = CallerCache()
        let authority = Authority()
        self.authority = authority
        let attendance = Attendance(clock: clock)
        let board = QueueBoard()
        let relay = NewsRelay()
        var key: SigningKey?
        database = try Database(
            path: settings.databasePath,
            options: settings.storage,
            migrations: Migrations.all
        ) { connection in
            try FirstChannel.ensure(named: settings.firstChannel, now: clock.now, connection)
            key = try SigningKey.load(connection)
            let places = try PlaceTable.stored(connection)
            authority.start(with: places)
            try board.load(connection)
            return Facts(
                places: places,
                moderation: try ModerationFacts(connection),
                desk: DeskFacts(clock: clock, attendance: attendance, board: board),
                settings: settings
            ) { news in
                // Who lost what loses it before anybody hears of it.
                cache.apply(news)
                authority.apply(news)
                fan.take(news)
                board.apply(news)
                hub.publish(news)
                relay.tell(news)
            }
        }
        guard let key else { preconditionFailure("the database opened without loading its key") }
        authenticator = Authenticator(database: database, settings: settings, clock: clock, key: key, cache: cache)
        accounts = try AccountServices(
            database: database,
            settings: settings,
            clock: clock,
            authenticator: authenticator,
            authority: authority
        )
        rates = RateLimits(settings: settings)
        let search = try Search(database: database, path: settings.searchPath, clock: clock)
        relay.add { search.note($0) }
        self.search = search
        let keeper = SketchKeeper(database: database)
        relay.add { keeper.note($0) }
        let timers = Timers(database: database, clock: clock, handlers: Jobs.handlers, report: settings.timerReport)
        relay.add { [weak timers] in timers?.hurryPurges(after: $0) }
        let heads = try AuditHeads(database: database, clock: clock)
        relay.add { [weak heads] in heads?.note($0) }
        auditHeads = heads
        relay.add { [weak timers] in timers?.note($0) }
        self.timers = timers
        desk = Desk(
            database: database,
            settings: settings,
            clock: clock,
            authority: authority,
            board: board,
            attendance: attendance
        )
        let desk = desk
        relay.add { desk.checkStanding(after: $0, now: clock.now) }
        domains = Domains(
            accounts: Accounts(accounts),
            ownAccount: OwnAccount(accounts),
            sessions: Sessions(accounts),
            tokens: BotTokens(accounts),
            grants: Grants(accounts),
            agencies: Agencies(accounts),
            staff: Staff(accounts),
            roleOffers: RoleOffers(accounts),
            events: Events(database: database, clock: clock),
            eventDocuments: EventDocuments(database: database),
            registrations: Registrations(accounts),
            joinCodes: JoinCodes(database: database),
            guests: Guests(accounts),
            contacts: Contacts(database: database),
            issues: Issues(database: database),
            announcements: Announcements(database: database),
            breakGlass: BreakGlass(database: database),
            channels: Channels(database: database, settings: settings),
            registers: Registers(database: database),
            messages: Messages(database: database, clock: clock),
            sketches: Sketches(database: database, clock: clock, rates: rates, fan: fan),
            personalData: PersonalData(services: accounts),
            blocks: Blocks(database: database),
            sanctions: Sanctions(services: accounts, timers: timers),
            emergencies: Emergencies(database: database, timers: timers),
            postings: Postings(database: database),
            invitations: Invitations(database: database),
            reports: Reports(database: database, authority: authority),
            search: search,
            presences: Presences(database: database, board: presence, clock: clock),
            queues: Queues(desk: desk),
            requests: ChatRequests(desk: desk),
            chats: Chats(desk: desk),
            replies: CannedReplies(desk: desk),
            organizers: Organizers(desk: desk),
            audit: AuditLog(database: database, heads: heads, authority: authority),
            server: ServerControl(database: database, clock: clock, search: search)
        )
        api = API(domains, rates: rates, clock: clock)
        timers.start(recurring: Jobs.recurring)
        auditHeads.start()
        desk.resume(now: clock.now)
    }

    /// Finishes what was accepted.
    package func close() {
        authenticator.flush()
        timers.close()
        auditHeads.close()
        search.close()
        database.close()
    }
}
