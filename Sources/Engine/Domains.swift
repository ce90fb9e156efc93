/// The use cases, one value per noun. A value must exist before it is passed on, so cycles between nouns do not compile.
package struct Domains: Sendable {
    // One line per noun, in the order of the API table.
    package let accounts: Accounts
    package let ownAccount: OwnAccount
    package let sessions: Sessions
    package let tokens: BotTokens
    package let grants: Grants
    package let agencies: Agencies
    package let staff: Staff
    package let roleOffers: RoleOffers
    package let events: Events
    package let eventDocuments: EventDocuments
    package let registrations: Registrations
    package let joinCodes: JoinCodes
    package let guests: Guests
    package let contacts: Contacts
    package let issues: Issues
    package let announcements: Announcements
    package let breakGlass: BreakGlass
    package let channels: Channels
    package let registers: Registers
    package let messages: Messages
    package let sketches: Sketches
    package let personalData: PersonalData
    package let blocks: Blocks
    package let sanctions: Sanctions
    package let emergencies: Emergencies
    package let postings: Postings
    package let invitations: Invitations
    package let reports: Reports
    package let search: Search
    package let presences: Presences
    package let queues: Queues
    package let requests: ChatRequests
    package let chats: Chats
    package let replies: CannedReplies
    package let organizers: Organizers
    package let audit: AuditLog
    package let server: ServerControl
}
