import ChatAPI

/// How often an operation may be called: the classes, their numbers, and which operation is in which class.
package enum RateClass: UInt8, Sendable, CaseIterable {
    /// Passwords and codes are tried here: per address, since the account is what is being guessed.
    case signIn
    case register
    /// Guests with an event's code: a whole hall may come from one address.
    case enter
    case refresh
    /// Costs a password hash of a signed-in account.
    case password
    case join
    case create
    case post
    case typing
    case search
    /// Operations of sketches: a hand that draws sends thirty a second.
    case draw
    /// Pointers, thirty a second as well.
    case pointer
    /// Cells drawn: what a fill costs is what it draws.
    case cells
    /// Everything else.
    case general

    /// Who is counted: callers before they have an account only have an address.
    var isPerAddress: Bool {
        switch self {
        case .signIn, .register, .enter, .refresh: true
        default: false
        }
    }

    package init(operation: String) {
        switch operation {
        case "messages.send", "messages.edit", "messages.delete", "reactions.add", "reactions.remove", "pins.add",
            "pins.remove":
            self = .post
        case "sketches.draw": self = .draw
        case "sketches.pointer": self = .pointer
        case "sketches.post": self = .post
        case "typing.set": self = .typing
        case "sessions.signIn", "accounts.redeemReset": self = .signIn
        case "accounts.register", "agencies.register": self = .register
        case "guests.enter": self = .enter
        case "session.refresh": self = .refresh
        case "me.password", "me.delete", "guests.become", "staff.create": self = .password
        case "channels.join", "members.add", "events.join", "events.register": self = .join
        case "channels.create", "directs.open", "sketches.create": self = .create
        case "messages.search": self = .search
        default: self = .general
        }
    }
}

/// A token bucket's numbers.
package struct RateRule: Sendable, Equatable {
    package var perSecond: Double
    /// Calls at once after a rest.
    package var burst: Double

    package init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// The configured limits. The defaults start from Synapse's and Mattermost's and leave room for an office behind one
/// address and for a client that opens twenty channels.
package struct RateSettings: Sendable {
    package var rules: [RateClass: RateRule] = [
        // Synapse: failed sign-ins 0.17/s. Thirty people behind one address can arrive at once.
        .signIn: RateRule(perSecond: 0.17, burst: 30),
        .register: RateRule(perSecond: 0.05, burst: 20),
        .enter: RateRule(perSecond: 2, burst: 300),
        .refresh: RateRule(perSecond: 1, burst: 100),
        .password: RateRule(perSecond: 0.1, burst: 5),
        // Synapse: joins 0.1/s, burst 10; a newcomer looks into more.
        .join: RateRule(perSecond: 0.2, burst: 30),
        .create: RateRule(perSecond: 0.1, burst: 20),
        // Mattermost: 10 a second, 100 at once.
        .post: RateRule(perSecond: 10, burst: 100),
        .typing: RateRule(perSecond: 2, burst: 20),
        .search: RateRule(perSecond: 2, burst: 20),
        .draw: RateRule(perSecond: 60, burst: 300),
        .pointer: RateRule(perSecond: 40, burst: 120),
        .cells: RateRule(
            perSecond: Double(Limits.sketchCellsPerSecond),
            burst: Double(Limits.sketchCellsAtOnce)
        ),
        .general: RateRule(perSecond: 20, burst: 200),
    ]
    /// Accounts, by name, that may do so many times as much: bots, the bench.
    package var multipliers: [String: Double] = [:]
    /// The same for everyone who signs in with a bot's token.
    package var botMultiplier = 1.0
    /// Administrators' scripts walk over all accounts; what they do is audited.
    package var administratorMultiplier = 10.0
    /// False only where nothing hostile can call: in tests of other things.
    package var isEnforced = true

    package init() {}

    package static let unlimited: RateSettings = {
        var settings = RateSettings()
        settings.isEnforced = false
        return settings
    }()
}
