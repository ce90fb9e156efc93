package import ChatAPI
import Storage

/// What the use cases of the help desk share: where things are stored, who is there, who waits, who may.
package struct Desk: Sendable {
    let database: EngineDatabase
    let settings: EngineSettings
    let clock: any Clock
    let authority: Authority
    let board: QueueBoard
    let attendance: Attendance

    /// The place of a queue for readers.
    func place(of queue: QueueFacts) -> Place { authority.place(queue.scope, in: queue.space) }

    /// Whether somebody takes from a queue, or supervises it.
    func isStaff(_ caller: Caller, of queue: QueueFacts) -> Bool {
        let place = place(of: queue)
        return caller.may(.handleRequests, in: place) || caller.may(.superviseChats, in: place)
    }

    /// Refuses to show who waits or talks. To whoever sees the queue itself it is not said that there is none.
    func requireStaff(_ caller: Caller, of queue: QueueFacts, _ tx: borrowing some Reading & ~Copyable) throws {
        if isStaff(caller, of: queue) { return }
        let place = place(of: queue)
        guard try caller.may(.manageQueues, in: place) || EventDoor.sees(queue, caller, place, tx) else {
            throw DeskRefusal.noQueue(queue.id)
        }
        throw APIError(.forbidden, "who waits and talks in \(queue.name) is seen by those who answer there")
    }

    /// Whether somebody may follow a queue's log: what live sessions ask.
    package func mayFollow(_ queue: QueueID, _ caller: Caller) -> Bool {
        board.queue(queue).map { isStaff(caller, of: $0) } ?? false
    }

    // MARK: - Who comes and goes

    /// - Parameter isStaff: may handle requests somewhere; work lists are told to such people from their first connection on.
    package func opened(_ account: AccountID, isStaff: Bool, now: Milliseconds) {
        attendance.opened(account)
        guard isStaff || board.isOrganizer(account) else { return }
        database.enqueue(touching: [.account(account)]) { tx in
            try tx.noteBack(account, now: now)
        } completion: { _ in
            // A full disk: the mark "unattended" stays until the next sign of them. Nothing is lost by it.
        }
    }

    package func closed(_ account: AccountID, now: Milliseconds) {
        attendance.closed(account)
        guard board.isOrganizer(account), !attendance.isConnected(account) else { return }
        database.enqueue(touching: [.account(account)]) { tx in
            try tx.noteGone(account, now: now)
        } completion: { _ in
            // The lease of a claim ends by itself; chats are looked at again after the next start.
        }
    }

    /// After a start: whoever holds something and does not come back within two minutes is gone.
    func resume(now: Milliseconds) {
        database.enqueue(touching: []) { tx in
            for account in try OrganizerStore.busy(tx) { try tx.watchAbsence(of: account, now: now) }
        } completion: { _ in
            // Storage that cannot take this write is what the daemon reports anyway.
        }
    }

    /// Somebody's grants changed: what they may not have any more goes back in line, and who is here and may handle requests
    /// for the first time counts from now on.
    func checkStanding(after news: [News], now: Milliseconds) {
        for case .capabilitiesChanged(let account) in news {
            let isOrganizer = board.isOrganizer(account)
            guard isOrganizer || attendance.isConnected(account) else { continue }
            database.enqueue(touching: [.account(account)]) { tx in
                if isOrganizer { return try tx.checkStanding(of: account, now: now) }
                guard let standing = try tx.facts.standing(of: account, in: tx),
                    standing.reach.anywhere.contains(.handleRequests)
                else { return }
                try tx.noteBack(account, now: now)
            } completion: { _ in
                // They cannot act on it: every step asks what they may do inside its own write.
            }
        }
    }
}
