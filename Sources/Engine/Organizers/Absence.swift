import ChatAPI
import Storage

/// Organizers who go away without a word: their claims return to the line, their chats are called unattended, and after
/// the queue's patience those return to the line as well, with their history.
extension Transaction {
    /// Whoever holds something and has no connection is looked after.
    func watchAbsence(of account: AccountID, now: Milliseconds) throws {
        try knowOrganizer(account)
        guard !facts.desk.attendance.isConnected(account) else { return }
        try setTimer(DeskTimers.gone, account.description, due: now + ChatRules.goneMilliseconds)
    }

    /// Whoever works the desk has a row, and is looked after from then on.
    func knowOrganizer(_ account: AccountID) throws {
        facts.tell(.desk(.organizer(account)))
        if try OrganizerStore.organizer(account, self) == nil { try set(OrganizerRow(account: account)) }
    }

    /// The same for somebody whose last connection closed: only if there is anything to lose.
    func noteGone(_ account: AccountID, now: Milliseconds) throws {
        guard try load(of: account) > 0 else { return }
        try watchAbsence(of: account, now: now)
    }

    /// Fires while somebody is gone.
    ///
    /// - Returns: when to look again; nil if there is nothing to wait for.
    func checkAbsence(of account: AccountID, now: Milliseconds) throws -> Milliseconds? {
        guard let gone = facts.desk.attendance.gone(account) else { return nil }
        guard gone >= ChatRules.goneMilliseconds else { return now + ChatRules.goneMilliseconds - gone }
        let actor = DeskActor.daemon(now: now)
        for request in try RequestStore.claimed(by: account, self) { _ = try lapse(request, by: actor) }
        var next: Milliseconds?
        for chat in try ChatStore.running(of: account, self) {
            let patience = try queue(chat.queue).policy.lostMs
            if gone >= ChatRules.unattendedMilliseconds, !chat.isLost { try setLost(chat, true, by: actor) }
            if patience > 0, gone >= patience {
                try requeue(chat, note: nil, to: nil, by: actor, rights: .daemon)
                continue
            }
            let due = gone < ChatRules.unattendedMilliseconds ? ChatRules.unattendedMilliseconds : patience
            if due > gone { next = min(next ?? .max, now + due - gone) }
        }
        return next
    }

    /// Back again: what was called unattended is not.
    func noteBack(_ account: AccountID, now: Milliseconds) throws {
        try knowOrganizer(account)
        let actor = DeskActor.daemon(now: now)
        for chat in try ChatStore.running(of: account, self) where chat.isLost { try setLost(chat, false, by: actor) }
        try dispatch(toOrganizer: account, by: actor)
    }

    private func setLost(_ before: ChatRow, _ isLost: Bool, by actor: DeskActor) throws {
        var chat = before
        chat.isLost = isLost
        try ChatStore.update(chat, self)
        try tell(chat, isLost ? "unattended" : "attended", by: actor, account: chat.organizer)
        try noteCounters(of: chat.queue, now: actor.now)
        guard isLost else { return }
        try audit(
            actor,
            "chats.unattended",
            on: chat.auditObject,
            of: chat.queue,
            before: nil,
            after: chat.auditState,
            severity: .notice
        )
    }

    /// A claim is over without a word of its holder. After an offer that counts as missed.
    func lapse(_ request: RequestRow, by actor: DeskActor) throws -> RequestRow {
        let holder = request.claim?.by
        let wasOffer = request.claim?.isOffer ?? false
        var rights = RequestMachine.Facts()
        rights.isDaemon = true
        var move = RequestMove(.lapse)
        move.organizer = holder
        let waiting = try step(request, move, rights, by: actor.asDaemon)
        if wasOffer, let holder { try noteMiss(of: holder, now: actor.now) }
        try dispatch(queue(waiting.queue), refusedBy: holder, by: actor.asDaemon)
        return waiting
    }

    /// An offer was let go. Three in a row, and its organizer is away.
    func noteMiss(of account: AccountID, now: Milliseconds) throws {
        guard var organizer = try OrganizerStore.organizer(account, self) else { return }
        organizer.misses += 1
        if organizer.misses >= OrganizerRow.missLimit { organizer.isAway = true }
        try set(organizer)
        if organizer.isAway { try tellAvailability(of: account, now: now) }
    }
}
