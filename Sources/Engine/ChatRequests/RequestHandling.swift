package import ChatAPI
import Storage

/// Chat requests from the organizer's side: claim, accept, take, release, reject, transfer, requeue.
extension ChatRequests {
    /// Holds a request for the queue's lease. The loser of a race is told who won, and until when.
    package func claim(_ ref: RequestRef, _ call: Call) async throws -> ChatRequest {
        let desk = desk
        return try await handle(ref.request, call) { handling, tx in
            let request = try tx.freed(handling.request, by: handling.actor)
            // Whoever holds it already keeps it: the answer to the first claim may be lost.
            if let claim = request.claim, claim.by == handling.account {
                return try handling.shown(request, desk, tx)
            }
            try tx.checkNotHeld(request)
            try tx.checkRoom(of: handling.account, in: handling.queue)
            var move = RequestMove(.claim)
            move.organizer = handling.account
            let claimed = try tx.step(request, move, handling.rights(request), by: handling.actor)
            return try handling.shown(claimed, desk, tx)
        }
    }

    /// Opens the chat of a claim one holds. A token that is not the newest is refused: its lease is over.
    package func accept(_ ref: ClaimRef, _ call: Call) async throws -> Chat {
        let desk = desk
        return try await handle(ref.request, call) { handling, tx in
            let request = try tx.freed(handling.request, by: handling.actor)
            try tx.checkToken(ref.token, of: request, for: handling.account)
            if request.claim?.by != handling.account { try tx.checkNotHeld(request) }
            var move = RequestMove(.accept)
            move.organizer = handling.account
            let taken = try tx.step(request, move, handling.rights(request), by: handling.actor)
            return try handling.chat(of: taken, desk, tx)
        }
    }

    /// Claim and accept in one write.
    package func take(_ ref: RequestRef, _ call: Call) async throws -> Chat {
        let desk = desk
        return try await handle(ref.request, call) { handling, tx in
            let request = try tx.freed(handling.request, by: handling.actor)
            if request.claim?.by != handling.account {
                try tx.checkNotHeld(request)
                try tx.checkRoom(of: handling.account, in: handling.queue)
            }
            return try handling.chat(of: try tx.take(request, handling), desk, tx)
        }
    }

    /// The request that is next in line. Two who call at once get two different ones.
    package func takeNext(_ ref: QueueRef, _ call: Call) async throws -> Chat {
        let actor = try DeskActor.caller(call)
        let account = try call.caller.signedIn()
        let desk = desk
        desk.attendance.noted(account)
        return try await desk.database.perform(call, touching: []) { tx in
            let queue = try tx.queue(ref.queue)
            let caller = try call.callerNow(tx)
            guard caller.may(.handleRequests, in: tx.place(of: queue)) else { throw DeskRefusal.noQueue(ref.queue) }
            try tx.checkRoom(of: account, in: queue)
            // One's own request is somebody else's to take.
            guard let next = try RequestStore.next(in: queue.id, notOf: account, tx) else {
                throw APIError(.notFound, "nobody waits in \(queue.name)")
            }
            let handling = RequestHandling(request: next, queue: queue, caller: caller, account: account, actor: actor)
            return try handling.chat(of: try tx.take(next, handling), desk, tx)
        }
    }

    /// Gives a claim up. The request is where it was in line: its age does not change.
    package func release(_ ref: ClaimRef, _ call: Call) async throws -> ChatRequest {
        let desk = desk
        return try await handle(ref.request, call) { handling, tx in
            let request = handling.request
            try tx.checkToken(ref.token, of: request, for: handling.account)
            let wasOffer = request.claim?.isOffer ?? false
            let waiting = try tx.step(request, RequestMove(.release), handling.rights(request), by: handling.actor)
            if wasOffer { try tx.noteMiss(of: handling.account, now: call.now) }
            try tx.dispatch(handling.queue, refusedBy: handling.account, by: handling.actor)
            return try handling.shown(RequestStore.request(waiting.id, tx) ?? waiting, desk, tx)
        }
    }

    package func reject(_ rejection: Rejection, _ call: Call) async throws -> ChatRequest {
        try RequestRules.check(reason: rejection.reason)
        let desk = desk
        return try await handle(rejection.request, call) { handling, tx in
            var move = RequestMove(.reject)
            move.reason = rejection.reason
            if handling.request.claim?.by != handling.account { try tx.checkNotHeld(handling.request) }
            let rejected = try tx.step(handling.request, move, handling.rights(handling.request), by: handling.actor)
            return try handling.shown(rejected, desk, tx)
        }
    }

    /// Hands a waiting request to another queue of the agency, or offers it to one organizer.
    package func transfer(_ transfer: RequestTransfer, _ call: Call) async throws -> ChatRequest {
        let note = try ChatRules.optional(transfer.note, named: "note", limit: Limits.noteBytes)
        guard (transfer.queue == nil) != (transfer.organizer == nil) else {
            throw APIError(.invalid, "name a queue or an organizer, one of the two")
        }
        let desk = desk
        return try await handle(transfer.request, call) { handling, tx in
            let request = handling.request
            if request.claim?.by != handling.account { try tx.checkNotHeld(request) }
            var move = RequestMove(.transfer)
            move.queue = try transfer.queue.map { try tx.target($0, from: handling.queue) }
            var moved = try tx.step(request, move, handling.rights(request), by: handling.actor)
            if let name = transfer.organizer {
                let organizer = try tx.organizer(name, for: handling.queue, except: request.participant)
                var offer = RequestMove(.claim)
                offer.organizer = organizer
                offer.isOffer = true
                var rights = RequestMachine.Facts()
                rights.isOrganizer = true
                moved = try tx.step(moved, offer, rights, by: handling.actor)
            }
            if let note { try tx.note(note, by: handling.account, on: moved, now: call.now) }
            let queue = move.queue ?? handling.queue
            if moved.state == .queued { try tx.dispatch(queue, by: handling.actor) }
            return try handling.shown(RequestStore.request(moved.id, tx) ?? moved, desk, tx)
        }
    }

    /// Puts the request of a running chat back in line. The chat goes on without an organizer until somebody takes it.
    package func requeue(_ requeueing: Requeueing, _ call: Call) async throws -> ChatRequest {
        let note = try ChatRules.optional(requeueing.note, named: "note", limit: Limits.noteBytes)
        let desk = desk
        return try await handle(requeueing.request, call) { handling, tx in
            let request = handling.request
            guard request.state == .inChat, let id = request.chat, let chat = try ChatStore.chat(id, tx) else {
                // Says what would be possible instead.
                return try handling.shown(
                    try tx.step(request, RequestMove(.requeue), handling.rights(request), by: handling.actor),
                    desk,
                    tx
                )
            }
            let rights = ChatView.rights(handling.caller, of: chat, in: tx.place(of: handling.queue))
            try tx.requeue(chat, note: note, to: nil, by: handling.actor, rights: rights)
            return try handling.shown(RequestStore.request(request.id, tx) ?? request, desk, tx)
        }
    }

    /// A write of somebody who handles the request's queue; to everybody else the request does not exist.
    private func handle<Answer: Codable & Sendable>(
        _ id: RequestID,
        _ call: Call,
        _ body: @escaping @Sendable (RequestHandling, borrowing Transaction) throws -> Answer
    ) async throws -> Answer {
        let actor = try DeskActor.caller(call)
        let account = try call.caller.signedIn()
        desk.attendance.noted(account)
        return try await desk.database.perform(call, touching: []) { tx in
            let caller = try call.callerNow(tx)
            guard let request = try RequestStore.request(id, tx) else { throw DeskRefusal.noRequest(id) }
            let queue = try tx.queue(request.queue)
            let place = tx.place(of: queue)
            guard caller.may(.handleRequests, in: place) else {
                if caller.account == request.participant { try caller.require(.handleRequests, in: place) }
                throw DeskRefusal.noRequest(id)
            }
            if account == request.participant {
                throw APIError(.forbidden, "this is your own request: somebody else takes it")
            }
            return try body(
                RequestHandling(request: request, queue: queue, caller: caller, account: account, actor: actor),
                tx
            )
        }
    }
}

/// One organizer's hand on one request, inside a write.
struct RequestHandling {
    let request: RequestRow
    let queue: QueueFacts
    let caller: Caller
    let account: AccountID
    let actor: DeskActor

    func rights(_ request: RequestRow) -> RequestMachine.Facts {
        var rights = RequestMachine.Facts()
        rights.isOrganizer = true
        rights.isHolder = request.claim?.by == account
        return rights
    }

    func shown(_ request: RequestRow, _ desk: Desk, _ tx: borrowing Transaction) throws -> ChatRequest {
        try RequestView(desk, tx.queue(request.queue), caller).shown(request, tx)
    }

    func chat(of request: RequestRow, _ desk: Desk, _ tx: borrowing Transaction) throws -> Chat {
        guard let id = request.chat, let chat = try ChatStore.chat(id, tx) else {
            preconditionFailure("a taken request has a chat")
        }
        return try ChatView(queue, caller, tx.place(of: queue), now: actor.now).shown(chat, tx)
    }
}

extension Transaction {
    func take(_ request: RequestRow, _ handling: RequestHandling) throws -> RequestRow {
        var move = RequestMove(.take)
        move.organizer = handling.account
        return try step(request, move, handling.rights(request), by: handling.actor)
    }

    /// The request as it is once leases that are over have ended: their timer may be a moment late.
    func freed(_ request: RequestRow, by actor: DeskActor) throws -> RequestRow {
        guard request.state == .claimed, let end = facts.desk.leases[request.id], end <= facts.desk.clock.steady else {
            return request
        }
        return try RequestStore.request(lapse(request, by: actor).id, self) ?? request
    }

    /// Refuses, with the winner's name, what somebody else has.
    func checkNotHeld(_ request: RequestRow) throws {
        if let claim = request.claim {
            throw RequestRules.alreadyClaimed(by: claim.by, try name(claim.by), until: claim.until)
        }
        guard request.state == .inChat, let id = request.chat, let chat = try ChatStore.chat(id, self),
            let organizer = chat.organizer
        else { return }
        throw RequestRules.alreadyClaimed(by: organizer, try name(organizer), until: nil)
    }

    /// A fencing token that is not the newest belongs to a lease that is over.
    func checkToken(_ token: Int64?, of request: RequestRow, for account: AccountID) throws {
        guard let token, token != request.token || request.claim == nil else { return }
        if let claim = request.claim, claim.by != account { try checkNotHeld(request) }
        throw APIError(.preconditionFailed, "the claim with the token \(token) is over")
    }

    func checkRoom(of account: AccountID, in queue: QueueFacts) throws {
        let own = try OrganizerStore.organizer(account, self)?.capacity ?? queue.policy.maxPerOrganizer
        let limit = min(own, queue.policy.maxPerOrganizer)
        let load = try load(of: account)
        guard load < limit else {
            throw APIError(
                .conflict,
                "you have \(load) chats and claims, as many as \(queue.name) allows: end one first"
            )
        }
    }

    /// Another queue of the same agency.
    func target(_ id: QueueID, from queue: QueueFacts) throws -> QueueFacts {
        let target = try self.queue(id)
        guard target.agency == queue.agency else { throw DeskRefusal.noQueue(id) }
        guard target.id != queue.id else { throw APIError.invalid("queue", "is the queue it is in") }
        return target
    }

    /// Somebody by name who may handle a queue's requests and has room for one more.
    func organizer(_ name: String, for queue: QueueFacts, except participant: AccountID) throws -> AccountID {
        let account = try AccountStore.resolve(name, self)
        guard account.id != participant, let standing = try facts.standing(of: account.id, in: self),
            standing.reach.capabilities(in: place(of: queue)).contains(.handleRequests)
        else {
            throw APIError.invalid(
                "organizer",
                "names \(account.name), who does not handle the requests of \(queue.name)"
            )
        }
        guard facts.desk.attendance.isPresent(account.id) else {
            throw APIError(.conflict, "\(account.name) is not there now")
        }
        let own = try OrganizerStore.organizer(account.id, self)?.capacity ?? queue.policy.maxPerOrganizer
        guard try load(of: account.id) < min(own, queue.policy.maxPerOrganizer) else {
            throw APIError(.conflict, "\(account.name) has as many chats as one can have here")
        }
        return account.id
    }

    private func name(_ account: AccountID) throws -> String { try AccountStore.name(of: account, self) ?? "deleted" }
}
