package import ChatAPI

/// The whole API on one page: one line per operation, from its endpoint to its use case. Knows no HTTP and no sockets.
package struct API: Sendable {
    package private(set) var rows: [APIRow] = []
    private var byName: [String: Int] = [:]
    private let rates: RateLimits
    private let clock: any Clock

    package init(_ domains: Domains, rates: RateLimits, clock: any Clock) {
        self.rates = rates
        self.clock = clock
        // Accounts
        answer(.register) { try await domains.accounts.register($0, $1) }
        answer(.listAccounts) { try await domains.accounts.list($0, $1) }
        answer(.account) { try await domains.accounts.get($0, $1) }
        answer(.createAccount) { try await domains.accounts.create($0, $1) }
        answer(.invite) { try await domains.accounts.invite($0, $1) }
        answer(.resetPassword) { try await domains.accounts.reset($0, $1) }
        answer(.redeemReset) { try await domains.accounts.redeem($0, $1) }
        answer(.disableAccount) { try await domains.accounts.disable($0, $1) }
        answer(.enableAccount) { try await domains.accounts.enable($0, $1) }
        answer(.removeAccount) { try await domains.accounts.delete($0, $1) }
        answer(.changeProfile) { try await domains.ownAccount.update($0, $1) }
        answer(.changePassword) { try await domains.ownAccount.changePassword($0, $1) }
        answer(.deleteMe) { try await domains.ownAccount.delete($0, $1) }
        // Sessions
        answer(.signIn) { try await domains.sessions.signIn($0, $1) }
        answer(.refresh) { try await domains.sessions.refresh($0, $1) }
        answer(.signOut) { try await domains.sessions.signOut($0, $1) }
        answer(.signOutEverywhere) { try await domains.sessions.signOutEverywhere($0, $1) }
        answer(.listSessions) { try await domains.sessions.list($0, $1) }
        answer(.session) { try await domains.sessions.get($0, $1) }
        answer(.revokeSession) { try await domains.sessions.revoke($0, $1) }
        answer(.tailSession) { try await domains.sessions.tail($0, $1) }
        // Tokens
        answer(.createToken) { try await domains.tokens.create($0, $1) }
        answer(.listTokens) { try await domains.tokens.list($0, $1) }
        answer(.revokeToken) { try await domains.tokens.revoke($0, $1) }
        // Grants
        answer(.listGrants) { try await domains.grants.list($0, $1) }
        answer(.giveGrant) { try await domains.grants.give($0, $1) }
        answer(.takeGrant) { try await domains.grants.take($0, $1) }
        // Agencies
        answer(.registerAgency) { try await domains.agencies.register($0, $1) }
        answer(.listAgencies) { try await domains.agencies.list($0, $1) }
        answer(.agency) { try await domains.agencies.get($0, $1) }
        answer(.changeAgency) { try await domains.agencies.update($0, $1) }
        answer(.deleteAgency) { try await domains.agencies.delete($0, $1) }
        answer(.approveAgency) { try await domains.agencies.approve($0, $1) }
        answer(.suspendAgency) { try await domains.agencies.suspend($0, $1) }
        answer(.revokeAgency) { try await domains.agencies.revoke($0, $1) }
        answer(.listStaff) { try await domains.staff.list($0, $1) }
        answer(.createStaff) { try await domains.staff.create($0, $1) }
        answer(.setStaff) { try await domains.staff.set($0, $1) }
        answer(.removeStaff) { try await domains.staff.remove($0, $1) }
        answer(.roleOffers) { try await domains.roleOffers.list($1) }
        answer(.acceptRole) { try await domains.roleOffers.accept($0, $1) }
        answer(.declineRole) { try await domains.roleOffers.decline($0, $1) }
        answer(.ownInvitations) { try await domains.invitations.own($1) }
        // Events
        answer(.createEvent) { try await domains.events.create($0, $1) }
        answer(.listEvents) { try await domains.events.list($0, $1) }
        answer(.event) { try await domains.events.get($0, $1) }
        answer(.changeEvent) { try await domains.events.update($0, $1) }
        answer(.deleteEvent) { try await domains.events.delete($0, $1) }
        answer(.publishEvent) { try await domains.events.publish($0, $1) }
        answer(.cancelEvent) { try await domains.events.cancel($0, $1) }
        answer(.archiveEvent) { try await domains.events.archive($0, $1) }
        answer(.cloneEvent) { try await domains.events.clone($0, $1) }
        answer(.eventChannels) { try await domains.events.channels($0, $1) }
        answer(.eventCalendar) { try await domains.events.calendar($0, $1) }
        answer(.announce) { try await domains.announcements.send($0, $1) }
        answer(.applyEvent) { try await domains.eventDocuments.apply($0, $1) }
        answer(.exportEvent) { try await domains.eventDocuments.export($0, $1) }
        // Attendees
        answer(.joinEvent) { try await domains.registrations.join($0, $1) }
        answer(.registerForEvent) { try await domains.registrations.register($0, $1) }
        answer(.acceptPlace) { try await domains.registrations.accept($0, $1) }
        answer(.registration) { try await domains.registrations.own($0, $1) }
        answer(.withdrawFromEvent) { try await domains.registrations.withdraw($0, $1) }
        answer(.listAttendees) { try await domains.registrations.list($0, $1) }
        answer(.approveAttendee) { try await domains.registrations.approve($0, $1) }
        answer(.declineAttendee) { try await domains.registrations.decline($0, $1) }
        answer(.checkIn) { try await domains.registrations.checkIn($0, $1) }
        answer(.undoCheckIn) { try await domains.registrations.undoCheckIn($0, $1) }
        answer(.listJoinCodes) { try await domains.joinCodes.list($0, $1) }
        answer(.createJoinCode) { try await domains.joinCodes.create($0, $1) }
        answer(.revokeJoinCode) { try await domains.joinCodes.revoke($0, $1) }
        answer(.enterAsGuest) { try await domains.guests.enter($0, $1) }
        answer(.becomeMember) { try await domains.guests.become($0, $1) }
        // Contacts and issues
        answer(.listContacts) { try await domains.contacts.list($0, $1) }
        answer(.addContact) { try await domains.contacts.add($0, $1) }
        answer(.changeContact) { try await domains.contacts.update($0, $1) }
        answer(.deleteContact) { try await domains.contacts.delete($0, $1) }
        answer(.listIssues) { try await domains.issues.list($0, $1) }
        answer(.createIssue) { try await domains.issues.create($0, $1) }
        answer(.issue) { try await domains.issues.get($0, $1) }
        answer(.changeIssue) { try await domains.issues.update($0, $1) }
        answer(.deleteIssue) { try await domains.issues.delete($0, $1) }
        answer(.listComments) { try await domains.issues.comments($0, $1) }
        answer(.addComment) { try await domains.issues.comment($0, $1) }
        answer(.changeComment) { try await domains.issues.changeComment($0, $1) }
        answer(.deleteComment) { try await domains.issues.deleteComment($0, $1) }
        // Channels
        answer(.createChannel) { try await domains.channels.create($0, $1) }
        answer(.listChannels) { try await domains.channels.list($0, $1) }
        answer(.channel) { try await domains.channels.get($0, $1) }
        answer(.changeChannel) { try await domains.channels.update($0, $1) }
        answer(.deleteChannel) { try await domains.channels.delete($0, $1) }
        answer(.joinChannel) { try await domains.channels.join($0, $1) }
        answer(.breakGlass) { try await domains.breakGlass.open($0, $1) }
        answer(.leaveChannel) { try await domains.channels.leave($0, $1) }
        answer(.openDirect) { try await domains.channels.openDirect($0, $1) }
        answer(.listMembers) { try await domains.channels.members($0, $1) }
        answer(.addMember) { try await domains.channels.addMember($0, $1) }
        answer(.changeMember) { try await domains.channels.setRole($0, $1) }
        answer(.removeMember) { try await domains.channels.removeMember($0, $1) }
        // Registers
        answer(.me) { try await domains.registers.me($1) }
        answer(.meEntries) { try await domains.registers.entries($0, $1) }
        answer(.listRegisters) { try await domains.registers.list($0, $1) }
        answer(.setRegister) { try await domains.registers.set($0, $1) }
        answer(.setMarker) { try await domains.registers.setMarker($0, $1) }
        answer(.setDraft) { try await domains.registers.setDraft($0, $1) }
        // Messages
        answer(.sendMessage) { try await domains.messages.send($0, $1) }
        answer(.message) { try await domains.messages.message($0, $1) }
        answer(.editMessage) { try await domains.messages.edit($0, $1) }
        answer(.deleteMessage) { try await domains.messages.delete($0, $1) }
        answer(.react) { try await domains.messages.react($0, $1) }
        answer(.unreact) { try await domains.messages.unreact($0, $1) }
        answer(.pinMessage) { try await domains.messages.pin($0, $1) }
        answer(.unpinMessage) { try await domains.messages.unpin($0, $1) }
        answer(.listPins) { try await domains.messages.pins($0, $1) }
        answer(.entries) { try await domains.messages.entries($0, $1) }
        // Sketches
        answer(.createSketch) { try await domains.sketches.create($0, $1) }
        answer(.listSketches) { try await domains.sketches.list($0, $1) }
        answer(.sketch) { try await domains.sketches.get($0, $1) }
        answer(.renameSketch) { try await domains.sketches.update($0, $1) }
        answer(.deleteSketch) { try await domains.sketches.delete($0, $1) }
        answer(.draw) { try await domains.sketches.draw($0, $1) }
        answer(.sketchSnapshot) { try await domains.sketches.snapshot($0, $1) }
        answer(.sketchOperations) { try await domains.sketches.operations($0, $1) }
        answer(.sketchOrigin) { try await domains.sketches.origin($0, $1) }
        answer(.wipeSketch) { try await domains.sketches.wipe($0, $1) }
        answer(.postSketch) { try await domains.sketches.post($0, $1) }
        answer(.nameSketchVersion) { try await domains.sketches.nameVersion($0, $1) }
        answer(.listSketchVersions) { try await domains.sketches.listVersions($0, $1) }
        answer(.sketchVersion) { try await domains.sketches.version($0, $1) }
        answer(.restoreSketchVersion) { try await domains.sketches.restore($0, $1) }
        answer(.pointSketch) { try domains.presences.liveOnly($1) }
        // Search
        answer(.listMentions) { try await domains.messages.mentions($0, $1) }
        answer(.search) { try await domains.search.find($0, $1) }
        // Personal data
        answer(.exportMe) { try await domains.personalData.exportMe($0, $1) }
        answer(.exportAccount) { try await domains.personalData.exportAccount($0, $1) }
        // Blocks
        answer(.listBlocks) { try await domains.blocks.list($1) }
        answer(.setBlock) { try await domains.blocks.set($0, $1) }
        answer(.removeBlock) { try await domains.blocks.remove($0, $1) }
        // Moderation
        answer(.listSanctions) { try await domains.sanctions.list($0, $1) }
        answer(.kick) { try await domains.sanctions.kick($0, $1) }
        answer(.ban) { try await domains.sanctions.ban($0, $1) }
        answer(.timeOut) { try await domains.sanctions.timeOut($0, $1) }
        answer(.reinstate) { try await domains.sanctions.reinstate($0, $1) }
        answer(.posting) { try await domains.postings.get($0, $1) }
        answer(.setPosting) { try await domains.postings.set($0, $1) }
        answer(.startEmergency) { try await domains.emergencies.start($0, $1) }
        answer(.endEmergency) { try await domains.emergencies.end($0, $1) }
        answer(.listEmergencies) { try await domains.emergencies.list($1) }
        answer(.report) { try await domains.reports.create($0, $1) }
        answer(.listReports) { try await domains.reports.list($0, $1) }
        answer(.decideReport) { try await domains.reports.decide($0, $1) }
        // Invitations
        answer(.inviteToChannel) { try await domains.invitations.create($0, $1) }
        answer(.listInvitations) { try await domains.invitations.list($0, $1) }
        answer(.revokeInvitation) { try await domains.invitations.revoke($0, $1) }
        answer(.acceptInvitation) { try await domains.invitations.accept($0, $1) }
        answer(.declineInvitation) { try await domains.invitations.decline($0, $1) }
        // Presence
        answer(.presence) { try await domains.presences.list($0, $1) }
        answer(.setPresence) { try await domains.presences.set($0, $1) }
        answer(.typing) { try await domains.presences.typing($0, $1) }
        answer(.setView) { try domains.presences.liveOnly($1) }
        answer(.sync) { try domains.presences.liveOnly($1) }
        // Queues
        answer(.listQueues) { try await domains.queues.list($0, $1) }
        answer(.queue) { try await domains.queues.get($0, $1) }
        answer(.createQueue) { try await domains.queues.create($0, $1) }
        answer(.changeQueue) { try await domains.queues.update($0, $1) }
        answer(.queueStats) { try await domains.queues.stats($0, $1) }
        answer(.queueEntries) { try await domains.queues.entries($0, $1) }
        answer(.listOrganizers) { try await domains.queues.organizers($0, $1) }
        answer(.availability) { try await domains.organizers.get($1) }
        answer(.setAvailability) { try await domains.organizers.set($0, $1) }
        // Chat requests
        answer(.ask) { try await domains.requests.ask($0, $1) }
        answer(.listRequests) { try await domains.requests.list($0, $1) }
        answer(.request) { try await domains.requests.get($0, $1) }
        answer(.addRequestText) { try await domains.requests.addText($0, $1) }
        answer(.cancelRequest) { try await domains.requests.cancel($0, $1) }
        answer(.claimRequest) { try await domains.requests.claim($0, $1) }
        answer(.acceptRequest) { try await domains.requests.accept($0, $1) }
        answer(.takeRequest) { try await domains.requests.take($0, $1) }
        answer(.takeNext) { try await domains.requests.takeNext($0, $1) }
        answer(.releaseRequest) { try await domains.requests.release($0, $1) }
        answer(.rejectRequest) { try await domains.requests.reject($0, $1) }
        answer(.transferRequest) { try await domains.requests.transfer($0, $1) }
        answer(.requeueRequest) { try await domains.requests.requeue($0, $1) }
        // Chats
        answer(.listChats) { try await domains.chats.list($0, $1) }
        answer(.chat) { try await domains.chats.get($0, $1) }
        answer(.holdChat) { try await domains.chats.hold($0, $1) }
        answer(.resumeChat) { try await domains.chats.resume($0, $1) }
        answer(.transferChat) { try await domains.chats.transfer($0, $1) }
        answer(.endChat) { try await domains.chats.end($0, $1) }
        answer(.rateChat) { try await domains.chats.rate($0, $1) }
        answer(.transcript) { try await domains.chats.transcript($0, $1) }
        answer(.noteChat) { try await domains.chats.note($0, $1) }
        answer(.listNotes) { try await domains.chats.notes($0, $1) }
        // Canned replies
        answer(.listReplies) { try await domains.replies.list($0, $1) }
        answer(.setReply) { try await domains.replies.set($0, $1) }
        answer(.deleteReply) { try await domains.replies.delete($0, $1) }
        answer(.fillReply) { try await domains.replies.fill($0, $1) }
        // Audit
        answer(.audit) { try await domains.audit.list($0, $1) }
        answer(.verifyAudit) { try await domains.audit.verify($1) }
        answer(.signAudit) { try await domains.audit.sign($1) }
        answer(.auditHeads) { try await domains.audit.listHeads($0, $1) }
        answer(.trimAudit) { try await domains.audit.trim($0, $1) }
        // Server
        answer(.serverStatus) { try await domains.server.status($1) }
        answer(.drainServer) { try await domains.server.drain($1) }
        answer(.reloadServer) { try await domains.server.reload($1) }
    }

    // MARK: - Calling

    package func row(named name: String) -> APIRow? { byName[name].map { rows[$0] } }

    /// Answers a call with JSON, or refuses it: the same for REST, the live connection and in process.
    package func perform(_ name: String, _ raw: RawCall) async throws(APIError) -> [UInt8] {
        guard let row = row(named: name) else {
            throw APIError(.notFound, "there is no operation '\(name)'")
        }
        let now = clock.now
        if let refusal = rates.refusal(of: name, for: raw.caller, now: now) { throw refusal }
        return try await row.perform(raw, now: now)
    }

    private mutating func answer<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ handler: @escaping @Sendable (Input, Call) async throws -> Output
    ) {
        precondition(byName[endpoint.name] == nil, "two rows for \(endpoint.name)")
        byName[endpoint.name] = rows.count
        rows.append(APIRow(endpoint, handler))
    }
}
