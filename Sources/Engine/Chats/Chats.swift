package import ChatAPI
import Storage

/// Chats: listing and reading them, hold, transfer, end, rating. What is said in one is `messages.send`.
package struct Chats: Sendable {
    let desk: Desk

    // MARK: - Reading

    /// To whoever was never in it and does not supervise its queue, a chat does not exist.
    package func get(_ ref: ChatRef, _ call: Call) async throws -> Chat {
        let desk = desk
        return try await desk.database.read { tx in
            let (chat, queue) = try Self.readable(ref.chat, for: call.caller, desk, tx)
            return try ChatView(queue, call.caller, desk.place(of: queue), now: call.now).shown(chat, tx)
        }
    }

    /// One's own chats on either side, or a queue's for who supervises it: the newest first, running, archived or both.
    package func list(_ query: ChatQuery, _ call: Call) async throws -> Page<Chat> {
        let account = try call.caller.signedIn()
        let limit = try PageRules.limit(query.limit)
        let before = try ChatCursor.position(query.cursor)
        let desk = desk
        return try await desk.database.read { tx in
            var listed = ChatStore.ListQuery(archived: query.archived, before: before, limit: limit + 1)
            listed.participant = try query.participant.map { try AccountStore.resolve($0, tx).id }
            let other = try query.with.map { try AccountStore.resolve($0, tx).id }
            let rows: [ChatRow]
            if let id = query.queue {
                guard let queue = try QueueStore.queue(id, tx) else { throw DeskRefusal.noQueue(id) }
                guard call.caller.may(.superviseChats, in: desk.place(of: queue)) else {
                    try desk.requireStaff(call.caller, of: queue, tx)
                    throw APIError(
                        .forbidden,
                        "a queue's chats are listed by its supervisors; without a queue, your own"
                    )
                }
                rows = try ChatStore.list(of: id, listed, tx)
            } else {
                rows = try ChatStore.list(of: other ?? account, listed, tx)
            }
            var items: [Chat] = []
            for row in rows.prefix(limit) {
                guard let queue = try QueueStore.queue(row.queue, tx) else { throw DeskRefusal.noQueue(row.queue) }
                let place = desk.place(of: queue)
                if let other, other != account {
                    // Of somebody else's chats those in which the asker was the other side, or that they supervise.
                    guard try call.caller.may(.superviseChats, in: place) || ChatStore.isSide(account, of: row.id, tx),
                        try ChatStore.isSide(other, of: row.id, tx)
                    else { continue }
                }
                items.append(try ChatView(queue, call.caller, place, now: call.now).shown(row, tx))
            }
            return Page(items, nextCursor: rows.count > limit ? ChatCursor.text(rows[limit - 1]) : nil)
        }
    }

    /// The chat, if the caller is or was a side of it or supervises its queue.
    static func readable(
        _ id: ChatID,
        for caller: Caller,
        _ desk: Desk,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> (ChatRow, QueueFacts) {
        guard let chat = try ChatStore.chat(id, tx), let queue = try QueueStore.queue(chat.queue, tx) else {
            throw DeskRefusal.noChat(id)
        }
        if caller.may(.superviseChats, in: desk.place(of: queue)) { return (chat, queue) }
        guard let account = caller.account, try ChatStore.isSide(account, of: id, tx) else {
            throw DeskRefusal.noChat(id)
        }
        return (chat, queue)
    }

    /// The same for its channel, where there is no table of places at hand.
    static func mayRead(_ id: ChatID, _ caller: Caller, _ tx: borrowing some Reading & ~Copyable) throws -> Bool {
        if let account = caller.account, try ChatStore.isSide(account, of: id, tx) { return true }
        guard caller.capabilities.contains(.superviseChats), let chat = try ChatStore.chat(id, tx),
            let queue = try QueueStore.queue(chat.queue, tx)
        else { return false }
        let place = try SpaceAccess.standing(of: caller.account, in: queue.space, tx).place.inside(queue.scope)
        return caller.may(.superviseChats, in: place)
    }

    // MARK: - Changing

    package func hold(_ ref: ChatRef, _ call: Call) async throws -> Chat {
        try await perform(ref.chat, call) { handling, tx in
            try tx.step(handling.chat, .hold, handling.rights, by: handling.actor)
        }
    }

    package func resume(_ ref: ChatRef, _ call: Call) async throws -> Chat {
        try await perform(ref.chat, call) { handling, tx in
            try tx.step(handling.chat, .resume, handling.rights, by: handling.actor)
        }
    }

    /// Ends the chat and releases its request in one write: both, or neither.
    package func end(_ ending: ChatEnding, _ call: Call) async throws -> Chat {
        let reason = try ChatRules.optional(ending.reason, named: "reason", limit: Limits.reasonBytes)
        return try await perform(ending.chat, call) { handling, tx in
            try tx.step(handling.chat, .end, handling.rights, by: handling.actor, reason: reason)
        }
    }

    /// To another organizer, who has it at once, or back in line.
    package func transfer(_ transfer: ChatTransfer, _ call: Call) async throws -> Chat {
        let note = try ChatRules.optional(transfer.note, named: "note", limit: Limits.noteBytes)
        guard (transfer.queue == nil) != (transfer.organizer == nil) else {
            throw APIError(.invalid, "name a queue or an organizer, one of the two")
        }
        return try await perform(transfer.chat, call) { handling, tx in
            let chat = handling.chat
            if let id = transfer.queue {
                let target = try id == handling.queue.id ? handling.queue : tx.target(id, from: handling.queue)
                return try tx.requeue(chat, note: note, to: target, by: handling.actor, rights: handling.rights)
            }
            // The table first: whoever may not transfer is not told who could take it.
            _ = try ChatMachine.table.step(from: chat.state, .transfer, handling.rights)
            let organizer = try tx.organizer(transfer.organizer ?? "", for: handling.queue, except: chat.participant)
            guard organizer != chat.organizer else { throw APIError.invalid("organizer", "has this chat already") }
            return try tx.transfer(chat, to: organizer, note: note, by: handling.actor, rights: handling.rights)
        }
    }

    /// Once, by the participant, within seven days.
    package func rate(_ draft: RatingDraft, _ call: Call) async throws -> Chat {
        try ChatRules.check(draft)
        let comment = try ChatRules.optional(draft.comment, named: "comment", limit: Limits.ratingCommentBytes)
        return try await perform(draft.chat, call) { handling, tx in
            var chat = handling.chat
            if handling.rights.isParticipant { try ChatRules.check(chat, isRatedAt: call.now) }
            chat.rating = Rating(stars: draft.stars, comment: comment, at: call.now)
            return try tx.step(chat, .rate, handling.rights, by: handling.actor)
        }
    }

    /// One caller's hand on one chat, inside a write.
    struct Handling {
        let chat: ChatRow
        let queue: QueueFacts
        let actor: DeskActor
        let rights: ChatMachine.Facts
    }

    func perform(
        _ id: ChatID,
        _ call: Call,
        _ body: @escaping @Sendable (Handling, borrowing Transaction) throws -> ChatRow
    ) async throws -> Chat {
        let actor = try DeskActor.caller(call)
        if let account = call.caller.account { desk.attendance.noted(account) }
        return try await desk.database.perform(call, touching: [.channel(id.retyped())]) { tx in
            let caller = try call.callerNow(tx)
            let (chat, queue) = try Self.changeable(id, for: caller, tx)
            let place = tx.place(of: queue)
            let rights = ChatView.rights(caller, of: chat, in: place)
            let changed = try body(Handling(chat: chat, queue: queue, actor: actor, rights: rights), tx)
            return try ChatView(tx.queue(changed.queue), caller, place, now: call.now).shown(changed, tx)
        }
    }

    /// The chat, if the caller is or was a side of it, or is staff of its queue.
    static func changeable(
        _ id: ChatID,
        for caller: Caller,
        _ tx: borrowing Transaction
    ) throws -> (ChatRow, QueueFacts) {
        guard let chat = try ChatStore.chat(id, tx) else { throw DeskRefusal.noChat(id) }
        let queue = try tx.queue(chat.queue)
        let place = tx.place(of: queue)
        if caller.may(.superviseChats, in: place) || caller.may(.handleRequests, in: place) { return (chat, queue) }
        guard let account = caller.account, try ChatStore.isSide(account, of: id, tx) else {
            throw DeskRefusal.noChat(id)
        }
        return (chat, queue)
    }
}

/// Where a list of chats goes on: when the last one started, and which it was.
enum ChatCursor {
    static func text(_ row: ChatRow) -> String { "\(row.startedAt):\(row.id)" }

    static func position(_ text: String?) throws(APIError) -> (startedAt: Milliseconds, chat: ChatID)? {
        guard let text else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let startedAt = Milliseconds(parts[0]), let chat = ChatID(String(parts[1])) else {
            throw PageRules.cursorIsUnknown()
        }
        return (startedAt, chat)
    }
}
