/// A bundle of capabilities that a grant gives in a scope.
package enum Role: String, WireEnum {
    /// Everything on the platform, but no private chat of others: that takes `breakGlass` and a reason.
    case superAdmin
    /// Everything in one agency.
    case owner
    /// Runs an agency's events and manages its support.
    case manager
    /// Runs one event, or all events of an agency, without managing people.
    case organizer
    /// Reads the private chats of its scope and keeps the queues.
    case supervisor
    case auditor
    /// Answers chats and writes issues.
    case support
    case moderator
    case speaker
    case checkin
    /// Whoever has a place in an event.
    case participant
    /// What every account is on the platform.
    case member
    /// In one event only, without a password.
    case guest
    /// A role that this program does not know.
    case unknown

    /// A subject may grant or manage only what is strictly junior to itself.
    package var rank: Int {
        switch self {
        case .superAdmin: 100
        case .owner: 60
        case .manager: 50
        case .organizer: 45
        case .supervisor, .auditor: 40
        case .support: 35
        case .moderator: 30
        case .speaker, .checkin: 15
        case .participant, .member: 10
        case .guest: 5
        case .unknown: 0
        }
    }

    /// Where it can be held. What is empty is not granted: it follows from an account or a registration.
    package var scopes: Set<Scope.Kind> {
        switch self {
        case .superAdmin: [.platform]
        case .owner, .manager: [.agency]
        case .organizer: [.agency, .event]
        case .auditor: [.platform, .agency, .event]
        case .support: [.agency, .event, .queue]
        case .supervisor: [.agency, .event, .queue]
        case .moderator: [.agency, .event, .channel]
        case .speaker, .checkin: [.agency, .event]
        case .participant, .member, .guest, .unknown: []
        }
    }

    package var capabilities: Set<Capability> {
        switch self {
        case .superAdmin: Set(Capability.words).subtracting(Self.private)
        case .owner: Self.manager.capabilities.union([.manageAgency, .breakGlass, .readAudit, .superviseChats])
        case .manager: Self.organizer.capabilities.union([.manageStaff])
        case .organizer:
            Self.support.capabilities
                .union([.manageEvents, .announce, .moderate, .manageQueues, .superviseChats, .checkIn, .readAudit])
        case .supervisor: Self.support.capabilities.union([.superviseChats, .manageQueues])
        case .auditor: [.anyone, .own, .read, .readAudit]
        case .support: [.anyone, .own, .read, .post, .join, .speak, .manageIssues, .handleRequests]
        case .moderator: [.anyone, .own, .read, .post, .join, .speak, .moderate]
        case .speaker: [.anyone, .own, .read, .post, .speak]
        case .checkin: [.anyone, .own, .read, .checkIn]
        case .participant, .member: [.anyone, .own, .read, .post, .join, .manageChannels, .askForHelp]
        case .guest: [.anyone, .own, .read, .post, .join, .askForHelp]
        case .unknown: []
        }
    }

    /// Staff roles: their accounts need long passwords, and while a password is too short the role gives nothing.
    package var isStaff: Bool { rank >= Self.moderator.rank }

    /// The roles of an agency's own people, the most senior first.
    package static let agencyStaff: [Role] = [.owner, .manager, .support]

    /// What touches the private chats of others: nobody holds it through the platform.
    private static let `private`: Set<Capability> = [.handleRequests, .superviseChats]
}
