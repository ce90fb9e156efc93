import ChatAPI
import Storage

/// Who is inside a space: on the platform everybody but guests, in an event its participants and staff, in an agency its
/// staff.
enum SpaceAccess {
    private static let selectEvent: SQL = """
        SELECT e.agency, e.state, a.state,
            EXISTS (SELECT 1 FROM attendee t WHERE t.event = e.id AND t.account = :account AND t.state = 'registered')
        FROM event e JOIN agency a ON a.id = e.agency WHERE e.id = :id
        """
    private static let selectAgency: SQL = "SELECT state FROM agency WHERE id = :id"

    /// The place of a space, and whether an account has a place in the event, as they are stored: for readers.
    static func standing(
        of account: AccountID?,
        in space: Scope,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> (place: Place, isRegistered: Bool) {
        switch space.kind {
        case .event:
            let found = try tx.first(selectEvent) {
                $0.bind("account", account)
                $0.bind("id", space.id)
            } row: { row in
                let isOpen = row.name(2, of: AgencyState.self) == .approved
                let place = Place(
                    event: space.id.retyped(),
                    agency: row.id(0),
                    isOpen: isOpen,
                    eventState: row.name(1)
                )
                return (place: place, isRegistered: row.bool(3))
            }
            return found ?? (Place(event: space.id.retyped(), isOpen: false), false)
        case .agency:
            let state: AgencyState? = try tx.first(selectAgency) {
                $0.bind("id", space.id)
            } row: {
                $0.name(0)
            }
            return (Place(agency: space.id.retyped(), isOpen: state == .approved), false)
        case .platform, .queue, .channel, .unknown: return (.platform, false)
        }
    }

    /// Whether a channel of that kind is there for the caller without being in it.
    static func reaches(
        _ caller: Caller,
        _ kind: ChannelKind,
        in space: Scope,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> Bool {
        switch (kind, space.kind) {
        case (.direct, _), (.chat, _): return false
        case (_, .platform): return !caller.isGuest
        case (.staff, _), (_, .agency):
            return caller.isStaff(in: try standing(of: caller.account, in: space, tx).place)
        default:
            let (place, isRegistered) = try standing(of: caller.account, in: space, tx)
            // Whoever has the floor or keeps order there is let in to do so.
            return caller.isStaff(in: place) || caller.may(.speak, in: place) || (place.isOpen && isRegistered)
        }
    }

    /// Whatever is said or shown in a space: an archived event is only read, and nothing goes on while the agency is not
    /// approved.
    static func checkGoesOn(in channel: ChannelFacts, _ tx: borrowing Transaction) throws {
        if channel.space == .platform { return }
        let place = tx.place(of: channel)
        guard place.isOpen else { throw closed }
        if place.eventState == .archived {
            throw APIError(.forbidden, "the event is archived: \(try tx.shown(channel)) is only read")
        }
    }

    /// The same for what is new there, a message or a drawing: announcements take the capability.
    static func checkPosts(_ author: AccountID, in channel: ChannelFacts, _ tx: borrowing Transaction) throws {
        try checkGoesOn(in: channel, tx)
        guard channel.kind == .announce, channel.members[author]?.role != .admin else { return }
        let place = tx.place(of: channel)
        let standing = try tx.facts.standing(of: author, in: tx)
        if standing?.reach.capabilities(in: place).contains(.announce) == true { return }
        throw APIError(.forbidden, "only those who may announce write in \(try tx.shown(channel))")
    }

    private static let closed = APIError(
        .forbidden,
        "the agency behind this is not approved: nothing of it is shown until it is"
    )

    /// Members keep a channel only as long as the agency around it is approved.
    static func requireOpen(_ place: Place, for caller: Caller) throws(APIError) {
        if place.isOpen || caller.isPlatformAdmin { return }
        throw closed
    }
}

extension Caller {
    /// Works for the event or the agency there, or is the platform's administrator, who may look into both.
    package func isStaff(in place: Place) -> Bool {
        may(.manageIssues, in: place) || may(.checkIn, in: place) || may(.handleRequests, in: place)
    }
}
